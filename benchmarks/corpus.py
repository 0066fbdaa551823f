"""A corpus's way from CSV files to a trained epoch: seconds and memory of every stage.

Every stage runs in a process of its own. Training is timed on a few steps of the preset, over a
sample of the ads and over all of them; an epoch's minutes follow from the tokens.

    python benchmarks/corpus.py --input data/raw --json
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from measure import (
    Outcome,
    at_least,
    hand_out,
    hardware_line,
    in_own_process,
    log,
    median,
    megabytes,
    parse,
    ratio,
    run_steps,
)

from adgen.records.tables import text_table

# Steps before the clock starts: tracing, first touch of memory, filling of the queue.
WARM_UP_STEPS = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    if options.output:
        figures = measure(options, options.output)
    else:
        with tempfile.TemporaryDirectory() as folder:
            figures = measure(options, Path(folder))
    hand_out("corpus", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument("--input", type=Path, default=Path("data/raw"), help="folder of CSV files")
    parser.add_argument(
        "--output", type=Path, help="folder to prepare into (default: a temporary one)"
    )
    parser.add_argument("--preset", default="small", help="what is trained")
    parser.add_argument(
        "--sample-ads", type=at_least(1), default=100_000, help="training ads of the sample"
    )
    parser.add_argument("--steps", type=at_least(1), default=60, help="timed steps")
    parser.add_argument("--no-leaks", action="store_true", help="leave the leak table out")


def measure(options: argparse.Namespace, corpus_dir: Path) -> dict[str, Any]:
    """Prepares the corpus, encodes it, and times training steps on a part and on all of it."""
    stages = {"prepare": in_own_process(prepare, options.input, corpus_dir)}
    log(f"prepare: {_shown(stages['prepare'])}")
    if not options.no_leaks:
        stages["leak table"] = in_own_process(count_leaks, corpus_dir)
        log(f"leak table: {_shown(stages['leak table'])}")
    trained = {}
    for name, max_ads in (("sample", options.sample_ads), ("all", None)):
        stages[f"encode, {name}"] = in_own_process(encode, corpus_dir, options.preset, max_ads)
        log(f"encode, {name}: {_shown(stages[f'encode, {name}'])}")
        found = in_own_process(train, corpus_dir, options.preset, max_ads, options.steps)
        others = found.result.pop("other_memory_bytes")
        trained[name] = found._replace(peak_memory_bytes=found.peak_memory_bytes + others)
        log(f"train, {name}: {trained[name].result['tokens_per_second']:,.0f} tokens/s")
    whole = trained["all"].result
    return {
        "preset": options.preset,
        "stages": {name: outcome.as_dict() for name, outcome in stages.items()},
        "training": {name: outcome.as_dict() for name, outcome in trained.items()},
        "tokens_per_second_ratio": ratio(
            whole["tokens_per_second"], trained["sample"].result["tokens_per_second"]
        ),
        "epoch_minutes": whole["num_tokens"] / whole["tokens_per_second"] / 60,
        "steps": options.steps,
    }


def _shown(outcome: Outcome) -> str:
    """Writes a stage's seconds and memory."""
    return f"{outcome.result['seconds']:.0f} s, {megabytes(outcome.peak_memory_bytes)}"


def prepare(raw_dir: Path, corpus_dir: Path) -> dict[str, Any]:
    """Turns CSV files into Parquet; returns seconds by stage."""
    import json

    from adgen.corpus import prepare_corpus
    from adgen.corpus.store import ABOUT_NAME

    started = time.perf_counter()
    num_ads = len(prepare_corpus(raw_dir, corpus_dir))
    seconds = time.perf_counter() - started
    about = json.loads((corpus_dir / ABOUT_NAME).read_text(encoding="utf-8"))
    return {"seconds": seconds, "num_ads": num_ads, "seconds_by_stage": about["seconds"]}


def count_leaks(corpus_dir: Path) -> dict[str, Any]:
    """Counts leaks under a split by family and one by ad."""
    from adgen.corpus import load_corpus, split_ads
    from adgen.corpus.ad_index import index_ads
    from adgen.corpus.leaks import find_leaks

    started = time.perf_counter()
    ads = load_corpus(corpus_dir)
    index = index_ads(ads)
    find_leaks(index, ads["split"])
    find_leaks(index, split_ads(ads.drop(columns="split"), by="ad")["split"])
    return {"seconds": time.perf_counter() - started}


def encode(corpus_dir: Path, preset_name: str, max_ads: int | None) -> dict[str, Any]:
    """Makes tokenizer, token ids and packed rows."""
    from adgen.lstm.training.data import load_tokens
    from adgen.lstm.training.settings import preset

    started = time.perf_counter()
    data = load_tokens(corpus_dir, preset(preset_name), max_ads=max_ads)
    rows = data.examples.rows
    return {
        "seconds": time.perf_counter() - started,
        "num_tokens": data.num_training_tokens,
        "padding_share": 1 - data.num_training_tokens / (len(rows) * (rows.shape[1] - 1)),
    }


def train(corpus_dir: Path, preset_name: str, max_ads: int | None, steps: int) -> dict[str, Any]:
    """Returns tokens a second of the preset, and the bytes that other processes held.

    The former are the median of single steps, what `fit` does around them included.
    """
    from adgen.lstm.training.data import load_tokens
    from adgen.lstm.training.settings import preset
    from adgen.lstm.training.trainer import Trainer

    data = load_tokens(corpus_dir, preset(preset_name), max_ads=max_ads)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(data, preset(preset_name), Path(folder) / "checkpoint")
    ends: list[float] = []
    run_steps(trainer, WARM_UP_STEPS + steps, lambda: ends.append(time.perf_counter()))
    other_bytes = trainer.learner.other_memory_bytes()
    trainer.learner.close()
    timed = ends[WARM_UP_STEPS - 1 :]
    seconds = [after - before for before, after in pairwise(timed)]
    tokens_per_step = data.num_training_tokens / trainer.batches.batches_per_epoch
    return {
        "tokens_per_second": tokens_per_step / median(seconds),
        "num_tokens": data.num_training_tokens,
        "num_train_ads": int(data.origin["split"]["num_ads"]["train"]),
        "other_memory_bytes": other_bytes,
    }


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the README's table."""
    rows = [
        (name, f"{stage['seconds']:.0f} s, {stage['peak_memory_bytes'] / 1e9:.1f} GB")
        for name, stage in results["stages"].items()
    ]
    for run in results["training"].values():
        figures = (
            f"{run['tokens_per_second']:,.0f} tokens/s, {run['peak_memory_bytes'] / 1e9:.1f} GB"
        )
        rows.append(
            (f"training, preset {results['preset']}, {run['num_train_ads']:,} ads", figures)
        )
    rows.append(("one epoch over all ads", f"{results['epoch_minutes']:.0f} minutes"))
    return rows


def show(results: Mapping[str, Any]) -> None:
    """Prints the rows."""
    print(text_table([("", "measured"), *record_rows(results)]))
    print(f"tokens/s, all ads by the sample: {results['tokens_per_second_ratio']:.2f}")
    print(hardware_line(results))


if __name__ == "__main__":
    main()
