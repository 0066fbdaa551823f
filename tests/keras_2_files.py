"""Writes `.h5` files as Keras 2 did, with random weights."""

import json

import numpy as np

UNITS, WIDTH, LENGTH = 5, 3, 4
# As Keras 2.8 wrote it: what Keras 3 does not know any more, and what adgen has to read.
LSTM_OF_2022 = {
    "trainable": True,
    "dtype": "float32",
    "return_sequences": False,
    "return_state": False,
    "go_backwards": False,
    "stateful": False,
    "unroll": False,
    "time_major": False,
    "units": UNITS,
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "use_bias": True,
    "unit_forget_bias": True,
    "dropout": 0.0,
    "recurrent_dropout": 0.0,
    "implementation": 2,
}


def layers_of(num_ids, *, has_embedding, num_lstms=1, seed=0):
    """Settings and arrays, (class name, config, {weight name: array}), of a model of 2022."""
    rng = np.random.default_rng(seed)

    def draw(*shape):
        return rng.normal(0, 0.7, shape).astype(np.float32)

    kind = "embedding_input" if has_embedding else "lstm_input"
    size = [None, LENGTH] if has_embedding else [None, LENGTH, num_ids]
    layers = [("InputLayer", {"name": kind, "batch_input_shape": size, "sparse": False}, {})]
    width = num_ids
    shape = {"batch_input_shape": [None, LENGTH, num_ids]}
    if has_embedding:
        shape, width = {}, WIDTH
        settings = {"batch_input_shape": [None, LENGTH], "input_dim": num_ids}
        settings |= {"output_dim": WIDTH, "mask_zero": False, "input_length": LENGTH}
        arrays = {"embedding/embeddings:0": draw(num_ids, WIDTH)}
        layers.append(("Embedding", settings | {"name": "embedding"}, arrays))
    for number in range(num_lstms):
        name = f"lstm_{number}" if number else "lstm"
        arrays = {
            f"{name}/lstm_cell/kernel:0": draw(width, 4 * UNITS),
            f"{name}/lstm_cell/recurrent_kernel:0": draw(UNITS, 4 * UNITS),
            f"{name}/lstm_cell/bias:0": draw(4 * UNITS),
        }
        settings = {"name": name, "return_sequences": number < num_lstms - 1}
        layers.append(("LSTM", LSTM_OF_2022 | shape | settings, arrays))
        shape, width = {}, UNITS
    layers.append(("Dropout", {"name": "dropout", "rate": 0.3}, {}))
    arrays = {"dense/kernel:0": draw(UNITS, num_ids), "dense/bias:0": draw(num_ids)}
    settings = {"name": "dense", "units": num_ids, "activation": "softmax", "use_bias": True}
    layers.append(("Dense", settings, arrays))
    return layers


def save_as_keras_2(path, layers, *, model="Sequential"):
    """Write the layout of Keras 2.8's model.save("....h5")."""
    import h5py

    config = {
        "name": "sequential",
        "layers": [{"class_name": k, "config": c} for k, c, _ in layers],
    }
    with h5py.File(path, "w") as file:
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.8.0"
        file.attrs["model_config"] = json.dumps({"class_name": model, "config": config}).encode()
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = [c["name"].encode() for _, c, _ in layers]
        for _, settings, arrays in layers:
            group = weights.create_group(settings["name"])
            group.attrs["weight_names"] = [name.encode() for name in arrays]
            for name, array in arrays.items():
                group[name] = array
    return path
