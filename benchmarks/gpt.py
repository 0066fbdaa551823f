"""GPT models: writing, scoring and fine-tuning beside the usual way of each, in one run.

Writing: adgen in batches, beside `transformers.pipeline` called prompt by prompt. Scoring: adgen in
batches, beside one ad at a time, both after no, four and sixteen example ads, and how far bits per
character and perplexity of the two lie apart. Fine-tuning: whole ads of similar length, beside
blocks of 2,048 running tokens, the same ads once, and the validation figures of both. Weights are
random, ads invented.

    python benchmarks/gpt.py --json
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measure import at_least, hand_out, hardware_line, in_own_process, log, parse, ratio

from adgen.gpt.catalogue import PUBLISHED
from adgen.records.tables import text_table

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from adgen.gpt.loading import ModelAndTokenizer
    from adgen.scoring.protocol import Shots

_BLOCK_TOKENS = 2048
_NUM_SHOTS = (0, 4, 16)
# A random embedding is made so many times as large.
_SPREAD = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the benchmark and prints its results."""
    options = parse(__doc__, add_options, arguments)
    figures = measure(options)
    hand_out("gpt", figures, options, arguments=arguments, rows=record_rows, show=show)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds this benchmark's options."""
    parser.add_argument(
        "--model",
        choices=list(PUBLISHED),
        default="GPT-Neo 125M",
        help="whose shape writes and scores",
    )
    parser.add_argument("--num-ads", type=at_least(2), default=64, help="ads to write")
    parser.add_argument("--num-scored-ads", type=at_least(2), default=256, help="ads to score")
    parser.add_argument(
        "--num-training-ads", type=at_least(100), default=4_000, help="ads to fine-tune on"
    )
    parser.add_argument("--max-tokens", type=at_least(1), default=24, help="tokens of a written ad")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Runs each way in a process of its own."""
    runs: dict[str, dict[str, float]] = {}
    for name, work, given in (
        (
            "write, pipeline",
            write_with_pipeline,
            (options.model, options.num_ads // 4, options.max_tokens),
        ),
        ("write, adgen", write_with_adgen, (options.model, options.num_ads, options.max_tokens)),
        ("score, one by one", score_one_by_one, (options.model, options.num_scored_ads)),
        ("score, adgen", score_with_adgen, (options.model, options.num_scored_ads)),
        ("train, blocks", train_on_blocks, (options.num_training_ads,)),
        ("train, adgen", train_with_adgen, (options.num_training_ads,)),
    ):
        runs[name] = in_own_process(work, *given).as_dict()
        log(f"{name}: {runs[name]}")
    writing = ratio(
        runs["write, adgen"]["ads_per_second"], runs["write, pipeline"]["ads_per_second"]
    )
    usual, ours = runs["score, one by one"], runs["score, adgen"]
    names = [_shots_name(number) for number in _NUM_SHOTS]
    scoring = {shots: ratio(ours[shots], usual[shots]) for shots in names}
    differences = {shots: _difference(ours, usual, shots) for shots in names}
    training = ratio(
        runs["train, adgen"]["tokens_per_second"], runs["train, blocks"]["tokens_per_second"]
    )
    ratios = {"writing": writing, "scoring": scoring, "training": training}
    return {
        "model": options.model,
        "runs": runs,
        "ratios": ratios,
        "largest_relative_differences": differences,
    }


def _ads(num_ads: int) -> list[str]:
    """Makes up so many ads."""
    from adgen.corpus.sample import make_sample_ads

    return make_sample_ads(num_ads, seed=1)["ad"].tolist()


def _model(name: str) -> PreTrainedModel:
    """Makes a model of this shape with random weights."""
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    config = PUBLISHED[name].config(bos_token_id=2, eos_token_id=2)
    model: PreTrainedModel = AutoModelForCausalLM.from_config(config).eval()
    # Logits then differ clearly. Otherwise all tokens would cost nearly the same, however they are
    # computed, and figures of two ways could hardly differ.
    model.get_output_embeddings().weight.data *= _SPREAD
    return model


def _tokenizer() -> PreTrainedTokenizerFast:
    """Fits a tokenizer on the invented ads."""
    from transformers import PreTrainedTokenizerFast

    from adgen.tokens.base import EOS, PAD, UNK
    from adgen.tokens.subword_tokenizer import SubwordTokenizer

    fitted = SubwordTokenizer.fit(_ads(8_000), vocab_size=8_192)
    return PreTrainedTokenizerFast(
        tokenizer_object=fitted.backend, bos_token=EOS, eos_token=EOS, unk_token=UNK, pad_token=PAD
    )


def _prompts(num_ads: int) -> list[str]:
    """Returns the first two words of so many ads."""
    return [" ".join(ad.split()[:2]) for ad in _ads(num_ads)]


def write_with_pipeline(name: str, num_ads: int, max_tokens: int) -> dict[str, float]:
    """Writes the usual way: one prompt after the other."""
    from transformers import pipeline

    write = pipeline("text-generation", model=_model(name), tokenizer=_tokenizer(), device="cpu")
    options = {"do_sample": True, "top_k": 0, "max_new_tokens": max_tokens, "pad_token_id": 0}
    write("<eos>Oak", **options)
    started = time.perf_counter()
    for prompt in _prompts(num_ads):
        write(f"<eos>{prompt}", **options)
    return {"ads_per_second": num_ads / (time.perf_counter() - started)}


def write_with_adgen(name: str, num_ads: int, max_tokens: int) -> dict[str, float]:
    """Writes all prompts at once."""
    from adgen.generation.generator import AdGenerator
    from adgen.generation.trained import TrainedGPT
    from adgen.gpt.causal import CausalLM
    from adgen.gpt.directory import GPTDirectory
    from adgen.gpt.prompts import TEMPLATES
    from adgen.gpt.tokens import GPTTokenizer

    lm = CausalLM(_model(name))
    tokenizer = GPTTokenizer(_tokenizer())
    generator = AdGenerator(
        TrainedGPT(GPTDirectory(Path(name), lm, tokenizer, TEMPLATES["ads"], {}, {}))
    )
    generator.generate("Oak", max_tokens=2)
    started = time.perf_counter()
    generator.generate(_prompts(num_ads), max_tokens=max_tokens)
    return {"ads_per_second": num_ads / (time.perf_counter() - started)}


def _shots_name(number: int) -> str:
    """Returns what a number of example ads is called."""
    return f"{number} shots"


def _shots() -> dict[str, Shots]:
    """Returns the example ads by what their number is called."""
    from adgen.scoring.protocol import Shots

    return {
        _shots_name(number): Shots(tuple(_ads(8_000)[8_000 - number :])) for number in _NUM_SHOTS
    }


def score_one_by_one(name: str, num_ads: int) -> dict[str, float]:
    """Scores the usual way: a forward pass for every ad, the shots read anew."""
    import torch

    from adgen.gpt.prompts import TEMPLATES, context_ids
    from adgen.gpt.tokens import GPTTokenizer

    model = _model(name)
    tokenizer = GPTTokenizer(_tokenizer())

    def score(shots: Shots) -> tuple[float, int]:
        nats = 0.0
        num_tokens = 0
        for ad in _ads(num_ads):
            before = context_ids(tokenizer, TEMPLATES["ads"], shots)
            ids = torch.tensor([[*before, *tokenizer.encode(ad), tokenizer.eos_id]])
            with torch.inference_mode():
                logs = model(ids).logits[0, len(before) - 1 : -1].log_softmax(-1)
                own = logs.gather(1, ids[0, len(before) :, None])  # (tokens, 1)
                nats -= own.double().sum().item()
            num_tokens += len(own)
        return nats, num_tokens

    return _speeds_and_figures(score, num_ads)


def score_with_adgen(name: str, num_ads: int) -> dict[str, float]:
    """Scores in batches, the shots read once."""
    from adgen.generation.scorers import open_scorer

    scorer = open_scorer(_model(name), _tokenizer(), template="ads")

    def score(shots: Shots) -> tuple[float, int]:
        found = scorer.score(_ads(num_ads), [shots] * num_ads).log_probabilities
        return -float(found.sum()), len(found)

    return _speeds_and_figures(score, num_ads)


def _speeds_and_figures(
    score: Callable[[Shots], tuple[float, int]], num_ads: int
) -> dict[str, float]:
    """Returns how many ads are scored in a second, and what they cost, after each number of shots.

    Args:
        score: Returns the nats and the number of all tokens.
        num_ads: How many ads it scores.
    """
    found = {}
    num_chars = sum(len(ad) + 1 for ad in _ads(num_ads))  # an ad's end is one
    for name, shots in _shots().items():
        started = time.perf_counter()
        nats, num_tokens = score(shots)
        found[name] = num_ads / (time.perf_counter() - started)
        found[f"{name}, bits_per_char"] = nats / math.log(2) / num_chars
        found[f"{name}, perplexity"] = math.exp(nats / num_tokens)
    return found


def _difference(ours: Mapping[str, float], usual: Mapping[str, float], shots: str) -> float:
    """Returns by which share the figures of two ways differ at most."""
    names = (f"{shots}, bits_per_char", f"{shots}, perplexity")
    return max(abs(ratio(ours[name], usual[name]) - 1) for name in names)


def _small_model() -> ModelAndTokenizer:
    """Makes four layers of 256 numbers that read 2,048 tokens, as GPT-Neo does."""
    from adgen.gpt.training.new_model import NewModel

    return NewModel(vocab_size=8_192, context_length=_BLOCK_TOKENS).build(_ads(8_000))


def _split(num_ads: int) -> tuple[list[str], list[str]]:
    """Returns so many training ads, and 500 others."""
    ads = _ads(num_ads + 500)
    return ads[:num_ads], ads[num_ads:]


def train_on_blocks(num_ads: int) -> dict[str, float]:
    """Trains by the usual recipe: ads one after the other, in blocks as long as the context."""
    import torch
    from transformers import Trainer, TrainingArguments

    from adgen.gpt.tokens import GPTTokenizer

    model, inner = _small_model()
    train, valid = _split(num_ads)
    ids = torch.as_tensor(GPTTokenizer(inner).encode_ads(train), dtype=torch.long)
    blocks = ids[: len(ids) // _BLOCK_TOKENS * _BLOCK_TOKENS].reshape(-1, _BLOCK_TOKENS)
    # The Trainer takes a list as a data set, though its type says otherwise.
    items: Any = [{"input_ids": block, "labels": block} for block in blocks]
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=1,
            num_train_epochs=1,
            learning_rate=1e-3,
            lr_scheduler_type="cosine",
            use_cpu=True,
            report_to="none",
            save_strategy="no",
            disable_tqdm=True,
        )
        started = time.perf_counter()
        Trainer(model=model, args=arguments, train_dataset=items).train()
        seconds = time.perf_counter() - started
    return {
        "tokens_per_second": blocks.numel() / seconds,
        "bits_per_char": _bits(model, inner, valid),
    }


def train_with_adgen(num_ads: int) -> dict[str, float]:
    """Trains on whole ads, rows of similar length, the loss in blocks."""
    import pandas as pd

    from adgen.gpt.tokens import GPTTokenizer
    from adgen.gpt.training.finetune import finetune
    from adgen.gpt.training.settings import FinetuneConfig

    model, inner = _small_model()
    train, valid = _split(num_ads)
    ads = pd.DataFrame(
        {"ad": train + valid, "split": ["train"] * len(train) + ["valid"] * len(valid)}
    )
    config = FinetuneConfig(
        "random",
        batch_tokens=_BLOCK_TOKENS,
        learning_rate=1e-3,
        warmup_share=0.0,
        checks=1,
        num_check_ads=100,
    )
    with tempfile.TemporaryDirectory() as folder:
        result = finetune(
            model,
            GPTTokenizer(inner),
            ads.assign(category="all"),
            config,
            checkpoint_dir=Path(folder) / "c",
        )
    seconds = result.history[-1]["seconds"]
    return {
        "tokens_per_second": result.num_training_tokens / seconds,
        "bits_per_char": _bits(result.model, inner, valid),
    }


def _bits(model: PreTrainedModel, inner: PreTrainedTokenizerFast, ads: Sequence[str]) -> float:
    """Returns the bits per character of these ads."""
    from adgen.generation.scorers import score_ads

    found = score_ads(model.eval(), inner, ads, template="ads")["bits_per_char"]
    return math.nan if found is None else found


def record_rows(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns the rows of the README's table."""
    runs, ratios, name = results["runs"], results["ratios"], results["model"]
    usual, ours = runs["write, pipeline"]["ads_per_second"], runs["write, adgen"]["ads_per_second"]
    rows = [
        (
            f"ads a second written, {name}, pipeline prompt by prompt → batches",
            f"{usual:.2f} → {ours:.2f}: {ratios['writing']:.1f} times",
        )
    ]
    for shots, factor in ratios["scoring"].items():
        one, many = runs["score, one by one"][shots], runs["score, adgen"][shots]
        label = f"ads a second scored, {name}, {shots}, one by one → batches"
        rows.append((label, f"{one:.1f} → {many:.1f}: {factor:.1f} times"))
    largest = max(results["largest_relative_differences"].values())
    rows.append(
        (
            "largest relative difference of bits/char and perplexity, one by one and in batches",
            f"{largest:.0e}",
        )
    )
    blocks, ads = runs["train, blocks"], runs["train, adgen"]
    rows.append(
        (
            "tokens a second in fine-tuning, 5 M weights, blocks of 2,048 → whole ads",
            f"{blocks['tokens_per_second']:,.0f} → {ads['tokens_per_second']:,.0f}: "
            f"{ratios['training']:.1f} times",
        )
    )
    rows.append(
        (
            "validation bits/char after these ads",
            f"{blocks['bits_per_char']:.3f} → {ads['bits_per_char']:.3f}",
        )
    )
    return rows


def show(results: Mapping[str, Any]) -> None:
    """Prints the rows."""
    print(text_table([("", "measured"), *record_rows(results)]))
    print(hardware_line(results))


if __name__ == "__main__":
    main()
