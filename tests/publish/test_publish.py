"""A model on its way to the Hub: its card, what is checked, and what arrives."""

import json
import pickle
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from local_hub import TOKEN, serving_hub
from made_records import (
    SCORED,
    evaluation_record,
    leaks_record,
    novelty_record,
    training_record,
)
from safetensors.numpy import save_file
from tiny_models import save_tiny_model, subword_tokenizer
from tiny_writer import save_tiny_writer

from adgen.cli.main import main
from adgen.generation.generator import AdGenerator
from adgen.generation.samples import PROMPTS_OF_2022
from adgen.generation.shipped import shipped_model_dir, shipped_results_dir
from adgen.hub.file_checks import check_files
from adgen.hub.file_texts import texts_of
from adgen.hub.header import read_header, without_header
from adgen.hub.machine_paths import without_machine_paths
from adgen.lstm.directory import load_model_directory
from adgen.lstm.numpy_lstm import NumpyLSTM
from adgen.publish.checks import check_card, check_opens
from adgen.publish.entries import Said
from adgen.publish.evidence import find_evidence
from adgen.publish.folder import PublishPlan, prepare_folder
from adgen.publish.snippets import snippets
from adgen.publish.subject import Subject
from adgen.records.record import read_record
from adgen.report.documents import load_records
from adgen.support.files import sha256_of
from adgen.writing.samples import product_samples

SHIPPED = (
    "adgen-mixture",
    "adgen-lstm",
    "adgen-gpt-electronics",
    "adgen-writer-small",
    "adgen-writer",
)


def save_record(path, record):
    path.write_text(json.dumps({"record_version": 1, **record}))
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A small LSTM and the record of its training, of invented figures."""
    place = tmp_path_factory.mktemp("trained")
    record = training_record("small", "packed", "family", bits_per_char=1.25)
    record["samples"] = [{"prompt": "Sony TV", "ads": ["Sony TV | one\ntwo", "Sony TV three"]}]
    info = {name: record[name] for name in ("name", "commit", "corpus", "split", "config")}
    folder = save_tiny_model(
        place / "small", reads="packed", tokenizer=subword_tokenizer(), info=info
    )
    return folder, save_record(place / "small.json", record)


@pytest.fixture
def hub(monkeypatch, tmp_path):
    with serving_hub(monkeypatch, tmp_path / "hf") as hub:
        monkeypatch.chdir(tmp_path)
        yield hub


def body(folder):
    return without_header((folder / "README.md").read_text(encoding="utf-8"))


# The card


@pytest.mark.parametrize("name", SHIPPED)
def test_the_cards_of_the_models_that_come_with_adgen(name, tmp_path):
    folder = prepare_folder(PublishPlan(shipped_model_dir(name), f"me/{name}"), tmp_path / name)
    text = (folder / "README.md").read_text(encoding="utf-8")
    check_card(text)
    check_files(folder)
    header = read_header(text)
    assert "datasets" not in header and "type: sachsene" not in text  # Kaggle's is not the Hub's
    assert header["license"] == ("apache-2.0" if name == "adgen-writer" else "mit")
    for part in (f"# {name}", "## What it writes", "## How good it is", "## Training data"):
        assert part in text
    assert "No licence for these texts is known to us" in text
    evidence = find_evidence(
        Subject.of(shipped_model_dir(name)), load_records(shipped_results_dir())
    )
    bits = evidence.scored.figures.bits_per_char
    assert f"| {bits:.3f} |" in text
    assert f"by adgen at commit {evidence.scored.record.commit}" in text
    told = [
        one["value"]
        for index in header.get("model-index", [])
        for result in index["results"]
        for one in result["metrics"]
        if one["type"] == "bits_per_character"
    ]
    assert told == ([] if "writer" in name else [bits])  # after facts they would mislead there
    files = {path.name for path in folder.iterdir()}
    assert files == {path.name for path in shipped_model_dir(name).iterdir()}


def test_figures_are_those_of_the_weights_that_are_published(tmp_path):
    """Of the int8 weights where these were scored; else the card says that they are not."""
    lstm = prepare_folder(PublishPlan(shipped_model_dir("adgen-lstm"), "me/a"), tmp_path / "a")
    assert "124,924 test ads" in body(lstm) and "Measured before" not in body(lstm)
    small = shipped_model_dir("adgen-writer-small")
    writer = prepare_folder(PublishPlan(small, "me/b"), tmp_path / "b")
    assert "Measured before the weights were stored in float16" in body(writer)
    small_gpt = shipped_model_dir("adgen-gpt-electronics")
    gpt = prepare_folder(PublishPlan(small_gpt, "me/c"), tmp_path / "c")
    assert "| figure | 2,000 test ads of electronics |" in body(gpt)  # not of all categories
    results = str(read_header((gpt / "README.md").read_text())["model-index"])
    assert "before the weights were stored" in results and "test ads of electronics" in results


def test_a_writer_s_card_says_what_its_figures_are_of(tmp_path):
    """Facts and ads of each are its parser's: one record counts ads before, one after it."""
    for name, commit, counted in (
        ("adgen-writer-small", "a2ae597d6c8e", "test ads; only those that come apart"),
        ("adgen-writer", "86badf946abb", "test ads, those that come apart"),
    ):
        folder = prepare_folder(PublishPlan(shipped_model_dir(name), "me/a"), tmp_path / name)
        text = body(folder)
        assert "| figure | 2,000 test ads, taken apart |" in text and counted in text
        assert f"taken out of the ad itself by adgen at commit {commit}" in text
        assert "nor with a writer that was scored at another commit" in text
        assert "they compare models with different vocabularies" not in text


