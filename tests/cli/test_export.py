"""`adgen export`: a file that plain Keras loads."""

import subprocess
import sys

import pytest
from command_runs import run


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_export_writes_a_file_that_plain_keras_loads(trained, tmp_path, capsys, suffix):
    path = tmp_path / f"model{suffix}"
    assert run(["export", trained[0], path], capsys)[0] == 0
    load = f"keras.models.load_model({str(path)!r}, safe_mode=True)"
    code = f"import keras; print({load}.count_params())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 1000
