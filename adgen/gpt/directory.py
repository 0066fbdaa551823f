"""A folder with a causal language model, ready to write: model, tokenizer, template.

The folder is plain transformers. What adgen adds stands under `adgen` in config.json, which
transformers keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adgen.decoding.loop import Decoder
from adgen.gpt.causal import CausalLM
from adgen.gpt.loading import ADGEN_KEY, load_causal_lm, usual_template
from adgen.gpt.prompts import Template, check_template, context_ids
from adgen.gpt.reader import CausalReader
from adgen.gpt.scorer import CausalScorer
from adgen.gpt.tokens import GPTTokenizer
from adgen.scoring.protocol import Shots

if TYPE_CHECKING:
    from transformers import PretrainedConfig

NO_SHOTS = Shots()


@dataclass(frozen=True)
class GPTDirectory:
    """Holds a causal language model as loaded.

    Attributes:
        path: Its folder, or its id on the Hub.
        lm: The model.
        tokenizer: Its tokenizer, which knows what ends an ad.
        template: How ads stand in its context.
        info: What adgen says of its training; empty for models that others trained.
        generation_config: Fields of `Sampling` and `max_tokens`.
    """

    path: Path
    lm: CausalLM
    tokenizer: GPTTokenizer
    template: Template
    info: Mapping[str, Any]
    generation_config: Mapping[str, Any]

    @property
    def config(self) -> PretrainedConfig:
        """Returns the transformers configuration."""
        return self.lm.config

    @property
    def scorer(self) -> CausalScorer:
        """Returns a scorer of ads under this model and template."""
        return CausalScorer(self.lm, self.tokenizer, self.template)

    def open_decoder(self, shots: Shots = NO_SHOTS) -> Decoder:
        """Returns a decoder whose ads follow the template's heading and these shots.

        Raises:
            ValueError: They are longer than the model's context.
        """
        start = context_ids(self.tokenizer, self.template, shots)
        prefix = self.lm.read_prefix(start)
        return Decoder(
            lambda: CausalReader(self.lm, prefix),
            self.tokenizer,
            start,
            context_length=self.lm.context_length,
            bytes_per_token=prefix.bytes_per_token,
        )


def load_gpt_directory(
    name: str | Path,
    *,
    template: str | None = None,
    revision: str | None = None,
    device: str | None = None,
) -> GPTDirectory:
    """Loads a causal language model for writing and scoring.

    Args:
        name: A folder, or an id on the Hub, as for `load_causal_lm`.
        template: One of `adgen.gpt.prompts.TEMPLATES`; by default "ads" for models that adgen
            trained, else "list".
        revision: A commit on the Hub, as for `load_causal_lm`.
        device: Such as "cpu" or "cuda", as for `load_causal_lm`.

    Raises:
        FileNotFoundError: There is no such model, in a folder, in the cache or on the Hub.
        ValueError: The model cannot be loaded, or there is no such template.
        ImportError: The extra `gpt` is missing.
    """
    if template is not None:
        check_template(template)
    model, tokenizer = load_causal_lm(name, revision=revision, device=device)
    chosen = check_template(template or usual_template(model.config))
    ours = getattr(model.config, ADGEN_KEY, None) or {}
    parts = [ours.get("info", {}), ours.get("writing", {})] if isinstance(ours, dict) else [ours]
    if not all(isinstance(part, dict) for part in parts):
        raise ValueError(
            f"{name}: {ADGEN_KEY} in config.json is damaged; expected the objects info and "
            "writing. Copy or train the model again."
        )
    return GPTDirectory(
        path=Path(name),
        lm=CausalLM(model),
        tokenizer=GPTTokenizer(tokenizer, end=chosen.end),
        template=chosen,
        info=ours.get("info", {}),
        generation_config=ours.get("writing", {}),
    )