def test_a_card_says_what_the_records_say(trained, tmp_path):
    folder, record = trained
    weights = sha256_of(folder / "model.safetensors")
    judged = {"model": SCORED | {"weights_sha256": weights}, "split": {"by": "family"}}
    extra = [
        save_record(tmp_path / "novelty.json", novelty_record() | judged),
        save_record(tmp_path / "leaks.json", _leaks_of_test()),
        save_record(tmp_path / "scored.json", evaluation_record() | judged),
    ]
    plan = PublishPlan(
        folder, "me/small", records=[record, *extra], said=Said("cc-by-4.0", ("de",))
    )
    text = (prepare_folder(plan, tmp_path / "out") / "README.md").read_text(encoding="utf-8")
    check_card(text)
    header = read_header(text)
    assert (header["license"], header["language"]) == ("cc-by-4.0", ["de"])
    assert header["library_name"] == "adgen" and header["pipeline_tag"] == "text-generation"
    assert {one["text"] for one in header["widget"]} <= set(PROMPTS_OF_2022)
    assert "datasets" not in header  # those of a file here are on no Hub
    assert "| bits per character | 1.600 |" in text  # evaluated, not the training's 1.25
    assert "| exact copies of a training ad | 12.50% | 25.00% | 50.00% |" in text
    commit = "by adgen at commit 0123456789ab"
    assert "5 ads that it wrote" in text and f"compared with 90 training ads {commit}" in text
    assert f"Measured {commit}" in text and f"counted {commit}" in text
    assert "| by family, as here, 400 test ads | 0.0% | 2.0% | 5.0% | 10.0% |" in text
    assert "| Sony TV | Sony TV / one two |" in text and "three" not in text
    assert "`adgen train ads.csv --output small`" in text
    assert "ads.csv. Of the licence of these texts nothing is recorded" in text


def _leaks_of_test():
    record = leaks_record()
    of_valid = record["leaks"]["family"]
    of_test = {part: {"test": of_valid[part]["valid"]} for part in ("counts", "shares")}
    return record | {"leaks": dict.fromkeys(("family", "ad"), of_valid | of_test)}


