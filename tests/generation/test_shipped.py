"""The model that comes with adgen.

Complete, small, and what `adgen generate` uses where no other is named.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from adgen.generation.generator import AdGenerator
from adgen.generation.shipped import (
    SHIPPED_ADAPTER,
    SHIPPED_GPT,
    SHIPPED_LSTM,
    SHIPPED_MODEL,
    SHIPPED_WRITER,
    shipped_model_dir,
    shipped_results_dir,
)
from adgen.gpt.adapters import is_adapter
from adgen.gpt.bases import BASES
from adgen.lstm.directory import load_model_directory
from adgen.mixture.directory import load_mixture_directory
from adgen.records.record import read_record, rounded

REPO = Path(__file__).resolve().parents[2]


def test_it_is_small_and_says_what_it_is():
    directory = shipped_model_dir()
    assert directory == REPO / "models" / SHIPPED_MODEL
    assert sum(path.stat().st_size for path in directory.iterdir()) < 20e6
    mixture = load_mixture_directory(directory)
    card = (directory / "README.md").read_text(encoding="utf-8")
    assert mixture.info["commit"] in card and f"LSTM: {SHIPPED_LSTM}," in card
    # Its LSTM is the one that comes alone too.
    own, alone = directory, shipped_model_dir(SHIPPED_LSTM)
    for name in ("model.safetensors", "tokenizer.json"):
        assert (own / name).read_bytes() == (alone / name).read_bytes()


def test_its_lstm_is_small_and_says_what_it_is():
    directory = shipped_model_dir(SHIPPED_LSTM)
    model = load_model_directory(directory)
    assert (
        model.config.reads == "packed"
        and model.storage == model.info["compression"]["storage"] == "int8"
    )
    card = (directory / "README.md").read_text(encoding="utf-8")
    assert model.info["commit"] in card and "int8" in card


def test_it_reads_prompts_without_capitals_as_its_ads_are_written():
    prompts = ["sony tv", "camera", "iphone case", "usb cable", "dress for women", "wi-fi router"]
    expected = ["Sony TV", "Camera", "iPhone Case", "USB Cable", "Dress for Women", "Wi-Fi Router"]
    ads = AdGenerator.from_pretrained().generate(prompts, max_tokens=1)
    begun = [ad.text[: len(prompt)] for [ad], prompt in zip(ads, prompts, strict=True)]
    assert begun == expected


def test_its_record_is_that_of_its_training():
    info = rounded(load_model_directory(shipped_model_dir(SHIPPED_LSTM)).info)
    record = read_record(REPO / "results" / f"{SHIPPED_LSTM}.json").as_dict()
    for name in ("name", "commit", "corpus", "split", "seed", "config", "metrics"):
        assert info[name] == record[name], name
    assert info["split"]["num_ads"]["train"] > 2_000_000 and info["max_ads"] is None


def test_the_mixtures_record_is_that_of_its_making():
    info = rounded(load_mixture_directory(shipped_model_dir()).info)
    record = read_record(REPO / "results" / f"{SHIPPED_MODEL}.json").as_dict()
    for name in ("name", "command", "commit", "corpus", "split", "config"):
        assert info[name] == record[name], name
    assert info["split"]["num_ads"]["train"] > 2_000_000


def test_exact_ads_are_its_lstms():
    [[exact]] = AdGenerator.from_pretrained(exact=True).generate("Sony TV", seed=1)
    lstm = AdGenerator.from_pretrained(shipped_model_dir(SHIPPED_LSTM), exact=True)
    assert lstm.generate("Sony TV", seed=1)[0][0].text == exact.text


def test_generate_uses_it_from_any_folder(tmp_path):
    command = [sys.executable, "-m", "adgen.cli", "generate", "Sony TV", "--num-ads", "2"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    ads = done.stdout.splitlines()
    [expected] = AdGenerator.from_pretrained().generate("Sony TV", num_ads=2)
    assert ads == [ad.text for ad in expected] and all(ad.startswith("Sony TV") for ad in ads)


def test_the_wheel_has_models_and_records_where_an_installed_package_looks_for_them():
    project = (REPO / "pyproject.toml").read_text(encoding="utf-8")
    section = project.split("[tool.hatch.build.targets.wheel.force-include]\n")[1].split("\n\n")[0]
    included = dict(re.findall(r'^"(.+)" = "(.+)"$', section, flags=re.MULTILINE))
    names = (SHIPPED_MODEL, SHIPPED_LSTM, SHIPPED_GPT, SHIPPED_WRITER, SHIPPED_ADAPTER)
    models = map(shipped_model_dir, names)
    folders = (*models, shipped_results_dir())
    assert included == {str(p.relative_to(REPO)): f"adgen/shipped/{p.name}" for p in folders}


def test_what_needs_a_base_is_small_and_says_which():
    folder = shipped_model_dir(SHIPPED_ADAPTER)
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 20e6
    assert is_adapter(folder)
    config = json.loads((folder / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == BASES["smollm2-135m"].hub_id
    assert "licence Apache-2.0" in (folder / "README.md").read_text(encoding="utf-8")


def test_another_name_is_an_error_that_says_what_to_do():
    with pytest.raises(FileNotFoundError, match=r"has no model adgen-gpt.*--model"):
        shipped_model_dir("adgen-gpt")
