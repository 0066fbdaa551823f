"""Tables of a card, and its results as the Hub's pages list them. Every number is a record's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adgen.publish.evidence import Evidence, Scored, Written, WrittenFromFacts
from adgen.records.measured import LeaksRecord
from adgen.records.tables import NOVELTY_FIGURES, format_figure, markdown_table

# Figures of a card's table of results and of its header: attribute, label, name of the metric.
_RESULTS = {
    "bits_per_char": ("bits per character", "bits_per_character"),
    "perplexity": ("perplexity of a token", "perplexity"),
    "top_5_accuracy": ("next token among the first five", "top_5_accuracy"),
    "word_accuracy": ("next word right", "word_accuracy"),
}
_WRITTEN = (
    "exact_copy_share",
    "folded_copy_share",
    "novel_3_share",
    "repeated_word_share",
    "repeated_trigram_share",
    "duplicate_share",
)
_FROM_FACTS = {
    "facts_kept": "facts that the ads say",
    "ads_with_invented_numbers": "ads with a number that no fact has",
    "ads_with_invented_brands": "with another brand",
    "ads_with_invented_colours": "with another colour",
    "copies_of_training_ads": "copies of training ads",
}
_SETS = {
    "ae110k_train": "AE-110k",
    "oamine_train": "OA-Mine",
    "wdcpave_normalized_target_scores": "WDC-PAVE",
    "corpus": "our test ads",
}
_LIKENESSES = {"same_text": "the same text", "0.9": "at least 0.9", "0.8": "0.8", "0.7": "0.7"}
_WAYS = {"family": "by family, as here", "ad": "ad by ad"}


def results_table(scored: Scored) -> str:
    """Returns the test figures as a table."""
    return markdown_table(
        ["figure", f"{scored.ads}, taken apart" if scored.is_after_facts else scored.ads],
        [
            [_label(name, scored), format_figure(name, scored.figures.get(name))]
            for name in _RESULTS
            if scored.figures.get(name) is not None
        ],
    )


def results_note(scored: Scored, storage: str | None) -> str:
    """Returns what the test figures count, what they compare with, and where they come from.

    Args:
        scored: The figures.
        storage: What the published weights are kept as, where that is not how they were trained.
    """
    by = _by(scored.record.commit)
    if scored.is_after_facts:
        parts = [
            "Bits per character say how much an ad surprises the model that has just read its "
            "brand, name, facts and length; fewer are better. All of these were taken out of the "
            f"ad itself{by}; ads that do not come apart so are left out. So the figures "
            "compare neither with a model that goes on from first words, nor with a writer that "
            "was scored at another commit, whose ads and facts are others."
        ]
    else:
        parts = [
            "Bits per character say how much an ad surprises the model; fewer are better, and "
            f"they compare models with different vocabularies. Measured{by}."
        ]
    if not scored.is_of_these_weights:
        parts.append(f"Measured before the weights were stored in {storage}.")
    return " ".join([*parts, f"Command: `{scored.record.command}`"])


def _by(commit: str | None) -> str:
    """Returns which adgen measured, in words."""
    return f" by adgen at commit {commit}" if commit else " by adgen, its commit unknown"


def _label(name: str, scored: Scored) -> str:
    """Returns a figure's label, with the number of ads where it is of fewer than all."""
    label = _RESULTS[name][0]
    few = scored.figures.num_accuracy_ads
    return f"{label}, of {few:,} of them" if few and name.endswith("accuracy") else label


def written_note(written: Written) -> str:
    """Returns how many ads were written, what they were compared with, and by which adgen."""
    num_ads = f"{written.num_ads:,} ads" if written.num_ads else "Ads"
    return (
        f"{num_ads} that it wrote after two words of test ads, compared with {written.against}"
        f"{_by(written.commit)}:"
    )


def written_table(written: Written) -> str:
    """Returns what the model wrote beside human ads, as a table."""
    names = [
        name
        for name in _WRITTEN
        if any(one.get(name) is not None for one in written.columns.values())
    ]
    return markdown_table(
        ["", *written.columns],
        [
            [
                NOVELTY_FIGURES[name],
                *(format_figure(name, one.get(name)) for one in written.columns.values()),
            ]
            for name in names
        ],
    )


def leaks_table(leaks: LeaksRecord) -> str:
    """Returns the share of test ads with a twin in training by the way of splitting, as a table."""
    rows = []
    for by, counts in leaks.leaks.items():
        if "test" in counts.shares:
            shares = (f"{counts.shares['test'][name]:.1%}" for name in _LIKENESSES)
            num_ads = counts.counts["test"]["num_ads"]
            rows.append([f"{_WAYS.get(by, by)}, {num_ads:,} test ads", *shares])
    return markdown_table(["ads divided", *_LIKENESSES.values()], rows)


def leaks_note(leaks: LeaksRecord) -> str:
    """Returns which ads the table of leaks counts, and by which adgen."""
    return (
        "Test ads of the whole corpus with a twin among its training ads, by how alike their words "
        f"are (Jaccard), counted{_by(leaks.commit)}:"
    )


def from_facts_note(sets: Mapping[str, WrittenFromFacts]) -> str:
    """Returns where the products come from, and which adgen wrote and measured."""
    commits = sorted({one.commit or "unknown" for one in sets.values()})
    return (
        "Products and facts are those of public data sets and of our test ads; the same shares of "
        "the titles that people wrote stand below each. Ads were written and measured by adgen at "
        f"commit {', '.join(commits)}; adgen of today may write others."
    )


def from_facts_table(sets: Mapping[str, WrittenFromFacts]) -> str:
    """Returns what a writer kept and invented beside people's titles, as a table."""
    rows = []
    for name, found in sets.items():
        for writer, figures in (("this model", found.model), ("people's titles", found.human)):
            if figures is not None:
                shares = [getattr(figures, attribute) for attribute in _FROM_FACTS]
                cells = ["–" if share is None else f"{share:.1%}" for share in shares]
                label = f"{_SETS.get(name, name)}, {found.num_products:,} products"
                rows.append([label, f"{writer}, {figures.num_ads:,} ads", *cells])
    return markdown_table(["", "", *_FROM_FACTS.values()], rows)


def model_index(name: str, evidence: Evidence, dataset: tuple[str, str]) -> list[dict[str, Any]]:
    """Returns the results as the Hub's `model-index`; empty where none were measured.

    Figures of ads after their facts are left out: the Hub would rank them beside others' figures
    of whole ads.

    Args:
        name: The model's.
        evidence: Of the model.
        dataset: The test ads' data set: its id, and its name for people.
    """
    from huggingface_hub import EvalResult
    from huggingface_hub.repocard_data import eval_results_to_model_index

    scored = evidence.scored
    if scored is None or scored.is_after_facts:
        return []
    measured = _by(scored.record.commit)
    before = "" if scored.is_of_these_weights else ", before the weights were stored in fewer bytes"
    results = [
        EvalResult(
            task_type="text-generation",
            dataset_type=dataset[0],
            dataset_name=dataset[1],
            dataset_split="test",
            metric_type=metric,
            metric_name=f"{_label(attribute, scored)}, {scored.ads}, measured{measured}{before}",
            metric_value=scored.figures.get(attribute),
        )
        for attribute, (_, metric) in _RESULTS.items()
        if scored.figures.get(attribute) is not None
    ]
    index: list[dict[str, Any]] = eval_results_to_model_index(name, results) if results else []
    return index
