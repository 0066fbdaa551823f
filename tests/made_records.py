"""Makes run records of invented figures, as JSON has them, for the tests of tables and pictures."""

# Figures of a model on a split.
FIGURES = {
    "accuracy": 0.25,
    "top_5_accuracy": 0.5,
    "cross_entropy": 4.5,
    "perplexity": 90.017,
    "hinge": 0.9,
    "bits_per_char": 1.5,
    "unknown_rate": 0.01,
}

# When and where all of it ran.
PLACE = {
    "created": "2026-11-28T00:00:00+00:00",
    "commit": "0123456789ab",
    "versions": {"adgen": "0.1.0"},
    "hardware": {"num_cores": 2, "processor": "Chip", "memory_bytes": 1, "accelerators": []},
}

# A run of the GPT experiments.
GPT_PLACE = PLACE | {
    "hardware": {"processor": "AMD EPYC", "num_cores": 2, "memory_bytes": 1, "accelerators": []},
    "peak_memory_bytes": None,
    "corpus": {"name": "ads.zip", "num_ads": 2_000, "sha256": "0" * 64},
    "split": {"by": "family"},
    "seed": 0,
    "command": "adgen",
}

# A model that was judged.
SCORED = {
    "name": "lstm",
    "weights_sha256": "0" * 64,
    "tokenizer_fingerprint": "f",
    "num_weights": 6_000_000,
    "vocab_size": 400,
}

# Figures of what a model wrote.
WRITTEN = {
    "likeness": 1.5,
    "novel_3_share": 0.8,
    "repeated_word_share": 0.1,
    "distinct_2": 0.9,
    "mean_words": 12.0,
}

# A comparison of three numbers of example ads.
PLAN = {
    "models": ["runs/base", "openai-community/gpt2"],
    "shots": [0, 4, 99],
    "categories": [],
    "split": "test",
    "prompts": ["Oak"],
    "seed": 0,
}


def training_record(name, reads, by, **figures):
    """Returns the record of an LSTM's training."""
    splits = {split: FIGURES | figures for split in ("train", "valid", "test")}
    running = {"accuracy": 0.111, "top_5_accuracy": 0.222, "loss": 3.333}
    history = [
        {
            "epoch": epoch,
            "running": running,
            "train_sample": {"cross_entropy": 5.0},
            "valid": {"cross_entropy": ce},
        }
        for epoch, ce in [(1, 6.0), (2, 5.5), (3, 5.75)]
    ]
    return {
        "kind": "training",
        "name": name,
        "command": f"adgen train ads.csv --output {name}",
        **PLACE,
        "peak_memory_bytes": 2_000_000_000,
        "corpus": {"name": "ads.csv", "num_ads": 100, "sha256": "0" * 64},
        "split": {"by": by, "num_ads": {"train": 90, "valid": 5, "test": 5}},
        "config": {
            "model": "lstm",
            "reads": reads,
            "tokenizer": "word",
            "lstm_units": 256,
            "batch_size": 16,
            "epochs": 3,
        },
        "model": {
            "num_weights": 1_500_000,
            "vocab_size": 50,
            "tokenizer_fingerprint": "f",
            "num_training_tokens": 900,
            "num_examples": 112,
            "steps_per_epoch": 7,
        },
        "seconds": {"training": 120.0},
        "epochs": 3,
        "best_epoch": 2,
        "metrics": {"baseline": splits, "trained": splits},
        "history": history,
        "samples": [{"prompt": "Best", "ads": ["Best | of *all*", "second"]}],
    }


def corpus_training(name, num_ads, bits, **config):
    """Returns the record of a training on part of the whole corpus."""
    record = training_record(name, "packed", "family", bits_per_char=bits)
    record["split"] = {"by": "family", "num_ads": {"train": num_ads}}
    record["config"] = record["config"] | {"epochs": 3, "tokenizer": "subword", **config}
    record["history"] = [
        {
            **entry,
            "seconds": 60.0,
            "cpu_seconds": 90.0,
            "valid": {"cross_entropy": 5.0, "bits_per_char": bits + 1 / entry["epoch"]},
        }
        for entry in record["history"]
    ]
    return record | {"categories": None, "max_ads": num_ads, "best_epoch": 3}


def ngram_record(name, bits, num_ngrams):
    """Returns the record of an n-gram model."""
    figures = {"bits_per_char": bits, "perplexity": 54.3, "top_5_accuracy": 0.53}
    return {
        **PLACE,
        **{key: training_record(name, "packed", "family")[key] for key in ("corpus", "split")},
        "categories": None,
        "max_ads": None,
        "kind": "ngram",
        "name": name,
        "command": f"adgen ngram data --output {name}",
        "peak_memory_bytes": 3_900_000_000,
        "config": {"order": 6, "max_bytes": None, "subword_vocab_size": 400},
        "model": {
            "num_ngrams": num_ngrams,
            "num_ngrams_by_order": [num_ngrams],
            "file_bytes": 864_000_000,
            "vocab_size": 400,
            "tokenizer_fingerprint": "f",
            "num_training_tokens": 900,
        },
        "metrics": {"test": figures},
        "seconds": {"fit": 120.0},
    }


