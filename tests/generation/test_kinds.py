"""One door to models of every kind.

Which it is, what it says of itself, and one clear line where it is none.
"""

import json
import shutil

import numpy as np
import pytest
from tiny_gpt import own_tokenizer, save_tiny, tiny_model
from tiny_models import TEXTS, save_tiny_model, subword_tokenizer

from adgen.generation.folder_kinds import GPT, LSTM, NGRAM, kind_of
from adgen.generation.generator import AdGenerator
from adgen.generation.hub_models import is_hub_id
from adgen.generation.kinds import check_kind, compress_model, open_model
from adgen.generation.scorers import score_ads
from adgen.generation.shipped import SHIPPED_LSTM, SHIPPED_MODEL
from adgen.gpt.saving import save_gpt_directory
from adgen.gpt.tokens import GPTTokenizer
from adgen.lstm.directory import load_model_directory
from adgen.lstm.evaluation import evaluate_groups
from adgen.ngram.directory import save_ngram_directory
from adgen.ngram.model import NGramModel
from adgen.scoring.protocol import Shots

GROUPS = {
    "watches": [TEXTS[0], TEXTS[2]],
    "tv": [TEXTS[1]],
    "sound": [TEXTS[3], "Sony headphones: white?"],
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    place = tmp_path_factory.mktemp("models")
    tokenizer = subword_tokenizer()
    save_tiny_model(place / LSTM, reads="packed", tokenizer=tokenizer, info={"name": "small"})
    ngram = NGramModel.fit(tokenizer.encode_ads(TEXTS), vocab_size=tokenizer.vocab_size, order=3)
    save_ngram_directory(
        place / NGRAM, ngram, tokenizer=tokenizer, info={"name": "counted", "config": {"order": 3}}
    )
    save_tiny(place / GPT, tiny_model(context_length=256), own_tokenizer())
    return {kind: place / kind for kind in (LSTM, NGRAM, GPT)}


@pytest.fixture(scope="module")
def models(folders):
    return {kind: open_model(folder) for kind, folder in folders.items()}


def test_a_folder_s_kind_and_what_it_says_of_itself(folders, models):
    for kind, folder in folders.items():
        assert kind_of(folder) == kind_of(str(folder)) == models[kind].kind == kind
        assert models[kind].path == folder
    assert {kind: model.name for kind, model in models.items()} == {
        LSTM: "small",
        NGRAM: "counted",
        GPT: None,
    }
    assert models[NGRAM].config == {"order": 3}
    assert models[NGRAM].num_weights == models[NGRAM].directory.model.num_ngrams
    weights = load_model_directory(folders[LSTM]).weights
    assert models[LSTM].num_weights == sum(array.size for array in weights.values())
    assert models[GPT].num_weights == sum(
        p.numel() for p in models[GPT].directory.lm.model.parameters()
    )
    assert {kind: model.weights_path.name for kind, model in models.items()} == {
        LSTM: "model.safetensors",
        NGRAM: "ngram.safetensors",
        GPT: "model.safetensors",
    }


@pytest.mark.parametrize("kind", [LSTM, NGRAM, GPT])
def test_every_kind_writes_and_is_scored(folders, models, kind):
    by_path, opened = AdGenerator.from_pretrained(folders[kind]), AdGenerator(models[kind])
    ads = opened.generate(["Sony TV", ""], num_ads=2, seed=4, max_tokens=10)
    assert by_path.generate(["Sony TV", ""], num_ads=2, seed=4, max_tokens=10) == ads
    assert all(ad.text.startswith("Sony TV") for ad in ads[0])
    figures = score_ads(models[kind], None, TEXTS)
    assert figures["num_ads"] == len(TEXTS) and figures["bits_per_char"] > 0


@pytest.mark.parametrize("kind", [NGRAM, GPT])
def test_figures_of_groups_are_those_of_each_group_alone(models, kind):
    model = models[kind]
    whole, by_group = model.figures(GROUPS)
    ads = [ad for group in GROUPS.values() for ad in group]
    assert whole == pytest.approx(score_ads(model, None, ads), rel=1e-5)
    assert list(by_group) == list(GROUPS)
    for name, group in GROUPS.items():
        assert by_group[name] == pytest.approx(score_ads(model, None, group), rel=1e-5)


def test_an_lstm_s_figures_are_those_of_its_training(models):
    assert models[LSTM].figures(GROUPS) == evaluate_groups(models[LSTM].directory, GROUPS)


def test_a_model_of_running_text_reads_no_ads(tmp_path, models):
    stream = open_model(save_tiny_model(tmp_path / "stream", reads="stream"))
    assert not stream.reads_ads and all(model.reads_ads for model in models.values())
    with pytest.raises(ValueError, match='reads "stream"'):
        score_ads(stream, None, TEXTS)


@pytest.mark.parametrize(("kind", "called"), [(LSTM, "an LSTM"), (NGRAM, "an n-gram model")])
def test_example_ads_are_for_gpts_alone(models, kind, called):
    with pytest.raises(ValueError, match=f"Only GPTs write after example ads; .* is {called}"):
        models[kind].open_decoder(Shots(("Tin cup",)))


def test_a_template_is_a_gpt_s(folders):
    assert open_model(folders[GPT]).directory.template.heading
    assert not open_model(folders[GPT], template="ads").directory.template.heading
    with pytest.raises(ValueError, match="expected one of ads, lines, list"):
        open_model(folders[GPT], template="poem")


def test_without_a_name_it_is_the_model_that_comes_with_adgen():
    assert open_model().info["name"] == SHIPPED_MODEL
    assert open_model(exact=True).info["name"] == SHIPPED_LSTM


@pytest.mark.parametrize("opened", [open_model, AdGenerator.from_pretrained, kind_of])
def test_what_is_no_model_is_refused_in_one_line(opened, folders, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "runs").mkdir()
    for name, error, message in [
        (tmp_path / "nowhere", FileNotFoundError, "There is no folder .*nowhere"),
        ("nowhere", FileNotFoundError, "There is no folder nowhere, and it is no id on the Hub"),
        ("./nowhere", FileNotFoundError, "There is no folder ./nowhere"),
        (folders[LSTM] / "config.json", ValueError, "config.json is a file; a model is a folder"),
        (
            tmp_path / "empty",
            FileNotFoundError,
            "holds no model: it has neither config.json nor ngram.json",
        ),
    ]:
        with pytest.raises(error, match=message) as raised:
            opened(name)
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "file", "message"),
    [
        (LSTM, "model.safetensors", "is not the file that was saved"),
        (LSTM, "config.json", "is not readable JSON"),
        (NGRAM, "ngram.safetensors", "is not the file that was saved"),
        (NGRAM, "ngram.json", "is not readable JSON"),
        (GPT, "model.safetensors", "cannot be loaded"),
        (GPT, "tokenizer.json", "cannot be loaded"),
        (GPT, "config.json", "is not readable JSON"),
    ],
)
def test_damage_is_named(folders, tmp_path, kind, file, message):
    shutil.copytree(folders[kind], tmp_path / "copy")
    (tmp_path / "copy" / file).write_bytes(b"{damaged")
    with pytest.raises(ValueError, match=message):
        open_model(tmp_path / "copy")


