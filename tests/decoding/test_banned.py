"""No ad comes to hold words of adult products, whatever its tokens; other ads stay as they are."""

import re
from collections import Counter, defaultdict
from copy import copy
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest

from adgen.cli.main import main
from adgen.decoding.banned import BannedWords
from adgen.decoding.loop import Decoder, Draft, Settings
from adgen.decoding.sampling import Sampling
from adgen.decoding.windows import TokenWindows
from adgen.generation.generator import AdGenerator
from adgen.ngram.directory import save_ngram_directory
from adgen.ngram.model import NGramModel
from adgen.support.adult_words import find_adult_words
from adgen.tokens.base import EOS, PAD, UNK
from adgen.tokens.subword_tokenizer import SubwordTokenizer
from adgen.tokens.word_tokenizer import WordTokenizer

# Half of them would not be shipped; what they say was made up for this test.
ADS = [
    "Silicone dildo with base, pink",
    "Silicone mould with base, pink",
    "Butt-plug set for women, 3 sizes",
    "Butter dish set for women, 3 sizes",
    "Rubber sex toys for couples, blue",
    "Rubber bath toys for kids, blue",
    "Waterproof G-spot wand, 10 modes",
    "Waterproof LED wand, 10 modes",
    "Steel cock ring for men, 2 sizes",
    "Steel cocktail ring for women, 2 sizes",
    "Rechargeable vibrator for her nipple stimulation",
    "Rechargeable lamp for her table",
] * 4
# Not the rule's own list, so that nothing found is not nothing looked for.
CHECK = re.compile(
    r"(?<![a-z])(dildo|butt\W*plug|sex\W*toy|g\W*spot|cock\W*ring|vibrator.*\bnipple stim)", re.I
)
PROMPTS = ["Silicone", "Butt", "Rubber sex", "Steel cock", "Waterproof", "Rechargeable", ""]


def gpt_tokenizer():
    transformers = pytest.importorskip("transformers")
    from adgen.gpt.tokens import GPTTokenizer

    fitted = SubwordTokenizer.fit(ADS, vocab_size=320).backend
    special = {"bos_token": EOS, "eos_token": EOS, "unk_token": UNK, "pad_token": PAD}
    return GPTTokenizer(transformers.PreTrainedTokenizerFast(tokenizer_object=fitted, **special))


TOKENIZERS = {
    "word": lambda: WordTokenizer.fit(ADS),
    "letters": lambda: SubwordTokenizer.fit(["x"], vocab_size=260),  # every byte is a token
    "subword": lambda: SubwordTokenizer.fit(ADS, vocab_size=330),
    "gpt": gpt_tokenizer,
}
SAMPLINGS = [
    Sampling(),
    Sampling(top_k=2),
    Sampling(top_p=0.6, temperature=0.8),
    Sampling(repetition_penalty=1.3),
    Sampling(greedy=True),
]


class CountReader(TokenWindows):
    """Gives the tokens that followed the longest known end of a sequence in the ads, and others."""

    def __init__(self, tokenizer):
        super().__init__(4)
        self.vocab_size = tokenizer.vocab_size
        self.followers = defaultdict(Counter)
        for ad in ADS:
            token_ids = [tokenizer.eos_id, *tokenizer.encode(ad), tokenizer.eos_id]
            for end in range(1, len(token_ids)):
                for start in range(max(end - 4, 0), end):
                    self.followers[tuple(token_ids[start:end])][token_ids[end]] += 1

    def logits(self):
        logits = np.full((len(self.token_ids), self.vocab_size), -9, np.float32)
        for row, token_ids in zip(logits, self.token_ids.tolist(), strict=True):
            ends = (tuple(token_ids[start:]) for start in range(4))
            known = next((end for end in ends if end in self.followers), None)
            for token_id, count in self.followers.get(known, {}).items():
                row[token_id] = np.log(count)
        return logits


@pytest.fixture(scope="module", params=TOKENIZERS)
def decoder(request):
    """Returns what writes such ads with tokens of a kind."""
    tokenizer = TOKENIZERS[request.param]()
    counted = CountReader(tokenizer)
    return Decoder(lambda: copy(counted), tokenizer, [tokenizer.eos_id])


