"""Ads from n-gram models: those of a plain slow loop over the distributions, in any batch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adgen.corpus.sample import make_sample_ads
from adgen.decoding.borders import WordBorders
from adgen.decoding.sampling import Sampling, draw, probabilities, sequence_generator
from adgen.generation.generator import AdGenerator
from adgen.ngram.directory import save_ngram_directory
from adgen.ngram.model import NGramModel
from adgen.ngram.reader import NGramReader
from adgen.scoring.protocol import Shots
from adgen.tokens.subword_tokenizer import SubwordTokenizer
from adgen.tokens.word_tokenizer import WordTokenizer

ADS = make_sample_ads(300, seed=2)["ad"].tolist()
PROMPTS = ["Sony TV", "Oak", "Zzyx 44 mm –", "", " ".join(ADS[0].split()[:3]), "Oak"]
CONTROLS = Sampling(temperature=0.9, top_k=12, top_p=0.95, repetition_penalty=1.2)
TOKENIZERS = {
    "word": lambda: WordTokenizer.fit(ADS, min_count=2),
    "subword": lambda: SubwordTokenizer.fit(ADS, vocab_size=400),
}
KEYS = [(kind, order) for kind in TOKENIZERS for order in (1, 2, 4)]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    place, made = tmp_path_factory.mktemp("ngrams"), {}
    for kind, order in KEYS:
        tokenizer = TOKENIZERS[kind]()
        model = NGramModel.fit(
            tokenizer.encode_ads(ADS), vocab_size=tokenizer.vocab_size, order=order
        )
        made[kind, order] = place / f"{kind}-{order}"
        save_ngram_directory(made[kind, order], model, tokenizer=tokenizer, info={})
    return made


@pytest.fixture(scope="module")
def generators(folders):
    return {key: AdGenerator.from_pretrained(folder) for key, folder in folders.items()}


def slow_ad(generator, prompt, *, sampling, max_tokens, seed, number):
    """Writes one ad, one token at a time: a draw from the distribution after the ad so far."""
    tokenizer, model = generator.tokenizer, generator.model.directory.model
    prompt_ids = tokenizer.encode(prompt)
    written, total = [], 0.0
    random = sequence_generator(seed, prompt, number)
    borders = WordBorders(tokenizer)  # which have tests of their own
    while len(written) < max_tokens and 2 not in written:
        distribution = model.distribution([[2, *prompt_ids, *written]])
        glued = borders.glued(prompt, written).tolist()
        with np.errstate(divide="ignore"):
            logits = np.log(distribution)
        drawn_from = probabilities(
            logits, sampling, token_ids_so_far=[prompt_ids + written], banned=[0, 1, *glued]
        )
        written.append(int(draw(drawn_from, np.array([random.random()]))[0]))
        total += float(np.log(distribution[0, written[-1]]))
    return tuple(written), total


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("sampling", [Sampling(), CONTROLS, Sampling(greedy=True)])
def test_ads_are_those_of_a_plain_slow_loop(generators, key, sampling):
    generator = generators[key]
    results = generator.generate(PROMPTS, num_ads=2, sampling=sampling, max_tokens=12, seed=3)
    for prompt, ads in zip(PROMPTS, results, strict=True):
        for number, ad in enumerate(ads):
            token_ids, total = slow_ad(
                generator, prompt, sampling=sampling, max_tokens=12, seed=3, number=number
            )
            assert ad.token_ids == token_ids
            assert ad.finished == (token_ids[-1] == 2)
            assert ad.log_probability == pytest.approx(total, abs=1e-3)
            assert ad.text.startswith(prompt)


@pytest.mark.parametrize("key", KEYS)
def test_batches_order_and_company_change_no_ad(generators, key):
    generator = generators[key]
    expected = generator.generate(PROMPTS, num_ads=3, seed=5, max_tokens=15)
    for batch_size in (1, 2, 7):
        again = generator.generate(PROMPTS, num_ads=3, seed=5, max_tokens=15, batch_size=batch_size)
        assert again == expected
    assert generator.generate(PROMPTS[::-1], num_ads=3, seed=5, max_tokens=15)[::-1] == expected
    assert [generator.generate(p, num_ads=3, seed=5, max_tokens=15)[0] for p in PROMPTS] == expected
    assert generator.generate(PROMPTS, num_ads=3, seed=6, max_tokens=15) != expected


@settings(max_examples=50, deadline=None)
@given(
    contexts=st.lists(st.lists(st.integers(2, 9), min_size=1, max_size=6), min_size=1, max_size=5),
    steps=st.lists(st.integers(2, 9), max_size=4),
    order=st.integers(1, 4),
    data=st.data(),
)
def test_the_reader_knows_what_its_contexts_are(contexts, steps, order, data):
    rng = np.random.default_rng(0)
    token_ids = np.concatenate([[*rng.integers(3, 10, 6), 2] for _ in range(30)])
    model = NGramModel.fit(token_ids, vocab_size=10, order=order)
    reader = NGramReader(model, contexts)
    so_far = [list(context) for context in contexts]
    for token_id in steps:
        reader.advance(np.full(len(so_far), token_id))
        so_far = [[*context, token_id] for context in so_far]
        rows = data.draw(st.lists(st.sampled_from(range(len(so_far))), min_size=1, unique=True))
        reader.keep(np.array(sorted(rows)))
        so_far = [so_far[row] for row in sorted(rows)]
        reader.add([[2, token_id]])
        so_far.append([2, token_id])
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(reader.logits(), np.log(model.distribution(so_far)))


def test_example_ads_are_refused(generators):
    with pytest.raises(
        ValueError, match=r"Only GPTs write after example ads; .* is an n-gram model"
    ):
        generators["word", 2].with_shots(Shots(("Oak table",)))