def test_without_a_record_the_folder_s_readme_stands_for_it(trained, tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(trained[0], folder)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n\n# mine\n\nTrained on a Sunday.\n")
    card = prepare_folder(PublishPlan(folder, "me/mine"), tmp_path / "out") / "README.md"
    text = card.read_text()
    check_card(text)
    assert "> Trained on a Sunday." in text and "> # mine" not in text and "How good" not in text
    assert read_header(text)["license"] == "unknown"
    assert "has not said under which licence" in text


def test_a_folder_s_readme_brings_no_second_use_nor_headings(trained, tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(trained[0], folder)
    use = "## Use\n\n```python\n# a comment\nprint('path/to/this/directory')\n```\n\n"
    (folder / "README.md").write_text(f"# mine\n\nOn a Sunday.\n\n{use}## Storage\n\nSmall.\n")
    text = body(prepare_folder(PublishPlan(folder, "me/mine"), tmp_path / "out"))
    assert "path/to/this" not in text and text.count("## Use") == 1
    assert "a comment" not in text and "> ## " not in text
    assert "> On a Sunday.\n>\n> **Storage**\n>\n> Small.\n" in text


def test_a_writer_s_samples_are_what_its_files_write_now(tmp_path):
    folder = shipped_model_dir("adgen-writer-small")
    text = body(prepare_folder(PublishPlan(folder, "me/small"), tmp_path / "out"))
    for sample in product_samples(folder):
        assert f"| {sample.prompt} | {sample.ads[0]} |" in text
    assert "written by these files with adgen" in text
    adapter = shipped_model_dir("adgen-writer")  # its base may not be here
    text = body(prepare_folder(PublishPlan(adapter, "me/adapter"), tmp_path / "adapter"))
    assert "as they were trained, with adgen at commit 86badf946abb" in text


def test_a_record_of_another_model_is_refused(trained, tmp_path):
    folder, _ = trained
    other = save_record(tmp_path / "other.json", training_record("other", "packed", "family"))
    with pytest.raises(ValueError, match=r"is the record of 'other', of another training"):
        prepare_folder(PublishPlan(folder, "me/small", records=[other]), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_a_commit_the_name_alone_does_not_make_a_record_the_model_s(tmp_path):
    record = training_record("small", "packed", "family")
    info = {"name": "small", "corpus": record["corpus"], "commit": None}
    path = save_record(tmp_path / "record.json", record)
    for created, is_its_own in ((record["created"], True), ("2020-01-01T00:00:00+00:00", False)):
        folder = save_tiny_model(
            tmp_path / created[:4], reads="packed", info=info | {"created": created}
        )
        found = find_evidence(Subject.of(folder), [read_record(path)])
        assert (found.training is not None) == is_its_own


def test_a_licence_of_one_s_own_has_its_name_in_the_card(trained, tmp_path):
    said = Said("other", licence_name="My Licence 1")
    out = prepare_folder(PublishPlan(trained[0], "me/small", said=said), tmp_path / "out")
    text = (out / "README.md").read_text()
    check_card(text)
    header = read_header(text)
    assert (header["license"], header["license_name"]) == ("other", "My Licence 1")
    assert "published under the licence `My Licence 1`" in text
    with pytest.raises(ValueError, match="'other' without a name"):
        check_card(text.replace("license_name: My Licence 1\n", ""))


def test_paths_of_this_machine_are_left_out(tmp_path):
    info = {
        "name": "small",
        "corpus": {"name": "/home/ann/ads.csv", "sha256": "0" * 64},
        "config": {"base": "C:\\Users\\ann\\gpt", "other": "~/ads/x"},
    }
    folder = save_tiny_model(tmp_path / "small", reads="packed", info=info)
    out = prepare_folder(PublishPlan(folder, "me/small"), tmp_path / "out")
    check_files(out)
    info = json.loads((out / "config.json").read_text())["info"]
    assert info["corpus"]["name"] == "ads.csv"
    assert info["config"] == {"base": "gpt", "other": "x"}
    assert "ads.csv. Of the licence" in body(out) and "ann" not in body(out)
    check_opens(out)


@pytest.mark.parametrize(
    ("base", "is_on_hub"),
    [
        ("you/base", True),
        ("./base", False),
        ("../base", False),
        ("runs/base", False),
        ("outputs/base", False),
        ("mine/base", False),  # a folder here
        ("mine/other", False),  # beside it
    ],
)
def test_a_base_that_is_a_folder_is_none_of_the_hub(monkeypatch, tmp_path, base, is_on_hub):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine" / "base").mkdir(parents=True)
    folder = tmp_path / "adapter"
    shutil.copytree(shipped_model_dir("adgen-writer"), folder)
    config = json.loads((folder / "config.json").read_text())
    config["adgen"]["info"]["config"]["base"] = base
    (folder / "config.json").write_text(json.dumps(config))
    adapter = json.loads((folder / "adapter_config.json").read_text())
    adapter["base_model_name_or_path"] = base
    (folder / "adapter_config.json").write_text(json.dumps(adapter))
    plan = PublishPlan(folder, "me/small")
    if is_on_hub:
        header = read_header((prepare_folder(plan, tmp_path / "out") / "README.md").read_text())
        assert header["base_model"] == base
    else:
        with pytest.raises(ValueError, match=f"an adapter to {base}, which others do not have"):
            prepare_folder(plan, tmp_path / "out")
        assert not (tmp_path / "out").exists()


# Snippets


def test_a_card_says_what_the_network_in_keras_needs_and_counts_twice(tmp_path):
    text = body(
        prepare_folder(PublishPlan(shipped_model_dir("adgen-lstm"), "me/a"), tmp_path / "a")
    )
    assert '`pip install "adgen[lstm] @ git+https://github.com/adgen-project/adgen"`' in text
    assert "its summary counts 4,194,304 parameters more" in text  # 10,110,976 - 5,916,672
    untied = save_tiny_model(tmp_path / "untied", reads="packed", info={"name": "untied"})
    (title,) = (what for what in snippets(Subject.of(untied), "me/b") if "Keras" in what)
    assert "adgen[lstm]" in title and "parameters more" not in title


@pytest.mark.slow
def test_the_python_of_a_card_runs(hub, trained, tmp_path, capsys):
    folder, record = trained
    words = ["publish", str(folder), "--repo", "me/small", "--record", str(record)]
    assert main([*words, "--keras"]) == 0
    text = hub.repos["model", "me/small"].files()["README.md"].decode()
    write, keras = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    capsys.readouterr()
    exec(write, {})
    here = AdGenerator.from_pretrained(folder).generate("Sony TV", num_ads=3, seed=0)[0]
    assert capsys.readouterr().out == "".join(f"{ad.text}\n" for ad in here)
    by_file = {}
    exec(keras, by_file)
    assert main(words) == 0  # without the Keras file, which goes
    assert "model.keras" not in hub.repos["model", "me/small"].files()
    text = hub.repos["model", "me/small"].files()["README.md"].decode()
    _, keras = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    by_export = {}
    exec(keras, by_export)
    ids = np.array([[2, 5, 6, 7]])
    expected = _next_probabilities(folder, ids)
    for found in (by_file, by_export):
        assert np.allclose(found["network"].predict(ids, verbose=0)[0, -1], expected, atol=1e-6)


def _next_probabilities(folder, ids):
    """What the model itself says of the token after these."""
    directory = load_model_directory(folder)
    logits = NumpyLSTM(directory.weights, directory.config).window_logits(ids)[0]
    return np.exp(logits - np.log(np.exp(logits).sum()))


@pytest.mark.slow
def test_a_writer_s_python_runs(hub, tmp_path, capsys):
    folder = save_tiny_writer(tmp_path / "writer", rows="products")
    assert main(["publish", str(folder), "--repo", "me/writer"]) == 0
    capsys.readouterr()
    for code in snippets(Subject.of(folder), "me/writer").values():
        exec(code, {})
    assert "Yoga Mat" in capsys.readouterr().out


@pytest.mark.slow
def test_a_gpt_s_python_runs(hub, capsys):
    folder = shipped_model_dir("adgen-gpt-electronics")
    assert main(["publish", str(folder), "--repo", "me/gpt"]) == 0
    capsys.readouterr()
    write, pipeline = snippets(Subject.of(folder), "me/gpt").values()
    exec(write, {})
    here = AdGenerator.from_pretrained(folder).generate("Sony TV", num_ads=3, seed=0)[0]
    assert capsys.readouterr().out == "".join(f"{ad.text}\n" for ad in here)
    exec(pipeline, {})
    assert capsys.readouterr().out.startswith("Sony TV")


# The checks


def test_a_pickle_is_refused_unless_it_is_asked_for(tmp_path):
    for number, (name, content) in enumerate(
        {
            "pytorch_model.bin": b"weights",
            "renamed.json.part": pickle.dumps({"a": 1}),
            "old.pkl": b"(dp0\n.",
        }.items()
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).write_bytes(content)
        with pytest.raises(ValueError, match=rf"{name} is a pickle, .*--allow-pickle"):
            check_files(folder)
        with pytest.raises(ValueError, match=rf"{name} is a pickle") as raised:
            check_files(folder, has_pickles=None)  # a Space's, which has no such option
        assert "--allow-pickle" not in str(raised.value)
        check_files(folder, has_pickles=True)


@pytest.mark.parametrize(
    "secret",
    [TOKEN, "ghp_" + "a" * 36, "AKIA" + "A" * 16, "-----BEGIN RSA PRIVATE KEY-----", "my own"],
)
def test_a_token_in_a_file_is_refused_and_not_shown(tmp_path, secret):
    (tmp_path / "config.json").write_text(json.dumps({"note": f"use {secret} here"}))
    with pytest.raises(ValueError, match=r"config.json holds what looks like a token") as raised:
        check_files(tmp_path, secret="my own")
    assert secret not in str(raised.value)


@pytest.mark.parametrize(
    "path",
    [
        "/home/ann/x",
        "/home2/ann/x",
        "/Users/ann/x",
        "/Volumes/disk/x",
        "/root/ads.csv",
        "/tmp/abc/x",
        "/workspace/x",
        "/content/drive/MyDrive/x",
        "/kaggle/input/x",
        "/mnt/c/Users/ann",
        "/c/Users/ann",
        "C:\\Users\\ann",
        "D:/ads/x",
        "\\\\nas\\ads\\x.csv",
        "~/models/x",
        "file:///home/ann/x",
        "file:/etc/x",
        "file://nas/ads/x",
        "host:/home/ann/x",
    ],
)
def test_a_path_of_a_machine_is_refused_in_texts_and_in_json(tmp_path, path):
    for text in (f"made from {path}", json.dumps({"a": path}), json.dumps(f"made\nof\n{path}")):
        (tmp_path / "notes.md").write_text(text)
        with pytest.raises(ValueError, match=r"notes.md names a path of this machine"):
            check_files(tmp_path)


def test_a_path_with_spaces_is_left_out_whole_and_json_stays_json():
    told = {"a": "C:\\Users\\Ann Lee\\my ads\\x.csv", "b": 'from "/home/ann/x y" on', "c": "/tmp"}
    left = json.loads(without_machine_paths(json.dumps(told)))
    assert left["a"] == "x.csv" and left["c"] == "/tmp" and "ann" not in left["b"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"Größe 1, Preis 5 €, 価格\r\nuse {TOKEN}", "holds what looks like a token"),
        ("ads\tof\n/home/ann/x", "names a path of this machine"),
    ],
)
def test_texts_of_two_or_four_bytes_a_letter_are_looked_at(tmp_path, encoding, text, message):
    (tmp_path / "ads.csv").write_bytes(text.encode(encoding))
    with pytest.raises(ValueError, match=f"ads.csv {message}"):
        check_files(tmp_path)


def test_arrays_are_no_texts(tmp_path):
    save_file({"a": np.frombuffer(b"~/x/" * 900, np.float16)}, tmp_path / "model.safetensors")
    assert not [*texts_of(tmp_path / "model.safetensors")]
    check_files(tmp_path)


@pytest.mark.parametrize("name", ["train.log", "notes/ads.csv", "run.ipynb"])
def test_a_text_is_looked_at_whatever_its_ending(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"caf\xe9, made from /home/ann/x")
    with pytest.raises(ValueError, match=rf"{name} names a path of this machine"):
        check_files(tmp_path)


def test_addresses_and_relative_paths_are_no_paths_of_a_machine(tmp_path):
    (tmp_path / "notes.md").write_text(
        "https://x.org/home/ann/page, data/processed, runs/tmp/x, 60/home/office, a w/tmp/b, "
        "https://data/x/y, http://localhost:8000/data/x, s3://data/home/x, profile:///x, and/or, "
        "1/2, 3:/4, in /tmp and /root, "
        r"\\d+\\w, \\s+\\n, \\alpha\\beta, \\textbf{x}\\y"
    )
    check_files(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("license: cc-by-4.0\n", "", "has no license"),
        ("license: cc-by-4.0", "license: 'My own, free!'", "license is 'My own, free!'; expected"),
        ("- en", "- English please", "language is 'English please'; expected a code"),
        ("value: 1.25", "value: high", "bits_per_character is 'high'; no number"),
        ("value: 1.25", "value: .nan", "bits_per_character is nan; no number"),
        ("task:", "chore:", "model-index is not as the Hub has it"),
        ("tags:", "tags: [", "is no YAML"),
    ],
)
def test_a_card_that_the_hub_would_not_read_is_refused(trained, tmp_path, old, new, message):
    folder, record = trained
    plan = PublishPlan(folder, "me/small", records=[record], said=Said("cc-by-4.0"))
    text = (prepare_folder(plan, tmp_path / "out") / "README.md").read_text()
    check_card(text)
    assert old in text
    with pytest.raises(ValueError, match=message):
        check_card(text.replace(old, new, 1))


