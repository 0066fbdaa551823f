"""Training on JAX is what it is on TensorFlow, and on two devices what it is on one."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from adgen.corpus.sample import make_sample_ads
from adgen.generation.generator import AdGenerator
from adgen.records.record import read_record

pytestmark = pytest.mark.slow  # two processes that each compile a dozen steps

BACKENDS = ("tensorflow", "jax")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("backends")


@pytest.fixture(scope="module")
def results(folder):
    """What `backend_runs.py` gives on each backend, both run at once."""
    if find_spec("jax") is None:
        pytest.skip("needs jax: make extra NAME=jax")
    script, processes, found = Path(__file__).parents[2] / "backend_runs.py", {}, {}
    for backend in BACKENDS:
        (folder / backend).mkdir()
        with (folder / f"{backend}.log").open("w") as log:
            processes[backend] = subprocess.Popen(
                [sys.executable, str(script), str(folder / backend)],
                env=os.environ | {"KERAS_BACKEND": backend},
                stdout=subprocess.PIPE,
                stderr=log,
            )
    for backend, process in processes.items():
        output, _ = process.communicate()
        assert process.returncode == 0, (folder / f"{backend}.log").read_text()[-3000:]
        found[backend] = json.loads(output)
    return found


def assert_same_run(actual, expected, *, atol=1e-6):
    """Equal figures of every epoch, weights, and states of Adam, its moments in their own scale."""
    for one, other in zip(actual["epochs"], expected["epochs"], strict=True):
        assert one == pytest.approx(other, abs=10 * atol)
    assert set(actual["weights"]) == set(expected["weights"])
    for name, array in expected["weights"].items():
        np.testing.assert_allclose(actual["weights"][name], array, atol=atol)
    for one, other in zip(actual["optimizer"], expected["optimizer"], strict=True):
        np.testing.assert_allclose(one, other, atol=1000 * atol * np.abs(other).max())


# JAX


@pytest.mark.parametrize("run", ["keras", "tf.data", "two devices"])
def test_jax_trains_as_tensorflow_does(results, run):
    assert_same_run(results["jax"]["runs"][run], results["tensorflow"]["runs"][run])


def test_jax_trains_in_bfloat16_as_tensorflow_does(results):
    # Eight bits, and a rounding of weights of about 1 that Adam's first steps of 0.004 make larger.
    actual, expected = (results[backend]["runs"]["bfloat16"] for backend in BACKENDS)
    wide = results["jax"]["runs"]["tf.data"]
    for one, other in zip(actual["epochs"], expected["epochs"], strict=True):
        assert one["loss"] == pytest.approx(other["loss"], rel=2**-10)
        assert one["valid"] == pytest.approx(other["valid"], rel=2**-10)
    for name, array in expected["weights"].items():
        np.testing.assert_allclose(actual["weights"][name], array, atol=0.002)
        assert not np.array_equal(actual["weights"][name], wide["weights"][name])


@pytest.mark.parametrize("loss", ["full", "sampled", "bfloat16"])
def test_the_losses_and_their_gradients_are_the_same(results, loss):
    actual, expected = (results[backend]["prices"] for backend in BACKENDS)
    assert actual["ranks"] == expected["ranks"]
    for one, other in zip(actual[loss], expected[loss], strict=True):
        scale = np.abs(other).max()
        np.testing.assert_allclose(one, other, atol=scale * (2**-6 if loss == "bfloat16" else 1e-5))


def test_held_out_ads_get_likelier_with_the_sampled_softmax_too(results):
    first, last = (epoch["valid"] for epoch in results["jax"]["runs"]["sampled"]["epochs"])
    assert last < first - 0.01


def test_jax_compiles_a_step_once_for_each_shape(results):
    # A smaller last batch has another shape; the graph of tf.data leaves it out.
    runs = results["jax"]["runs"]
    assert runs["keras"]["traced in epoch"] == [0, 0]
    assert runs["tf.data"]["traced in epoch"] == runs["two devices"]["traced in epoch"] == [0]


def test_ctrl_c_on_jax_ends_the_step_and_leaves_its_weights(results):
    left = results["jax"]["after Ctrl-C"]
    assert left["steps"] == 2
    assert all(np.isfinite(array).all() for array in left["weights"].values())


def test_the_command_line_trains_on_jax(results, folder):
    assert results["jax"]["exit code"] == 0
    record = read_record(folder / "jax" / "record.json")
    assert record.environment.backend == "jax" and record.hardware.accelerators == ()
    assert record.figures["valid"].cross_entropy > 0
    [[ad]] = AdGenerator.from_pretrained(folder / "jax" / "model").generate(
        ["Apple"], num_ads=1, seed=0
    )
    assert ad.text.startswith("Apple")


def test_without_jax_the_command_line_says_what_to_install(tmp_path):
    make_sample_ads(50)[["ad"]].to_csv(tmp_path / "ads.csv", index=False)
    code = (
        "import sys; sys.modules['jax'] = None; from adgen.cli.main import main; "
        "sys.exit(main(sys.argv[1:]))"
    )
    words = ["train", str(tmp_path / "ads.csv"), "--output", str(tmp_path / "model")]
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        env=os.environ | {"KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and not (tmp_path / "model").exists()
    message = r"adgen train: error: Training needs jax\. Install it: .*(\[|NAME=)lstm,jax\b"
    assert re.match(message, done.stderr.splitlines()[-1])


# Several devices


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("loss", ["tf.data", "sampled"])
def test_two_devices_train_as_one_does(results, backend, loss):
    # With the full softmax gradients are clipped, and with the sampled one all devices draw the
    # same words.
    runs = results[backend]["runs"]
    assert_same_run(
        runs["two devices" if loss == "tf.data" else "sampled, two devices"], runs[loss]
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_run_on_two_devices_is_resumed(results, backend):
    whole, resumed = results[backend]["runs"]["sampled, two devices"], results[backend]["resumed"]
    assert_same_run(resumed, whole | {"epochs": whole["epochs"][1:]})


def test_devices_on_jax_exchange_nothing_but_sums(results):
    assert results["jax"]["all-gathers"] == 0


@pytest.mark.parametrize(
    ("backend", "names"), [("tensorflow", "/device:CPU:0, /device:CPU:1"), ("jax", "cpu:0, cpu:1")]
)
def test_more_devices_than_there_are_are_refused(results, backend, names):
    message = f"num_devices is 3; there are 2: {names}. Give at most that many."
    assert results[backend]["too many devices"] == message


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_loss_that_is_no_number_stops_at_its_step(results, backend):
    message, was_saved = results[backend]["diverged"]
    assert "after step 1 of this part loss is nan" in message
    assert not was_saved
