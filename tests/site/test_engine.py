"""The page's engine in Node beside Python's: streams, tokens, texts, logits and ads are equal."""

import hashlib
import random
import sys
import unicodedata

import numpy as np
import pytest

from adgen.corpus.cleaning import clean_text
from adgen.decoding.borders import WordBorders
from adgen.decoding.exact import choose_exactly
from adgen.decoding.letter_case import CaseMatcher
from adgen.decoding.sampling import Sampling, sequence_generator
from adgen.generation.generator import AdGenerator
from adgen.support import exact_functions
from adgen.support.adult_words import find_adult_words, may_complete_adult_words
from adgen.support.scripts import is_mark, is_without_spaces

HARD_TEXTS = [
    "",
    " ",
    "  two  spaces ",
    "it's Men's we'll I'd 'tis they've",
    "Größe: 44 mm – für Sie",
    "cafe\u0301 naïve NESCAFÉ®",
    "手机壳 iPhone 15保护套",
    "สายชาร์จ USB-C",
    "हिन्दी किताब",
    "👩‍👩‍👧 family ❤️ 🇩🇪",
    'Sony TV 55" 4K <b>bold</b> & \\ \t tab',
    "12345678901234567890 ½ Ⅷ ²",
    "<eos><pad><unk>",
    "__proto__ constructor toString",
    "a" * 300,
    "\u00a0no\u2003break\u3000wide",
    "ﬁ ligature ＡＢＣ（２）",
    "Ωmega ΣΑΣ ς İstanbul ıssız straße",
    "\U0001d400\U0001f600\U0010fffd\ufffd",
    "عربي نص اختبار ١٢٣",
    "한국어 텍스트 1개",
]
DIRTY_TEXTS = [
    "  Gift&nbsp;set â€“ 2\u00a0mugs &amp; CafÃ©\u200b spoon ",
    "&Acirc;&reg; &#128; &#x41; &#0; &#xD800; &#1114112; &apos; &Nbsp; &amp &quot &amp; &Pr; a&b;",
    "IRMÃ™ menÂ’s √π ¬© Ã© Â®",
    "ä¸­æ–‡ ï¼ˆï¼’ï¼‰ ðŸ˜€ ã\u0081\u0082",
    "price $5Â -10 ✓ â„¢",
    "soft\u00adhyphen zero\u200bwidth \u200djoiner a\u200db 👩\u200d👧 क\u200dष",
    "half\u2028line\u0085next\x1cfile",
    "red\x1b[31m \x1b[1;2H\x1b]0;title\x07mug \x1b]8;;u\x1b\\tea \x1b[ /@\x1b]",
]
PROMPTS = [
    "Sony TV",
    "apple watch",
    "lego",
    "usb-c charging cable for iphone",
    "Women's Running Shoes",
    "men's wallet",
    "dog",
    "手机壳",
    "café latte mug",
    "samsung galaxy s21 (case)",
    "Nike 10",
    "",
    "wi-fi router",
    "4k hdmi",
    "Herren Größe",
    "<script>alert(1)</script>",
    "=1+1",
    "straße laterne",
    "Gift &amp; set",
    "adult t-shirt",
]
SETTINGS = [
    {},
    {"temperature": 0.8, "top_k": 40},
    {"temperature": 1.3, "top_p": 0.9, "repetition_penalty": 1.0},
    {"greedy": True},
    {"temperature": 1.0, "top_k": 200, "top_p": 0.5, "repetition_penalty": 1.5},
]


@pytest.fixture(scope="module")
def generator():
    return AdGenerator.from_pretrained(exact=True)


def bits(values):
    return [str(int(value)) for value in np.asarray(values, np.float64).view(np.uint64)]


def as_page(sampling, max_tokens=60, seed=0):
    """Controls by the names that they have in JavaScript."""
    return {
        "temperature": sampling.temperature,
        "topK": sampling.top_k,
        "topP": sampling.top_p,
        "repetitionPenalty": sampling.repetition_penalty,
        "greedy": sampling.greedy,
        "maxTokens": max_tokens,
        "seed": seed,
    }


@pytest.mark.parametrize("name", ["exp", "tanh", "sigmoid", "log"])
def test_functions_have_the_same_bits(ask, name):
    rng = np.random.default_rng(3)
    values = np.concatenate([rng.uniform(-40, 40, 3000), rng.uniform(-1e-3, 1e-3, 500)])
    values = np.concatenate([values, [0.0, -0.0, 700.0, -700.0, 900.0, -900.0]])
    if name == "log":
        values = np.exp(values[:3000])
    [answer] = ask(["functions", name, bits(values)])
    assert answer == bits(getattr(exact_functions, name)(values))


