"""How a notebook shows results: pictures without files, tables of checks, ads and files."""

import pandas as pd
import pytest
from made_records import corpus_training, finetuned

from adgen import notebook
from adgen.lstm.training.settings import preset
from adgen.notebook import Workspace, train_in
from adgen.records.record import read_record, record_from

PNG = b"\x89PNG\r\n\x1a\n"


def test_a_picture_is_shown_and_leaves_no_file(tmp_path):
    places = []

    def draw(first, second, path):
        assert (first, second) == (1, 2)
        path.write_bytes(PNG)
        places.append(path)

    assert notebook.drawn(draw, 1, 2).data == PNG
    assert not places[0].exists() and not places[0].parent.exists()


def test_minutes_of_an_lstm_s_checks_add_up():
    frame = notebook.checks_frame(record_from(corpus_training("lstm", 100, 2.0)))
    assert frame["epoch"].tolist() == [1, 2, 3]
    assert frame["minutes"].tolist() == [1.0, 2.0, 3.0]  # each took a minute since the one before
    assert frame["bits_per_char"].tolist() == [3.0, 2.5, pytest.approx(2 + 1 / 3)]


def test_minutes_of_a_gpt_s_checks_are_since_the_start():
    checks = [
        {"step": step, "seconds": 60.0 * step, "valid": {"bits_per_char": 3.0 - step}}
        for step in (1, 2)
    ]
    frame = notebook.checks_frame(record_from(finetuned("gpt", 1.5) | {"history": checks}))
    assert frame["step"].tolist() == [1, 2] and frame["minutes"].tolist() == [1.0, 2.0]
    assert frame["bits_per_char"].tolist() == [2.0, 1.0] and frame["epoch"].isna().all()


def test_the_files_of_a_folder_are_shown_by_name(tmp_path):
    (tmp_path / "b.bin").write_bytes(bytes(2_500_000))
    (tmp_path / "a.json").write_bytes(bytes(10_000))
    sizes = notebook.file_sizes(tmp_path)["MB"]
    assert sizes.to_dict() == {"a.json": 0.01, "b.bin": 2.5} and list(sizes.index) == [
        "a.json",
        "b.bin",
    ]


def test_ads_break_their_lines_in_a_table():
    html = notebook.left_aligned(pd.DataFrame({"ad": ["Oak table"]})).to_html()
    assert "white-space: normal" in html and "text-align: left" in html and "Oak table" in html


def test_published_records_are_those_that_come_along():
    names = {record.name for record in notebook.published_records()}
    assert {"adgen-lstm", "ngram-6"} <= names


@pytest.mark.slow
def test_a_training_writes_model_and_record_among_the_notebook_s_runs(tmp_path, tiny_ads):
    (tmp_path / "data").mkdir()
    workspace = Workspace.find("smoke", tmp_path)
    config = preset("2022", "lstm", epochs=1, lstm_units=4)
    record = train_in(workspace, tiny_ads, config, name="the first", command="a notebook")
    assert read_record(workspace.runs_dir / "the-first.json").name == record.name == "the first"
    assert (workspace.runs_dir / "the-first" / "config.json").is_file()