def test_a_config_of_neither_kind_is_refused(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"format": "theirs"}))
    with pytest.raises(ValueError, match="says format 'theirs'"):
        open_model(tmp_path)


@pytest.mark.parametrize(
    ("name", "is_id"),
    [
        ("EleutherAI/gpt-neo-125m", True),
        ("gpt2", True),
        ("openai-community/gpt2", True),
        ("runs/mistyped", False),  # runs is a folder here
        ("mistyped", False),
        ("./owner/name", False),
        ("../name", False),
        ("/owner/name", False),
        ("~/name", False),
        ("a/b/c", False),
    ],
)
def test_a_name_is_an_id_on_the_hub_where_it_can_be_no_path(name, is_id, tmp_path, monkeypatch):
    (tmp_path / "runs").mkdir()
    monkeypatch.chdir(tmp_path)
    assert is_hub_id(name) == is_id


def test_weights_are_stored_as_small_as_the_kind_can_be_unless_told(folders, tmp_path):
    model, inner = tiny_model(), own_tokenizer()
    card = "# trained\n\nA model.\n"
    save_gpt_directory(tmp_path / "gpt", model, GPTTokenizer(inner), card=card, info={})
    assert compress_model(tmp_path / "gpt", tmp_path / "gpt-small") == "float16"
    assert compress_model(folders[LSTM], tmp_path / "lstm-small") == "int8"
    assert compress_model(folders[LSTM], tmp_path / "half", "float16") == "float16"
    for name, first in [("gpt-small", "Weights in float16"), ("lstm-small", "Weights in int8")]:
        written = (tmp_path / name / "README.md").read_text()
        assert written.startswith(f"# {name}\n") and written.count(first) == 1
    compress_model(tmp_path / "gpt", tmp_path / "gpt")  # in place: the title stays
    written = (tmp_path / "gpt" / "README.md").read_text()
    assert written.startswith(card) and written.count("## Storage") == 1


def test_compressing_keeps_the_kind_and_is_refused_for_n_grams(folders, tmp_path):
    compress_model(folders[LSTM], tmp_path / "small", "float16")
    assert kind_of(tmp_path / "small") == LSTM
    with pytest.raises(
        ValueError, match=r"is an n-gram model\. Fit a smaller one: adgen ngram --max-mb"
    ):
        compress_model(folders[NGRAM], tmp_path / "ngram", "int8")
    with pytest.raises(ValueError, match="was not written by adgen"):
        compress_model(folders[GPT], tmp_path / "gpt", "float16")
    assert not (tmp_path / "ngram").exists() and not (tmp_path / "gpt").exists()


def test_only_lstms_write_exactly(folders):
    for kind in (NGRAM, GPT):
        with pytest.raises(ValueError, match=r"exact=True is for LSTMs; .* is an? "):
            open_model(folders[kind], exact=True)
    assert not open_model(folders[LSTM]).exact


def test_only_lstms_and_mixtures_write_in_int8(folders):
    for kind in (NGRAM, GPT):
        with pytest.raises(ValueError, match=r'precision="int8" is for LSTMs, mix.* is an? '):
            open_model(folders[kind], precision="int8")
    with pytest.raises(ValueError, match="rounds what exact=True computes exactly"):
        open_model(exact=True, precision="int8")
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    with pytest.raises(ValueError, match="precision is 'half'; expected one of float32, int8"):
        open_model(folders[LSTM], precision="half")
    assert open_model(folders[LSTM]).precision == "float32"
    beginnings = [[5], [6, 7]]
    for name in (folders[LSTM], SHIPPED_MODEL):
        exact, small = (
            open_model(name, precision=precision).open_decoder().next_logits(beginnings)
            for precision in ("float32", "int8")
        )
        assert 0 < np.abs(small - exact).max() < 0.1 * np.abs(exact).max()


def test_a_model_that_comes_along_is_known_by_its_name_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check_kind("adgen-lstm", LSTM)
    assert open_model("adgen-lstm").source_dir.name == "adgen-lstm"
    (tmp_path / "adgen-lstm").mkdir()  # one's own comes first
    with pytest.raises(FileNotFoundError, match="holds no model"):
        check_kind("adgen-lstm")
