"""A causal language model of ads from scratch: its tokenizer, and random weights.

It knows shapes and first weights; how they are trained is `finetune`'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast

from adgen.gpt.loading import ModelAndTokenizer
from adgen.gpt.training.settings import LONGEST_CONTEXT
from adgen.support.extras import make_torch_loadable, needs_extra
from adgen.support.fields import check_fields, limited
from adgen.support.ranges import SHARES, SIZES, SUBWORD_VOCABULARIES, Range

if TYPE_CHECKING:
    from transformers import (
        GPT2Config,
        GPTNeoConfig,
        LlamaConfig,
        PretrainedConfig,
        PreTrainedModel,
    )


_RESIDUAL = ("out_proj.weight", "c_proj.weight", "o_proj.weight", "down_proj.weight")
_UNSCALED = ("q_proj.weight", "k_proj.weight")
_MULTIPLE = 32  # of which widths of products are fast


class _TokenIds(TypedDict):
    vocab_size: int
    bos_token_id: int
    eos_token_id: int


@dataclass(frozen=True)
class NewModel:
    """Says what a model to train from scratch is shaped like.

    Attributes:
        architecture: "gpt-neo", whose every second layer sees only near tokens; "gpt2"; or
            "llama", which adgen writes with where torch is not installed.
        num_layers: Blocks, 1 to 256; an even number for gpt-neo.
        width: Numbers of a hidden state, 1 to 65,536; the heads divide it.
        num_heads: Attention heads, 1 to 1,024.
        vocab_size: Sub-words of its tokenizer, 259 to 65,536.
        context_length: Tokens that it can read, 2 to 1,048,576.
        local_window: Tokens that a local layer of gpt-neo sees, 1 to 1,048,576.
        dropout: Share dropped of embeddings, attention and each block's outputs in training, from 0
            to below 1.
    """

    architecture: Literal["gpt-neo", "gpt2", "llama"] = "gpt-neo"
    num_layers: int = limited(Range(1, 256), 4)
    width: int = limited(SIZES, 256)
    num_heads: int = limited(Range(1, 1_024), 8)
    vocab_size: int = limited(SUBWORD_VOCABULARIES, 8192)
    context_length: int = limited(Range(2, LONGEST_CONTEXT), 512)
    local_window: int = limited(Range(1, LONGEST_CONTEXT), 64)
    dropout: float = limited(SHARES, 0.0)

    def __post_init__(self) -> None:
        check_fields(self)
        if self.width % self.num_heads:
            raise ValueError(
                f"num_heads is {self.num_heads}, which does not divide the width {self.width}."
            )
        if self.architecture == "gpt-neo" and self.num_layers % 2:
            raise ValueError(
                f"num_layers is {self.num_layers}; gpt-neo's layers come in pairs. Give an even "
                "number."
            )

    def build(self, training_ads: Sequence[str], *, seed: int = 0) -> ModelAndTokenizer:
        """Fits the tokenizer and draws the weights.

        Args:
            training_ads: Texts of the training split, for the tokenizer.
            seed: Of the weights.

        Returns:
            A model and a tokenizer of transformers.
        """
        # Here: the shape alone, which the command line makes its options of, needs no NumPy.
        from adgen.tokens.base import EOS, PAD, UNK
        from adgen.tokens.subword_tokenizer import SubwordTokenizer

        make_torch_loadable()
        with needs_extra("Training a GPT"):
            from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, set_seed
        fitted = SubwordTokenizer.fit(training_ads, vocab_size=self.vocab_size)
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=fitted.backend,
            bos_token=EOS,
            eos_token=EOS,
            unk_token=UNK,
            pad_token=PAD,
        )
        set_seed(seed)
        model = AutoModelForCausalLM.from_config(self.config(fitted.vocab_size, fitted.eos_id))
        _set_first_weights(model)
        return model, tokenizer

    def config(self, vocab_size: int, eos_id: int) -> GPT2Config | GPTNeoConfig | LlamaConfig:
        """Returns the transformers configuration for a tokenizer of this size."""
        ids: _TokenIds = {
            "vocab_size": vocab_size,
            "bos_token_id": eos_id,
            "eos_token_id": eos_id,
        }
        if self.architecture == "gpt2":
            from transformers import GPT2Config

            return GPT2Config(
                n_layer=self.num_layers,
                n_embd=self.width,
                n_head=self.num_heads,
                n_positions=self.context_length,
                resid_pdrop=self.dropout,
                embd_pdrop=self.dropout,
                attn_pdrop=self.dropout,
                **ids,
            )
        if self.architecture == "llama":
            return self._llama_config(ids)
        from transformers import GPTNeoConfig

        return GPTNeoConfig(
            num_layers=self.num_layers,
            hidden_size=self.width,
            num_heads=self.num_heads,
            attention_types=[[["global", "local"], self.num_layers // 2]],
            max_position_embeddings=self.context_length,
            window_size=self.local_window,
            resid_dropout=self.dropout,
            embed_dropout=self.dropout,
            attention_dropout=self.dropout,
            **ids,
        )

    def _llama_config(self, ids: _TokenIds) -> LlamaConfig:
        """Returns a configuration with as many weights in a block as the others have, about."""
        from transformers import LlamaConfig

        return LlamaConfig(
            num_hidden_layers=self.num_layers,
            hidden_size=self.width,
            num_attention_heads=self.num_heads,
            num_key_value_heads=self.num_heads,
            # Three matrices in place of two, each two thirds of four times the width.
            intermediate_size=-(-8 * self.width // (3 * _MULTIPLE)) * _MULTIPLE,
            max_position_embeddings=self.context_length,
            attention_dropout=self.dropout,
            tie_word_embeddings=True,
            **ids,
        )


def slower_weights(model: Any) -> Any:
    """Chooses weights of a new model that should take smaller steps, and the share of a step.

    GPT-Neo does not divide attention's scores by the root of a head's width, so that queries and
    keys which learn as fast as in GPT-2 soon see one token each and no other. With first weights
    and steps of this share each, scores are and move as if they were divided.
    """
    config = cast("PretrainedConfig", model.config)  # PEFT's wrapping hands through the model's
    if config.model_type != "gpt_neo":
        return [], 1.0
    weights = [weight for name, weight in model.named_parameters() if name.endswith(_UNSCALED)]
    share = (config.hidden_size // config.num_attention_heads) ** -0.25
    return weights, share


def _set_first_weights(model: PreTrainedModel) -> None:
    """Lets every block begin as the identity.

    Else what blocks add drowns the tokens' own vectors for the first steps.
    """
    import torch

    weights, share = slower_weights(model)
    with torch.no_grad():
        for weight in weights:
            weight.mul_(share)
        for name, weight in model.named_parameters():
            if name.endswith(_RESIDUAL):
                weight.zero_()
