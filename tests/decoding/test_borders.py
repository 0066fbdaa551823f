"""A prompt's last word stays whole in every script, and goes on where there are no spaces."""

import unicodedata

import numpy as np
import pytest
from tiny_gpt import own_tokenizer

from adgen.decoding.borders import WordBorders, last_border
from adgen.decoding.loop import Decoder, Draft, Settings
from adgen.decoding.sampling import Sampling
from adgen.ngram.model import NGramModel
from adgen.ngram.reader import NGramReader
from adgen.tokens.subword_tokenizer import SubwordTokenizer
from adgen.tokens.word_tokenizer import WordTokenizer

# A prompt, and what a model of the language writes behind it.
GOES_ON = {
    "Chinese": ("手机", "壳"),
    "Japanese": ("ワイヤレス", "イヤホン"),
    "Japanese, from kanji to kana": ("完全", "ワイヤレス"),
    "Thai": ("เคส", "โทรศัพท์"),
    "Thai behind a vowel sign": ("สี", "ดำ"),
    "Khmer": ("ទូរស័ព្ទ", "ដៃ"),
    "Lao": ("ໂທລະສັບ", "ມືຖື"),
    "Burmese": ("ဖုန်း", "အိတ်"),
    "Chinese behind Latin letters": ("iPhone", "手机壳"),
    "Chinese behind a number": ("iPhone 15", "手机壳"),
    "Latin letters behind Chinese": ("手机", "USB"),
    "a sign behind Latin letters": ("Sony", "®"),
    "English behind a hyphen": ("Wi-", "Fi"),
}
STAYS_WHOLE = {
    "English": ("Dog", "house"),
    "a number": ("44", "0"),
    "Latin with marks": ("Größ", "e"),
    "decomposed Latin": ("Cafe\u0301", "teria"),
    "a mark behind Latin": ("Cafe", "\u0301"),
    "Hindi": ("दुकान", "दार"),
    "Hindi behind a vowel sign": ("साड़ी", "वाला"),
    "a vowel sign behind Hindi": ("दुकान", "ों"),
    "Tamil behind a virama": ("தமிழ்", "நாடு"),
    "Arabic": ("هاتف", "ي"),
    "Persian behind a joiner": ("کتاب", "\u200cها"),
    "Cyrillic": ("Телефон", "ный"),
    "Greek": ("Κινητ", "ό"),
    "Korean": ("전화", "기"),
    "a vowel sign behind Thai": ("กน", "ิ"),
    "a tone mark behind Thai": ("มา", "\u0e49"),
}
TEXTS = [prompt + rest for prompt, rest in (GOES_ON | STAYS_WHOLE).values()]
BYTES = SubwordTokenizer.fit(["a"], vocab_size=259)  # every other character is several tokens
SUBWORDS = SubwordTokenizer.fit(TEXTS * 2, vocab_size=500)


class SureReader:
    """Gives the next token of one text 0.918, and shares the rest among all the others."""

    def __init__(self, token_ids, vocab_size):
        self._token_ids, self._vocab_size, self._place = token_ids, vocab_size, 0

    def add(self, contexts):
        assert len(contexts) == 1

    def logits(self):
        probabilities = np.full(self._vocab_size, 0.082 / (self._vocab_size - 1))
        probabilities[self._token_ids[self._place]] = 0.918
        return np.log(probabilities)[np.newaxis].astype(np.float32)

    def keep(self, rows):
        pass

    def advance(self, token_ids):
        self._place = min(self._place + 1, len(self._token_ids) - 1)


def written(tokenizer, prompt, rest):
    """What a model writes behind the prompt that is nearly sure of `rest`, then of the end."""
    text_ids = [*tokenizer.encode(rest), tokenizer.eos_id]
    decoder = Decoder(
        lambda: SureReader(text_ids, tokenizer.vocab_size), tokenizer, [tokenizer.eos_id]
    )
    draft = Draft(prompt, tokenizer.encode(prompt))
    settings = Settings(Sampling(greedy=True), max_tokens=len(text_ids), seed=0)
    list(decoder.write([draft], settings))
    return decoder.text(draft).removeprefix(prompt)


@pytest.mark.parametrize("tokenizer", [BYTES, SUBWORDS], ids=["bytes", "subwords"])
@pytest.mark.parametrize("case", GOES_ON)
def test_a_script_without_spaces_goes_on_with_letters(case, tokenizer):
    prompt, rest = GOES_ON[case]
    assert written(tokenizer, prompt, rest) == rest


