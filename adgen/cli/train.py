"""What each `adgen` command does with its parsed arguments; returns the exit code.

Heavy modules are imported inside the functions, so that `adgen generate` answers at once.
"""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Iterable
from typing import Any


def _yes_or_no(text: str) -> bool:
    """A type for `argparse`."""
    if text not in ("yes", "no"):
        raise argparse.ArgumentTypeError(f"{text!r} is neither yes nor no")
    return text == "yes"


# Settings of a training run that the command line offers: type and help.
SETTINGS: dict[str, tuple[Any, str]] = {
    "epochs": (float, "most epochs; 1.5 with an even number of checks an epoch"),
    "batch_size": (int, "windows or rows a step"),
    "seed": (int, "seed of weights, dropout, order and draws"),
    "lstm_units": (int, "state size"),
    "embedding_dim": (int, "width of the embedding layer"),
    "sequence_length": (int, "words of context of a window, or targets of a packed row"),
    "num_layers": (int, "LSTM layers"),
    "tied": (_yes_or_no, "whether the softmax has the embedding's rows for weights: yes or no"),
    "dropout": (float, "share of every layer's outputs dropped"),
    "input_dropout": (float, "share of the embedding's outputs dropped"),
    "reads": (str, "stream, ad or packed: how the model sees text"),
    "tokenizer": (str, "word or subword"),
    "min_count": (int, "rarer words are unknown"),
    "subword_vocab_size": (int, "tokens of the sub-word tokenizer"),
    "loss": (str, "sampled or full softmax"),
    "precision": (str, "float32, bfloat16 (the softmax's products) or mixed_bfloat16 (the layers' too)"),
    "learning_rate": (float, "Adam's step size, at first"),
    "schedule": (str, "constant, or cosine to let the step size fall to zero over all epochs"),
    "warmup_steps": (int, "steps in which it first rises from zero"),
    "clip_norm": (float, "largest norm of the gradient"),
    "patience": (int, "epochs without a better validation figure before stopping"),
    "checks_per_epoch": (int, "how often an epoch is stopped to score validation and to save the run"),
    "num_check_ads": (int, "validation ads scored then, at most"),
    "num_frequent": (int, "sampled softmax: most frequent tokens, always in its sum"),
    "num_negatives": (int, "sampled softmax: other tokens drawn each step"),
    "pipeline": (str, "keras, or tf.data: without Python functions, for TPUs and several devices"),
    "num_devices": (int, "devices that share each batch"),
}

# Decoding controls and their types; None for one that is there or not.
DECODING: dict[str, Any] = {
    "greedy": None,
    "temperature": float,
    "top_k": int,
    "top_p": float,
    "repetition_penalty": float,
}


def _given(args: argparse.Namespace, names: Iterable[str]) -> dict[str, Any]:
    """The options of these names that the command line gives; the others have no default."""
    return {name: getattr(args, name) for name in names if hasattr(args, name)}


def quickstart(args: argparse.Namespace) -> int:
    """Read a corpus, train a small model and write ads."""
    _quiet_tensorflow()
    from adgen.quickstart import QuickstartPlan, run_quickstart

    plan = QuickstartPlan(args.data_dir, args.output, args.max_ads, args.epochs, args.seed)
    for text in run_quickstart(plan):
        print(text, flush=True)
    return 0


def train(args: argparse.Namespace) -> int:
    """Train a model, write its directory and record, print its figures."""
    _quiet_tensorflow()
    from pathlib import Path

    from adgen.cards import metrics_table
    from adgen.records import command_line
    from adgen.runs import RunPlan, run_training
    from adgen.training_config import preset

    changes = _given(args, SETTINGS)
    model = args.model or ("ad-lstm" if args.corpus and not args.preset else None)
    config = preset(args.preset, model, **changes)
    output_dir = Path(args.output or f"runs/{config.model}-{args.preset or 'default'}")
    ads = _training_ads(args, config)
    plan = RunPlan(
        name=args.name or output_dir.resolve().name,
        corpus_name=Path(args.csv or args.corpus).resolve().name,
        output_dir=output_dir,
        record_path=Path(args.record) if args.record else None,
        command=command_line(args.words),
    )
    record = run_training(ads, config, plan, restart=args.restart)
    print(metrics_table(record["metrics"]))
    print(f"\nModel directory: {output_dir}")
    return 0


def _training_ads(args: argparse.Namespace, config: Any) -> Any:
    """What `run_training` takes: ads of a CSV with their splits, or a corpus as token ids."""
    if (args.csv is None) == (args.corpus is None):
        raise ValueError("Give a CSV or --corpus DIR, one of them. See adgen train --help")
    if args.corpus is not None:
        from adgen.token_store import load_tokens

        return load_tokens(args.corpus, config, categories=args.category, max_ads=args.max_ads)
    if args.category or args.max_ads:
        raise ValueError("--category and --max-ads are for --corpus DIR. Leave them out with a CSV.")
    from adgen.corpus import CorpusReport, read_ads, split_ads

    ads = read_ads(args.csv, text_column=args.text_column)
    logging.info(CorpusReport.from_dict(ads.attrs["report"]).summary())
    return split_ads(ads, valid=args.valid, test=args.test, seed=args.split_seed, by=args.split_by)


