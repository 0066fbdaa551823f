"""aitextgen 0.6.0, unchanged from the package index, on current versions of what it stands on.

aitextgen's last release is of 2021. What it imports and calls has moved or gone since;
`load_aitextgen` supplies that while aitextgen is imported and inside aitextgen's own modules, and
nowhere else: no other library is changed, and without that call nothing happens. Each entry of
`PATCHES` names what is supplied and why.
"""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from adgen.gpt.saving import save_bin
from adgen.support.extras import make_torch_loadable, missing_package
from adgen.support.installing import install_command

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import DTypeLike
    from pytorch_lightning import LightningModule, Trainer
    from transformers import PreTrainedTokenizerFast

AITEXTGEN_VERSION = "0.6.0"
# Of what aitextgen stands on, the newest versions that its tests here have run with.
SEEN_VERSIONS = {
    "pytorch-lightning": "2.6",
    "transformers": "5.24",
    "torch": "2.15",
    "numpy": "2.4",
}

PATCHES: Mapping[str, str] = {
    "pkg_resources": "left setuptools in version 82; aitextgen asks it for the folder of its "
    "vocabulary",
    "pytorch_lightning.plugins.DeepSpeedPlugin": "became DeepSpeedStrategy in Lightning 1.9",
    "pytorch_lightning.callbacks.progress.ProgressBarBase": "became ProgressBar in Lightning 2.0, "
    "and its hook on_batch_end, with the loss among the metrics, became on_train_batch_end, with "
    "the loss as an argument",
    "pytorch_lightning.utilities._TPU_AVAILABLE": "left Lightning in 1.8",
    "transformers.models.gpt2.convert_gpt2_original_tf_checkpoint_to_pytorch": "left transformers "
    "in 5.0",
    "pytorch_lightning.Trainer": "takes accelerator and devices since 2.0 where it took gpus and "
    "tpu_cores",
    "transformers.GPT2TokenizerFast": "takes vocab and merges since 5.0; vocab_file and "
    "merges_file are passed over in silence, and the tokenizer is empty",
    "numpy.full": "refuses -1 for an unsigned type since NumPy 2.0; aitextgen marks empty places "
    "with it",
    "PreTrainedModel.save_pretrained": "writes model.safetensors alone since transformers 5.0; "
    "aitextgen reads pytorch_model.bin",
}


@cache
def load_aitextgen() -> type:
    """Imports aitextgen and return its class, which works as its documentation says.

    Returns:
        `aitextgen.aitextgen`; `model_folder` takes what it saved. Data sets are
        `token_dataset()`'s.

    Raises:
        ImportError: aitextgen is not installed, is another release than 0.6.0, or what it stands on
            has moved on further than the bridge knows.

    Source:
        https://github.com/minimaxir/aitextgen, https://docs.aitextgen.io
    """
    try:
        installed = version("aitextgen")
    except PackageNotFoundError:
        raise missing_package("The engine aitextgen", "aitextgen") from None
    if installed != AITEXTGEN_VERSION:
        raise ImportError(
            f"aitextgen {installed} is installed, but the bridge is made for {AITEXTGEN_VERSION}. "
            f"Install that: {install_command('aitextgen', f'aitextgen=={AITEXTGEN_VERSION}')}"
        )
    make_torch_loadable()
    try:
        with _supplied(_missing_modules()):
            module = importlib.import_module("aitextgen.aitextgen")
        _mend(module)
    except (ImportError, AttributeError) as error:
        raise ImportError(_moved_on(error)) from error
    return _subclass(module.aitextgen)


def token_dataset() -> type:
    """Returns aitextgen's `TokenDataset`; raises what `load_aitextgen` raises."""
    load_aitextgen()
    dataset: type = importlib.import_module("aitextgen.TokenDataset").TokenDataset
    return dataset


def _moved_on(error: Exception) -> str:
    """Says that a newer version broke the bridge, and with which ones it worked."""
    found = ", ".join(f"{name} {version(name)}" for name in SEEN_VERSIONS)
    seen = ", ".join(f"{name} {number}" for name, number in SEEN_VERSIONS.items())
    return (
        f"aitextgen {AITEXTGEN_VERSION} does not work with {found}: {error}. The bridge was last "
        f"seen to work with {seen}; install those, or use --engine trainer."
    )


def _missing_modules() -> dict[str, dict[str, object]]:
    """Makes a replacement for each name that aitextgen imports and that is gone, by module."""
    from pytorch_lightning.callbacks.progress.progress_bar import ProgressBar

    class ProgressBarBase(ProgressBar):
        """Calls the hook of the progress bar's former base, with the loss among its metrics."""

        _last_loss = float("nan")

        def on_train_batch_end(
            self, trainer: Trainer, pl_module: LightningModule, outputs: Any, *batch: object
        ) -> None:
            self._last_loss = float(outputs["loss"])
            self.on_batch_end(trainer, pl_module)

        def on_batch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
            """Does nothing; aitextgen calls it through `super()`."""

        def get_metrics(
            self, trainer: Trainer, pl_module: LightningModule
        ) -> dict[str, int | str | float | dict[str, float]]:
            return super().get_metrics(trainer, pl_module) | {"loss": self._last_loss}

    return {
        "pkg_resources": {"resource_filename": _resource_filename},
        "pytorch_lightning.plugins": {"DeepSpeedPlugin": _gone("DeepSpeed training")},
        "pytorch_lightning.callbacks.progress": {"ProgressBarBase": ProgressBarBase},
        "pytorch_lightning.utilities": {"_TPU_AVAILABLE": False},
        "transformers.models.gpt2.convert_gpt2_original_tf_checkpoint_to_pytorch": {
            "convert_gpt2_checkpoint_to_pytorch": _gone(
                "Converting the TensorFlow weights of 2019 (tf_gpt2=)"
            )
        },
    }