def test_a_model_that_cannot_be_opened_is_refused(trained, tmp_path):
    folder = tmp_path / "cut"
    shutil.copytree(trained[0], folder)
    assert check_opens(folder).startswith("Sony TV")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    with pytest.raises(ValueError, match=r"cannot be opened in a fresh process: .*model\.safetens"):
        check_opens(folder)


# The command


def test_a_dry_run_writes_what_would_be_uploaded_and_asks_nobody(hub, trained, capsys, tmp_path):
    folder, record = trained
    words = ["publish", str(folder), "--repo", "me/small", "--record", str(record)]
    assert main([*words, "--dry-run"]) == 0
    assert "Nothing was uploaded" in capsys.readouterr().out
    assert hub.requests == [] and hub.repos == {}
    written = tmp_path / "runs" / "publish" / "small"
    assert main([*words, "--private", "--message", "Hello"]) == 0
    repo = hub.repos["model", "me/small"]
    assert repo.files() == {path.name: path.read_bytes() for path in written.iterdir()}
    assert repo.is_private and repo.messages[1:] == ["Hello"]
    assert AdGenerator.from_pretrained("me/small").info["name"] == "small"
    assert TOKEN not in "".join(capsys.readouterr())


def test_what_else_lies_in_the_output_stays_there(hub, trained, tmp_path, capsys):
    words = ["publish", str(trained[0]), "--repo", "me/small", "--output", str(tmp_path / "out")]
    assert main([*words, "--dry-run"]) == 0
    (tmp_path / "out" / "notes").mkdir()
    for name in ("notes/customers.csv", "train.log"):
        (tmp_path / "out" / name).write_text("of /home/ann/x")
    capsys.readouterr()
    assert main(words) == 0
    assert "train.log (stays here, is not uploaded)" in capsys.readouterr().out
    files = hub.repos["model", "me/small"].files()
    assert "model.safetensors" in files and not {"notes/customers.csv", "train.log"} & set(files)
    assert (tmp_path / "out" / "notes" / "customers.csv").is_file()