def test_blake2b_is_that_of_python(ask):
    contents = [bytes(range(256))[:n] for n in (0, 1, 63, 64, 127, 128, 129, 255, 256)]
    answers = ask(*(["blake2b", list(content), 16] for content in contents))
    assert [bytes(one) for one in answers] == [
        hashlib.blake2b(content, digest_size=16).digest() for content in contents
    ]


def test_streams_are_those_of_numpy(ask):
    prompts = ["", "Sony TV", "手机壳 \U0001f600", "x" * 400]
    wanted = [(seed, p, n) for seed in (0, 7, 2_147_483_647) for p in prompts for n in (0, 1, 999)]
    answers = ask(*(["stream", *one, 50] for one in wanted))
    for one, answer in zip(wanted, answers, strict=True):
        assert answer == sequence_generator(*one).random(50).tolist()


def test_characters_are_those_of_python(ask):
    [flags] = ask(["flags", 0, sys.maxunicode + 1])
    asked = {
        0: str.isalnum,
        1: is_mark,
        2: is_without_spaces,
        6: str.isdecimal,
        7: str.islower,
        8: str.isupper,
        10: str.isalpha,
    }
    for bit, question in asked.items():
        wrong = [
            code
            for code in range(0, sys.maxunicode + 1, 7)
            if question(chr(code)) != bool(flags[code] >> bit & 1)
        ]
        assert not wrong, f"bit {bit}: {wrong[:5]}"


def test_tokenizer_encodes_and_decodes_as_pythons(ask, generator):
    tokenizer = generator.tokenizer
    texts = HARD_TEXTS + [clean_text(text) for text in DIRTY_TEXTS]
    for text, ids in zip(texts, ask(*(["encode", text] for text in texts)), strict=True):
        assert ids == tokenizer.encode(text), text
    rng = np.random.default_rng(0)
    # Any ids, so that most are not whole characters.
    rows = [rng.integers(0, 600, size).tolist() for size in range(1, 40)]
    for ids, text in zip(rows, ask(*(["decode", ids] for ids in rows)), strict=True):
        assert text == tokenizer.decode(ids)


def test_tokenizer_cuts_pieces_at_every_character_as_pythons(ask, generator):
    # Characters that this Python's Unicode knows; browsers may know newer ones.
    known = [chr(n) for n in range(sys.maxunicode + 1) if unicodedata.category(chr(n))[0] != "C"]
    texts = ["a1".join(known[start : start + 400]) for start in range(0, len(known), 4000)]
    answers = ask(*(["encode", text] for text in texts))
    assert [ids for ids in answers] == [generator.tokenizer.encode(text) for text in texts]


def test_prompts_are_cleaned_as_by_python(ask):
    pieces = [*HARD_TEXTS, *DIRTY_TEXTS]
    rng = random.Random(0)
    alphabet = "".join(pieces) + "ÃÂâ€™√π¬©&#x;amp \u200d"
    mixed = ["".join(rng.choices(alphabet, k=12)) for _ in range(1500)]
    texts = pieces + mixed
    for text, cleaned in zip(texts, ask(*(["clean", text] for text in texts)), strict=True):
        assert cleaned == clean_text(text), ascii(text)


def test_adult_words_are_those_of_python(ask, generator):
    words = ["dil do", "Silicone DILDOS, 2 pcs", "Unisex toy box", "sex toy", "ldo", " table"]
    words += ["vibrator for her", "Vibrátor: Bullet", "p\u0301orn", "\ufffd", "0 g-spot", "ﬁst"]
    words += [generator.tokenizer.decode([i]) for i in range(3, generator.tokenizer.vocab_size, 5)]
    answers = ask(*(["adult", text] for text in words))
    assert answers == [[find_adult_words(w), may_complete_adult_words(w)] for w in words]


def test_borders_are_those_of_python(ask, generator):
    borders = WordBorders(generator.tokenizer)
    part = next(i for i, b in enumerate(generator.tokenizer.token_bytes) if b == b"\xe6")
    wanted = [
        ("Dog", []),
        ("手机", []),
        ("Wi-", []),
        ("cafe\u0301", []),
        ("Dog", [part]),
        ("手", [part]),
        ("Dog", [300]),
        ("", []),
    ]
    for one, ids in zip(wanted, ask(*(["glued", *one] for one in wanted)), strict=True):
        assert ids == borders.glued(*one).tolist(), one


def test_capitals_are_those_of_python(ask, generator):
    vocabulary, *matched = ask(["vocabulary"], *(["match", prompt] for prompt in PROMPTS))
    case = CaseMatcher(generator._decoder)
    assert vocabulary == dict(case._of_vocabulary)
    assert matched == case.match(PROMPTS)


