"""The published models of the 2022 experiment: ids, pinned revisions and sizes, without a download.

Memory and speed depend on a model's shape and not on its weights, so that both can be measured with
random ones. The shapes are those of the config.json of each model's page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PretrainedConfig

_VOCABULARY = 50_257


@dataclass(frozen=True)
class PublishedModel:
    """Holds a published model's shape.

    Attributes:
        name: What people call it.
        model_id: Its id on the Hub; None where it is not published any more.
        family: "gpt2" or "gpt_neo".
        num_layers: Blocks.
        width: Numbers of a hidden state.
        num_heads: Attention heads.
    """

    name: str
    model_id: str | None
    family: str
    num_layers: int
    width: int
    num_heads: int

    def config(self, **changes: Any) -> PretrainedConfig:
        """Returns the transformers configuration of this shape, with some fields set otherwise."""
        if self.family == "gpt2":
            from transformers import GPT2Config

            sizes = {
                "vocab_size": _VOCABULARY,
                "n_layer": self.num_layers,
                "n_embd": self.width,
                "n_head": self.num_heads,
            }
            return GPT2Config(**{**sizes, **changes})
        from transformers import GPTNeoConfig

        sizes = {
            "vocab_size": _VOCABULARY,
            "num_layers": self.num_layers,
            "hidden_size": self.width,
            "num_heads": self.num_heads,
        }
        attention = [[["global", "local"], self.num_layers // 2]]
        return GPTNeoConfig(**{**sizes, "attention_types": attention, **changes})

    @property
    def num_weights(self) -> int:
        """Counts the learned numbers, the tied output layer once."""
        positions = 1024 if self.family == "gpt2" else 2048
        # Attention has 4 matrices (width, width), the feed-forward net two (width, 4 width); the
        # rest are biases and the two norms of a block.
        per_layer = 12 * self.width**2 + (13 if self.family == "gpt2" else 10) * self.width
        return (_VOCABULARY + positions + 2) * self.width + self.num_layers * per_layer


# Commits of the Hub.
_REVISIONS = {
    "openai-community/gpt2": "607a30d783dfa663caf39e06633721c8d4cfcd7e",
    "openai-community/gpt2-medium": "6dcaa7a952f72f9298047fd5137cd6e4f05f41da",
    "openai-community/gpt2-large": "32b71b12589c2f8d625668d2335a01cac3249519",
    "openai-community/gpt2-xl": "15ea56dee5df4983c59b2538573817e1667135e2",
    "EleutherAI/gpt-neo-125m": "21def0189f5705e2521767faed922f1f15e7d7db",
    "EleutherAI/gpt-neo-1.3B": "dbe59a7f4a88d01d1ba9798d78dbe3fe038792c8",
}

PUBLISHED: Mapping[str, PublishedModel] = {
    model.name: model
    for model in (
        PublishedModel("GPT-2 124M", "openai-community/gpt2", "gpt2", 12, 768, 12),
        PublishedModel("GPT-2 355M", "openai-community/gpt2-medium", "gpt2", 24, 1024, 16),
        PublishedModel("GPT-2 774M", "openai-community/gpt2-large", "gpt2", 36, 1280, 20),
        PublishedModel("GPT-2 1558M", "openai-community/gpt2-xl", "gpt2", 48, 1600, 25),
        PublishedModel("GPT-Neo 125M", "EleutherAI/gpt-neo-125m", "gpt_neo", 12, 768, 12),
        # EleutherAI took its own 350M model down; this is its shape.
        PublishedModel("GPT-Neo 350M-sized", None, "gpt_neo", 24, 1024, 16),
        PublishedModel("GPT-Neo 1.3B", "EleutherAI/gpt-neo-1.3B", "gpt_neo", 24, 2048, 16),
    )
}


def revision_of(model_id: str) -> str | None:
    """Returns the pinned commit of a published model; None for other models.

    Args:
        model_id: Its id on the Hub, in upper or lower case; of GPT-2 the short one too.
    """
    wanted = model_id.casefold()
    ids = {known.casefold(): revision for known, revision in _REVISIONS.items()}
    return ids.get(wanted) or ids.get(f"openai-community/{wanted}")