@contextmanager
def _supplied(names: Mapping[str, Mapping[str, object]]) -> Iterator[None]:
    """Adds these names to these modules for a while, and modules that are missing."""
    added_modules, added_names = [], []
    try:
        for module_name, values in names.items():
            try:
                module = importlib.import_module(module_name)
            except ImportError:
                module = sys.modules[module_name] = ModuleType(module_name)
                added_modules.append(module_name)
            for name, value in values.items():
                if not hasattr(module, name):
                    setattr(module, name, value)
                    added_names.append((module, name))
        yield
    finally:
        for module, name in added_names:
            delattr(module, name)
        for module_name in added_modules:
            del sys.modules[module_name]


def _mend(module: ModuleType) -> None:
    """Changes what aitextgen's modules call by a name of their own."""
    import pytorch_lightning as pl

    datasets = importlib.import_module("aitextgen.TokenDataset")
    module.pl = SimpleNamespace(Trainer=_trainer_of_then(pl.Trainer))  # type: ignore[attr-defined]
    for user in (module, datasets):
        tokenizer = _tokenizer_of_then(user.GPT2TokenizerFast)
        user.GPT2TokenizerFast = tokenizer  # type: ignore[attr-defined]
    datasets.np = _NumPyOfThen(datasets.np)  # type: ignore[attr-defined]


def _trainer_of_then(trainer: type[Trainer]) -> Callable[..., Trainer]:
    """Lets Lightning's Trainer take the arguments that aitextgen gives."""

    def make(
        *,
        gpus: int,
        tpu_cores: int = 0,
        plugins: Any = None,
        precision: int = 32,
        amp_level: str | None = None,
        amp_backend: str | None = None,
        distributed_backend: str | None = None,
        **arguments: Any,
    ) -> Trainer:
        if tpu_cores:
            accelerator, devices = "tpu", tpu_cores
        else:
            accelerator, devices = ("gpu", gpus) if gpus else ("cpu", 1)
        if distributed_backend is not None:
            arguments["strategy"] = distributed_backend
        # NVIDIA's apex, which aitextgen names, became torch's own mixed precision.
        kind: Literal["16-mixed", "32-true"] = "16-mixed" if precision == 16 else "32-true"
        if arguments.get("enable_model_summary") is None:  # meant for no table then, for one now
            arguments["enable_model_summary"] = False
        return trainer(
            accelerator=accelerator, devices=devices, precision=kind, plugins=plugins, **arguments
        )

    return make


def _tokenizer_of_then(
    tokenizer: type[PreTrainedTokenizerFast],
) -> Callable[..., PreTrainedTokenizerFast]:
    """Lets GPT-2's tokenizer take the arguments of then; an empty one is an error."""

    def make(*, vocab_file: str, merges_file: str, **arguments: object) -> PreTrainedTokenizerFast:
        made = tokenizer(vocab=vocab_file, merges=merges_file, **arguments)
        if len(made.encode("adgen")) < 1 or len(made) < 256:
            raise ImportError("the GPT-2 tokenizer comes up empty")
        return made

    return make


class _NumPyOfThen:
    """Stands in for NumPy; takes -1 of an unsigned type as its highest number."""

    def __init__(self, numpy: ModuleType) -> None:
        self._numpy = numpy

    def __getattr__(self, name: str) -> Any:
        return getattr(self._numpy, name)

    def full(self, shape: int | Sequence[int], value: object, dtype: DTypeLike) -> np.ndarray:
        return self._numpy.full(shape, self._wrapped(value, dtype), dtype=dtype)

    def array(self, value: object, dtype: DTypeLike | None = None) -> np.ndarray:
        return self._numpy.array(self._wrapped(value, dtype), dtype=dtype)

    def _wrapped(self, value: object, dtype: DTypeLike | None) -> object:
        is_unsigned = dtype is not None and self._numpy.issubdtype(
            dtype, self._numpy.unsignedinteger
        )
        return self._numpy.iinfo(dtype).max if is_unsigned and value == -1 else value


@contextmanager
def _kept_level(name: str) -> Iterator[None]:
    """Puts a logger's level back.

    aitextgen sets that of transformers' loader to ERROR. Whatever the process loads afterwards,
    transformers 5 then looks at how it would lie on several devices, and warns of all its weights.
    """
    logger = logging.getLogger(name)
    level = logger.level
    try:
        yield
    finally:
        logger.setLevel(level)


def _subclass(original: Any) -> type:
    """Extends aitextgen's class: its models also save the file that it loads."""

    class Aitextgen(original):
        def __init__(self, *arguments: object, **named: object) -> None:
            with _kept_level("transformers.modeling_utils"):
                super().__init__(*arguments, **named)
            save = self.model.save_pretrained

            def save_pretrained(folder: str, **options: object) -> None:
                save(folder, **options)
                save_bin(self.model, folder)

            self.model.save_pretrained = save_pretrained

    Aitextgen.__name__ = Aitextgen.__qualname__ = "aitextgen"
    return Aitextgen


def _resource_filename(module_name: str, resource: str) -> str:
    """Returns the path of a file beside a module, as `pkg_resources` did."""
    return str(Path(str(sys.modules[module_name].__file__)).parent / resource)


def _gone(what: str) -> Callable[..., NoReturn]:
    """Stands in for something that aitextgen imports and that is gone; its use is an error."""

    def use(*arguments: object, **named: object) -> NoReturn:
        raise ImportError(
            f"{what} is no longer possible with the installed versions; leave it out."
        )

    return use
