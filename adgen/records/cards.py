"""Writes model cards: the text of the README.md in a model's folder.

All of it comes from the run record; the module opens no model and no file.
"""

from __future__ import annotations

from collections.abc import Mapping

from adgen.records.base import Figures, Split
from adgen.records.tables import FIGURES, format_figure, hardware_cell, markdown_table
from adgen.records.trained import FinetuningRecord, MixingRecord, TrainingRecord

# The last lines of every card.
_LIMITS = (
    "Limits: the model knows words, not products. It invents model numbers and features; "
    "check every ad against\nthe product before you publish it.\n"
)
_USE = """## Use

```python
from adgen import AdGenerator

generator = AdGenerator.from_pretrained("path/to/this/directory")
print(generator.generate("Sony TV", num_ads=3, seed=0)[0][0].text)
```"""
_STORAGE_HEADING = "\n## Storage\n\n"


def metrics_table(metrics: Mapping[str, Mapping[str, Figures]]) -> str:
    """Returns baseline and trained figures by split, as a Markdown table.

    Args:
        metrics: `{"baseline": {split: figures}, "trained": {split: figures}}`, or one of them.
    """
    columns = [(stage, split) for stage in metrics for split in metrics[stage]]
    rows = [
        [label, *(format_figure(name, metrics[stage][split].get(name)) for stage, split in columns)]
        for name, label in {"num_ads": "ads scored", **FIGURES}.items()
    ]
    return markdown_table(["figure", *(f"{stage}, {split}" for stage, split in columns)], rows)


def describe_split(split: Split) -> str:
    """Returns a split in words."""
    counts = split.num_ads
    sizes = ", ".join(
        f"{counts[name]:,} {name}" for name in ("train", "valid", "test") if name in counts
    )
    seed = "–" if split.seed is None else split.seed
    return f"by {split.by or 'hand'}, seed {seed}: {sizes} ads"


def model_card(record: TrainingRecord) -> str:
    """Returns Markdown text for a model directory's README.md.

    Args:
        record: A run record; without metrics (an interrupted run) the table is left out and the
            card says so.
    """
    config, corpus, model = record.config, record.corpus, record.model
    figures = "The training was interrupted; the figures were not measured."
    if record.metrics:
        figures = metrics_table(record.metrics)
    if "baseline" in record.metrics:
        figures += "\n\nBaseline: the same model after one epoch."
    return f"""# {record.name}

A language model of shopping ads: it writes an ad from its first words.

- Model: {config.model}, {config.lstm_units} units, {model.num_weights:,} weights,
  vocabulary of {model.vocab_size:,} ({config.tokenizer}); reads "{config.reads}".
- Corpus: {corpus.name}, {corpus.num_ads:,} ads, SHA-256 {corpus.sha256[:16]}.
- Split: {describe_split(record.split or Split())}.
- Training: {record.epochs} epochs (best: {record.best_epoch}), seed {record.seed},
  {hardware_cell(record)}, commit {record.commit}.
- Command: `{record.command}`

{figures}

{_USE}

{_LIMITS}"""


# What a GPT does and how it is used: one that goes on from first words, one that writes from facts.
_FROM_WORDS = (
    "A language model of shopping ads: it writes an ad from its first words.",
    """```python
from transformers import pipeline

print(pipeline("text-generation", model="path/to/this/directory")("Sony TV"))
```

```python
from adgen import AdGenerator  # installed with its extra "gpt"

print(AdGenerator.from_pretrained("path/to/this/directory").generate("Sony TV")[0][0].text)
```""",
)
_FROM_FACTS = (
    "A writer of shopping ads: it puts a product's facts into words. Bits per character are those "
    "of an ad after its brand, name, facts and length, all taken out of the ad itself by adgen as "
    "it was at the training's commit; they compare with no model that goes on from first words, "
    "nor with a writer of another commit.",
    """```python
from adgen import AdWriter, Product

product = Product(brand="Acme", name="yoga mat", facts=("6 mm", "Color: purple"))
for ad in AdWriter.from_pretrained("path/to/this/directory").write(product)[0].ads:
    print(ad.text)
```""",
)


def gpt_card(record: FinetuningRecord, *, origin: str = "") -> str:
    """Returns Markdown text for the README.md of a GPT's folder.

    Args:
        record: Of its training.
        origin: Who made its base, and the base's licence, where that is known.
    """
    config, corpus, model = record.config, record.corpus, record.model
    names = ("num_ads", "bits_per_char", "word_accuracy")
    rows = [
        [split, *(format_figure(name, figures.get(name)) for name in names)]
        for split, figures in record.figures.items()
    ]
    table = markdown_table(["split", "ads scored", "bits/char", "next word right"], rows)
    training = (
        f"{record.num_steps:,} steps, seed {record.seed}, {hardware_cell(record)}, "
        f"commit {record.commit}"
    )
    what, use = _FROM_FACTS if config.has_products else _FROM_WORDS
    base = f"{config.base} ({origin})" if origin else config.base
    return f"""# {record.name}

{what}

- Model: {model.architecture}, {model.num_weights:,} weights, from {base}.
- Corpus: {corpus.name}, {corpus.num_ads:,} ads, SHA-256 {corpus.sha256[:16]}.
- Training: {training}.
- Command: `{record.command}`

{table}

## Use

{use}

{_LIMITS}"""


def mixture_card(record: MixingRecord) -> str:
    """Returns Markdown text for the README.md of a mixture's folder.

    Args:
        record: Of its making.
    """
    config, corpus, model = record.config, record.corpus, record.model
    names = ("num_ads", "bits_per_char", "perplexity")
    rows = [
        [label, *(format_figure(name, record.mixed[part].get(name)) for name in names)]
        for part, label in (("lstm", "LSTM"), ("ngram", "n-gram model"), ("mixture", "both"))
    ]
    table = markdown_table(["validation", "ads scored", "bits/char", "perplexity"], rows)
    return f"""# {record.name}

A language model of shopping ads, an LSTM and an n-gram model together: it writes an ad from its
first words. A token's probability is a weighted mean of what both give it; how much each counts
depends on how often the n-gram model has seen the tokens before.

- LSTM: {config.lstm}, {record.num_lstm_weights:,} weights.
- N-gram model: {model.num_ngrams:,} n-grams of up to {config.order} tokens, those that matter most,
  in {model.file_bytes / 1e6:.1f} MB.
- Corpus: {corpus.name}, {corpus.num_ads:,} ads, SHA-256 {corpus.sha256[:16]}.
- Split: {describe_split(record.split or Split())}; {record.num_share_ads:,} validation ads for the
  weights, others for the figures.
- Made on {hardware_cell(record)}, commit {record.commit}.
- Command: `{record.command}`

{table}

{_USE}

{_LIMITS}"""


def card_of_stored(card: str, storage: str, *, name: str | None = None) -> str:
    r"""Returns the card of a model whose weights were stored in another way.

    Args:
        card: The card of the model as it was trained, or of an earlier storage.
        storage: What the weights are kept as now.
        name: The new folder's name, which becomes the card's title; None keeps the title.

    Example:
        >>> card_of_stored("# one\n\nA model.\n", "int8", name="two").splitlines()[::4]
        ['# two', '## Storage']
    """
    body = card.partition(_STORAGE_HEADING)[0].rstrip()
    if name is not None and body.startswith("# "):
        body = f"# {name}\n{body.partition(chr(10))[2]}"
    note = (
        f"Weights in {storage}. "
        "The figures above are those of the weights before they were stored so.\n"
    )
    return f"{body}\n{_STORAGE_HEADING}{note}"
