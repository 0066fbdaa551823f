"""The model card: what a model directory's README.md says, from the run record alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adgen.records.tables import FIGURES, format_figure, hardware_cell, markdown_table


def metrics_table(metrics: Mapping[str, Mapping[str, Any]]) -> str:
    """Baseline and trained figures by split, as a Markdown table.

    Args:
        metrics: `{"baseline": {split: figures}, "trained": {split: figures}}`, or one of them.
    """
    columns = [(stage, split) for stage in metrics for split in metrics[stage]]
    rows = [
        [label, *(format_figure(name, metrics[stage][split][name]) for stage, split in columns)]
        for name, label in {"num_ads": "ads scored", **FIGURES}.items()
    ]
    return markdown_table(["figure", *(f"{stage}, {split}" for stage, split in columns)], rows)


def describe_split(split: Mapping[str, Any]) -> str:
    """A split in words."""
    counts = split.get("num_ads", {})
    sizes = ", ".join(f"{counts[name]:,} {name}" for name in ("train", "valid", "test") if name in counts)
    return f"by {split.get('by', 'hand')}, seed {split.get('seed', '–')}: {sizes} ads"


def model_card(record: Mapping[str, Any]) -> str:
    """Markdown text for a model directory's README.md.

    Args:
        record: A run record; without metrics (an interrupted run) the table is left out and the card says so.
    """
    config, corpus = record["config"], record["corpus"]
    figures = "The training was interrupted; the figures were not measured."
    if record["metrics"]:
        figures = metrics_table(record["metrics"])
    if "baseline" in record["metrics"]:
        figures += "\n\nBaseline: the same model after one epoch."
    return f"""# {record["name"]}

A language model of shopping ads: it writes an ad from its first words.

- Model: {config["model"]}, {config["lstm_units"]} units, {record["model"]["num_weights"]:,} weights,
  vocabulary of {record["model"]["vocab_size"]:,} ({config["tokenizer"]}); reads "{config["reads"]}".
- Corpus: {corpus["name"]}, {corpus["num_ads"]:,} ads, SHA-256 {corpus["sha256"][:16]}.
- Split: {describe_split(record["split"])}.
- Training: {record["epochs"]} epochs (best: {record["best_epoch"]}), seed {record["seed"]},
  {hardware_cell(record)}, commit {record["commit"]}.
- Command: `{record["command"]}`

{figures}

## Use

```python
from adgen.generation import AdGenerator

generator = AdGenerator.from_pretrained("path/to/this/directory")
print(generator.generate("Sony TV", num_ads=3, seed=0)[0][0].text)
```

Limits: the model knows words, not products. It invents model numbers and features; check every ad against
the product before you publish it.
"""
