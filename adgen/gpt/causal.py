"""A causal language model of transformers: rows of token ids in, hidden states and logits out.

Rows stand flush right in a batch, so that what a row gives does not depend on its batch mates but
for rounding, and what many rows begin with (a heading, example ads) is computed once. The module
knows token ids, not text.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch
    from torch import Tensor
    from torch.nn import Module
    from transformers import DynamicCache, PretrainedConfig, PreTrainedModel

# Keys and values of each layer, both (rows, heads, columns, width of a head).
KeysValues: TypeAlias = "list[tuple[Tensor, Tensor]]"
# Logits computed at once: 26 MB with GPT-2's vocabulary. From 32 MB on the C library takes memory
# from the system anew for every array.
_LOGIT_ROWS = 128


class CausalLM:
    """Reads rows of token ids with a model of transformers, and keeps what it has read.

    Args:
        model: A causal language model, such as `GPT2LMHeadModel`; it is set to evaluation.

    Example:
        lm = CausalLM(GPTNeoForCausalLM(config))
        hidden, cache = lm.read([[50256, 5, 9], [50256, 7]], lm.read_prefix([50256]))
    """

    def __init__(self, model: PreTrainedModel) -> None:
        self.model: PreTrainedModel = model.eval()
        self.config: PretrainedConfig = model.config
        parameters = inspect.signature(type(model).forward).parameters
        # The cache's name changed in transformers 5.2x.
        self._cache_name = "cache" if "cache" in parameters else "past_key_values"

    @property
    def device(self) -> torch.device:
        """Returns the device that holds the weights."""
        return next(self.model.parameters()).device

    @property
    def context_length(self) -> int:
        """Returns how many tokens the model can read at once."""
        return int(self.config.max_position_embeddings)

    @property
    def num_weights(self) -> int:
        """Counts the numbers that the model has learned, tied ones once."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    @cached_property
    def _has_plain_head(self) -> bool:
        """Tells whether the output layer alone turns hidden states into logits."""
        return output_layer(self.model) is not None

    def read_prefix(self, token_ids: Sequence[int]) -> Prefix:
        """Reads the tokens that many rows begin with, at least one.

        Raises:
            ValueError: It is empty, or longer than the context.
        """
        if not 0 < len(token_ids) <= self.context_length:
            raise ValueError(
                f"The text before an ad has {len(token_ids):,} tokens; the model reads 1 to "
                f"{self.context_length:,}. Give fewer example ads, or a template without a heading."
            )
        mask = np.ones((1, len(token_ids)), np.int64)
        hidden, cache = self._forward(np.array([token_ids]), mask, None)
        return Prefix(tuple(token_ids), _tensors(cache), hidden[:, -1:].clone())

    def read(self, rows: Sequence[Sequence[int]], prefix: Prefix) -> tuple[Tensor, KeysValues]:
        """Reads rows that all begin with the prefix, and goes on after it.

        Args:
            rows: Token ids of each row, the prefix in front.
            prefix: From `read_prefix`.

        Returns:
            The input of the output layer, or where that is not a plain product the logits
            themselves, flush right and from the prefix's last token on, (rows, 1 + longest
            continuation, width); and the keys and values of all columns.

        Raises:
            ValueError: A row is longer than the context.
        """
        longest = max(map(len, rows))
        if longest > self.context_length:
            raise ValueError(
                f"A text has {longest:,} tokens with what stands before it; the model reads "
                f"{self.context_length:,}. Cut it."
            )
        ids = np.zeros((len(rows), longest), np.int64)  # (rows, columns)
        mask = np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, longest - len(row) :] = row
            mask[number, longest - len(row) :] = 1
        # The first columns hold padding or tokens of the prefix and need not be computed. The
        # prefix's last token does: it predicts what comes first after it.
        num_known = len(prefix.token_ids) - 1
        known = prefix.shifted(longest - mask.sum(1), num_known)
        hidden, cache = self._forward(ids[:, num_known:], mask, known)
        return hidden, _tensors(cache)

    def predicting(self, rows: Sequence[Sequence[int]], prefix: Prefix) -> Tensor:
        """Reads rows that follow the prefix, and returns what predicts each of their tokens.

        Padding stands at the right, where no token sees it, so that the keys and values of the
        prefix are the same memory for all rows.

        Args:
            rows: Token ids of each row, at least one, without the prefix; a row's last token is
                predicted and not read.
            prefix: From `read_prefix`.

        Returns:
            The input of the output layer, as `read` returns it, row after row, (tokens, width).
        """
        import torch

        lengths = np.array([len(row) for row in rows])  # (rows,)
        is_token = np.arange(lengths.max()) < lengths[:, np.newaxis]  # (rows, longest row)
        ids = np.zeros(is_token.shape, np.int64)
        ids[is_token] = np.concatenate(rows)
        # The prefix's last token predicts the first of each row.
        hidden = prefix.last.expand(len(rows), 1, -1)  # (rows, 1, width)
        if lengths.max() > 1:
            mask = np.ones((len(rows), len(prefix.token_ids) + lengths.max() - 1), np.int64)
            read, _ = self._forward(ids[:, :-1], mask, prefix.repeated(len(rows)))
            hidden = torch.cat([hidden, read], 1)  # (rows, longest row, width)
        return hidden[torch.as_tensor(is_token, device=hidden.device)]

    def step(
        self, token_ids: NDArray[np.int64], mask: NDArray[np.int64], known: KeysValues
    ) -> tuple[Tensor, KeysValues]:
        """Reads one more token of each row.

        Args:
            token_ids: (rows,).
            mask: (rows, columns + 1) 1 where a column holds a token, the new one included.
            known: Keys and values of the columns before.

        Returns:
            The input of the output layer for the new column, (rows, 1, width), as `read` returns
            it; and the keys and values of all columns.
        """
        hidden, cache = self._forward(token_ids[:, np.newaxis], mask, known)
        return hidden, _tensors(cache)

    def logits(self, hidden: Tensor) -> Tensor:
        """Returns logits (rows, vocab), float32, of places of `read`'s tensor, (rows, width)."""
        import torch

        with torch.inference_mode():
            # Asked for each time: layers are replaced while a model scores.
            head: Module | None = self.model.get_output_embeddings()
            logits: Tensor = head(hidden) if head and self._has_plain_head else hidden
            return logits.float()

    def logit_blocks(self, hidden: Tensor) -> Iterator[Tensor]:
        """Yields the logits of a few rows at a time, so that all of them never exist at once."""
        for part in hidden.split(_LOGIT_ROWS):
            yield self.logits(part)

    def _forward(
        self, ids: NDArray[np.int64], mask: NDArray[np.int64], known: KeysValues | None
    ) -> tuple[Tensor, DynamicCache]:
        """Runs the model on the last columns.

        Args:
            ids: (rows, new columns).
            mask: (rows, columns) of all columns, known and new.
            known: Keys and values of the columns before the new ones.
        """
        import torch
        from transformers import DynamicCache

        cache = DynamicCache()
        for layer, (keys, values) in enumerate(known or []):
            cache.update(keys, values, layer)
        # A token's position is the number of tokens before it in its row; padding has none.
        positions = np.maximum(mask.cumsum(1) - 1, 0)[:, -ids.shape[1] :]  # (rows, new columns)
        device = self.device
        arguments = {
            "input_ids": torch.as_tensor(ids, device=device),
            "attention_mask": torch.as_tensor(mask, device=device),
            "position_ids": torch.as_tensor(positions, device=device),
            "use_cache": True,
            self._cache_name: cache,
        }
        with torch.inference_mode():
            if not self._has_plain_head:
                return self.model(**arguments).logits, cache
            body = getattr(self.model, self.model.base_model_prefix)
            return body(**arguments).last_hidden_state, cache