def written(decoder, sampling, *, num_ads=10, max_tokens=60, **others):
    tokenizer = decoder._tokenizer
    drafts = [
        Draft(prompt, tokenizer.encode(prompt) if prompt else [], number)
        for prompt in PROMPTS
        for number in range(num_ads)
    ]
    settings = Settings(sampling, max_tokens=max_tokens, seed=1, **others)
    for _ in decoder.write(drafts, settings, batch_size=32):
        pass
    return drafts


def test_only_unguarded_ads_hold_them(decoder):
    hits = [CHECK.search(decoder.text(d)) for d in written(decoder, Sampling(), allow_adult=True)]
    assert sum(map(bool, hits)) > 10
    for sampling in SAMPLINGS:
        drafts = written(decoder, sampling)
        assert [text for text in map(decoder.text, drafts) if CHECK.search(text)] == []
        assert any(draft.finished for draft in drafts)


@pytest.mark.parametrize("max_tokens", [1, 2, 3, 5, 8])
def test_ads_that_are_cut_hold_none(decoder, max_tokens):
    for sampling in SAMPLINGS[:2]:
        drafts = written(decoder, sampling, max_tokens=max_tokens)
        assert not any(find_adult_words(decoder.text(draft)) for draft in drafts)


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_ads_without_them_are_those_of_an_unguarded_writer(decoder, sampling):
    guarded = written(decoder, sampling)
    free = written(decoder, sampling, allow_adult=True)
    same = [a for a, b in zip(free, guarded, strict=True) if a == b]
    clean = [draft for draft in free if not find_adult_words(decoder.text(draft))]
    assert len(clean) > 10 and same == clean


def test_the_quick_look_at_a_token_misses_nothing(decoder):
    """Every token is looked at behind every beginning of an ad, by its whole text."""
    tokenizer = decoder._tokenizer
    used = sorted({*chain.from_iterable(map(tokenizer.encode, ADS)), *range(3, 40)})
    banned = BannedWords(tokenizer)
    for ad in dict.fromkeys(ADS):
        token_ids = tokenizer.encode(ad)
        for end in range(len(token_ids)):
            draft = Draft("", [], token_ids=token_ids[:end])
            if find_adult_words(decoder.text(draft)):
                break
            for token_id in used:
                slow = find_adult_words(decoder.text(draft, token_id)) is not None
                found = banned.would_hold(
                    token_id, lambda one, draft=draft: decoder.text(draft, one)
                )
                assert found == slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    tokenizer = SubwordTokenizer.fit(ADS, vocab_size=330)
    model = NGramModel.fit(tokenizer.encode_ads(ADS), vocab_size=tokenizer.vocab_size, order=8)
    place = tmp_path_factory.mktemp("ngram") / "model"
    save_ngram_directory(place, model, tokenizer=tokenizer, info={})
    return place


def test_explained_and_streamed_ads_are_the_guarded_ones(folder):
    generator = AdGenerator.from_pretrained(folder)
    [ads] = generator.generate("Silicone", num_ads=30)
    [explained] = generator.explain("Silicone", num_ads=30, num_candidates=4)
    assert [ad.text for ad in explained] == [ad.text for ad in ads]
    assert "".join(generator.stream("Silicone")) == ads[0].text
    refused = [
        one
        for ad in explained
        for step in ad.steps
        for one in step.candidates
        if one.model_probability > 0.2 and one.probability == 0
    ]
    assert refused  # "dildo" stood among the candidates, and could not be drawn
    for ad in explained:
        assert all(step.chosen.probability > 0 for step in ad.steps)


def test_a_redrawn_ad_depends_on_its_seed_alone(folder):
    generator = AdGenerator.from_pretrained(folder)
    expected = generator.generate(PROMPTS[:1], num_ads=20, seed=3)
    assert generator.generate(PROMPTS[:1], num_ads=20, seed=3, batch_size=1) == expected
    together = generator.generate(["Butt", "Silicone", ""], num_ads=20, seed=3, batch_size=7)
    assert together[1] == expected[0]
    # What is drawn in place of a refused token is drawn anew: not always the same neighbour.
    free = generator.generate(PROMPTS[:1], num_ads=60, seed=3, allow_adult=True)[0]
    guarded = generator.generate(PROMPTS[:1], num_ads=60, seed=3)[0]
    changed = {a.text for a, b in zip(guarded, free, strict=True) if a != b}
    assert len(changed) > 1


