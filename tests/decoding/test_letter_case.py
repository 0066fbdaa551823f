"""A prompt without capitals gets those that the model knows; any other stays as it is."""

import pytest

from adgen.corpus.sample import make_sample_ads
from adgen.decoding.letter_case import CaseMatcher
from adgen.decoding.loop import Decoder
from adgen.ngram.model import NGramModel
from adgen.ngram.reader import NGramReader
from adgen.tokens.subword_tokenizer import SubwordTokenizer
from adgen.tokens.word_tokenizer import WordTokenizer

ADS = [
    "Sony TV 4K for Men's Room",
    "iPhone Case, Wi-Fi Hub for Sony TV",
    "USB-C Hub for iPhone",
    "Lego (Star Wars) Set",
    "sofa bed Cover",
    "Sofa Bed Cover",
]
TOKENIZERS = {
    "word": WordTokenizer.fit(ADS),
    "subword": SubwordTokenizer.fit(ADS * 5, vocab_size=330),
}


def matcher(tokenizer, ads=ADS, *, start_ids=(2,), context_length=None):
    model = NGramModel.fit(tokenizer.encode_ads(ads * 10), vocab_size=tokenizer.vocab_size, order=4)

    class Reader(NGramReader):
        def add(self, contexts):
            assert context_length is None or max(map(len, contexts), default=0) <= context_length
            super().add(contexts)

    return CaseMatcher(
        Decoder(lambda: Reader(model), tokenizer, start_ids, context_length=context_length)
    )


@pytest.fixture(params=TOKENIZERS)
def matched(request):
    own = matcher(TOKENIZERS[request.param])
    return lambda prompt: own.match([prompt])[0]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("sony tv", "Sony TV"),
        ("sony tv 4k for men's room", "Sony TV 4K for Men's Room"),
        ("iphone case, wi-fi", "iPhone Case, Wi-Fi"),
        ("usb-c hub for iphone", "USB-C Hub for iPhone"),
        ("lego (star wars)", "Lego (Star Wars)"),
    ],
)
def test_words_become_what_the_model_knows(matched, prompt, expected):
    assert matched(prompt) == expected


@pytest.mark.parametrize(
    "prompt",
    ["", "4 – 5", "Sony tv", "sony TV", "iPhone", "USB", "4K", "iphone Case", "手机", "साड़ी"],
)
def test_a_prompt_with_a_capital_or_without_letters_that_have_one_stays(prompt):
    def refuse():
        raise AssertionError("the model was asked")

    decoder = Decoder(refuse, TOKENIZERS["subword"], [2])
    assert CaseMatcher(decoder).match([prompt]) == [prompt]


def test_a_word_that_the_model_knows_both_ways_stays(matched):
    assert matched("sofa") == "sofa"


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_a_model_of_lower_case_keeps_it(kind):
    ads = [ad.lower() for ad in ADS]
    assert matcher(type(TOKENIZERS[kind]).fit(ads), ads).match(["sony tv"]) == ["sony tv"]


def test_a_word_that_no_spelling_makes_known_stays():
    assert matcher(TOKENIZERS["word"]).match(["zyx tv"]) == ["zyx TV"]


def test_letters_without_a_capital_of_their_own_stay():
    tokenizer = SubwordTokenizer.fit(["SS STRASSE I"] * 5, vocab_size=280)
    own = matcher(tokenizer, ["STRASSE", "I"])
    assert own.match(["straße", "ı"]) == ["straße", "ı"]


def test_a_model_of_running_text_needs_no_start():
    own = matcher(TOKENIZERS["word"], start_ids=())
    assert own.match(["sony tv", "sofa bed"]) == ["Sony TV", "sofa bed"]


def test_prompts_matched_together_are_those_matched_alone():
    ads = make_sample_ads(300, seed=1)["ad"].tolist()
    tokenizer = SubwordTokenizer.fit(ads, vocab_size=400)
    own = matcher(tokenizer, ads)
    prompts = [" ".join(ad.split()[:3]).lower() for ad in ads[:40]]
    together = own.match(prompts)
    assert together == [own.match([prompt])[0] for prompt in prompts]
    right = [" ".join(ad.split()[:3]) for ad in ads[:40]]
    assert sum(a == b for a, b in zip(together, right, strict=True)) >= 35


def test_a_prompt_beyond_the_context_is_left_to_the_check_of_its_length():
    own = matcher(TOKENIZERS["subword"], context_length=9)
    [matched] = own.match(["sony tv 4k for men's room"])
    assert matched.startswith("Sony") and matched.endswith("for men's room")
