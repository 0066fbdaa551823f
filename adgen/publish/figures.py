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
        ["figure", scored.ads],
        [
            [label, format_figure(name, scored.figures.get(name))]
            for name, (label, _) in _RESULTS.items()
            if scored.figures.get(name) is not None
        ],
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
    rows = [
        [_WAYS.get(by, by), *(f"{counts.shares['test'][name]:.1%}" for name in _LIKENESSES)]
        for by, counts in leaks.leaks.items()
        if "test" in counts.shares
    ]
    return markdown_table(["ads divided", *_LIKENESSES.values()], rows)


def from_facts_table(sets: Mapping[str, WrittenFromFacts]) -> str:
    """Returns what a writer kept and invented beside people's titles, as a table."""
    rows = []
    for name, found in sets.items():
        for writer, figures in (("this model", found.model), ("people's titles", found.human)):
            if figures is not None:
                shares = [getattr(figures, attribute) for attribute in _FROM_FACTS]
                cells = ["–" if share is None else f"{share:.1%}" for share in shares]
                label = _SETS.get(name, name)
                rows.append([f"{label}, {found.num_products:,} products", writer, *cells])
    return markdown_table(["", "", *_FROM_FACTS.values()], rows)


def model_index(name: str, evidence: Evidence, dataset: tuple[str, str]) -> list[dict[str, Any]]:
    """Returns the results as the Hub's `model-index`; empty where none were measured.

    Args:
        name: The model's.
        evidence: Of the model.
        dataset: The test ads' data set: its id, and its name for people.
    """
    from huggingface_hub import EvalResult
    from huggingface_hub.repocard_data import eval_results_to_model_index

    scored = evidence.scored
    if scored is None:
        return []
    before = "" if scored.is_of_these_weights else ", before the weights were stored in fewer bytes"
    results = [
        EvalResult(
            task_type="text-generation",
            dataset_type=dataset[0],
            dataset_name=dataset[1],
            dataset_split="test",
            metric_type=metric,
            metric_name=f"{label}, {scored.ads}{before}",
            metric_value=scored.figures.get(attribute),
        )
        for attribute, (label, metric) in _RESULTS.items()
        if scored.figures.get(attribute) is not None
    ]
    index: list[dict[str, Any]] = eval_results_to_model_index(name, results) if results else []
    return index