def evaluate(args: argparse.Namespace) -> int:
    """Print a model's figures on a split, what it repeats of its training ads, or what a mixture gains."""
    # Threads of our own score sets of ads side by side; BLAS's would wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from pathlib import Path

    from adgen.evaluation_runs import EvaluationPlan, run_evaluation, run_memorisation, run_mixture
    from adgen.evaluation_text import as_json, as_text
    from adgen.records import command_line, hardware

    plan = EvaluationPlan(
        model_dir=Path(args.model),
        ads_path=Path(args.ads),
        command=command_line(args.words),
        split=args.split,
        text_column=args.text_column,
        max_ads=args.max_ads,
        num_threads=hardware()["num_cores"],
        record_path=Path(args.record) if args.record else None,
    )
    controls = _given(args, DECODING)
    if args.generated is not None:
        record = run_memorisation(plan, num_ads=args.generated, seed=args.seed, controls=controls)
    elif controls:
        raise ValueError(f"{', '.join(controls)}: decoding controls are for --generated N. Leave them out.")
    elif args.mix is not None:
        record = run_mixture(plan, args.mix)
    else:
        record = run_evaluation(plan, by_category=args.by_category)
    print(as_json(record) if args.json else as_text(record))
    return 0


def ngram(args: argparse.Namespace) -> int:
    """Fit the n-gram baseline to a corpus, write its directory and record, print its figures."""
    from pathlib import Path

    from adgen.evaluation_text import as_text
    from adgen.ngram_runs import NGramPlan, run_ngram
    from adgen.records import command_line

    plan = NGramPlan(
        corpus_dir=Path(args.corpus),
        output_dir=Path(args.output),
        command=command_line(args.words),
        order=args.order,
        max_bytes=None if args.max_mb is None else round(args.max_mb * 1e6),
        subword_vocab_size=args.subword_vocab_size,
        categories=args.category,
        max_ads=args.max_ads,
        record_path=Path(args.record) if args.record else None,
    )
    print(as_text(run_ngram(plan)))
    print(f"\nN-gram model: {args.output}")
    return 0


def generate(args: argparse.Namespace) -> int:
    """Print ads that begin with the prompts."""
    # One prompt's products are too small for threads to help, and waking them costs a cold start dear.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from dataclasses import replace

    from adgen.generation import AdGenerator
    from adgen.writing import as_json, as_text

    generator = AdGenerator.from_pretrained(args.model)
    changes = _given(args, DECODING)
    options = {
        "num_ads": args.num_ads,
        "sampling": replace(generator.default_sampling, **changes),
        "max_tokens": args.max_tokens,
        "seed": args.seed,
    }
    if args.explain is None:
        ads = generator.generate(args.prompts, **options)
    else:
        ads = generator.explain(args.prompts, num_candidates=args.explain, **options)
    print(as_json(args.prompts, ads) if args.json else as_text(args.prompts, ads))
    return 0


def compress(args: argparse.Namespace) -> int:
    """Write a model directory again, its weights in fewer bytes."""
    from pathlib import Path

    from adgen.gpt.loading import is_gpt_folder

    output_dir, controls = Path(args.output), _given(args, DECODING)
    if is_gpt_folder(args.model):
        from adgen.gpt.export import compress_gpt_directory

        compress_gpt_directory(args.model, output_dir, args.storage, controls=controls)
    else:
        from adgen.model_directory import compress_model_directory

        compress_model_directory(args.model, output_dir, args.storage, controls=controls)
    num_bytes = sum(path.stat().st_size for path in output_dir.iterdir())
    print(f"Wrote {output_dir}: {num_bytes / 1e6:.1f} MB, weights in {args.storage}")
    return 0


def export(args: argparse.Namespace) -> int:
    """Write a model directory as a plain Keras file."""
    _quiet_tensorflow()
    from adgen.export import export_keras

    print(f"Wrote {export_keras(args.model, args.path)}")
    return 0


def report(args: argparse.Namespace) -> int:
    """Draw pictures and write README tables."""
    from pathlib import Path

    from adgen.report import check_report, write_report

    paths = Path(args.results_dir), Path(args.images_dir), Path(args.readme)
    for line in check_report(*paths) if args.check else write_report(*paths):
        print(line)
    return 0


def _quiet_tensorflow() -> None:
    """Keep TensorFlow's start-up notices out of the output; errors still show."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
