"""Ads for a whole file of prompts: row by row, in order, in memory that does not grow with it.

A row that the model cannot go on from is marked and kept. Ads are written in rounds, after each of
which a file can be continued. A round begins with an empty batch, so that a continued run has the
same batches, and with them the same rounding and the same bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, TextIO

from adgen.decoding.loop import Draft, Settings
from adgen.generation.ad_rows import AdRows
from adgen.generation.folder_kinds import GPT
from adgen.generation.generated import GeneratedAd
from adgen.generation.generator import AdGenerator
from adgen.generation.output import is_unicode
from adgen.generation.prompt_file import PromptFile
from adgen.generation.prompt_rows import PromptRow
from adgen.generation.trained import TrainedModel
from adgen.support.files import sha256_of_folder
from adgen.support.steps import about_path, open_steps, partial_path
from adgen.support.version import __version__

BATCH_SIZE = 256
# Batches of a round: many enough that its last, smaller batches cost little. A GPT takes minutes
# for so many, and a break costs a round.
_BATCHES_A_ROUND = 16
_BATCHES_A_ROUND_OF_GPTS = 4


@dataclass(frozen=True)
class BulkPlan:
    """Says what to write.

    Attributes:
        source: The prompts.
        format: Of the output, one of `prompt_file.FORMATS`.
        settings: Of `AdGenerator.settings`.
        num_ads: Ads of a row.
        batch_size: Ads written at once.
        match_case: As in `AdGenerator.generate`.
    """

    source: PromptFile
    format: str
    settings: Settings
    num_ads: int = 1
    batch_size: int = BATCH_SIZE
    match_case: bool = True


@dataclass(frozen=True)
class Counts:
    """Counts what a run has done.

    Attributes:
        num_rows: Rows of the input.
        num_bad: Those without ads.
        num_ads: Ads written.
        num_cut: Ads cut at `max_tokens`, or where the model's context is full.
        first_error: What is wrong with the first bad row.
    """

    num_rows: int = 0
    num_bad: int = 0
    num_ads: int = 0
    num_cut: int = 0
    first_error: str = ""

    @property
    def num_lines(self) -> int:
        """Counts the lines of the output below its header."""
        return self.num_ads + self.num_bad

    def after(self, row: PromptRow, number: int, ad: GeneratedAd | None) -> Counts:
        """Returns the counts after one more ad or bad row."""
        if ad is None:
            error = self.first_error or f"line {row.line}: {row.error}"
            return replace(
                self, num_rows=self.num_rows + 1, num_bad=self.num_bad + 1, first_error=error
            )
        return replace(
            self,
            num_rows=self.num_rows + (number == 1),
            num_ads=self.num_ads + 1,
            num_cut=self.num_cut + (not ad.finished),
        )


@dataclass(frozen=True)
class _Job:
    """One line of the output to be: an ad to write, or a bad row."""

    row: PromptRow
    number: int = 1
    draft: Draft | None = None


def write_ads(
    generator: AdGenerator, plan: BulkPlan, path: Path, *, resume: bool = False
) -> Iterator[Counts]:
    """Writes the ads of a file of prompts to a file.

    Args:
        generator: What writes.
        plan: What to write.
        path: The file; it appears when it is complete.
        resume: Whether to go on where an interrupted run has stopped.

    Yields:
        The counts after every line of the output, first those of the run that is continued.

    Raises:
        ValueError: The input is damaged, or the run is not the one that was interrupted.
        OSError: Writing fails.
    """
    run = _about_run(generator, plan)
    with plan.source.open() as table, open_steps(path, run, resume=resume) as file:
        rows = AdRows(plan.format, table.columns)
        counts = _read_counts(file.done, path)
        yield counts
        if not counts.num_lines:
            file.write(rows.header.encode())
        jobs = islice(_jobs(generator, plan, table.rows), counts.num_lines, None)
        for job, ad in _written(generator, plan, jobs):
            if job is not None:
                line = rows.line(job.row, job.number, ad)
                # What is half a character becomes an escape, in JSON a valid one.
                file.write(line.encode("utf-8", errors="backslashreplace"))
                counts = counts.after(job.row, job.number, ad)
                yield counts
            else:
                file.complete_step(asdict(counts))


def print_ads(generator: AdGenerator, plan: BulkPlan, stream: TextIO) -> Iterator[Counts]:
    """Writes the ads of prompts to a stream, each as soon as it is complete.

    Args:
        generator: What writes.
        plan: What to write.
        stream: Where to.

    Yields:
        The counts after every line.

    Raises:
        ValueError: The input is damaged.
    """
    with plan.source.open() as table:
        rows = AdRows(plan.format, table.columns, only_ascii=not is_unicode(stream))
        stream.write(rows.header)
        counts = Counts()
        jobs = _jobs(generator, plan, table.rows)
        for job, ad in _written(generator, plan, jobs):
            if job is not None:
                stream.write(rows.line(job.row, job.number, ad))
                stream.flush()
                counts = counts.after(job.row, job.number, ad)
                yield counts


def _jobs(generator: AdGenerator, plan: BulkPlan, rows: Iterable[PromptRow]) -> Iterator[_Job]:
    """Yields what is to be written, line by line."""
    for row in rows:
        if row.error:
            yield _Job(row)
            continue
        try:
            first = generator.open_draft(
                row.prompt, plan.settings, index=row.line, match_case=plan.match_case
            )
        except ValueError as error:
            yield _Job(replace(row, error=str(error)))
            continue
        for number in range(plan.num_ads):
            draft = Draft(first.prompt, first.prompt_ids, number)
            yield _Job(row, number + 1, draft)


def _written(
    generator: AdGenerator, plan: BulkPlan, jobs: Iterator[_Job]
) -> Iterator[tuple[_Job | None, GeneratedAd | None]]:
    """Yields jobs in their order with their ads, bad rows with none; (None, None) ends a round.

    A job is taken when there is room for it in a batch.
    """
    is_gpt = generator.model.kind == GPT
    num_batches = _BATCHES_A_ROUND_OF_GPTS if is_gpt else _BATCHES_A_ROUND
    waiting: deque[_Job] = deque()

    def drafts() -> Iterator[tuple[_Job, Draft]]:
        """Opens a round."""
        for job in islice(jobs, num_batches * plan.batch_size):
            waiting.append(job)
            if job.draft is not None:
                yield job, job.draft

    while True:
        num_jobs = 0
        ads = generator.write_drafts(drafts(), plan.settings, batch_size=plan.batch_size)
        for done, ad in chain(ads, [(None, None)]):
            # Bad rows that stand before the ad, or at the end of the round.
            while waiting and waiting[0] is not done:
                num_jobs += 1
                yield waiting.popleft(), None
            if done is not None:
                num_jobs += 1
                yield waiting.popleft(), ad
        if not num_jobs:
            return
        yield None, None


def _about_run(generator: AdGenerator, plan: BulkPlan) -> dict[str, Any]:
    """Returns what must be the same where a run goes on."""
    return {
        "adgen": __version__,
        "input": None if plan.source.stream else plan.source.fingerprint(),
        "prompt_column": plan.source.prompt_column,
        "input_format": plan.source.format,
        "model": model_fingerprint(generator.model),
        **asdict(plan.settings.sampling),
        "max_tokens": plan.settings.max_tokens,
        "allow_adult": plan.settings.allow_adult,
        "refuses_copies": bool(plan.settings.known_ads) or None,
        "seed": plan.settings.seed,
        "exact": generator.model.exact or None,
        "precision": generator.model.precision,
        "num_ads": plan.num_ads,
        "match_case": plan.match_case,
        "format": plan.format,
        "batch_size": plan.batch_size,
    }


def _read_counts(done: Mapping[str, Any], path: Path) -> Counts:
    """Returns the counts of an interrupted run's complete rounds."""
    try:
        return Counts(**done)
    except TypeError:
        raise ValueError(
            f"{about_path(path)} is damaged. Delete {partial_path(path).name} to begin again."
        ) from None


def model_fingerprint(model: TrainedModel) -> str:
    """Returns what tells a model from others: a SHA-256 of its files, or its id and commit."""
    if not model.path.is_dir():
        return f"{model.path} {getattr(model.config, '_commit_hash', '')}"
    return sha256_of_folder(model.path)
