"""`adgen export`: a file that plain Keras loads."""

import subprocess
import sys

import pytest
from command_runs import fails, run


def test_export_writes_files_that_plain_keras_loads(trained, tmp_path, capsys):
    paths = [tmp_path / "model.keras", tmp_path / "model.h5"]
    for path in paths:
        assert run(["export", trained[0], path], capsys)[0] == 0
    code = (
        "import keras, sys; loaded = [keras.models.load_model(path, safe_mode=True) "
        "for path in sys.argv[1:]]; print(*[model.count_params() for model in loaded])"
    )
    command = [sys.executable, "-c", code, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [int(word) > 1000 for word in done.stdout.split()] == [True, True]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["x.keras/y", "z.keras"], "There is no folder x.keras/y. Give a model's folder."),
        (["MODEL", "x.keras/y"], "x.keras/y has no ending; expected .keras or .h5, such as x.k"),
        (["MODEL", "x.pt"], "x.pt ends in '.pt'; expected .keras or .h5, such as x.keras."),
    ],
)
def test_what_cannot_be_exported_is_said_plainly(
    words, message, trained, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    words = [str(trained[0]) if word == "MODEL" else word for word in words]
    assert message in fails(["export", *words], capsys)
