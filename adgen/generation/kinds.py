"""Models of every kind behind one door: opened, told apart, written again in fewer bytes.

The kinds are those of `folder_kinds`, what they give is `trained`'s subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from adgen.generation.folder_kinds import GPT, LSTM, MIXTURE, NGRAM, kind_of
from adgen.generation.hub_models import check_revision, fetched_model, is_hub_id
from adgen.generation.shipped import (
    SHIPPED_LSTM,
    SHIPPED_MODEL,
    own_or_shipped,
    shipped_model_dir,
)
from adgen.generation.trained import (
    TrainedGPT,
    TrainedLSTM,
    TrainedMixture,
    TrainedModel,
    TrainedNGram,
)
from adgen.gpt.adapters import folder_of
from adgen.gpt.bases import base_folder_of
from adgen.int8.precisions import Precision, check_alone, check_packages, check_precision
from adgen.lstm.directory import load_model_directory
from adgen.support.given import a_path, a_switch

if TYPE_CHECKING:
    from adgen.lstm.weights import Storage

# Imports inside functions: a cold shell that writes with an LSTM waits for nothing that other
# kinds need.
_KINDS: dict[str, type[TrainedModel]] = {
    one.kind: one for one in (TrainedLSTM, TrainedNGram, TrainedMixture, TrainedGPT)
}


def open_model(
    name: str | Path | None = None,
    *,
    template: str | None = None,
    revision: str | None = None,
    exact: bool = False,
    precision: Precision = "float32",
) -> TrainedModel:
    """Opens a model of any kind.

    Args:
        name: A folder that adgen or transformers wrote, or an id on the Hub, OWNER/NAME, of one
            that adgen published or of a GPT; None for the model that comes with adgen, which with
            `exact` is its LSTM. A folder of that name comes first, and for a folder nothing is
            fetched.
        template: How ads stand in a GPT's context, one of `adgen.gpt.prompts.TEMPLATES`; by default
            "ads" for a GPT that adgen trained, else "list". Other kinds have none.
        revision: A branch, tag or commit on the Hub; None for the newest of the branch main, or,
            of GPT-2 and GPT-Neo, what adgen pins.
        exact: Whether a seed gives the same ads on every machine and in the browser, slower where
            many are written; else a draw on the border of two tokens may differ with the processor.
            For LSTMs in int8.
        precision: What an LSTM, a mixture's too, multiplies in while it writes: "float32", or
            "int8", which takes less time in batches where the processor has VNNI, writes other ads
            that are as likely, and needs the extra `writer`.

    Raises:
        FileNotFoundError: There is no such model, here or on the Hub.
        OSError: The Hub cannot be reached, or refuses, and its cache has no such model.
        ValueError: It is damaged, there is no such template, a revision of a folder is given, or it
            cannot write with `exact` or in that precision.
        ImportError: It is a GPT, and the extra `gpt` is missing, or in int8 the extra `writer`.
    """
    a_switch("exact", exact)
    check_precision(precision)
    check_alone(precision, exact)
    if name is None:
        name = shipped_model_dir(SHIPPED_LSTM if exact else SHIPPED_MODEL)
    a_path("name", name)
    check_revision(name, revision)
    name = name if revision is not None else own_or_shipped(name)
    is_fetched = revision is not None or is_hub_id(name)
    source = fetched_model(str(name), revision) if is_fetched else base_folder_of(name)
    if source is None:  # a GPT that transformers fetches
        from adgen.gpt.directory import load_gpt_directory

        _check_float(precision, name, TrainedGPT.called)
        _check_exact(exact, name, TrainedGPT.called)
        return TrainedGPT(load_gpt_directory(name, template=template, revision=revision))
    opened = _open_folder(source, template, exact=exact, precision=precision)
    opened.source_dir = Path(source)
    return opened


def _check_exact(exact: bool, name: str | Path, called: str) -> None:
    if exact:
        raise ValueError(f"exact=True is for LSTMs; {name} is {called}. Leave it out.")


def _check_float(precision: Precision, name: str | Path, called: str) -> None:
    if precision != "float32":
        raise ValueError(
            f'precision="{precision}" is for LSTMs, mixtures and, in `adgen write`, writers; '
            f"{name} is {called}. Leave precision out."
        )


def _open_folder(
    source: str | Path, template: str | None, *, exact: bool, precision: Precision
) -> TrainedModel:
    """Opens a model that lies here."""
    folder = folder_of(source)
    kind = kind_of(folder)
    if precision == "int8" and kind in (LSTM, MIXTURE):
        check_packages()
    if kind == LSTM:
        return TrainedLSTM(load_model_directory(folder), exact=exact, precision=precision)
    _check_exact(exact, folder, _KINDS[kind].called)
    if kind == MIXTURE:
        from adgen.mixture.directory import load_mixture_directory

        return TrainedMixture(load_mixture_directory(folder), precision=precision)
    _check_float(precision, folder, _KINDS[kind].called)
    if kind == NGRAM:
        from adgen.ngram.directory import load_ngram_directory

        return TrainedNGram(load_ngram_directory(folder))
    from adgen.gpt.directory import load_gpt_directory

    return TrainedGPT(load_gpt_directory(folder, template=template))


def check_kind(name: str | Path, expected: str | None = None) -> None:
    """Raises where a name is no model, or one of another kind; loads nothing.

    Args:
        name: A model's folder, or an id on the Hub, which is taken for a GPT's and not looked up.
        expected: `LSTM`, `NGRAM`, `MIXTURE` or `GPT`; None for any.

    Raises:
        FileNotFoundError: There is no such folder, or it holds no model.
        ValueError: It is a file, or the model is of another kind.
    """
    name = own_or_shipped(name)
    if is_hub_id(name) and expected not in (None, GPT):
        raise FileNotFoundError(f"There is no folder {name}. Give a model's folder.")
    kind = GPT if is_hub_id(name) else kind_of(name)
    if expected not in (None, kind):
        raise ValueError(
            f"{name} is {_KINDS[kind].called}; expected {_KINDS[str(expected)].called}. Give "
            "another model."
        )


def compress_model(
    folder: str | Path,
    output_dir: Path,
    storage: str | None = None,
    *,
    controls: Mapping[str, Any] | None = None,
) -> str:
    """Writes a model's folder again, its weights in fewer bytes.

    Args:
        folder: The model's.
        output_dir: Where to write.
        storage: What weights are kept as: "float32", "float16", for LSTMs "int8", or for GPTs
            trained with LoRA "adapter"; None takes int8 of LSTMs, float16 of GPTs.
        controls: Decoding controls, fields of `Sampling`, that become the new folder's own; the
            others stay.

    Returns:
        What the weights are kept as.

    Raises:
        FileNotFoundError: There is no such model.
        ValueError: It is damaged, an n-gram model or a mixture; another `storage`; an impossible
            control; or something else is in `output_dir`.
    """
    if is_hub_id(folder):
        raise ValueError(f"{folder} is an id on the Hub. Give a folder that adgen wrote.")
    kind = kind_of(folder)
    if kind == NGRAM:
        raise ValueError(f"{folder} is an n-gram model. Fit a smaller one: adgen ngram --max-mb.")
    if kind == MIXTURE:
        raise ValueError(
            f"{folder} is a mixture. Compress its LSTM, fit a smaller n-gram model, and mix these: "
            "adgen mix."
        )
    if kind == GPT:
        from adgen.gpt.saving import compress_gpt_directory

        storage = "float16" if storage is None else storage
        compress_gpt_directory(folder, output_dir, storage, controls=controls)
    else:
        from adgen.lstm.compressing import compress_model_directory

        storage = "int8" if storage is None else storage
        compress_model_directory(folder, output_dir, cast("Storage", storage), controls=controls)
    return storage
