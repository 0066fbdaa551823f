"""Tiny trainings on one Keras backend, with two virtual CPU devices; prints what they gave as JSON.

    KERAS_BACKEND=jax python tests/backend_runs.py FOLDER

A process has one backend and a fixed number of devices, so `test_backends.py` runs this once a
backend.
"""

import contextlib
import json
import os
import shutil
import signal
import sys
from dataclasses import replace
from pathlib import Path

# Two devices; and compiled soon rather than well.
os.environ["XLA_FLAGS"] = (
    "--xla_force_host_platform_device_count=2 --xla_backend_optimization_level=0 "
    "--xla_llvm_disable_expensive_passes=true"
)

import keras
import numpy as np
import tensorflow as tf
from tiny_models import set_model_weights

from adgen.cli.main import main as adgen
from adgen.corpus import split_ads
from adgen.corpus.sample import make_sample_ads
from adgen.lstm.training.devices import Devices
from adgen.lstm.training.losses import full_cross_entropy, sampled_cross_entropy
from adgen.lstm.training.models import model_weights
from adgen.lstm.training.settings import preset
from adgen.lstm.training.trainer import Trainer, prepare
from adgen.records.machine import environment

IS_JAX = keras.config.backend() == "jax"
# Whole ads of words. 40 rows of 8 targets are two of the softmax's blocks, the second not full.
SETTINGS = {
    "tokenizer": "word",
    "min_count": 4,
    "sequence_length": 8,
    "batch_size": 40,
    "lstm_units": 8,
    "embedding_dim": 6,
    "num_frequent": 16,
    "num_negatives": 16,
    "precision": "float32",
    "epochs": 2,
    "checks_per_epoch": 1,
    "warmup_steps": 2,
    "loss": "full",
    "clip_norm": 0.15,
    "learning_rate": 0.004,
    "engine": "keras",
}
KERAS = preset("small", **SETTINGS)
FULL = replace(KERAS, pipeline="tf.data")
SAMPLED = replace(FULL, loss="sampled", clip_norm=None)
RUNS = {
    "keras": KERAS,
    "tf.data": FULL,
    "two devices": replace(FULL, num_devices=2),
    "bfloat16": replace(FULL, precision="mixed_bfloat16"),
    "sampled": SAMPLED,
    "sampled, two devices": replace(SAMPLED, num_devices=2),
}


def main(folder):
    if not IS_JAX:
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(
            cpu, [tf.config.LogicalDeviceConfiguration()] * 2
        )
    ads = make_sample_ads(400, seed=1)
    ads["ad"] = [" ".join(ad.split()[: 2 + index % 3]) for index, ad in enumerate(ads["ad"])]
    ads = split_ads(ads.drop_duplicates("ad", ignore_index=True), valid=0.15, test=0.1)
    results = {"runs": {}, "prices": prices(), "too many devices": error_of_three_devices()}
    for name, config in RUNS.items():
        trainer = make_trainer(ads, config, folder / name)
        results["runs"][name] = run(trainer)
        if name == "keras" and IS_JAX:
            results["after Ctrl-C"] = after_ctrl_c(trainer)
    results["diverged"] = error_of_nan(make_trainer(ads, KERAS, folder / "diverged"))
    shutil.copy(folder / "sampled, two devices.1", folder / "resumed")
    results["resumed"] = run(Trainer(prepare(ads, config), config, folder / "resumed"))
    if IS_JAX:
        results["all-gathers"] = num_all_gathers()
        results["exit code"] = train_from_the_command_line(ads, folder)
    results["environment"] = environment().as_dict()
    return results


def make_trainer(ads, config, path):
    """A trainer whose first weights are the same on every backend."""
    trainer = Trainer(prepare(ads, config), config, path)
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(scale=0.3, size=array.shape).astype(np.float32)
        for name, array in model_weights(trainer.learner.model).items()
    }
    set_model_weights(trainer.learner.model, weights)
    return trainer


def run(trainer):
    """Trains to the end.

    Returns figures after every epoch, how often the step was traced, and all variables.
    """
    entries, traces, price = [], [], trainer.learner.objective.price

    def count_traces(*arguments):
        traces.append(len(entries))
        return price(*arguments)

    trainer.learner.objective.price = count_traces
    while not trainer.is_finished:
        entry = trainer.run_part()
        entries.append({"valid": entry["valid"]["cross_entropy"], **entry["running"]})
        trainer.save()
        path = trainer.checkpoint_path
        shutil.copy(path, path.with_name(f"{path.name}.{len(entries)}"))
    return {
        "epochs": entries,
        "traced in epoch": traces,
        "weights": as_lists(model_weights(trainer.learner.model)),
        "optimizer": [
            np.asarray(variable).tolist()
            for variable in trainer.learner.objective.optimizer.variables
        ],
    }


