"""A causal language model of transformers as adgen uses it: rows of token ids in, hidden states and logits out.

Rows stand flush right in a batch, so that what a row gives does not depend on its batch mates but for rounding, and
what many rows begin with (a heading, example ads) is computed once. It knows token ids, not text.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Logits computed at once: 64 MB with GPT-2's vocabulary.
LOGIT_ROWS = 320


class CausalLM:
    """A model, its context length and its cache.

    Args:
        model: A causal language model of transformers, such as `GPT2LMHeadModel`; it is set to evaluation.

    Example:
        lm = CausalLM(GPTNeoForCausalLM(config))
        hidden, cache = lm.read([[50256, 5, 9], [50256, 7]], lm.read_prefix([50256]))
    """

    def __init__(self, model: Any) -> None:
        self.model = model.eval()
        self.config = model.config
        parameters = inspect.signature(type(model).forward).parameters
        # The cache's name changed in transformers 5.2x.
        self._cache_name = "cache" if "cache" in parameters else "past_key_values"

    @property
    def device(self) -> Any:
        """Where the weights are."""
        return next(self.model.parameters()).device

    @property
    def context_length(self) -> int:
        """Most tokens that the model can read at once."""
        return int(self.config.max_position_embeddings)

    @property
    def num_weights(self) -> int:
        """Numbers that the model has learned, tied ones once."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    @cached_property
    def _head(self) -> Any:
        """The output layer, if the logits are its product with the last hidden states and no more; else None."""
        import torch

        head = self.model.get_output_embeddings()
        body = getattr(self.model, self.model.base_model_prefix, None)
        if head is None or body is None:
            return None
        ids = torch.zeros((1, 2), dtype=torch.long, device=self.device)
        with torch.inference_mode():
            expected = self.model(ids).logits
            found = head(body(ids).last_hidden_state)
        return head if found.shape == expected.shape and torch.allclose(found, expected) else None

    def read_prefix(self, token_ids: Sequence[int]) -> Prefix:
        """Read what many rows begin with; at least one token.

        Raises:
            ValueError: It is empty, or longer than the context.
        """
        if not 0 < len(token_ids) <= self.context_length:
            raise ValueError(
                f"The text before an ad has {len(token_ids):,} tokens; the model reads 1 to "
                f"{self.context_length:,}. Give fewer example ads or a shorter heading."
            )
        _, cache = self._forward(np.array([token_ids]), np.ones((1, len(token_ids)), np.int64), None)
        return Prefix(tuple(token_ids), _tensors(cache))

    def read(self, rows: Sequence[Sequence[int]], prefix: Prefix) -> tuple[Any, list[tuple[Any, Any]]]:
        """Read rows that all begin with the prefix, and go on after it.

        Args:
            rows: Token ids of each row, the prefix in front.
            prefix: From `read_prefix`.

        Returns:
            What the output layer takes, or where it is not a plain product the logits themselves, flush right
            and from the prefix's last token on: a tensor (rows, 1 + longest continuation, width); and keys and
            values, two tensors a layer.

        Raises:
            ValueError: A row is longer than the context.
        """
        longest = max(map(len, rows))
        if longest > self.context_length:
            raise ValueError(
                f"A text has {longest:,} tokens with what stands before it; the model reads "
                f"{self.context_length:,}. Give fewer example ads or shorter ads."
            )
        ids = np.zeros((len(rows), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, (tokens, there) in zip(rows, zip(ids, mask, strict=True), strict=True):
            tokens[longest - len(row) :], there[longest - len(row) :] = row, 1
        # Columns that need not be computed: they hold padding, or tokens of the prefix. Its last one does: it
        # predicts what comes first after it.
        num_known = len(prefix.token_ids) - 1
        known = prefix.shifted(longest - mask.sum(1), num_known)
        hidden, cache = self._forward(ids[:, num_known:], mask, known)
        return hidden, _tensors(cache)

    def step(
        self, token_ids: NDArray[np.int64], mask: NDArray[np.int64], known: list[tuple[Any, Any]]
    ) -> tuple[Any, list[tuple[Any, Any]]]:
        """Read one more token a row.

        Args:
            token_ids: (rows,).
            mask: (rows, columns + 1) 1 where a column holds a token, the new one included.
            known: Keys and values of the columns before.

        Returns:
            As `read`, for the one new column.
        """
        hidden, cache = self._forward(token_ids[:, np.newaxis], mask, known)
        return hidden, _tensors(cache)

    def logits(self, hidden: Any) -> Any:
        """Logits (rows, vocab_size), float32, of what `read` returned for some places, (rows, width)."""
        import torch

        with torch.inference_mode():
            return (hidden if self._head is None else self._head(hidden)).float()

    def logit_blocks(self, hidden: Any) -> Iterator[Any]:
        """Logits of a few rows after the other, as `logits`, so that all of them never exist at once."""
        for start in range(0, len(hidden), LOGIT_ROWS):
            yield self.logits(hidden[start : start + LOGIT_ROWS])

    def _forward(
        self, ids: NDArray[np.int64], mask: NDArray[np.int64], known: list[tuple[Any, Any]] | None
    ) -> tuple[Any, Any]:
        """Run the model on the last columns, (rows, columns); `mask` covers all columns."""
        import torch
        from transformers import DynamicCache

        cache = DynamicCache()
        for layer, (keys, values) in enumerate(known or []):
            cache.update(keys, values, layer)
        positions = np.maximum(mask.cumsum(1) - 1, 0)[:, -ids.shape[1] :]
        device = self.device
        arguments = {
            "input_ids": torch.as_tensor(ids, device=device),
            "attention_mask": torch.as_tensor(mask, device=device),
            "position_ids": torch.as_tensor(positions, device=device),
            "use_cache": True,
            self._cache_name: cache,
        }
        with torch.inference_mode():
            if self._head is None:
                return self.model(**arguments).logits, cache
            body = getattr(self.model, self.model.base_model_prefix)
            return body(**arguments).last_hidden_state, cache


class Prefix:
    """What rows begin with, read once: its token ids, and keys and values (1, heads, tokens, width) of each layer."""

    def __init__(self, token_ids: tuple[int, ...], layers: list[tuple[Any, Any]]) -> None:
        self.token_ids = token_ids
        self._layers = layers

    def shifted(self, padding: NDArray[np.int64], num_columns: int) -> list[tuple[Any, Any]]:
        """Keys and values of the first columns of rows that begin with so much padding each, then the prefix."""
        import torch

        columns = (
            np.arange(num_columns) - padding[:, np.newaxis]
        )  # (rows, columns) place in the prefix, or padding
        places = torch.as_tensor(np.maximum(columns, 0))

        def take(tensor: Any) -> Any:
            return tensor[0][:, places.to(tensor.device)].transpose(0, 1)  # (rows, heads, columns, width)

        return [(take(keys), take(values)) for keys, values in self._layers]


def _tensors(cache: Any) -> list[tuple[Any, Any]]:
    return [(layer.keys, layer.values) for layer in cache.layers]
