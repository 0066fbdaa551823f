"""An n-gram model's probabilities of the next token, while ads are written.

The module knows token ids; how one of them is chosen is `decoding.sampling`'s subject.
"""

from __future__ import annotations

from collections.abc import Sequence

from adgen.decoding.windows import TokenWindows
from adgen.ngram.model import NGramModel
from adgen.support.arrays import Floats, log


class NGramReader(TokenWindows):
    """Reads sequences side by side, as the `adgen.decoding.loop.Reader` of an `NGramModel`.

    Args:
        model: The model.
        contexts: The token ids so far of each sequence, the `<eos>` before the ad among them.
    """

    def __init__(self, model: NGramModel, contexts: Sequence[Sequence[int]] = ()) -> None:
        self._model = model
        super().__init__(model.order - 1, contexts)

    def logits(self) -> Floats:
        """Returns log-probabilities of the next tokens, (batch, vocab); -inf where none can be."""
        return log(self._model.distribution(self.token_ids))
