"""The quickstart of `make run`: a corpus, a small model trained on it, and its ads.

It looks for ads, trains with validation, draws the learning curve, and words what came out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adgen.corpus.formats import is_surely_ads
from adgen.corpus.sample import SAMPLE_PROMPTS, make_sample_ads
from adgen.corpus.source import Ads, load_ads
from adgen.corpus.splits import split_ads, split_arguments
from adgen.generation.generator import AdGenerator
from adgen.generation.samples import PROMPTS_OF_2022
from adgen.lstm.training.settings import TrainingConfig, preset
from adgen.records.cards import metrics_table
from adgen.records.record import command_line
from adgen.records.tables import format_figure
from adgen.records.trained import TrainingRecord
from adgen.report.drawing import draw_learning_curves
from adgen.runs.train import RunPlan, run_training
from adgen.support.extras import check_installed
from adgen.support.fields import check_fields, limited
from adgen.support.files import check_output_file
from adgen.support.ranges import SEEDS, Range
from adgen.writing.samples import SAMPLE_PRODUCTS, described
from adgen.writing.writer import AdWriter

_NUM_PRODUCTS = 3  # that are written of
SAMPLE_NAME = "sample_ads.csv"


@dataclass(frozen=True)
class QuickstartPlan:
    """Says where the quickstart reads and writes, and how much it does.

    Attributes:
        data_dir: Folder to look for a corpus in: its `raw` folder, then a file of the user's, then
            the sample.
        output: Model directory to write; record and picture go beside it.
        max_ads: Most ads to use, a random sample, 100 to 1,000,000,000.
        epochs: Most epochs, 1 to 1,000,000.
        seed: Seed of everything random, 0 to 2,147,483,647.
        text_column: The column that holds the ads, as in `read_ads`.
    """

    data_dir: str | Path = "data"
    output: str | Path = "runs/quickstart"
    max_ads: int = limited(
        Range(100, 1_000_000_000), 10_000, hint="Fewer leave none to validate on."
    )
    epochs: int = limited(Range(1, 1_000_000), 5)
    seed: int = limited(SEEDS, 0)
    text_column: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)


def find_corpus(data_dir: str | Path) -> Path | None:
    """Returns the path of the ads to use.

    It is `raw/` if that holds files of ads, else such a file other than the sample, else the
    sample, else None.
    """
    folder = Path(data_dir)
    raw_dir = folder / "raw"
    if any(map(is_surely_ads, raw_dir.rglob("*"))):
        return raw_dir
    own = [
        path
        for path in sorted(folder.glob("*"))
        if is_surely_ads(path) and path.name != SAMPLE_NAME
    ]
    sample = folder / SAMPLE_NAME
    return own[0] if own else sample if sample.is_file() else None


def run_quickstart(plan: QuickstartPlan) -> Iterator[str]:
    """Reads, trains, draws and writes; yields what to show as it comes.

    Raises:
        ValueError: A setting or the corpus is bad, or an output may not be written.
        ImportError: TensorFlow or matplotlib is missing; the message names the extra.
    """
    ads_path = find_corpus(plan.data_dir)
    if ads_path is None and plan.text_column is not None:
        raise ValueError(
            f"There is no file of ads in {plan.data_dir}, so that text_column would do nothing. "
            "Leave it out, or give the folder with data_dir."
        )
    run, picture_path = _outputs(plan, ads_path)
    run.check()
    check_output_file(picture_path, "a picture")
    check_installed("Drawing", "matplotlib")
    ads = _load(plan, ads_path)
    yield _summary(ads)
    record = run_training(ads, _config(plan), run)
    draw_learning_curves([record], picture_path)
    yield "\n" + metrics_table(record.metrics)
    yield _verdict(record)
    yield _samples(record)
    yield _from_facts(plan.seed)
    yield _next_steps(run, picture_path)


def _outputs(plan: QuickstartPlan, ads_path: Path | None) -> tuple[RunPlan, Path]:
    """Returns the plan of the training, and the place of the picture."""
    output_dir = Path(plan.output)
    name = SAMPLE_NAME if ads_path is None else ads_path.name
    run = RunPlan(
        name=output_dir.name,
        corpus_name=name,
        output_dir=output_dir,
        record_path=output_dir.parent / f"{output_dir.name}.json",
        command=_command(plan),
        prompts=SAMPLE_PROMPTS if name == SAMPLE_NAME else PROMPTS_OF_2022[:5],
        ads_path=ads_path,
    )
    return run, output_dir.parent / f"{output_dir.name}-learning-curve.png"


def _command(plan: QuickstartPlan) -> str:
    """Returns the command line that runs it again."""
    column = [] if plan.text_column is None else ["--text-column", plan.text_column]
    settings = f"--max-ads {plan.max_ads} --epochs {plan.epochs} --seed {plan.seed}"
    return command_line(["quickstart", *settings.split(), *column])


def _load(plan: QuickstartPlan, path: Path | None) -> Ads:
    if path is not None:
        ads = load_ads(path, text_column=plan.text_column).sample(plan.max_ads)
        if not ads.texts("valid"):
            raise ValueError(
                f"{path} has too few ads, {len(ads.frame):,}: none is in the validation split, by "
                "which the training is judged. Give some hundred, or take them away for the sample."
            )
        return ads
    frame = split_ads(make_sample_ads()[["ad"]])
    return Ads.of(frame, SAMPLE_NAME, split=split_arguments()).sample(plan.max_ads)


def _config(plan: QuickstartPlan) -> TrainingConfig:
    return preset("packed", epochs=plan.epochs, seed=plan.seed)


def _summary(ads: Ads) -> str:
    lines = [] if ads.report is None else [ads.report.summary()]
    words = ads.frame["ad"].map(lambda ad: len(ad.split()))
    counts = ads.num_ads_by_split()
    kind = " (synthetic: adgen's own sample)" if ads.corpus["name"] == SAMPLE_NAME else ""
    lines.append(
        f"{ads.corpus['name']}{kind}: {len(ads.frame):,} ads of {words.median():.0f} words "
        f"(median) in {ads.frame['family'].nunique():,} families; "
        f"{counts.get('train', 0):,} train, {counts.get('valid', 0):,} validation, "
        f"{counts.get('test', 0):,} test. Variants of one product stay in one split."
    )
    return "\n".join(lines)


def _verdict(record: TrainingRecord) -> str:
    train, valid = (
        format_figure("perplexity", record.on(split).perplexity) for split in ("train", "valid")
    )
    seconds = "–" if record.minutes is None else f"{60 * record.minutes:.0f}"
    return (
        f"\nBest of {record.epochs} epochs by validation: {record.best_epoch}, "
        f"{seconds} s of training. Perplexity {train} on training ads against {valid} on "
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


def _from_facts(seed: int) -> str:
    """Shows what the writer that comes with adgen makes of three made-up products."""
    products = SAMPLE_PRODUCTS[:_NUM_PRODUCTS]
    found = AdWriter.from_pretrained().write(products, num_ads=2, seed=seed)
    lines = ["\nAds from facts, by the writer that comes with adgen (adgen write --help):"]
    for one in found:
        lines += [f"  {described(one.product)}", *(f"    {ad.text}" for ad in one.ads)]
    return "\n".join(lines)


def _next_steps(run: RunPlan, picture_path: Path) -> str:
    output_dir = run.output_dir
    return f"""
Model directory {output_dir}, run record {run.record_path}, learning curve {picture_path}.
Try next:
  .venv/bin/adgen generate "Sony TV" --num-ads 3                   (the model that comes with adgen)
  .venv/bin/adgen generate "Best deals on" --model {output_dir} --num-ads 3 --temperature 0.8
  .venv/bin/adgen generate "Best deals on" --model {output_dir} --explain 5   (what it chose from)
  .venv/bin/adgen train YOUR.csv --output runs/mine --preset packed          (any one-column CSV)"""
