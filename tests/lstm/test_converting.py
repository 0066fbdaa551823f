"""`adgen convert`: an .h5 as Keras 2 wrote it gives the probabilities that its arrays give."""

import json
import re

import numpy as np
import pytest
from command_runs import fails, run
from keras_2_files import LENGTH, UNITS, layers_of, save_as_keras_2

from adgen.generation.generator import AdGenerator
from adgen.lstm.converting import convert_keras_h5
from adgen.lstm.directory import load_model_directory
from adgen.lstm.keras_h5 import read_keras_h5
from adgen.lstm.keras_words import read_keras_words
from adgen.lstm.numpy_lstm import NumpyLSTM


def plain_probabilities(layers, context):
    """Of the next id after a context of ids, by the equations of the LSTM, in double precision."""
    arrays = [[a.astype(np.float64) for a in named.values()] for _, _, named in layers if named]
    kinds = [kind for kind, _, named in layers if named]
    inputs = [arrays[0][0][i] for i in context]
    if kinds[0] == "LSTM":
        inputs = list(np.eye(len(arrays[0][0]))[context])
    for kind, (kernel, *others) in zip(kinds, arrays, strict=True):
        if kind == "LSTM":
            recurrent, bias = others
            hidden, cell, outputs = np.zeros(UNITS), np.zeros(UNITS), []
            for one in inputs:
                gates = np.split(one @ kernel + hidden @ recurrent + bias, 4)
                i, f, o = (1 / (1 + np.exp(-gates[place])) for place in (0, 1, 3))
                cell = f * cell + i * np.tanh(gates[2])
                hidden = o * np.tanh(cell)
                outputs.append(hidden)
            inputs = outputs
        elif kind == "Dense":
            logits = inputs[-1] @ kernel + others[0]
    return np.exp(logits) / np.exp(logits).sum()


WORDS = ["Sony", "TV", "red", "band", "Watch", "for", "mm"]


def converted_probabilities(folder, context):
    """By word, of the next one after a context of words."""
    model = load_model_directory(folder)
    ids = model.tokenizer.encode(" ".join(context))
    logits = NumpyLSTM(model.weights, model.config).window_logits(np.array([ids]))[0]
    found = np.exp(logits.astype(np.float64))
    return {model.tokenizer.token(i): p for i, p in enumerate(found / found.sum())}


@pytest.mark.parametrize("has_embedding", [True, False])
@pytest.mark.parametrize("num_lstms", [1, 2])
@pytest.mark.parametrize("first", [0, 1])
def test_every_word_is_as_probable_as_the_arrays_say(tmp_path, has_embedding, num_lstms, first):
    index = {word: number for number, word in enumerate(WORDS, first)}
    num_ids = len(WORDS) + first
    layers = layers_of(num_ids, has_embedding=has_embedding, num_lstms=num_lstms)
    old = save_as_keras_2(tmp_path / "old.h5", layers)
    (tmp_path / "words.json").write_text(json.dumps(index))
    convert_keras_h5(old, tmp_path / "words.json", tmp_path / "new")
    for context in (["Sony", "TV", "for", "Watch"], ["mm", "red", "red", "band"]):
        expected = plain_probabilities(layers, [index[word] for word in context])
        found = converted_probabilities(tmp_path / "new", context)
        for word, number in index.items():
            assert found[word] == pytest.approx(expected[number], rel=1e-5)
        # Keras's id 0 stands for no word, but has a share of the softmax; it is never written.
        assert found["<pad>"] == pytest.approx(expected[0] if first else 0, rel=1e-5, abs=1e-10)
        assert found["<unk>"] < 1e-10 and found["<eos>"] < 1e-10
    model = load_model_directory(tmp_path / "new")
    assert model.config.sequence_length == LENGTH and model.config.reads == "stream"
    assert model.config.dropout == 0.3 and model.info["converted"]["keras"] == "2.8.0"


def test_the_command_makes_a_model_that_writes_and_is_evaluated(tmp_path, capsys):
    layers = layers_of(len(WORDS), has_embedding=True)
    old = save_as_keras_2(tmp_path / "old.h5", layers)
    (tmp_path / "words.json").write_text(json.dumps({w: i for i, w in enumerate(WORDS)}))
    words = ["convert", old, tmp_path / "new", "--vocabulary", tmp_path / "words.json"]
    code, out, _ = run(words, capsys)
    assert code == 0
    assert "words.json: a word index, case kept, 7 words\n" in out and "Keras 2.8.0" in out
    code, out, _ = run(["generate", "Sony TV", "--model", tmp_path / "new", "--greedy"], capsys)
    assert code == 0 and set(out.split()) <= set(WORDS)
    (tmp_path / "ads.csv").write_text("ad\n" + "Sony TV red band\nWatch for Sony mm\n" * 3)
    code, out, _ = run(
        ["evaluate", tmp_path / "new", tmp_path / "ads.csv", "--split", "all", "--json"], capsys
    )
    assert code == 0 and json.loads(out)["unknown_rate"] == 0
    # A second time over the first; and nothing else may be in its place.
    assert run(words, capsys)[0] == 0
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "a.txt").write_text("a")
    assert "not empty" in fails(["convert", old, tmp_path / "others", *words[3:]], capsys)
    assert "the old model" in fails(["convert", old, tmp_path, *words[3:]], capsys)


