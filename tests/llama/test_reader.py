"""Llama in NumPy beside transformers, and sequences that come and go beside each read alone."""

import numpy as np
import pytest
from tiny_gpt import tiny_model

from adgen.llama.model import Llama
from adgen.llama.reader import LlamaReader


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    model = tiny_model("llama")
    folder = tmp_path_factory.mktemp("llama")
    model.save_pretrained(folder)
    return model, Llama.load(folder)


def expected_logits(model, ids):
    import torch

    with torch.inference_mode():
        return model(torch.as_tensor([ids])).logits[0].numpy()


def test_logits_are_those_of_transformers(both):
    model, llama = both
    rng = np.random.default_rng(0)
    texts = [rng.integers(0, 400, length).tolist() for length in (1, 7, 30, 64)]
    found = llama.logits(llama.read(texts))
    expected = np.concatenate([expected_logits(model, text) for text in texts])
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())


def test_greedy_continuation_is_that_of_transformers(both):
    import torch

    model, llama = both
    prompt = [1, 17, 30, 255, 9]
    whole = model.generate(
        torch.as_tensor([prompt]), do_sample=False, max_new_tokens=20, eos_token_id=None
    )[0].tolist()
    reader = LlamaReader(llama)
    reader.add([prompt] * 3)
    written = []
    for _ in range(20):
        chosen = reader.logits().argmax(axis=1)
        assert len(set(chosen.tolist())) == 1
        written.append(int(chosen[0]))
        reader.advance(chosen)
    assert prompt + written == whole


def test_rows_come_and_go(both):
    """Groups of other sizes and lengths, ends in any order: each row as if it were alone."""
    _, llama = both
    rng = np.random.default_rng(1)
    reader = LlamaReader(llama)
    rows = []
    for _ in range(30):
        if len(rows) < 12:
            for size in rng.integers(1, 11, 2):
                prompt = rng.integers(0, 400, rng.integers(1, 24)).tolist()
                reader.add([prompt] * size)
                rows += [list(prompt) for _ in range(size)]
        tokens = rng.integers(0, 400, len(rows))
        reader.advance(tokens)
        for row, token in zip(rows, tokens.tolist(), strict=True):
            row.append(token)
        ends = np.cumsum([len(row) for row in rows]) - 1
        expected = llama.logits(llama.read(rows)[ends])
        np.testing.assert_allclose(reader.logits(), expected, atol=2e-3)
        some = rng.choice(400, 17, replace=False)
        np.testing.assert_allclose(reader.logits_of(some), expected[:, some], atol=2e-3)
        kept = rng.permutation(len(rows))[: int(len(rows) * 0.8)]
        reader.keep(kept)
        rows = [rows[place] for place in kept]


def test_what_cannot_be_read_is_refused_and_changes_nothing(both):
    _, llama = both
    reader = LlamaReader(llama)
    reader.add([[1, 2, 3]])
    for context in ([], [5] * 65):
        with pytest.raises(ValueError, match="the model reads 1 to 64"):
            reader.add([[4], context])
    assert reader.logits().shape == (1, 400)
    with pytest.raises(ValueError, match="kept twice"):
        reader.keep(np.array([0, 0]))
    for _ in range(61):
        reader.advance(np.array([7]))
    with pytest.raises(ValueError, match="beyond 64 tokens"):
        reader.advance(np.array([7]))


def test_the_loop_of_decoding_writes_with_it(both):
    from tiny_gpt import own_tokenizer

    from adgen.decoding.loop import Decoder, Draft, Settings
    from adgen.decoding.sampling import Sampling
    from adgen.gpt.causal import CausalLM
    from adgen.gpt.reader import CausalReader
    from adgen.gpt.tokens import GPTTokenizer

    model, llama = both
    tokenizer = GPTTokenizer(own_tokenizer())
    lm = CausalLM(model)
    settings = Settings(Sampling(temperature=0.7), max_tokens=12, seed=3)

    def written(open_reader):
        decoder = Decoder(open_reader, tokenizer, [2], context_length=64)
        drafts = [Draft("Oak", tokenizer.encode("Oak"), number) for number in range(9)]
        for _ in decoder.write(drafts, settings, batch_size=4):
            pass
        return [draft.token_ids for draft in drafts]

    expected = written(lambda: CausalReader(lm, lm.read_prefix([2])))
    assert written(lambda: LlamaReader(llama)) == expected