def as_lists(arrays):
    return {name: array.tolist() for name, array in arrays.items()}


def after_ctrl_c(trainer):
    """Steps taken of an epoch that Ctrl-C ends in its second step, and the weights after that."""
    step = trainer.learner.objective.train_function
    iterations = trainer.learner.objective.optimizer.iterations
    steps = []
    before = int(iterations)

    def interrupted(state, iterator):
        result = step(state, iterator)  # has taken the old state; the new one is nowhere else yet
        steps.append(result)
        if len(steps) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return result

    signal.signal(signal.SIGINT, signal.default_int_handler)  # it may have been ignored
    trainer.learner.objective.train_function = interrupted
    try:
        trainer.run_part()
    except KeyboardInterrupt:
        return {
            "steps": int(iterations) - before,
            "weights": as_lists(model_weights(trainer.learner.model)),
        }


def error_of_nan(trainer):
    """What a training says whose weights are no numbers, and what it saved."""
    bias = trainer.learner.model.get_layer("output").bias
    bias.assign(np.full(bias.shape, np.nan, np.float32))
    try:
        trainer.run_part()
    except ValueError as error:
        return str(error), trainer.checkpoint_path.exists()


def prices():
    """The losses' values and gradients on 300 targets, half of them rare."""
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=size).astype(np.float32) for size in ((300, 6), (40, 6), 40)]
    targets = rng.permutation(np.arange(300) * 40 // 300)
    uniforms = rng.random(12).astype(np.float32)
    shares = np.arange(300, dtype=np.float32) % 3
    losses = {
        "full": lambda *tensors: full_cross_entropy(*tensors, targets, weights=shares)[0],
        "bfloat16": lambda *tensors: full_cross_entropy(*tensors, targets, precision="bfloat16")[0],
        "sampled": lambda *tensors: sampled_cross_entropy(
            *tensors, targets, weights=shares, uniforms=uniforms, num_frequent=10
        ),
    }
    ranks = np.asarray(full_cross_entropy(*arrays, targets)[1])
    return {"ranks": ranks.tolist()} | {
        name: [np.asarray(value).tolist() for value in value_and_gradients(loss, arrays)]
        for name, loss in losses.items()
    }


def value_and_gradients(loss, arrays):
    if IS_JAX:
        import jax

        value, gradients = jax.value_and_grad(loss, argnums=(0, 1, 2))(*arrays)
        return [value, *gradients]
    tensors = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = loss(*tensors)
    return [value, *(tf.convert_to_tensor(gradient) for gradient in tape.gradient(value, tensors))]


def error_of_three_devices():
    try:
        Devices(3)
    except ValueError as error:
        return str(error)


def num_all_gathers():
    """How often two devices that share 600 targets get the rows of both."""
    import jax

    states = np.ones((600, 6), np.float32)
    targets = np.arange(600) % 40
    with Devices(2).scope():
        layout = keras.distribution.distribution().get_data_layout(states.shape).backend_layout
        price = jax.jit(
            jax.grad(lambda *tensors: full_cross_entropy(*tensors)[0], argnums=(0, 1, 2))
        )
        arrays = (
            jax.device_put(states, layout),
            np.ones((40, 6), np.float32),
            np.ones(40, np.float32),
            targets,
        )
        return price.lower(*arrays).compile().as_text().count("all-gather")


def train_from_the_command_line(ads, folder):
    ads[["ad"]].to_csv(folder / "ads.csv", index=False)
    settings = {
        name: value
        for name, value in SETTINGS.items()
        if name not in ("num_frequent", "num_negatives")
    }
    words = [
        word
        for name, value in settings.items()
        for word in (f"--{name.replace('_', '-')}", str(value))
    ]
    words += ["--pipeline", "tf.data"]
    words += ["--output", str(folder / "model"), "--record", str(folder / "record.json")]
    with contextlib.redirect_stdout(sys.stderr):
        return adgen(["train", str(folder / "ads.csv"), "--model", "ad-lstm", *words])


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1])), sys.stdout)