def tokenizer_json(index, **changes):
    """What Tokenizer.to_json() of Keras 2 gives: texts of JSON within JSON."""
    config = {
        "num_words": None,
        "filters": '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n',
        "lower": True,
        "split": " ",
        "char_level": False,
        "oov_token": None,
        "document_count": 3,
        "word_counts": json.dumps(dict.fromkeys(index, 1)),
        "word_index": json.dumps(index),
        "index_word": json.dumps({number: word for word, number in index.items()}),
    }
    return json.dumps({"class_name": "Tokenizer", "config": config | changes})


@pytest.mark.parametrize("is_text", [False, True])
def test_a_keras_tokenizer_reads_texts_as_keras_did(tmp_path, is_text):
    index = {"<OOV>": 1, "sony": 2, "tv": 3, "wi": 4, "fi": 5, "rare": 6}
    content = tokenizer_json(index, oov_token="<OOV>", num_words=6)
    (tmp_path / "words.json").write_text(json.dumps(content) if is_text else content)
    old = save_as_keras_2(tmp_path / "old.h5", layers_of(6, has_embedding=True))
    found = convert_keras_h5(old, tmp_path / "words.json", tmp_path / "new")
    assert found.num_words == 4 and found.vocabulary == "a Keras Tokenizer, lower case"
    tokenizer = load_model_directory(tmp_path / "new").tokenizer
    tokens = [tokenizer.token(i) for i in tokenizer.encode("SONY tv, [Wi-Fi] rare <eos>")]
    assert tokens == ["sony", "tv", "wi", "fi", "<unk>", "<unk>"]
    [[ad]] = AdGenerator.from_pretrained(tmp_path / "new").generate("Sony TV", max_tokens=3)
    assert ad.text.startswith("Sony TV ")


def test_a_word_index_without_capitals_is_read_in_lower_case(tmp_path):
    (tmp_path / "words.json").write_text('{"sony": 1, "tv": 2}')
    assert read_keras_words(tmp_path / "words.json").lower
    (tmp_path / "words.json").write_text('{"Sony": 1, "tv": 2}')
    assert not read_keras_words(tmp_path / "words.json").lower


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[1, 2]", "holds a list; expected a JSON object of words"),
        ("{", "is not readable JSON"),
        ('{"a": "x"}', "gives 'a' the index 'x'"),
        ('{"a": 1, "b": 1}', "gives 'a' and 'b' the index 1"),
        ('{"a": 1, "b": 3}', "has no word for 4 of the model's 7 ids, such as 2"),
        ('{"<OOV>": 1, "<unk>": 2}', "has several names for one of"),
        (tokenizer_json({"a": 1}, char_level=True), "is no Tokenizer of words"),
    ],
)
def test_a_vocabulary_that_is_not_the_models_is_refused(tmp_path, capsys, content, message):
    old = save_as_keras_2(tmp_path / "old.h5", layers_of(7, has_embedding=True))
    (tmp_path / "words.json").write_text(content)
    words = ["convert", old, tmp_path / "new", "--vocabulary", tmp_path / "words.json"]
    assert message in fails(words, capsys)
    assert not (tmp_path / "new").exists()


def with_setting(kind, **changes):
    layers = layers_of(7, has_embedding=True)
    return [(k, c | changes if k == kind else c, a) for k, c, a in layers]


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (with_setting("LSTM", recurrent_activation="hard_sigmoid"), "is 'hard_sigmoid'; expected"),
        (with_setting("LSTM", return_sequences=True), "return_sequences of an LSTM is True"),
        (with_setting("Dense", activation="relu"), "last activation is relu; expected softmax"),
        (layers_of(7, has_embedding=True)[:2], "its layers are Embedding; expected"),
        ([], "its layers are none"),
    ],
)
def test_another_model_is_refused(tmp_path, layers, message):
    path = save_as_keras_2(tmp_path / "old.h5", layers)
    with pytest.raises(ValueError, match=message):
        read_keras_h5(path, sequence_length=None if layers else 4)