@pytest.mark.parametrize(
    ("token", "answers", "cut", "message"),
    [
        (None, {}, None, "needs a token of the Hub, and there is none"),
        ("hf_" + "b" * 34, {}, None, "the Hub answers 401: it does not know the token"),
        (TOKEN, {"/preupload/": 403}, None, "403: the token has no such right in me/small"),
        (TOKEN, {"/preupload/": 404}, None, "404: it has no me/small"),
        (TOKEN, {"/commit/": 409}, None, "409: me/small is taken, or was changed"),
        (TOKEN, {}, "/lfs/", "the connection broke"),
        (TOKEN, {}, "/api/", "the connection broke"),
    ],
)
def test_what_goes_wrong_is_one_line_and_nothing_is_published(
    monkeypatch, tmp_path, trained, capsys, token, answers, cut, message
):
    with serving_hub(monkeypatch, tmp_path / "hf", token=token) as hub:
        hub.answers = answers
        hub.cut = cut
        assert main(["publish", str(trained[0]), "--repo", "me/small"]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and message in error
        assert error.endswith("Nothing was committed.\n") and (token or "hf_") not in error
        assert all(len(repo.commits) == 1 for repo in hub.repos.values())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["MODEL", "--repo", "small"], "'small' is no repository of the Hub"),
        (["--repo", "me/small"], "MODEL is missing"),
        (["nowhere", "--repo", "me/small"], "There is no folder nowhere"),
        (["MODEL", "--repo", "me/small", "--record", "none.json"], "No run record at none.json"),
        (["MODEL", "--repo", "me/small", "--output", "MODEL"], "is the model"),
        (
            ["MODEL", "--repo", "me/small", "--output", "OTHERS"],
            "is not empty and not a folder of `adgen publish` that adgen wrote. ",
        ),
        (["WRITER", "--repo", "me/small", "--keras"], "is no LSTM"),
        (["MODEL", "--model", "MODEL", "--repo", "me/small"], "MODEL is given twice"),
        (["--space", "me/small", "--keras", "--record", "x"], "--record, --keras is for a model's"),
        (["MODEL", "--repo", "me/small", "--dataset", "ads"], "'ads' is no repository of the Hub"),
        (["MODEL", "--repo", "me/small", "--license", "My own"], "--license is 'My own'; expected"),
        (
            ["MODEL", "--repo", "me/small", "--license", "nonsense"],
            "is 'nonsense'; expected one of",
        ),
        (["MODEL", "--repo", "me/small", "--license", "apache2"], "Did you mean apache-2.0?"),
        (["MODEL", "--repo", "me/small", "--license", "other"], "is 'other' without a name"),
        (["MODEL", "--repo", "me/small", "--license-name", "Mine"], "a name for 'other' alone"),
    ],
)
def test_bad_input_is_refused(hub, trained, capsys, tmp_path, words, message):
    names = {"MODEL": str(trained[0]), "WRITER": str(save_tiny_writer(tmp_path / "writer"))}
    names["OTHERS"] = str(tmp_path / "others")
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "notes.txt").write_text("mine")
    capsys.readouterr()
    assert main(["publish", *(names.get(word, word) for word in words), "--dry-run"]) == 2
    assert not (tmp_path / "runs").exists()
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and message in error
    assert hub.requests == []


def test_a_folder_that_does_not_pass_is_not_left(trained, capsys, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(trained[0], model)
    shutil.copy(model / "README.md", model / "model.safetensors")
    words = ["publish", str(model), "--repo", "me/small", "--dry-run"]
    assert main([*words, "--output", str(tmp_path / "out")]) == 2
    assert "Nothing" not in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model"]


def test_help_needs_no_numpy():
    code = (
        "import sys; from adgen.cli.main import parse\n"
        "try: parse(['publish', '--help'])\n"
        "except SystemExit: print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "huggingface_hub"} & set(done.stdout.split())
    assert "--dry-run" in done.stdout