def evaluation_record():
    """Returns the record of a model that was scored on test ads, by category too."""
    categories = {
        "pets": FIGURES | {"num_ads": 12, "bits_per_char": 1.4},
        "toys": FIGURES | {"num_ads": 7},
    }
    return training_record("lstm-test", "packed", "family") | {
        "kind": "evaluation",
        "scored_split": "test",
        "max_ads": None,
        "model": SCORED,
        "figures": FIGURES | {"bits_per_char": 1.6},
        "by_category": categories,
        "seconds": {"evaluation": 60.0},
    }


def novelty_record():
    """Returns the record of what a model wrote, beside human ads."""
    names = [f"novel_{n}_share" for n in range(1, 6)] + [f"distinct_{n}" for n in range(1, 4)]
    names += [
        "exact_copy_share",
        "folded_copy_share",
        "copied_run_mean",
        "copied_run_median",
        "copied_run_max",
        "copied_run_share",
        "repeated_word_share",
    ]
    names += ["repeated_trigram_share", "duplicate_share", "mean_words"]
    columns = {
        kind: dict.fromkeys(names, value)
        for kind, value in (("generated", 0.125), ("human", 0.25), ("human_training", 0.5))
    }
    return training_record("novelty", "packed", "family") | {
        "kind": "novelty",
        "model": SCORED,
        "scored_split": "test",
        "max_ads": None,
        "num_training_ads": 90,
        "num_ads": 5,
        "sampling": {"temperature": 0.7},
        "figures": columns,
        "by_category": {"pets": columns, "toys": columns},
        "samples": [{"category": "pets", "prompt": "Cat", "ad": "Cat tree"}],
    }


def leaks_record():
    """Returns the record of the leaks of a split by family and of one by ad."""
    counts = {
        "num_ads": 400,
        "same_text": 0,
        "same_words": 2,
        "0.7": 40,
        "0.8": 20,
        "0.9": 8,
        "1.0": 4,
    }
    report = {
        "num_train_ads": 9_000,
        "counts": {"valid": counts},
        "shares": {"valid": {name: count / 400 for name, count in counts.items()}},
        "recall": {"0.7": 0.9876, "0.8": 0.9998, "0.9": 1.0, "1.0": 1.0},
    }
    record = training_record("leaks", "packed", "family")
    return record | {"kind": "leaks", "leaks": {"family": report, "ad": report}}


def steps_record():
    """Returns the record of the benchmark of training steps."""
    costs = {"preset": 50.0, "float32": 80.0}
    record = training_record("steps", "packed", "family")
    variants = {
        name: {"cpu_seconds_per_million_tokens": cost, "peak_memory_bytes": 1_500_000_000}
        for name, cost in costs.items()
    }
    return record | {"kind": "benchmark", "rows": [["preset", "50 s"]], "variants": variants}


def finetuned(name, test_bits, **config):
    """Returns the record of a GPT's training."""
    config = {"base": "base", "engine": "trainer", "lora_rank": 0, "precision": "float32"} | config
    return GPT_PLACE | {
        "kind": "finetuning",
        "name": name,
        "config": config,
        "model": {
            "architecture": "gpt_neo",
            "num_weights": 5_000_000,
            "num_trained_weights": 4_000,
            "vocab_size": 400,
            "start_token": "<eos>",
            "num_training_tokens": 900,
            "padding_share": 0.0125,
        },
        "categories": None,
        "excluded": None,
        "max_ads": None,
        "history": [],
        "split": {"num_ads": {"train": 1_234}},
        "num_steps": 500,
        "metrics": {"valid": {"bits_per_char": 1.7}, "test": {"bits_per_char": test_bits}},
        "seconds": {"training": 120.0},
        "peak_memory_bytes": 2_000_000_000,
    }


def compared(model, shots, bits, **changes):
    """Returns a row of a comparison: one model after so many example ads."""
    row = {
        "model": model,
        "kind": "gpt",
        "trained_as": None,
        "shots": shots,
        "num_weights": 5_000_000,
        "peak_memory_bytes": 1_500_000_000,
        "figures": {"bits_per_char": bits, "word_accuracy": 0.25, "word_top_5_accuracy": 0.4},
        "written_figures": WRITTEN,
        "seconds_an_ad": 0.05,
        "samples": [],
        "error": None,
    }
    return row | changes


def compared_by(plan, rows, beside):
    """Returns the record of a comparison."""
    about = {"kind": "comparison", "name": "compared", "plan": plan, "num_scored": 100}
    return GPT_PLACE | about | {"rows": rows, "beside": beside}