def test_a_file_that_is_no_model_is_refused(tmp_path):
    import h5py

    (tmp_path / "text.h5").write_text("ad\n")
    with pytest.raises(ValueError, match="is no model that Keras saved"):
        read_keras_h5(tmp_path / "text.h5")
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        file.attrs["layer_names"] = [b"lstm"]
    with pytest.raises(ValueError, match=r"not of save_weights\(\)"):
        read_keras_h5(tmp_path / "weights.h5")
    with pytest.raises(FileNotFoundError, match="There is no file"):
        read_keras_h5(tmp_path / "nowhere.h5")
    functional = save_as_keras_2(
        tmp_path / "f.h5", layers_of(7, has_embedding=True), model="Functional"
    )
    with pytest.raises(ValueError, match="it is a Functional model; expected a Sequential"):
        read_keras_h5(functional)


@pytest.mark.parametrize(
    "config",
    [
        b"{",
        b"[1]",
        b'{"class_name": "Sequential"}',
        b'{"class_name": "Sequential", "config": 3}',
        b'{"class_name": "Sequential", "config": [1]}',
        b'{"class_name": "Sequential", "config": [{"class_name": "LSTM", "config": null}]}',
        b"\xff",
    ],
)
def test_damaged_settings_are_one_line(tmp_path, config):
    import h5py

    path = save_as_keras_2(tmp_path / "old.h5", layers_of(7, has_embedding=True))
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = config
    with pytest.raises(ValueError, match=r"is no model that Keras saved as \.h5, or is damaged"):
        read_keras_h5(path)


def test_arrays_that_do_not_fit_each_other_are_refused(tmp_path):
    layers = layers_of(7, has_embedding=True)
    layers[-1][2]["dense/kernel:0"] = layers[-1][2]["dense/kernel:0"][:, :6]
    path = save_as_keras_2(tmp_path / "old.h5", layers)
    with pytest.raises(ValueError, match=r"output\.kernel has shape \(5, 6\); expected \(5, 7\)"):
        read_keras_h5(path)


def test_the_length_is_the_files_or_given(tmp_path):
    layers = layers_of(7, has_embedding=True)
    for _, settings, _ in layers[:2]:
        settings.update(batch_input_shape=[None, None], input_length=None)
    path = save_as_keras_2(tmp_path / "old.h5", layers)
    with pytest.raises(ValueError, match="does not say how many words"):
        read_keras_h5(path)
    assert read_keras_h5(path, sequence_length=6).config.sequence_length == 6
    path = save_as_keras_2(tmp_path / "said.h5", layers_of(7, has_embedding=True))
    with pytest.raises(ValueError, match=r"sequence_length is 6; .* says 4"):
        read_keras_h5(path, sequence_length=6)


def test_the_arrays_come_over_bit_for_bit(tmp_path):
    layers = layers_of(7, has_embedding=True)
    arrays = [array for _, _, named in layers for array in named.values()]
    found = read_keras_h5(save_as_keras_2(tmp_path / "old.h5", layers)).weights
    assert list(found) == [
        "embedding",
        "lstm.kernel",
        "lstm.recurrent_kernel",
        "lstm.bias",
        "output.kernel",
        "output.bias",
    ]
    for one, two in zip(found.values(), arrays, strict=True):
        np.testing.assert_array_equal(one, two)


def test_an_h5_of_keras_3_is_read_too(tmp_path):
    from adgen.lstm.training.models import plain_keras_model

    layers = layers_of(7, has_embedding=True)
    weights = dict(read_keras_h5(save_as_keras_2(tmp_path / "old.h5", layers)).weights)
    plain_keras_model(weights, sequence_length=LENGTH).save(tmp_path / "new.h5")
    found = read_keras_h5(tmp_path / "new.h5")
    assert found.config.sequence_length == LENGTH and found.keras_version.startswith("3.")
    for name, array in weights.items():
        np.testing.assert_array_equal(found.weights[name], array)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("old.h5", "is a model file of Keras; .* adgen convert OLD.h5 OUTPUT --vocabulary"),
        ("old.keras", "is a model file of Keras; .* saved as .h5"),
        ("model.gguf", "is no GGUF file: it begins with b'x'"),
        ("pytorch_model.bin", "is a file of weights alone; give the folder"),
    ],
)
def test_a_file_given_for_a_model_is_named_for_what_it_is(tmp_path, capsys, name, message):
    (tmp_path / name).write_bytes(b"x")
    (tmp_path / "ads.csv").write_text("ad\nSony TV\n")
    for words in (
        ["generate", "Sony TV", "--model", tmp_path / name],
        ["evaluate", tmp_path / name, tmp_path / "ads.csv"],
        ["compress", tmp_path / name, tmp_path / "out"],
        ["export", tmp_path / name, tmp_path / "out.h5"],
        ["finetune", tmp_path / "ads.csv", "--base", tmp_path / name, "--output", tmp_path / "o"],
    ):
        line = fails(words, capsys)
        assert re.search(message, line), line