def output_layer(model: PreTrainedModel) -> Module | None:
    """Returns the layer that alone turns a model's hidden states into logits.

    None where there is more to it, such as a scale or a cap of the logits.
    """
    import torch

    head: Module | None = model.get_output_embeddings()
    body: Module | None = getattr(model, model.base_model_prefix, None)
    if head is None or body is None:
        return None
    weight: Tensor = next(model.parameters())
    ids = torch.zeros((1, 2), dtype=torch.long, device=weight.device)
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        expected: Tensor = model(ids).logits  # (1, 2, vocab)
        found: Tensor = head(body(ids).last_hidden_state)
    model.train(was_training)
    return head if found.shape == expected.shape and torch.allclose(found, expected) else None


class Prefix:
    """Holds what many rows begin with, read once.

    Args:
        token_ids: Its tokens.
        layers: Their keys and values, of one row.
        last: The input of the output layer that its last token gives, (1, 1, width).
    """

    def __init__(self, token_ids: tuple[int, ...], layers: KeysValues, last: Tensor) -> None:
        self.token_ids = token_ids
        self.last = last
        self._layers = layers

    @property
    def bytes_per_token(self) -> int:
        """Returns what the keys and values of a token take."""
        num_bytes = sum(keys.nbytes + values.nbytes for keys, values in self._layers)
        return num_bytes // len(self.token_ids)

    def repeated(self, num_rows: int) -> KeysValues:
        """Returns keys and values of so many rows that begin with the prefix, without copies."""

        def repeat(tensor: Tensor) -> Tensor:
            return tensor.expand(num_rows, -1, -1, -1)  # (rows, heads, columns, width)

        return [(repeat(keys), repeat(values)) for keys, values in self._layers]

    def shifted(self, padding: NDArray[np.int64], num_columns: int) -> KeysValues:
        """Returns keys and values of rows that begin with padding and then the prefix.

        Args:
            padding: (rows,) columns of padding of each row.
            num_columns: First columns of the rows that are wanted.
        """
        import torch

        # (rows, columns): the place in the prefix, negative for padding.
        columns = np.arange(num_columns) - padding[:, np.newaxis]
        places = torch.as_tensor(np.maximum(columns, 0))

        def take(tensor: Tensor) -> Tensor:
            taken = tensor[0][:, places.to(tensor.device)]  # (heads, rows, columns, width)
            return taken.transpose(0, 1)  # (rows, heads, columns, width)

        return [(take(keys), take(values)) for keys, values in self._layers]


def cut_batches(
    order: NDArray[np.int64], lengths: NDArray[np.int64], batch_tokens: int
) -> list[NDArray[np.int64]]:
    """Cuts rows into batches of so many tokens at most, padding included.

    Args:
        order: (rows,) numbers of rows, the shortest first.
        lengths: Tokens of each row, by its number.
        batch_tokens: Tokens of a batch; a single longer row is a batch of its own.

    Returns:
        The numbers of each batch's rows.
    """
    ends, start = [], 0
    for place, row in enumerate(order):
        # Rows are padded to the longest, which is the last one.
        if place > start and (place - start + 1) * lengths[row] > batch_tokens:
            ends.append(place)
            start = place
    return np.split(order, ends)


class _Layer(Protocol):
    """Describes a layer of a cache that has read something."""

    keys: Tensor
    values: Tensor


def _tensors(cache: DynamicCache) -> KeysValues:
    layers = cast("list[_Layer]", cache.layers)
    return [(layer.keys, layer.values) for layer in layers]
