"""What `make run` shows: a corpus, a small model trained on it with validation, and its ads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from adgen.corpus import CorpusReport, read_ads, split_ads
from adgen.corpus.sample import SAMPLE_PROMPTS, make_sample_ads
from adgen.generation.generator import AdGenerator
from adgen.generation.samples import SEED_PROMPTS
from adgen.lstm.training.settings import TrainingConfig, preset
from adgen.records.cards import metrics_table
from adgen.records.tables import format_figure
from adgen.records.trained import TrainingRecord
from adgen.runs.train import RunPlan, run_training
from adgen.support.files import check_output_file

SAMPLE_NAME = "sample_ads.csv"


@dataclass(frozen=True)
class QuickstartPlan:
    """Where the quickstart reads and writes, and how much it does.

    Attributes:
        data_dir: Folder to look for a corpus in: its `raw` folder, then a CSV of the user's, then the sample.
        output: Model directory to write; record and picture go beside it.
        max_ads: Most ads to use, evenly spread over the corpus.
        epochs: Most epochs.
        seed: Seed of everything random.
    """

    data_dir: str | Path = "data"
    output: str | Path = "runs/quickstart"
    max_ads: int = 10_000
    epochs: int = 5
    seed: int = 0


def find_corpus(data_dir: str | Path) -> Path | None:
    """The ads to use: `raw/` if it holds CSVs, else a CSV other than the sample, else the sample, else None."""
    folder = Path(data_dir)
    raw_dir = folder / "raw"
    if any(raw_dir.rglob("*.csv")):
        return raw_dir
    own = [path for path in sorted(folder.glob("*.csv")) if path.name != SAMPLE_NAME]
    sample = folder / SAMPLE_NAME
    return own[0] if own else sample if sample.is_file() else None


def run_quickstart(plan: QuickstartPlan) -> Iterator[str]:
    """Read, train, draw and write; yields what to show as it comes.

    Raises:
        ValueError: A setting or the corpus is bad, or an output may not be written.
        ImportError: TensorFlow or matplotlib is missing; the message names the extra.
    """
    from adgen.report.drawing import draw_learning_curves

    if plan.max_ads < 100:
        raise ValueError(f"max_ads is {plan.max_ads}; expected 100 or more, to have ads to validate on.")
    ads_path = find_corpus(plan.data_dir)
    run, picture_path = _outputs(plan, ads_path)
    run.check()
    check_output_file(picture_path, "a picture")
    ads = _load(plan, ads_path)
    yield _summary(ads, run.corpus_name)
    record = run_training(ads, _config(plan), run)
    draw_learning_curves([record], picture_path)
    yield "\n" + metrics_table(record.metrics)
    yield _verdict(record)
    yield _samples(record)
    yield _next_steps(run, picture_path)


def _outputs(plan: QuickstartPlan, ads_path: Path | None) -> tuple[RunPlan, Path]:
    """What is trained and where it goes, and the place of the picture."""
    output_dir = Path(plan.output)
    name = SAMPLE_NAME if ads_path is None else ads_path.name
    run = RunPlan(
        name=output_dir.name,
        corpus_name=name,
        output_dir=output_dir,
        record_path=output_dir.parent / f"{output_dir.name}.json",
        command=f"adgen quickstart --max-ads {plan.max_ads} --epochs {plan.epochs} --seed {plan.seed}",
        prompts=SAMPLE_PROMPTS if name == SAMPLE_NAME else SEED_PROMPTS[:5],
        ads_path=ads_path,
    )
    return run, output_dir.parent / f"{output_dir.name}-learning-curve.png"


def _load(plan: QuickstartPlan, path: Path | None) -> pd.DataFrame:
    ads = make_sample_ads()[["ad"]] if path is None else read_ads(path)
    if len(ads) > plan.max_ads:
        places = [index * len(ads) // plan.max_ads for index in range(plan.max_ads)]
        report = ads.attrs.get("report")
        ads = ads.iloc[places].reset_index(drop=True)
        ads.attrs["report"] = report
    return split_ads(ads, valid=0.05, test=0.05)


def _config(plan: QuickstartPlan) -> TrainingConfig:
    return preset("packed", epochs=plan.epochs, seed=plan.seed)


def _summary(ads: pd.DataFrame, name: str) -> str:
    lines = []
    if ads.attrs.get("report"):
        lines.append(CorpusReport.from_dict(ads.attrs["report"]).summary())
    words = ads["ad"].map(lambda ad: len(ad.split()))
    counts = ads["split"].value_counts()
    kind = " (synthetic: adgen's own sample)" if name == SAMPLE_NAME else ""
    lines.append(
        f"{name}{kind}: {len(ads):,} ads of {words.median():.0f} words (median) in {ads['family'].nunique():,} "
        f"families; {counts.get('train', 0):,} train, {counts.get('valid', 0):,} validation, "
        f"{counts.get('test', 0):,} test. Variants of one product stay in one split."
    )
    return "\n".join(lines)


def _verdict(record: TrainingRecord) -> str:
    train, valid = (format_figure("perplexity", record.on(split).perplexity) for split in ("train", "valid"))
    return (
        f"\nBest of {record.epochs} epochs by validation: {record.best_epoch}, "
        f"{60 * (record.minutes or 0):.0f} s of training. Perplexity {train} on training ads against {valid} on "
        "validation ads: the gap is what it learned by heart."
    )


def _samples(record: TrainingRecord) -> str:
    lines = ["\nAds it writes (the first for each prompt, nothing picked):"]
    lines += [f"  {sample.prompt}  →  {sample.ads[0]}" for sample in record.samples]
    shipped = AdGenerator.from_pretrained()
    prompts = [sample.prompt for sample in record.samples]
    num_ads = shipped.info["split"]["num_ads"]["train"]
    lines.append(f"\nAnd those of the model that comes with adgen, trained on {num_ads:,} ads:")
    written = shipped.generate(prompts, seed=record.seed or 0)
    lines += [f"  {prompt}  →  {ads[0].text}" for prompt, ads in zip(prompts, written, strict=True)]
    return "\n".join(lines)


def _next_steps(run: RunPlan, picture_path: Path) -> str:
    output_dir = run.output_dir
    return f"""
Model directory {output_dir}, run record {run.record_path}, learning curve {picture_path}.
Try next:
  .venv/bin/adgen generate "Sony TV" --num-ads 3                             (the model that comes with adgen)
  .venv/bin/adgen generate "Best deals on" --model {output_dir} --num-ads 3 --temperature 0.8
  .venv/bin/adgen generate "Best deals on" --model {output_dir} --explain 5   (what it chose from)
  .venv/bin/adgen train YOUR.csv --output runs/mine --preset packed          (any one-column CSV)"""
