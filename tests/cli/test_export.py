"""`adgen export`: a file that plain Keras loads."""

import subprocess
import sys

import pytest
from command_runs import fails, run


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_export_writes_a_file_that_plain_keras_loads(trained, tmp_path, capsys, suffix):
    path = tmp_path / f"model{suffix}"
    assert run(["export", trained[0], path], capsys)[0] == 0
    load = f"keras.models.load_model({str(path)!r}, safe_mode=True)"
    code = f"import keras; print({load}.count_params())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 1000


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