def test_a_prompt_that_holds_them_is_refused_and_can_be_allowed(folder, capsys):
    generator = AdGenerator.from_pretrained(folder)
    with pytest.raises(ValueError, match=r"Prompt 1 is of an adult product \('dildo'\)"):
        generator.generate(["Silicone", "Silicone DILDO"])
    [ads] = generator.generate("Silicone dildo", num_ads=5, allow_adult=True)
    assert all(ad.text.startswith("Silicone dildo") for ad in ads)
    words = ["generate", "Silicone dildo", "--model", str(folder)]
    assert main(words) == 2
    assert "Give another prompt, or --allow-adult." in capsys.readouterr().err
    assert main([*words, "--allow-adult"]) == 0
    assert "Silicone dildo" in capsys.readouterr().out


def test_where_every_other_token_is_refused_too_the_ad_ends():
    """A vocabulary with nothing else to say leaves the end of the ad."""
    tokenizer = WordTokenizer.of_tokens(["<pad>", "<unk>", "<eos>", "dildo", "dildos"])

    class Reader:
        def add(self, contexts):
            self.num_rows = len(contexts)

        def logits(self):
            return np.tile(np.array([0, 0, -9, 5, 5], np.float32), (self.num_rows, 1))

        def keep(self, rows):
            self.num_rows = len(rows)

        def advance(self, token_ids):
            pass

    draft = Draft("", [])
    writer = Decoder(Reader, tokenizer, [2])
    list(writer.write([draft], Settings(Sampling(), max_tokens=5, seed=0)))
    assert draft.token_ids == [2] and draft.finished


# --- whole ads that are known


def known_of(ads):
    """Makes what holds whole ads, and notes what it was asked for."""

    class Known(set):
        asked = ()

        def __contains__(self, ad):
            self.asked = (*self.asked, ad)
            return super().__contains__(ad)

    return Known(ads)


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(greedy=True), Sampling(top_k=1)])
def test_no_ad_ends_as_a_known_one(folder, sampling):
    generator = AdGenerator.from_pretrained(folder)
    settings = Settings(sampling, max_tokens=60, seed=5, allow_adult=True)
    prompts = ["Silicone mould", "Rubber bath", "Steel"]

    def texts(known):
        drafts = [
            (None, Draft(prompt, generator.tokenizer.encode(prompt), number))
            for prompt in prompts
            for number in range(1 if sampling.is_certain else 6)
        ]
        guarded = replace(settings, known_ads=known)
        return [ad for _, ad in generator.write_drafts(drafts, guarded)]

    free = [ad.text for ad in texts(())]
    copies = set(free) & set(ADS)
    assert copies  # an n-gram model of twelve ads writes little else
    known = known_of(ADS)
    ads = texts(known)
    assert not {ad.text for ad in ads if ad.finished} & set(ADS)
    # Asked at ends alone, and what was no copy stays as it was.
    assert set(known.asked) >= copies
    assert all(ad.text == one for ad, one in zip(ads, free, strict=True) if one not in ADS)


def test_models_of_the_public_corpus_write_none_of_its_training_ads(folder, tmp_path, monkeypatch):
    from adgen.generation import trained

    place = tmp_path / "model"
    model = AdGenerator.from_pretrained(folder).model.directory
    info = {"corpus": {"name": "Diploma-master.zip"}}
    save_ngram_directory(place, model.model, tokenizer=model.tokenizer, info=info)
    monkeypatch.setattr(trained, "load_training_ads", lambda: set(ADS))
    ours, others = (AdGenerator.from_pretrained(path) for path in (place, folder))
    words = {"num_ads": 20, "seed": 1, "sampling": Sampling(), "allow_adult": True}
    [free] = others.generate("Rubber bath", **words)
    [guarded] = ours.generate("Rubber bath", **words)
    [allowed] = ours.generate("Rubber bath", allow_copies=True, **words)
    assert [ad.text for ad in allowed] == [ad.text for ad in free]
    assert {ad.text for ad in free} & set(ADS)
    assert not {ad.text for ad in guarded if ad.finished} & set(ADS)
    assert (
        "".join(ours.stream("Rubber bath", sampling=Sampling(), seed=1, allow_adult=True))
        == guarded[0].text
    )
