"""A GPT's folder as others load it: transformers 4 and 5 read the same, and write as adgen does."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_gpt import gpt2_tokenizer, own_tokenizer, tiny_model

from adgen.decoding.sampling import Sampling, probabilities
from adgen.generation.generator import AdGenerator
from adgen.generation.scorers import score_ads
from adgen.generation.shipped import SHIPPED_GPT, shipped_model_dir
from adgen.gpt.loading import load_causal_lm
from adgen.gpt.saving import save_gpt_directory
from adgen.gpt.tokens import GPTTokenizer

# `make test` puts it there.
TRANSFORMERS_4 = Path(os.environ.get("ADGEN_TRANSFORMERS_4") or Path(sys.prefix) / "transformers-4")
TEXTS = ["Sony TV", "  Größe 5 \U0001f525 (44 mm) .", "<eos>", "a <|endoftext|> b", "x" * 300]
# What a program of someone else's does with a folder; runs with either transformers.
LOADS = """
import json, sys
import transformers
from transformers import pipeline

found = {"version": transformers.__version__}
texts, folders = json.loads(sys.argv[1])
for folder, prompt in folders.items():
    writer = pipeline("text-generation", model=folder, device="cpu", dtype="float32")
    tokenizer, settings = writer.tokenizer, writer.model.generation_config
    [ad] = writer(prompt, do_sample=False, max_new_tokens=12)
    found[folder] = {
        "ids": [tokenizer(text)["input_ids"] for text in texts],
        "special": tokenizer.all_special_ids,
        "context_length": tokenizer.model_max_length,
        "text": ad["generated_text"],
        "writing": [settings.do_sample, settings.max_new_tokens, settings.eos_token_id],
    }
