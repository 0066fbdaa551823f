"""What a run over a catalogue is to do, and what makes two runs the same one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from adgen.bulk.flags import keeping_flags
from adgen.formats.catalogue import read_format
from adgen.generation.hub_models import is_hub_id
from adgen.products.product import Product
from adgen.support.version import __version__
from adgen.writing.settings import WriteSettings

INVALID = ("keep", "drop", "stop")


@dataclass(frozen=True)
class BulkPlan:
    """Says how the products of a catalogue get their ads; processes are given it as it is.

    Attributes:
        settings: How ads are written; their format gets its date, since tomorrow the plain name may
            stand for another.
        model: The writer's folder, the name of a fetched base, or an id on the Hub; None for the
            one that comes with adgen.
        revision: Of an id on the Hub the commit, by default the newest when the plan is made; all
            processes and machines take that one, whatever is pushed meanwhile.
        precision: As for `AdWriter.from_pretrained`; "auto" becomes what it is here, since other
            machines may have other packages.
        invalid: What becomes of a product without ads: "keep" writes a row that says why, "drop"
            writes none, "stop" ends the run.
        include_flagged: Whether products that their catalogue flags, such as drafts, get ads too.
    """

    settings: WriteSettings = field(default_factory=WriteSettings)
    model: str | None = None
    revision: str | None = None
    precision: str = "auto"
    invalid: str = "keep"
    include_flagged: bool = False

    def __post_init__(self) -> None:
        if self.invalid not in INVALID:
            raise ValueError(
                f'invalid is {self.invalid!r}; expected "keep", "drop" or "stop". Give one.'
            )
        if self.settings.format is not None:
            dated = replace(self.settings, format=read_format(self.settings.format).id)
            object.__setattr__(self, "settings", dated)
        # Workers are given a plan that is made, and load NumPy when they have set its threads.
        from adgen.writing.precision import chosen_precision
        from adgen.writing.resources import writer_folder, writer_source

        if self.model is not None and is_hub_id(self.model):
            commit = writer_source(self.model, self.revision).name
            object.__setattr__(self, "revision", commit)
        chosen = chosen_precision(writer_folder(self.model, self.revision), self.precision)
        object.__setattr__(self, "precision", chosen)

    def skips(self, product: Product) -> bool:
        """Tells whether a product gets no ads because its catalogue flags it."""
        return not self.include_flagged and bool(keeping_flags(product))

    def identity(self) -> dict[str, Any]:
        """Returns what must be the same where a run goes on, the catalogue and the model apart.

        A run that stops at invalid products has written the same rows until then as one that keeps
        them.
        """
        return {
            "adgen": __version__,
            "drop": self.invalid == "drop",
            "include_flagged": self.include_flagged,
            "precision": self.precision,
            **asdict(self.settings),
            # As JSON gives them back.
            "keywords": list(self.settings.keywords),
            "exclude": list(self.settings.exclude),
        }


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Returns the names of what two runs do not have in common, in words."""
    names = sorted({*then, *now})
    return [name.replace("_", " ") for name in names if then.get(name) != now.get(name)]


def run_path(path: Path) -> Path:
    """Returns the file that says of which run a finished file is."""
    return path.with_name(f"{path.name}.run.json")