@pytest.mark.parametrize("tokenizer", [BYTES, SUBWORDS], ids=["bytes", "subwords"])
@pytest.mark.parametrize("case", STAYS_WHOLE)
def test_the_last_word_stays_whole(case, tokenizer):
    prompt, rest = STAYS_WHOLE[case]
    new = written(tokenizer, prompt, rest)
    assert new != rest
    assert not new[:1].isalnum() and unicodedata.category(new[:1] or " ")[0] != "M"
    assert "\ufffd" not in new


@pytest.mark.parametrize("case", GOES_ON)
def test_a_gpts_tokenizer_goes_on_too(case):
    from adgen.gpt.tokens import GPTTokenizer

    prompt, rest = GOES_ON[case]
    assert written(GPTTokenizer(own_tokenizer()), prompt, rest) == rest


@pytest.mark.parametrize("case", STAYS_WHOLE)
def test_a_gpts_tokenizer_keeps_the_last_word_whole_too(case):
    from adgen.gpt.tokens import GPTTokenizer

    prompt, rest = STAYS_WHOLE[case]
    assert written(GPTTokenizer(own_tokenizer()), prompt, rest) != rest


def test_a_word_tokenizer_sets_words_apart_by_spaces_in_every_script():
    tokenizer = WordTokenizer.fit(["手机 壳", "เคส โทรศัพท์", "साड़ी वाला"])
    assert written(tokenizer, "手机", "壳") == " 壳"
    assert written(tokenizer, "เคส", "โทรศัพท์") == " โทรศัพท์"
    assert written(tokenizer, "साड़ी", "वाला") == " वाला"


@pytest.mark.parametrize(
    ("ads", "prompt"),
    [
        (["手机壳透明", "手机膜"], "手机"),
        (["ワイヤレスイヤホン", "ワイヤレス充電器"], "ワイヤレス"),
        (["เคสโทรศัพท์", "เคสมือถือ"], "เคส"),
    ],
)
def test_an_ngram_model_writes_the_ads_that_it_has_seen(ads, prompt):
    tokenizer = SubwordTokenizer.fit(ads, vocab_size=259)
    model = NGramModel.fit(
        tokenizer.encode_ads(ads * 20), vocab_size=tokenizer.vocab_size, order=12
    )
    decoder = Decoder(lambda: NGramReader(model), tokenizer, [tokenizer.eos_id])
    drafts = [Draft(prompt, tokenizer.encode(prompt), number) for number in range(20)]
    list(decoder.write(drafts, Settings(Sampling(), max_tokens=60, seed=0), batch_size=20))
    texts = [decoder.text(draft) for draft in drafts]
    assert {*texts} >= {*ads} and sum(text in ads for text in texts) >= 15


def test_a_part_of_a_character_is_judged_by_what_most_characters_are_that_begin_so():
    borders = WordBorders(BYTES)
    of_byte = {tokens[0]: i for i, tokens in enumerate(BYTES.token_bytes) if tokens}

    def may_follow(prompt, begun=b""):
        banned = borders.glued(prompt, [of_byte[byte] for byte in begun])
        return {byte for byte, i in of_byte.items() if byte >= 0x80 and i not in banned}

    # Signs (C2), phonetic signs (CB), punctuation and signs (E2), kana and ideographs, emoji (F0).
    assert may_follow("Dog") == {0xC2, 0xCB, 0xE2, *range(0xE3, 0xEA), 0xF0}
    # Behind Thai any letter, but no combining accents (CC, CD) and no bytes that begin nothing.
    assert {0xC3, 0xD0, 0xE0, 0xEA} <= may_follow("เคส")
    assert not {0x80, 0xBF, 0xC0, 0xCC, 0xCD, 0xF5, 0xFF} & may_follow("เคส")
    # Letters are E0 B8 81 to B0, B2 and B3; BF is a sign; the others are vowel signs or nothing.
    last = may_follow("เคส", b"\xe0\xb8")
    assert last == {*range(0x81, 0xB1), 0xB2, 0xB3, 0xBF}
    # Once there is a whole character, everything may follow.
    assert may_follow("เคส", b"\xe0\xb8\x81") == {*range(0x80, 0x100)}


def test_a_prompt_that_ends_in_no_word_is_followed_by_anything():
    borders = WordBorders(BYTES)
    for prompt in ("", "Wi-", "44 mm –", "手机，", "❤\ufe0f"):
        assert not len(borders.glued(prompt, []))


def test_ads_without_spaces_are_streamed_letter_by_letter():
    assert last_border("Sony TV 55", 9) == 7
    assert last_border("手机壳透明", 3) == 3
    assert last_border("เคสมือถือ", 4) == 3  # not between a letter and its vowel sign
    assert last_border("Sony", 3) == -1