def test_logits_have_the_same_bits(ask, generator):
    prompts = PROMPTS[:8]
    beginnings = [generator.tokenizer.encode(prompt) for prompt in prompts]
    expected = generator._decoder.next_logits(beginnings)
    answers = ask(*(["logits", ids] for ids in beginnings))
    for row, answer in zip(expected, answers, strict=True):
        assert answer == bits(row)


def test_choices_are_those_of_python(ask):
    rng = np.random.default_rng(1)
    rows = [
        rng.normal(0, 3, 500),
        np.round(rng.normal(0, 1, 500)),  # many equal ones
        np.where(rng.random(500) < 0.9, -np.inf, rng.normal(0, 1, 500)),
        np.full(500, 2.0),
    ]
    samplings = [Sampling(**given) for given in SETTINGS]
    samplings += [Sampling(top_p=p) for p in (1e-9, 0.3, 1 - 1e-12)]
    samplings += [Sampling(top_k=k, temperature=t) for k in (1, 2, 499, 500) for t in (1e-5, 1e5)]
    uniforms = [0.0, 0.25, float(rng.random()), 1 - 2**-53]
    calls, expected = [], []
    for row in rows:
        for sampling in samplings:
            for uniform in uniforms:
                so_far = rng.integers(0, 500, 5).tolist()
                calls.append(["choose", bits(row), as_page(sampling), uniform, so_far, [0, 1]])
                expected += choose_exactly(
                    row[np.newaxis],
                    sampling,
                    uniforms=np.array([uniform]),
                    token_ids_so_far=[so_far],
                    banned=[0, 1],
                ).tolist()
    assert ask(*calls) == expected


def test_ads_are_those_of_python(ask, generator):
    base = generator.default_sampling
    wanted = []
    for number, prompt in enumerate(PROMPTS):
        given = SETTINGS[number % len(SETTINGS)]
        sampling = Sampling(**({"repetition_penalty": base.repetition_penalty} | given))
        wanted.append((prompt, 1 if sampling.greedy else 2, sampling, 5 + number, number * 1001))
    answers = ask(*(["ads", p, n, as_page(s, tokens, seed)] for p, n, s, tokens, seed in wanted))
    for (prompt, num_ads, sampling, tokens, seed), ads in zip(wanted, answers, strict=True):
        [expected] = generator.generate(
            prompt, num_ads=num_ads, sampling=sampling, max_tokens=tokens, seed=seed
        )
        assert [ad["ids"] for ad in ads] == [list(ad.token_ids) for ad in expected], prompt
        assert [ad["text"] for ad in ads] == [ad.text for ad in expected], prompt
        assert [ad["isFinished"] for ad in ads] == [ad.finished for ad in expected], prompt


def test_prompts_that_python_refuses_are_refused(ask):
    refusals = ask(["refusal", "sex toy"], ["refusal", "x" * 2001], ["refusal", "Sony TV"])
    assert "adult product" in refusals[0]
    assert "2001 characters" in refusals[1]
    assert refusals[2] is None


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("\n  \nbrand;product\n\n;mug\n", [["brand", "product"], ["", "mug"]]),
        ("\ufeffsep=;\r\nname, brand;size\r\nmug;9\r\n", [["name, brand", "size"], ["mug", "9"]]),
        ('"SEP=\t"\na,b\tc\n', [["a,b", "c"]]),
        ('sep=|\nproduct\n5" pipe\n', [["product"], ['5" pipe']]),
        ("\n\tproduct\nx\tmug", [["", "product"], ["x", "mug"]]),
    ],
)
def test_blank_lines_and_excel_s_first_line_are_no_rows(ask, text, rows):
    assert ask(["parse", text]) == [rows]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('product\nmug\n"5 inch pipe\ncup\n', 3),
        ('sep=;\n"product\nmug\n', 2),
        ('\nproduct\n"a ""b""\nc', 3),
    ],
)
def test_a_quote_without_end_is_refused_with_its_line(ask, text, line):
    [message] = ask(["unreadable", text])
    assert f"opens in line {line} is not closed" in message
    assert ask(["unreadable", text + '"']) == [None]


def test_files_are_read_in_utf_8_and_utf_16_alone(ask):
    text = "product\nKüche 手机壳\n"
    files = [text.encode(name) for name in ("utf-8", "utf-8-sig", "utf-16")]
    files.append(b"\xfe\xff" + text.encode("utf-16-be"))
    assert ask(*(["decoded", list(file)] for file in files)) == [text] * 4
    for file in (text[:12].encode("latin-1"), b"\xff\xfea", b"\xff\xd8\xff\xe0"):
        [answer] = ask(["decoded", list(file)])
        assert "Save it as UTF-8" in answer["refused"]
