"""A fine-tuning that diverges stops, keeps what was good, and says what to change."""

import json
from pathlib import Path

import pytest
from command_runs import run
from hostile import tree
from tiny_gpt import own_tokenizer, save_tiny, tiny_model

from adgen.corpus import split_ads
from adgen.corpus.sample import make_sample_ads
from adgen.gpt.loading import load_causal_lm
from adgen.gpt.tokens import GPTTokenizer
from adgen.gpt.training import trainer as training
from adgen.gpt.training.finetune import finetune
from adgen.gpt.training.settings import FinetuneConfig
from adgen.support.finite import DivergedError, is_finite

QUICK = ["--max-steps", "4", "--checks", "2", "--batch-tokens", "256", "--precision", "float32"]
QUICK += ["--max-tokens", "64"]


@pytest.fixture(scope="module")
def ads():
    return split_ads(make_sample_ads(300, seed=2), valid=0.1, test=0.1).assign(category="all")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return save_tiny(tmp_path_factory.mktemp("base"), tiny_model(spread=0.05, context_length=128))


def refused(words, capsys):
    """The one error line of a command that ends with exit code 2 after some steps."""
    code, _, err = run(words, capsys)
    assert code == 2
    [line] = [line for line in err.splitlines() if "error:" in line]
    return line


def settings(base, **changes):
    usual = {"max_steps": 6, "checks": 3, "batch_tokens": 256, "max_tokens": 64}
    return FinetuneConfig(**{"base": str(base), "precision": "float32"} | usual | changes)


def tune(base, ads, folder, **changes):
    model, tokenizer = load_causal_lm(base, device="cpu")
    restart = changes.pop("restart", False)
    return finetune(
        model,
        GPTTokenizer(tokenizer),
        ads,
        settings(base, **changes),
        checkpoint_dir=folder,
        restart=restart,
    )


def test_a_diverged_finetuning_leaves_the_old_folder_and_its_remedy_works(
    base, ads, tmp_path, capsys
):
    csv_path, output = tmp_path / "ads.csv", tmp_path / "model"
    ads[["ad"]].to_csv(csv_path, index=False)
    words = ["finetune", csv_path, "--base", base, "--output", output, *QUICK]
    assert run(words, capsys)[0] == 0
    before = tree(output)
    error = refused([*words, "--learning-rate", "90", "--schedule", "constant"], capsys)
    assert "The training diverged" in error
    assert "--restart and a lower --learning-rate 0.0003 (it is 90)" in error
    assert tree(output) == before
    assert not list(tmp_path.glob("model.checkpoint/checkpoint-*"))
    code, out, _ = run([*words, "--restart", "--learning-rate", "0.0003"], capsys)
    assert code == 0
    assert "Model folder" in out


def test_a_loss_that_is_no_number_stops_and_the_last_good_checkpoint_stays(
    base, ads, tmp_path, monkeypatch
):
    import torch

    folder = tmp_path / "checkpoint"
    check_loss = training.check_loss

    def nan_at_step_3(loss, step, config):
        check_loss(loss * (torch.nan if step == 3 else 1), step, config)

    monkeypatch.setattr(training, "check_loss", nan_at_step_3)
    with pytest.raises(DivergedError, match="the loss of step 4 is nan"):
        tune(base, ads, folder)
    monkeypatch.undo()
    [checkpoint] = folder.glob("checkpoint-*")
    assert checkpoint.name == "checkpoint-2"
    assert is_finite(json.loads((checkpoint / "trainer_state.json").read_text()))
    result = tune(base, ads, folder)  # what is there is good
    assert [entry["step"] for entry in result.history] == [2, 4, 6]


@pytest.mark.parametrize("what", ["weight", "figure"])
def test_a_check_that_finds_no_numbers_saves_nothing(what, base, ads, tmp_path, monkeypatch):
    folder = tmp_path / "checkpoint"
    if what == "weight":
        validation = training.check_model

        def broken(model, step, config):
            next(model.parameters()).data[0] = float("inf")
            validation(model, step, config)

        monkeypatch.setattr(training, "check_model", broken)
    else:
        monkeypatch.setattr(training, "validation_nats", lambda *_: float("nan"))
    expected = (
        "holds numbers that are not finite" if what == "weight" else "validation costs nan bits"
    )
    with pytest.raises(DivergedError, match=f"after step 2.*{expected}"):
        tune(base, ads, folder)
    assert not list(folder.glob("checkpoint-*"))


def test_a_checkpoint_of_a_diverged_training_is_not_gone_on_with(base, ads, tmp_path, monkeypatch):
    folder = tmp_path / "checkpoint"

    def killed(*arguments):
        raise KeyboardInterrupt

    check_loss = training.check_loss
    monkeypatch.setattr(training, "check_loss", lambda loss, step, config: step < 3 or killed())
    with pytest.raises(KeyboardInterrupt):
        tune(base, ads, folder)
    monkeypatch.setattr(training, "check_loss", check_loss)
    state_path = folder / "checkpoint-2" / "trainer_state.json"
    state = json.loads(state_path.read_text())
    state["log_history"].append({"loss": float("nan"), "step": 2})
    state_path.write_text(json.dumps(state))
    with pytest.raises(DivergedError, match="checkpoint-2 holds a training that diverged"):
        tune(base, ads, folder)
    assert state_path.is_file()
    assert tune(base, ads, folder, restart=True).num_steps == 6


def test_pretraining_stops_too(ads, tmp_path, capsys):
    csv_path = tmp_path / "ads.csv"
    ads[["ad"]].to_csv(csv_path, index=False)
    shape = ["--num-layers", "2", "--width", "16", "--num-heads", "2", "--vocab-size", "300"]
    words = ["pretrain", csv_path, "--output", tmp_path / "model", *shape, *QUICK]
    error = refused([*words, "--learning-rate", "90", "--schedule", "constant"], capsys)
    assert "The training diverged" in error
    assert not (tmp_path / "model").exists()


def test_aitextgen_saves_no_model_that_diverged(base, ads, tmp_path, capsys):
    pytest.importorskip("aitextgen")
    csv_path, output = tmp_path / "ads.csv", tmp_path / "model"
    ads[["ad"]].to_csv(csv_path, index=False)
    words = ["finetune", csv_path, "--base", base, "--output", output, "--engine", "aitextgen"]
    words += ["--max-steps", "4", "--checks", "2", "--batch-tokens", "256", "--max-tokens", "64"]
    model, tokenizer = tiny_model(spread=0.05, context_length=128), own_tokenizer()
    next(model.parameters()).data[0] = float("nan")
    broken = save_tiny(tmp_path / "broken", model, tokenizer)
    words[words.index("--base") + 1] = broken
    error = refused(words, capsys)
    assert "diverged" in error
    assert not Path(output).exists()
