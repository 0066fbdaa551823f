import json
import math
import subprocess
import sys
import unicodedata
from collections import defaultdict
from functools import cache
from itertools import chain

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_models import TEXTS, save_tiny_model, subword_tokenizer, word_tokenizer

from adgen.corpus import clean_text
from adgen.decoding.loop import Decoder, Draft
from adgen.decoding.sampling import Sampling, draw, probabilities, sequence_generator
from adgen.generation.arguments import MAX_PROMPT_CHARS
from adgen.generation.generator import AdGenerator
from adgen.lstm.numpy_lstm import NumpyLSTM
from adgen.support import processes
from adgen.support.arrays import log_normaliser

TOKENIZERS = {"word": word_tokenizer, "subword": subword_tokenizer}
KINDS = [(reads, kind) for reads in ("stream", "ad", "packed") for kind in TOKENIZERS]
PROMPTS = [
    "Apple Watch",
    "Sony TV 55 inch: 4K Ultra",
    "Tesla for Christmas",
    "Größe",
    "Wi-",
    "44 mm –",
    "Sony",
]
CONTROLS = Sampling(temperature=0.9, top_k=12, top_p=0.95, repetition_penalty=1.2)


@pytest.fixture(scope="module")
def generators(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    paths = {
        (reads, kind): save_tiny_model(
            folder / f"{reads}-{kind}", reads=reads, tokenizer=TOKENIZERS[kind]()
        )
        for reads, kind in KINDS
    }
    return {key: AdGenerator.from_pretrained(path) for key, path in paths.items()}


@cache
def beginnings():
    """Of characters that begin with some bytes: how many are no word's behind Latin, and are."""
    spaceless = [*range(0xE00, 0xF00), *range(0x1000, 0x10A0), *range(0x1780, 0x1800)]
    spaceless = {*spaceless, *range(0x3041, 0x3100), *range(0x3400, 0x9FFF), *range(0x20000, 2**18)}
    counts = defaultdict(lambda: [0, 0])
    for code in range(0x80, 2**18):
        kind = unicodedata.category(chr(code))
        if kind[0] != "C":
            is_word = kind[0] == "M" or (chr(code).isalnum() and code not in spaceless)
            for length in range(1, 5):
                counts[chr(code).encode()[:length]][is_word] += 1
    return counts


def makes_longer(begun, added):
    """Whether a token is glued to a prompt that ends in a Latin letter or a digit."""
    if not added or (begun and begun.decode(errors="replace")[0] != "\ufffd"):
        return False
    first = (begun + added)[:4].decode(errors="replace")[0]
    if first != "\ufffd":
        others, word = beginnings()[first.encode()] if first > "\x7f" else (1, first.isalnum())
    else:
        others, word = beginnings().get(begun + added, (0, 1))
    return word >= others


def slow_ad(generator, prompt, *, sampling, max_tokens, seed, number=0):
    """Writes one ad, one token at a time, the whole context read anew for each."""
    tokenizer, config = generator.tokenizer, generator.config
    lstm = NumpyLSTM(generator.model.directory.weights, config)
    prompt_ids, written, total = tokenizer.encode(prompt), [], 0.0
    start = [] if config.reads == "stream" else [2]
    banned = [0, 1, 2] if config.reads == "stream" else [0, 1]
    random = sequence_generator(seed, prompt, number)
    while len(written) < max_tokens:
        glued = []
        if prompt[-1:].isalnum() and tokenizer.kind == "subword" and len(written) < 4:
            begun = b"".join(tokenizer.token_bytes[i] for i in written)
            glued = [i for i in range(300) if makes_longer(begun, tokenizer.token_bytes[i])]
        context = (start + prompt_ids + written)[-(config.sequence_length or 10**6) :]
        state = lstm.initial_state(1)
        for token_id in context:
            state = lstm.step(np.array([token_id]), state)
        logits = lstm.logits(state)
        distribution = probabilities(
            logits, sampling, token_ids_so_far=[prompt_ids + written], banned=banned + glued
        )
        written.append(int(draw(distribution, np.array([random.random()]))[0]))
        total += float(logits[0, written[-1]] - log_normaliser(logits)[0])
        if written[-1] == 2:
            break
    return tuple(written), total


@pytest.mark.parametrize("key", KINDS)
@pytest.mark.parametrize("sampling", [Sampling(), CONTROLS, Sampling(greedy=True)])
def test_generation_equals_a_plain_slow_loop(generators, key, sampling):
    generator = generators[key]
    results = generator.generate(PROMPTS, num_ads=2, sampling=sampling, max_tokens=15, seed=3)
    for prompt, ads in zip(PROMPTS, results, strict=True):
        for number, ad in enumerate(ads):
            token_ids, total = slow_ad(
                generator, prompt, sampling=sampling, max_tokens=15, seed=3, number=number
            )
            assert ad.token_ids == token_ids
            assert ad.finished == (token_ids[-1] == 2)
            assert ad.log_probability == pytest.approx(total, abs=1e-4)


@pytest.mark.parametrize("key", KINDS)
def test_the_same_seed_gives_the_same_ads_in_any_batch_and_order(generators, key):
    generator = generators[key]
    expected = generator.generate(PROMPTS, num_ads=3, seed=5, max_tokens=20)
    for batch_size in (1, 2, 7, 1000):
        assert (
            generator.generate(PROMPTS, num_ads=3, seed=5, max_tokens=20, batch_size=batch_size)
            == expected
        )
    backwards = generator.generate(PROMPTS[::-1], num_ads=3, seed=5, max_tokens=20)
    assert backwards[::-1] == expected
    assert [generator.generate(p, num_ads=3, seed=5, max_tokens=20)[0] for p in PROMPTS] == expected
    assert generator.generate(PROMPTS[0], num_ads=1, seed=5, max_tokens=20)[0] == expected[0][:1]


@pytest.mark.parametrize("key", [("ad", "word"), ("packed", "subword")])
def test_the_same_seed_gives_the_same_ads_in_any_number_of_threads(generators, key, monkeypatch):
    monkeypatch.setattr(processes, "num_cores", lambda: 3)
    prompts = [f"Sony TV {number}" for number in range(50)]
    written = []
    for num_threads in ("1", "2", "3"):
        monkeypatch.setenv("OMP_NUM_THREADS", num_threads)
        written.append(
            generators[key].generate(
                prompts, num_ads=3, sampling=Sampling(repetition_penalty=1.2), max_tokens=12
            )
        )
    assert written[0] == written[1] == written[2]


@pytest.mark.parametrize("key", KINDS)
def test_ads_one_by_one_are_those_of_generate(generators, key):
    generator = generators[key]
    options = {"num_ads": 3, "seed": 5, "max_tokens": 20}
    expected = list(chain(*generator.generate(PROMPTS, **options)))
    for batch_size in (1, 2, 7, 1000):
        assert list(generator.iter_ads(PROMPTS, batch_size=batch_size, **options)) == expected
    assert list(generator.iter_ads(iter(PROMPTS), batch_size=4, **options)) == expected
    explained = generator.iter_ads(PROMPTS, num_candidates=2, **options)
    assert list(explained) == list(chain(*generator.explain(PROMPTS, num_candidates=2, **options)))


def test_prompts_of_an_iterator_are_read_as_ads_are_taken(generators):
    read = []
    prompts = (read.append(number) or f"Sony {number}" for number in range(10**9))
    ads = generators["packed", "word"].iter_ads(prompts, batch_size=4, max_tokens=5)
    for number in range(200):
        assert next(ads).prompt == f"Sony {number}"
        assert len(read) - number <= 2 * 16 * 4 + 4


def test_a_list_is_checked_before_the_first_ad_and_numbers_at_the_call(generators):
    generator = generators["packed", "word"]
    with pytest.raises(ValueError, match="Prompt 1 is of type int"):
        generator.iter_ads(["Sony", 3])
    for values in ({"num_ads": 1_000_001}, {"max_tokens": 1_000_001}, {"batch_size": 65_537}):
        with pytest.raises(ValueError, match="expected a whole number from 1 to"):
            generator.iter_ads("Sony", **values)
    with pytest.raises(ValueError, match="min_tokens is 6 and max_tokens 5"):
        generator.iter_ads("Sony", max_tokens=5, sampling=Sampling(min_tokens=6))


def test_another_seed_and_another_number_give_other_ads(generators):
    generator = generators["packed", "word"]
    texts = [
        ad.text for seed in range(3) for ad in generator.generate("Sony", num_ads=3, seed=seed)[0]
    ]
    assert len(set(texts)) == 9


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_streamed_pieces_are_the_generated_text(generators, data):
    generator = generators[data.draw(st.sampled_from(KINDS))]
    prompt = data.draw(
        st.one_of(st.sampled_from([*PROMPTS, "Watch -", "1,", '"Sony"']), st.text(max_size=8))
    )
    arguments = {
        "sampling": data.draw(st.sampled_from([Sampling(), Sampling(temperature=3.0), CONTROLS])),
        "max_tokens": data.draw(st.integers(1, 30)),
        "seed": data.draw(st.integers(0, 1000)),
    }
    try:
        [[ad]] = generator.generate(prompt, **arguments)
    except ValueError:
        with pytest.raises(ValueError, match="holds no word"):
            generator.stream(prompt, **arguments)
        return
    pieces = list(generator.stream(prompt, **arguments))
    assert "".join(pieces) == ad.text
    assert all(pieces)
    assert ad.text.casefold().startswith(clean_text(prompt).casefold())
    assert "\ufffd" not in ad.text[-1:] or "\ufffd" in prompt


def test_an_ad_is_streamed_in_pieces_and_not_at_the_end(generators):
    pieces = list(generators["stream", "word"].stream("Sony TV", max_tokens=30))
    assert pieces[0] == "Sony TV"
    assert len(pieces) > 10


@pytest.mark.parametrize("key", KINDS)
def test_pad_and_unk_are_never_written_and_stream_models_never_end(generators, key):
    ads = generators[key].generate(
        PROMPTS, num_ads=5, sampling=Sampling(temperature=5.0), max_tokens=40
    )
    written = {token_id for group in ads for ad in group for token_id in ad.token_ids}
    assert not written & {0, 1}
    assert any(ad.finished for group in ads for ad in group) == (key[0] != "stream")
    assert all(ad.finished or len(ad.token_ids) == 40 for group in ads for ad in group)


@pytest.mark.parametrize("key", KINDS)
def test_the_text_begins_with_the_prompts_own_words(generators, key):
    prompts = ['Honda "Civic" (2022)', "Xyzzy", "Sony  <eos>\nTV", "–"]
    for prompt, [ad] in zip(prompts, generators[key].generate(prompts), strict=True):
        assert ad.prompt == prompt
        assert ad.text.startswith(" ".join(prompt.split()))
        assert "<unk>" not in ad.text


def test_the_last_word_of_a_prompt_is_whole(generators):
    generator = generators["packed", "subword"]
    [ads] = generator.generate("Sony", num_ads=300, max_tokens=1)
    assert not [ad.text for ad in ads if ad.text[4:5].isalnum()]
    [ads] = generator.generate("Wi-", num_ads=300, max_tokens=1)
    assert [ad.text for ad in ads if ad.text[3:4].isalnum()]


def test_spacing_between_prompt_and_ad_is_restored(generators):
    decoder = generators["ad", "word"]._decoder
    encode = word_tokenizer().encode

    def text(prompt, continuation):
        return decoder.text(Draft(prompt, encode(prompt), token_ids=encode(continuation)))

    assert text("Sony TV", ", 44 mm") == "Sony TV, 44 mm"
    assert text("Honda", "Watch") == "Honda Watch"
    assert text("Honda", ", 44") == "Honda, 44"
    assert text("Wi-", "Fi") == "Wi-Fi"
    assert text('"', "Sony") == '" Sony'
    assert text("", "Sony TV") == "Sony TV"


@pytest.mark.parametrize("key", [key for key in KINDS if key[0] != "stream"])
def test_an_empty_prompt_writes_an_ad_from_nothing(generators, key):
    for prompt in ("", "  "):
        [[ad]] = generators[key].generate(prompt)
        assert ad.text == ad.text.strip()
        assert ad.token_ids


def test_a_stream_model_needs_a_word(generators):
    for prompt in ("", " ", '"'):
        with pytest.raises(ValueError, match=r"Prompt 0 holds no word.*needs one"):
            generators["stream", "word"].generate(prompt)


@pytest.mark.parametrize("key", KINDS)
def test_explain_writes_the_same_ads_and_shows_the_choices(generators, key):
    generator = generators[key]
    plain = generator.generate(PROMPTS, num_ads=2, sampling=CONTROLS, seed=2, max_tokens=8)
    explained = generator.explain(
        PROMPTS, num_ads=2, sampling=CONTROLS, seed=2, max_tokens=8, num_candidates=3
    )
    for ad, expected in zip(chain(*explained), chain(*plain), strict=True):
        assert (ad.text, ad.token_ids) == (expected.text, expected.token_ids)
        assert len(ad.steps) == len(ad.token_ids)
        total = sum(math.log(step.chosen.model_probability) for step in ad.steps)
        assert total == pytest.approx(ad.log_probability, abs=1e-3)
        for step in ad.steps:
            assert step.chosen.probability > 0
            best = [candidate.model_probability for candidate in step.candidates]
            assert len(best) == 3 and best == sorted(best, reverse=True)
        if ad.finished:
            assert ad.steps[-1].chosen.token == "<eos>"


def test_the_directorys_own_settings_are_the_default(tmp_path):
    path = save_tiny_model(tmp_path / "m", reads="stream")
    plain = AdGenerator.from_pretrained(path)
    (path / "generation_config.json").write_text(json.dumps({"greedy": True, "max_tokens": 7}))
    generator = AdGenerator.from_pretrained(path)
    [[ad]] = generator.generate("Sony")
    assert ad == plain.generate("Sony", sampling=Sampling(greedy=True), max_tokens=7)[0][0]
    for wrong in ({"heat": 1}, {"temperature": 0}, {"max_tokens": 0}, {"min_tokens": 61}):
        (path / "generation_config.json").write_text(json.dumps(wrong))
        with pytest.raises(
            ValueError, match=r"generation_config\.json: .*(heat|temperature|max_tokens|min_tokens)"
        ):
            AdGenerator.from_pretrained(path)


def test_the_penalty_spares_the_end_of_an_ad(generators):
    """The <eos> in front of the prompt is context; penalised, it would make every ad run on."""
    generator = generators["packed", "word"]
    [[ad]] = generator.explain(
        "Sony", sampling=Sampling(repetition_penalty=1e6), max_tokens=1, num_candidates=99
    )
    [end] = [candidate for candidate in ad.steps[0].candidates if candidate.token == "<eos>"]
    assert end.probability > 0


def test_finished_ads_leave_the_batch(generators, monkeypatch):
    generator = generators["packed", "word"]
    sizes, logits = [], NumpyLSTM.logits
    monkeypatch.setattr(
        NumpyLSTM,
        "logits",
        lambda self, s, *room: sizes.append(len(s[0])) or logits(self, s, *room),
    )
    [ads] = generator.generate(
        "Sony", num_ads=20, sampling=Sampling(temperature=3.0), max_tokens=30
    )
    lengths = [len(ad.token_ids) for ad in ads]
    assert sizes == [sum(length > step for length in lengths) for step in range(max(lengths))]


def test_new_ads_take_the_place_of_finished_ones(generators, monkeypatch):
    generator = generators["packed", "word"]
    sizes, logits = [], NumpyLSTM.logits
    monkeypatch.setattr(
        NumpyLSTM,
        "logits",
        lambda self, s, *room: sizes.append(len(s[0])) or logits(self, s, *room),
    )
    [ads] = generator.generate(
        "Sony", num_ads=60, sampling=Sampling(temperature=3.0), max_tokens=30, batch_size=8
    )
    assert sum(sizes) == sum(len(ad.token_ids) for ad in ads)  # no step is wasted on a finished ad
    # A batch is filled again as soon as a quarter of it is free, as long as ads are waiting.
    num_full = next(step for step in range(len(sizes)) if max(sizes[step:]) < 8)
    assert min(sizes[:num_full]) > 6


def test_no_prompts_give_no_ads_and_any_sequence_will_do(generators):
    generator = generators["ad", "word"]
    assert generator.generate([]) == []
    assert generator.generate(("Sony", "Sony")) == generator.generate(p for p in ["Sony", "Sony"])


@pytest.mark.parametrize(
    ("prompts", "message"),
    [
        (3, "prompts is 3; expected"),
        (None, "prompts is None; expected"),
        (["Sony", 3], "Prompt 1 is of type int"),
        ([b"Sony"], "Prompt 0 is of type bytes"),
        ("x" * (MAX_PROMPT_CHARS + 1), r"^Prompt 0 has 2,001 characters; at most 2,000 .{1,40}$"),
        ("Sony \ud800", "lone surrogate"),
    ],
)
def test_impossible_prompts_are_refused(generators, prompts, message):
    with pytest.raises(ValueError, match=message):
        generators["ad", "word"].generate(prompts)


@pytest.mark.parametrize(
    "values",
    [
        {"num_ads": 0},
        {"num_ads": 1.5},
        {"max_tokens": 0},
        {"seed": -1},
        {"seed": None},
        {"batch_size": 0},
    ],
)
def test_impossible_numbers_are_refused_by_name(generators, values):
    [name] = values
    with pytest.raises(ValueError, match=f"{name} is .*expected a whole number"):
        generators["ad", "word"].generate("Sony", **values)


def test_sampling_must_be_a_sampling_and_stream_checks_at_the_call(generators):
    with pytest.raises(ValueError, match="sampling is a dict"):
        generators["ad", "word"].generate("Sony", sampling={"top_k": 5})
    with pytest.raises(ValueError, match="max_tokens"):
        generators["ad", "word"].stream("Sony", max_tokens=0)


def test_the_longest_prompt_is_read(generators):
    prompt = ("Sony TV " * 300)[:MAX_PROMPT_CHARS].strip()
    for key in KINDS:
        assert generators[key].generate(prompt, max_tokens=2)[0][0].text.startswith(prompt)


def test_an_unfinished_character_at_the_end_is_left_out():
    tokenizer = subword_tokenizer()
    lead_byte = (
        tokenizer.encode("ö")[:1] if len(tokenizer.encode("ö")) > 1 else tokenizer.encode("é")[:1]
    )
    decoder = object.__new__(Decoder)
    decoder._tokenizer = tokenizer
    assert decoder.text(Draft("Sony", tokenizer.encode("Sony"), token_ids=lead_byte)) == "Sony"


def test_generation_imports_no_training_framework(tmp_path):
    path = save_tiny_model(tmp_path / "m")
    code = (
        "import sys; from adgen.generation.generator import AdGenerator; "
        f"AdGenerator.from_pretrained({str(path)!r}).generate({TEXTS[0]!r}, num_ads=3); "
        "print([m for m in ('tensorflow', 'keras', 'torch', 'pandas') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    assert run.stderr == ""


@pytest.mark.parametrize(
    ("prompt", "clean"),
    [
        ("Gro\u0308\u00dfe", "Größe"),
        ("Gr&ouml;&szlig;e", "Größe"),
        ("Sony\u00a0\u200bTV ", "Sony TV"),
        ("Ｓｏｎｙ TV", "Sony TV"),
        ("WiÂ\u00a0-", "Wi -"),
    ],
)
def test_a_prompt_is_cleaned_as_training_ads_are(generators, prompt, clean):
    for key in KINDS:
        [[ad]] = generators[key].generate(prompt, max_tokens=8)
        [[expected]] = generators[key].generate(clean, max_tokens=8)
        assert (ad.text, ad.token_ids) == (expected.text, expected.token_ids)
        assert ad.prompt == prompt and ad.text.startswith(clean)


def test_a_prompt_without_capitals_gets_those_that_the_model_knows_unless_told_otherwise(
    generators,
):
    generator = generators["packed", "word"]
    [[ad]] = generator.generate("sony tv")
    [[expected]] = generator.generate("Sony TV")
    assert ad.text == expected.text and ad.text.startswith("Sony TV") and ad.prompt == "sony tv"
    assert "".join(generator.stream("sony tv")) == ad.text
    assert generator.explain("sony tv")[0][0].text == ad.text
    kept = generator.generate("sony tv", match_case=False)[0][0].text
    assert kept.startswith("sony tv")
    assert "".join(generator.stream("sony tv", match_case=False)) == kept
    assert generator.explain("sony tv", match_case=False)[0][0].text == kept