print(json.dumps(found))
"""


def loaded_by(folders, path):
    """What the program above finds with the packages of a folder before those installed."""
    done = subprocess.run(
        [sys.executable, "-c", LOADS, json.dumps([TEXTS, folders])],
        env=os.environ | {"PYTHONPATH": str(path), "USE_TF": "0", "USE_FLAX": "0"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def save(folder, model, inner, **writing):
    tokenizer = GPTTokenizer(inner)
    save_gpt_directory(folder, model, tokenizer, card="# x\n", info={}, writing=writing)
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    place = tmp_path_factory.mktemp("folders")
    save(place / "own", tiny_model(), own_tokenizer(), temperature=0.7, max_tokens=9)
    gpt2 = tiny_model("gpt2", vocab_size=50_257, eos_id=50_256)
    save(place / "gpt2", gpt2, gpt2_tokenizer())
    # As `adgen finetune` has it: the tokenizer comes from a folder, with settings of that load.
    again = load_causal_lm(place / "own")
    save(place / "again", *again, temperature=0.7, max_tokens=9)
    return {"own": place / "own", "gpt2": place / "gpt2", "again": place / "again"}


def test_transformers_4_and_5_load_the_same(folders):
    if not TRANSFORMERS_4.is_dir():
        pytest.skip(f"needs transformers 4 in {TRANSFORMERS_4}; `make test` installs it")
    asked = dict.fromkeys([*map(str, folders.values()), str(shipped_model_dir(SHIPPED_GPT))])
    asked = dict.fromkeys(asked, "Sony TV")
    four, five = loaded_by(asked, TRANSFORMERS_4), loaded_by(asked, "")
    assert four.pop("version").startswith("4.57.")
    assert five.pop("version").startswith("5.")
    assert four == five
    assert [one["context_length"] for one in four.values()] == [64, 64, 64, 256]
    assert [one["writing"] for one in four.values()] == [
        [True, 9, 2],
        [True, 60, 50_256],
        [True, 9, 2],
        [True, 60, 2],
    ]
    for one in four.values():
        end = one["writing"][2]
        assert one["ids"][2] == ([2, 2] if end == 2 else [50_256, 27, 68, 418, 29])
        assert {ids[0] for ids in one["ids"]} == {end}  # the start token, once
    # A program that knows nothing of adgen writes, from the prompt alone, what adgen writes with a
    # model that has learned ads (random weights begin with parts of words, which adgen leaves out).
    shipped = str(shipped_model_dir(SHIPPED_GPT))
    [[ad]] = AdGenerator.from_pretrained(shipped).generate(
        "Sony TV", sampling=Sampling(greedy=True), max_tokens=12
    )
    assert four[shipped]["text"] == ad.text


def test_the_tokenizer_s_settings_say_nothing_of_our_own_load(folders):
    own, gpt2, again = (
        json.loads((folder / "tokenizer_config.json").read_text()) for folder in folders.values()
    )
    general = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 64}
    named = {"bos_token": "<eos>", "eos_token": "<eos>", "unk_token": "<unk>", "pad_token": "<pad>"}
    assert own == again == named | general
    assert gpt2.items() >= (general | {"eos_token": "<|endoftext|>"}).items()
    assert not {"is_local", "local_files_only", "backend", "name_or_path"} & set(gpt2)


def test_extra_special_tokens_keep_a_name_that_both_know(tmp_path):
    inner = own_tokenizer().__class__.from_pretrained(
        save(tmp_path / "a", tiny_model(), own_tokenizer())
    )
    inner.add_special_tokens({"additional_special_tokens": ["<sep>"]})
    save(tmp_path / "b", tiny_model(vocab_size=len(inner)), inner)
    settings = json.loads((tmp_path / "b" / "tokenizer_config.json").read_text())
    assert settings["additional_special_tokens"] == ["<sep>"]
    assert load_causal_lm(tmp_path / "b")[1].convert_tokens_to_ids("<sep>") == 400


@pytest.mark.parametrize(
    ("writing", "expected"),
    [
        ({}, {"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0}),
        (
            {"temperature": 0.7, "top_k": 5, "top_p": 0.9, "max_tokens": 9},
            {"do_sample": True, "temperature": 0.7, "top_k": 5, "top_p": 0.9, "max_new_tokens": 9},
        ),
        ({"greedy": True}, {"do_sample": False, "max_new_tokens": 60}),
        ({"repetition_penalty": 1.3}, {"do_sample": True, "max_new_tokens": 60}),
    ],
)
def test_generation_config_holds_what_adgen_writes_with(tmp_path, writing, expected):
    save(tmp_path / "x", tiny_model(), own_tokenizer(), **writing)
    found = json.loads((tmp_path / "x" / "generation_config.json").read_text())
    assert found.items() >= expected.items()
    assert "repetition_penalty" not in found
    if writing.get("greedy"):
        assert "temperature" not in found


def test_a_pipeline_draws_from_what_adgen_draws_from_but_for_the_penalty(folders):
    import torch

    model, inner = load_causal_lm(folders["own"])
    prompt_ids = GPTTokenizer(inner).encode("Sony TV")
    ids = torch.tensor([[2, *prompt_ids]])
    with torch.no_grad():
        logits = model(ids).logits[0, -1:].numpy()

    def pipelines(**changes):
        settings = {"do_sample": True, "temperature": 0.7, "top_k": 0, "max_new_tokens": 1}
        out = model.generate(
            ids, **settings, **changes, output_scores=True, return_dict_in_generate=True
        )
        return out.scores[0].softmax(-1).numpy()

    def ours(**changes):
        controls = Sampling(temperature=0.7, **changes)
        return probabilities(logits, controls, token_ids_so_far=[prompt_ids])

    np.testing.assert_allclose(pipelines(), ours(), atol=1e-5)
    with_penalty = pipelines(repetition_penalty=1.3)
    # The end-of-text token stands in front of the prompt, so that transformers lays the penalty on
    # the ad's end too; everything else is as in adgen.
    assert with_penalty[0, 2] < 0.9 * ours(repetition_penalty=1.3)[0, 2]
    rest = [pipelines(repetition_penalty=1.3)[0], ours(repetition_penalty=1.3)[0]]
    for one in rest:
        one[2] = 0
        one /= one.sum()
    np.testing.assert_allclose(*rest, atol=1e-5)


def test_the_shipped_card_says_its_own_name():
    card = (shipped_model_dir(SHIPPED_GPT) / "README.md").read_text(encoding="utf-8")
    assert card.startswith(f"# {SHIPPED_GPT}\n")


def test_an_ad_longer_than_the_context_is_scored_without_a_warning(folders, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("transformers"), "propagate", True)
    model, inner = load_causal_lm(folders["own"])
    caplog.clear()  # of what loading says
    score_ads(model, inner, ["cup " * 99], template="ads")
    assert not caplog.records
    inner("cup " * 99)
    assert "longer than" in caplog.text
