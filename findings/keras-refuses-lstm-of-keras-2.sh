#!/usr/bin/env bash
# Keras 3.15.1: no `.h5` that Keras 2 saved with an LSTM (or GRU) can be loaded.
#
# `keras.models.load_model` reads .h5 files of Keras 2, of other layers without complaint. The settings
# of an LSTM that Keras 2 wrote hold `time_major`, which Keras 3 has no argument for: "Unrecognized
# keyword arguments passed to LSTM: {'time_major': False}", though False is what Keras 3 does.
# `Embedding(input_length=4)` and `batch_input_shape` of the same file are taken. The weights fit as
# they are: with that one entry taken out of the file's text the model loads.
#
# Seen with Python 3.11, Keras 3.15.1 on NumPy. The script fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" keras==3.15.1 numpy==2.4.6 h5py==3.14.0 jax==0.10.2
cd "$folder"
KERAS_BACKEND=numpy PYTHONPATH=$folder/packages python3 - <<'PY'
import json

import h5py
import keras
import numpy as np

INPUT = {"name": "embedding_input", "batch_input_shape": [None, 4], "dtype": "float32"}
LSTM = {"name": "lstm", "units": 2, "activation": "tanh", "recurrent_activation": "sigmoid"}
LSTM |= {"return_sequences": False, "time_major": False, "implementation": 2}
LAYERS = {
    "Embedding": {"name": "embedding", "batch_input_shape": [None, 4], "input_dim": 5, "output_dim": 3}
    | {"input_length": 4},
    "LSTM": LSTM,
    "Dense": {"name": "dense", "units": 5, "activation": "softmax"},
}
SHAPES = {
    "embedding": {"embedding/embeddings:0": (5, 3)},
    "lstm": {
        "lstm/lstm_cell/kernel:0": (3, 8),
        "lstm/lstm_cell/recurrent_kernel:0": (2, 8),
        "lstm/lstm_cell/bias:0": (8,),
    },
    "dense": {"dense/kernel:0": (2, 5), "dense/bias:0": (5,)},
}


def save(path):
    """Write the layout of Keras 2.8's model.save()."""
    described = [{"class_name": "InputLayer", "config": INPUT}]
    described += [{"class_name": kind, "config": config} for kind, config in LAYERS.items()]
    model = {"class_name": "Sequential", "config": {"name": "sequential", "layers": described}}
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = b"2.8.0", b"tensorflow"
        file.attrs["model_config"] = json.dumps(model).encode()
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = [name.encode() for name in SHAPES]
        weights.attrs["keras_version"], weights.attrs["backend"] = b"2.8.0", b"tensorflow"
        for name, shapes in SHAPES.items():
            group = weights.create_group(name)
            group.attrs["weight_names"] = [one.encode() for one in shapes]
            for one, shape in shapes.items():
                group[one] = np.full(shape, 0.25, np.float32)


save("as-keras-2-wrote-it.h5")
try:
    keras.models.load_model("as-keras-2-wrote-it.h5", compile=False)
except (TypeError, ValueError) as error:
    [line] = [one for one in str(error).splitlines() if "time_major" in one and "Unrec" in one][:1]
    print("as Keras 2 wrote it:", line[:100])
else:
    raise SystemExit("Keras loads it now")
del LSTM["time_major"]
save("without-time-major.h5")
model = keras.models.load_model("without-time-major.h5", compile=False)
found = model.get_layer("lstm").get_weights()[0]
print("without time_major: it loads, weights", found.shape, "as they were:", (found == 0.25).all())
assert (found == 0.25).all()
PY
