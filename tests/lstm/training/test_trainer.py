"""Training learns, stops, and goes on after any interruption as if there had been none."""

import json
import shutil
from dataclasses import asdict, replace

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from safetensors.numpy import load_file, save_file

from adgen.lstm.evaluation import evaluate_encoded
from adgen.lstm.training import checkpoints
from adgen.lstm.training import trainer as training
from adgen.lstm.training.batches import TextDataGenerator
from adgen.lstm.training.checkpoints import load_checkpoint, read_progress, save_checkpoint
from adgen.lstm.training.settings import TrainingConfig, preset
from adgen.lstm.training.setup import make_optimizer
from adgen.lstm.training.trainer import Trainer, prepare, train

# TensorFlow says so of its input pipeline wherever steps are taken eagerly.
pytestmark = pytest.mark.filterwarnings("ignore:Even though the:UserWarning")

# 57 words; the sampled softmax always sums over 16 of them.
CONFIG = TrainingConfig(
    lstm_units=8,
    embedding_dim=8,
    min_count=4,
    num_frequent=16,
    num_negatives=16,
    batch_size=64,
    learning_rate=0.02,
    epochs=3,
    patience=None,
)
FULL_LSTM = replace(CONFIG, model="lstm", loss="full")
PACKED = replace(
    CONFIG, model="ad-lstm", reads="packed", sequence_length=12, batch_size=8, epochs=2
)


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture(scope="module")
def runs(tiny_ads, tmp_path_factory):
    """Uninterrupted runs by their settings, each trained once, with the checkpoint each left."""
    folder, results = tmp_path_factory.mktemp("runs"), {}

    def run(config):
        if config not in results:
            path = folder / f"{len(results)}.checkpoint"
            results[config] = train(tiny_ads, config, checkpoint_path=path), path
        return results[config]

    return run


@pytest.fixture
def eagerly():
    """Takes steps without compiling them first: sooner where there are few."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def frame(**ads):
    """A frame of `split=[ads]`."""
    rows = [(ad, split) for split, texts in ads.items() for ad in texts]
    return pd.DataFrame(rows, columns=["ad", "split"])


def valid_nats(result):
    return [entry["valid"]["cross_entropy"] for entry in result.progress.history]


def without_times(progress):
    """What a run went through, apart from how long it took."""
    history = [
        {name: value for name, value in entry.items() if "seconds" not in name}
        for entry in progress.history
    ]
    return asdict(progress) | {"history": history, "training_seconds": None}


def assert_same_run(actual, expected):
    assert set(actual.weights) == set(expected.weights)
    for name, array in expected.weights.items():
        np.testing.assert_allclose(actual.weights[name], array, atol=1e-6)
    _assert_close(without_times(actual.progress), without_times(expected.progress))
    _assert_close(actual.metrics, expected.metrics)


def _assert_close(actual, expected):
    if isinstance(expected, dict):
        assert set(actual) == set(expected)
        for name, value in expected.items():
            _assert_close(actual[name], value)
    elif isinstance(expected, list):
        for one, other in zip(actual, expected, strict=True):
            _assert_close(one, other)
    else:
        assert actual == (
            pytest.approx(expected, rel=1e-5) if isinstance(expected, float) else expected
        )


# Learning


@pytest.mark.parametrize(
    "config",
    [
        CONFIG,
        FULL_LSTM,
        PACKED,
        preset("2022", lstm_units=8, embedding_dim=8, min_count=4, batch_size=64, epochs=2),
        replace(PACKED, loss="full", tokenizer="subword", subword_vocab_size=270, batch_size=64),
    ],
    ids=["embedding-ad-sampled", "lstm-ad-full", "packed-sampled", "2022", "packed-full-subword"],
)
def test_held_out_ads_get_likelier_with_every_epoch(runs, config):
    result, _ = runs(config)
    nats = valid_nats(result)
    assert len(nats) == config.epochs
    assert nats == sorted(nats, reverse=True) and nats[-1] < nats[0] - 0.01
    trained, baseline = result.metrics["trained"], result.metrics["baseline"]
    assert set(trained) == set(baseline) == {"train", "valid", "test"}
    assert trained["train"]["cross_entropy"] < baseline["train"]["cross_entropy"]
    assert not result.was_interrupted


def test_the_history_has_what_a_learning_curve_needs(runs):
    result, _ = runs(FULL_LSTM)
    assert [entry["epoch"] for entry in result.progress.history] == [1, 2, 3]
    last = result.progress.history[-1]
    assert set(last) == {"epoch", "seconds", "cpu_seconds", "running", "train_sample", "valid"}
    assert set(last["running"]) == {"loss", "accuracy", "top_5_accuracy"}
    for name in ("cross_entropy", "accuracy", "top_5_accuracy", "bits_per_char"):
        assert last["valid"][name] == result.metrics["trained"]["valid"][name]
    assert result.progress.training_seconds == pytest.approx(
        sum(entry["seconds"] for entry in result.progress.history), abs=0.01
    )


def test_an_epoch_takes_its_own_batches_in_its_own_order(tiny_ads, tmp_path, eagerly, monkeypatch):
    config = replace(CONFIG, batch_size=512)
    trainer = Trainer(prepare(tiny_ads, config), config, tmp_path / "checkpoint")
    seen = []
    train_step = trainer.learner.objective.train_step
    monkeypatch.setattr(
        trainer.learner.objective,
        "train_step",
        lambda data: seen.append(np.asarray(data[0])) or train_step(data),
    )
    generator = TextDataGenerator(trainer.data.examples, batch_size=512, seed=config.seed)
    assert len(generator) > 2
    for epoch in range(2):
        seen.clear()
        trainer.run_part()
        generator.start_epoch(epoch)
        for contexts, (expected, _) in zip(seen, generator, strict=True):
            np.testing.assert_array_equal(contexts, expected)


def test_the_running_loss_is_the_mean_over_the_epochs_targets(tiny_ads, tmp_path, eagerly):
    # Without steps or dropout it is the training split's cross-entropy, up to the batches' equal
    # weight.
    config = replace(FULL_LSTM, learning_rate=1e-12, dropout=0.0, epochs=1, batch_size=100_000)
    result = train(tiny_ads, config, checkpoint_path=tmp_path / "c")
    running, trained = result.progress.history[0]["running"], result.metrics["trained"]["train"]
    assert running["loss"] == pytest.approx(trained["cross_entropy"], rel=1e-4)


def test_the_baseline_is_the_model_after_one_epoch(runs):
    whole, _ = runs(FULL_LSTM)
    one_epoch, _ = runs(replace(FULL_LSTM, epochs=1))
    assert one_epoch.metrics["baseline"] == one_epoch.metrics["trained"]
    _assert_close(whole.metrics["baseline"], one_epoch.metrics["trained"])


def test_the_metrics_are_those_of_the_final_weights(runs):
    result, _ = runs(CONFIG)
    for split, encoded in result.data.encoded.items():
        figures = evaluate_encoded(result.weights, result.data.lstm_config, encoded)
        assert result.metrics["trained"][split] == figures


@pytest.mark.parametrize("unigram_bias", [True, False])
def test_the_output_bias_starts_at_the_frequencies(unigram_bias, tmp_path):
    # Ids: <pad>, <unk>, <eos>, a, b; the split's tokens are a a b <eos> a <eos>, each counted half
    # once more.
    data = prepare(
        frame(train=["a a b", "a"]),
        config := replace(CONFIG, min_count=1, unigram_bias=unigram_bias),
    )
    bias = np.asarray(Trainer(data, config, tmp_path / "c").learner.model.get_layer("output").bias)
    expected = np.log(np.array([0.5, 0.5, 2.5, 3.5, 1.5]) / 8.5) if unigram_bias else np.zeros(5)
    np.testing.assert_allclose(bias, expected, atol=1e-6)


def test_the_step_size_falls_along_half_a_cosine_to_zero(tiny_ads, tmp_path, eagerly):
    config = replace(CONFIG, schedule="cosine", learning_rate=0.5, epochs=2, batch_size=512)
    trainer = Trainer(prepare(tiny_ads, config), config, tmp_path / "c")
    rates = [float(trainer.learner.objective.optimizer.learning_rate)]
    for _ in range(2):
        trainer.run_part()
        rates.append(float(trainer.learner.objective.optimizer.learning_rate))
    assert rates == pytest.approx([0.5, 0.25, 0.0], abs=1e-6)


def test_a_long_gradient_is_scaled_down_over_all_weights():
    config = replace(CONFIG, clip_norm=1.0)
    weights = [keras.Variable(np.zeros(1, np.float32)) for _ in range(2)]
    optimizer = make_optimizer(config, num_steps=1)
    optimizer.apply([np.float32([30.0]), np.float32([40.0])], weights)
    # Adam's first moment is a tenth of the gradient (0.6, 0.8) of norm 1.
    moments = [np.asarray(v) for v in optimizer.variables if "momentum" in v.name]
    np.testing.assert_allclose(moments, [[0.06], [0.08]], rtol=1e-5)


# Interruptions


def test_a_killed_run_goes_on_as_if_it_had_not_been(runs, tiny_ads, tmp_path, monkeypatch):
    def save_and_die(trainer):
        save(trainer)
        raise Killed

    save = Trainer.save
    monkeypatch.setattr(Trainer, "save", save_and_die)
    for _ in range(2):  # killed after the first epoch, resumed, and killed after the second
        with pytest.raises(Killed):
            train(tiny_ads, FULL_LSTM, checkpoint_path=tmp_path / "c")
    monkeypatch.undo()
    assert read_progress(tmp_path / "c")["epoch"] == 2
    assert_same_run(train(tiny_ads, FULL_LSTM, checkpoint_path=tmp_path / "c"), runs(FULL_LSTM)[0])


def stop_at_step(monkeypatch, step):
    """Press Ctrl-C in the given step, counted from the start."""

    class Bar(training.tqdm):
        num_steps = 0

        def update(self, n=1):
            super().update(n)
            self.num_steps += 1
            if self.num_steps == step:
                raise KeyboardInterrupt

    monkeypatch.setattr(training, "tqdm", Bar)


def test_ctrl_c_in_the_second_epoch_gives_the_first_ones_weights(
    runs, tiny_ads, tmp_path, monkeypatch
):
    num_steps = -(-len(runs(CONFIG)[0].data.examples.targets) // 64)
    stop_at_step(monkeypatch, num_steps + num_steps // 2)
    result = train(tiny_ads, CONFIG, checkpoint_path=tmp_path / "c")
    assert result.was_interrupted and result.metrics == {}
    assert (result.progress.epoch, len(result.progress.history)) == (1, 1)
    valid = evaluate_encoded(result.weights, result.data.lstm_config, result.data.encoded["valid"])
    assert valid["cross_entropy"] == pytest.approx(valid_nats(runs(CONFIG)[0])[0], rel=1e-5)
    monkeypatch.undo()
    assert_same_run(train(tiny_ads, CONFIG, checkpoint_path=tmp_path / "c"), runs(CONFIG)[0])


def test_ctrl_c_in_the_first_epoch_gives_a_model_too(tiny_ads, tmp_path, monkeypatch, eagerly):
    stop_at_step(monkeypatch, 2)
    result = train(tiny_ads, CONFIG, checkpoint_path=tmp_path / "c")
    assert result.was_interrupted and result.progress.epoch == 0
    assert evaluate_encoded(result.weights, result.data.lstm_config, result.data.encoded["valid"])
    assert not (tmp_path / "c").exists()


def test_more_epochs_may_be_given_later(runs, tiny_ads, tmp_path):
    shutil.copy(runs(replace(FULL_LSTM, epochs=1))[1], tmp_path / "c")
    assert_same_run(
        train(tiny_ads, FULL_LSTM, checkpoint_path=str(tmp_path / "c")), runs(FULL_LSTM)[0]
    )


def test_more_epochs_are_another_run_where_the_step_size_depends_on_them(tiny_ads, tmp_path):
    config = replace(CONFIG, schedule="cosine", epochs=1, batch_size=512)
    train(tiny_ads, config, checkpoint_path=tmp_path / "c")
    with pytest.raises(ValueError, match="other settings or ads"):
        train(tiny_ads, replace(config, epochs=2), checkpoint_path=tmp_path / "c")


def test_a_finished_run_is_not_trained_again(runs, tiny_ads, monkeypatch):
    expected, path = runs(CONFIG)
    monkeypatch.setattr(Trainer, "run_part", lambda *_: pytest.fail("trained again"))
    again = train(tiny_ads, CONFIG, checkpoint_path=path)
    assert_same_run(again, expected)


# Checks within an epoch

PARTS = replace(PACKED, checks_per_epoch=3, num_check_ads=20)


def test_an_epoch_in_parts_is_the_same_epoch(runs):
    whole = runs(PACKED)[0]
    parts = runs(PARTS)[0]
    for name, array in whole.weights.items():
        np.testing.assert_allclose(parts.weights[name], array, atol=1e-6)
    assert [entry["epoch"] for entry in parts.progress.history] == pytest.approx(
        [1 / 3, 2 / 3, 1, 4 / 3, 5 / 3, 2]
    )
    assert parts.data.check_valid.num_ads == 20 < parts.data.encoded["valid"].num_ads
    assert "baseline" not in parts.metrics and set(parts.metrics["trained"]) == {
        "train",
        "valid",
        "test",
    }


def test_a_run_killed_within_an_epoch_goes_on_from_there(runs, tiny_ads, tmp_path, monkeypatch):
    save, saved = Trainer.save, []

    def save_and_die(trainer):
        save(trainer)
        saved.append(trainer.progress.checks)
        raise Killed

    monkeypatch.setattr(Trainer, "save", save_and_die)
    for _ in range(4):
        with pytest.raises(Killed):
            train(tiny_ads, PARTS, checkpoint_path=tmp_path / "c")
    monkeypatch.undo()
    assert saved == [1, 2, 3, 4]
    assert_same_run(train(tiny_ads, PARTS, checkpoint_path=tmp_path / "c"), runs(PARTS)[0])


def test_the_parts_of_an_epoch_are_all_its_batches(tiny_ads, tmp_path):
    trainer = Trainer(prepare(tiny_ads, PARTS), PARTS, tmp_path / "c")
    seen = []
    for checks in range(6):
        trainer.progress.checks = checks
        epoch, part = trainer.next_part()
        seen += [(epoch, batch) for batch in range(trainer.batches.batches_per_epoch)[part]]
    assert seen == [
        (epoch, batch) for epoch in (0, 1) for batch in range(trainer.batches.batches_per_epoch)
    ]


def test_a_run_may_end_within_an_epoch(tiny_ads, tmp_path, eagerly):
    config = replace(PARTS, epochs=4 / 3, schedule="cosine")
    progress = train(tiny_ads, config, checkpoint_path=tmp_path / "c").progress
    assert progress.checks == 4 and progress.epoch == 4 / 3
    trainer = Trainer(prepare(tiny_ads, config), config, tmp_path / "c")
    trainer.progress.checks, batches = 4, trainer.batches.batches_per_epoch
    rate = trainer.learner.objective.optimizer._learning_rate
    assert (
        float(rate(int(4 / 3 * batches))) == pytest.approx(0, abs=1e-6) and float(rate(batches)) > 0
    )


def test_the_step_size_rises_before_it_falls():
    config = replace(CONFIG, schedule="cosine", warmup_steps=10, learning_rate=0.5)
    rate = make_optimizer(config, num_steps=30)._learning_rate
    assert [float(rate(step)) for step in (0, 5, 10, 20, 30)] == pytest.approx(
        [0, 0.25, 0.5, 0.25, 0], abs=1e-6
    )


# Early stopping


@pytest.fixture
def scripted(monkeypatch, eagerly):
    """Lay down what the epochs' validation says; gives the weights it was asked about."""

    def script(nats):
        seen, score = [], Trainer._score

        def scripted_score(trainer, weights, encoded):
            figures = score(trainer, weights, encoded)
            if encoded is trainer.data.check_valid:
                figures["cross_entropy"] = nats[len(seen)]
                seen.append({name: array.copy() for name, array in weights.items()})
            return figures

        monkeypatch.setattr(Trainer, "_score", scripted_score)
        return seen

    return script


@pytest.mark.parametrize(
    ("patience", "nats", "epochs_run", "best_epoch"),
    [
        (2, [3.0, 2.0, 4.0, 2.0, 1.0], 4, 2),  # as good is not better
        (1, [3.0, 2.0, 1.0, 1.5, 0.5], 4, 3),
        (3, [3.0, 4.0, 4.0, 2.0, 5.0], 5, 4),  # the epochs are used up first
        (None, [3.0, 2.0, 4.0, 5.0, 6.0], 5, 5),  # the last weights, however bad
    ],
)
def test_the_best_weights_come_back(
    tiny_ads, tmp_path, scripted, patience, nats, epochs_run, best_epoch
):
    seen = scripted(nats)
    config = replace(CONFIG, patience=patience, epochs=5, batch_size=512)
    result = train(tiny_ads, config, checkpoint_path=tmp_path / "c")
    assert (result.progress.epoch, len(seen), result.progress.best_epoch) == (
        epochs_run,
        epochs_run,
        best_epoch,
    )
    for name, array in seen[best_epoch - 1].items():
        np.testing.assert_array_equal(result.weights[name], array)
    assert (result.weights["output.kernel"] != seen[best_epoch - 2]["output.kernel"]).any()


# Checkpoints that do not fit


@pytest.mark.parametrize(
    "change",
    [{"seed": 1}, {"learning_rate": 0.1}, {"model": "lstm"}, {"lstm_units": 9}, {"patience": 3}],
)
def test_a_checkpoint_of_other_settings_is_refused(runs, tiny_ads, tmp_path, change):
    shutil.copy(runs(CONFIG)[1], tmp_path / "c")
    with pytest.raises(
        ValueError, match=r"checkpoint of a run with other settings or ads.*--restart"
    ):
        train(tiny_ads, replace(CONFIG, **change), checkpoint_path=tmp_path / "c")


@pytest.mark.parametrize("split", ["train", "valid", "test"])
def test_a_checkpoint_of_other_ads_is_refused(runs, tiny_ads, tmp_path, split):
    shutil.copy(runs(CONFIG)[1], tmp_path / "c")
    first = tiny_ads.index[tiny_ads["split"] == split][0]
    with pytest.raises(ValueError, match="other settings or ads"):
        train(tiny_ads.drop(index=first), CONFIG, checkpoint_path=tmp_path / "c")


def _rewrite_progress(path, change):
    progress = read_progress(path)
    save_file(load_file(path), path, metadata={"progress": json.dumps(change(progress))})


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-9]), "not a checkpoint"),
        (lambda path: path.write_bytes(b""), "not a checkpoint"),
        (lambda path: path.write_bytes(b"PK\x03\x04 something else"), "not a checkpoint"),
        (lambda path: save_file({"a": np.zeros(1)}, path), "not a checkpoint"),
        (
            lambda path: save_file({"a": np.zeros(1)}, path, metadata={"progress": "{"}),
            "not a checkpoint",
        ),
        (
            lambda path: _rewrite_progress(path, lambda progress: progress | {"later": 1}),
            "holds no run",
        ),
        (lambda path: _rewrite_progress(path, lambda progress: [1]), "holds no run"),
    ],
)
def test_a_damaged_checkpoint_is_refused_and_kept(runs, tiny_ads, tmp_path, damage, message):
    path = tmp_path / "c"
    shutil.copy(runs(CONFIG)[1], path)
    damage(path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=message):
        train(tiny_ads, CONFIG, checkpoint_path=path)
    assert path.read_bytes() == before


def test_restart_ignores_any_checkpoint(runs, tiny_ads, tmp_path):
    config = replace(FULL_LSTM, epochs=1)
    content = runs(CONFIG)[1].read_bytes()
    (tmp_path / "c").write_bytes(content[: len(content) // 2])  # cut short
    assert_same_run(
        train(tiny_ads, config, checkpoint_path=tmp_path / "c", restart=True), runs(config)[0]
    )


@pytest.mark.parametrize("kind", ["text", "weights", "folder", "link"])
def test_restart_deletes_nothing_that_is_no_checkpoint(tiny_ads, tmp_path, monkeypatch, kind):
    path = tmp_path / "c"
    if kind == "text":
        path.write_text("years of work")
    elif kind == "weights":
        save_file({"a": np.zeros(1)}, path, metadata={"format": "pt"})
    elif kind == "folder":
        path.mkdir()
    else:
        save_checkpoint(tmp_path / "elsewhere", variables(), weights={}, progress={})
        path.symlink_to(tmp_path / "elsewhere")
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr("adgen.lstm.training.trainer.prepare", None)  # the work does not begin
    with pytest.raises(
        ValueError, match=r"expected a checkpoint|not a checkpoint that adgen wrote"
    ):
        train(tiny_ads, FULL_LSTM, checkpoint_path=path, restart=True)
    assert sorted(tmp_path.iterdir()) == before


def variables():
    return [keras.Variable(np.arange(3.0), dtype="float32"), keras.Variable(7, dtype="uint32")]


def test_a_checkpoint_holds_variables_weights_and_progress(tmp_path):
    weights = {"output.bias": np.arange(4, dtype=np.float32)}
    progress = {"epoch": 2, "best": float("inf")}
    save_checkpoint(tmp_path / "c", variables(), weights=weights, progress=progress)
    others = [keras.Variable(np.zeros(3), dtype="float32"), keras.Variable(0, dtype="uint32")]
    loaded_weights, loaded_progress = load_checkpoint(tmp_path / "c", others)
    assert loaded_progress == progress == read_progress(tmp_path / "c")
    assert [np.asarray(variable).tolist() for variable in others] == [[0.0, 1.0, 2.0], 7]
    assert [variable.dtype for variable in others] == ["float32", "uint32"]
    np.testing.assert_array_equal(loaded_weights["output.bias"], weights["output.bias"])


@pytest.mark.parametrize("others", [[np.zeros(4)], [np.zeros(3), 0, 0]])
def test_a_checkpoint_of_other_variables_is_refused(tmp_path, others):
    save_checkpoint(tmp_path / "c", variables(), weights={}, progress={})
    with pytest.raises(ValueError, match="holds another model's variables"):
        load_checkpoint(
            tmp_path / "c", [keras.Variable(value, dtype="float32") for value in others]
        )


def test_a_full_disk_leaves_the_last_checkpoint(tmp_path, monkeypatch):
    def fail(arrays, path, metadata):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    save_checkpoint(tmp_path / "c", variables(), weights={}, progress={"epoch": 1})
    monkeypatch.setattr("safetensors.numpy.save_file", fail)
    with pytest.raises(OSError, match="No space left"):
        checkpoints.save_checkpoint(tmp_path / "c", variables(), weights={}, progress={"epoch": 2})
    assert read_progress(tmp_path / "c") == {"epoch": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


# Data


def test_the_vocabulary_is_that_of_the_training_split():
    data = prepare(
        frame(train=["a b", "a b", "c"], valid=["a c z"], test=["z"]), replace(CONFIG, min_count=2)
    )
    assert [data.tokenizer.token(i) for i in range(3, data.tokenizer.vocab_size)] == ["a", "b"]
    assert {split: encoded.token_ids.tolist() for split, encoded in data.encoded.items()} == {
        "train": [3, 4, 2, 3, 4, 2, 1, 2],
        "valid": [3, 1, 1, 2],
        "test": [1, 2],
    }
    assert data.spelling.word_counts == {"c": 1}
    assert data.lstm_config.vocab_size == 5


def test_without_rare_words_there_is_no_price_for_unknown_ones():
    data = prepare(frame(train=["a b", "a b"], valid=["a z"]), replace(CONFIG, min_count=2))
    assert data.spelling is None and data.encoded["valid"].num_chars is None


def test_each_way_of_reading_has_its_own_examples():
    ads = frame(train=["a b", "a b c d"])  # a, b: 3, 4; c, d: 5, 6
    made = {
        reads: prepare(
            ads,
            replace(
                CONFIG,
                min_count=1,
                reads=reads,
                model="ad-lstm" if reads == "packed" else "lstm",
                sequence_length=5,
            ),
        ).examples
        for reads in ("stream", "ad", "packed")
    }
    assert made["stream"].contexts.tolist() == [[3, 4, 3, 4, 5]] and made[
        "stream"
    ].targets.tolist() == [6]
    assert made["ad"].targets.tolist() == [3, 4, 2, 3, 4, 5, 6, 2]
    assert sorted(made["packed"].targets.tolist()) == [[3, 4, 2, 0, 0], [3, 4, 5, 6, 2]]


def test_ads_longer_than_a_row_are_counted_and_said(caplog):
    caplog.set_level("INFO")
    train_ads = ["a b", "a b c", "a b c d e", "a"]  # 3, 4, 6 and 2 tokens with their ends
    ads = frame(train=train_ads, valid=["a b"])
    changes = {"min_count": 1, "sequence_length": 4}
    assert prepare(ads, replace(PACKED, **changes)).num_cut_ads == 1
    assert "1 training ads have more than 4 tokens" in caplog.text
    assert prepare(ads, replace(PACKED, **changes | {"sequence_length": 3})).num_cut_ads == 2
    assert prepare(ads, replace(CONFIG, min_count=1)).num_cut_ads == 0  # windows have no rows


def test_the_learning_curve_has_as_many_training_ads_as_validation_ads():
    train_ads = [f"a b{index}" for index in range(10)]
    data = prepare(frame(train=train_ads, valid=["a", "a b1", "b2"]), replace(CONFIG, min_count=1))
    assert data.curve_sample.num_ads == 3
    assert prepare(frame(train=train_ads), replace(CONFIG, min_count=1)).curve_sample.num_ads == 10


@pytest.mark.parametrize(
    ("ads", "changes", "message"),
    [
        (pd.DataFrame({"ad": ["a"]}), {}, r"no column split. Call split_ads"),
        (pd.DataFrame({"text": ["a"]}), {}, "no column ad, split"),
        (frame(valid=["a"]), {}, "No ad is in the training split"),
        (
            frame(train=["a"]),
            {"patience": 2},
            "patience is 2, but no ad is in the validation split",
        ),
        (frame(train=["a"]), {"min_count": 2}, "the vocabulary would be empty"),
        (frame(train=["a"]), {"reads": "stream"}, "too few for a window"),
        (frame(train=["a b c d e"], test=["a"]), {"reads": "stream"}, "too few for a window"),
        (
            frame(train=["a"]),
            {"tokenizer": "subword", "subword_vocab_size": 9},
            "subword_vocab_size is 9; expected",
        ),
    ],
)
def test_ads_that_cannot_be_trained_on_are_refused(ads, changes, message):
    with pytest.raises(ValueError, match=message):
        prepare(ads, replace(CONFIG, **{"min_count": 1} | changes))


# Settings

AT_LEAST_ONE = (
    "embedding_dim",
    "lstm_units",
    "sequence_length",
    "min_count",
    "num_frequent",
    "num_negatives",
)
AT_LEAST_ONE += ("batch_size", "checks_per_epoch", "num_devices")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": "gru"}, "model is 'gru'; expected one of lstm, embedding-lstm, ad-lstm"),
        ({"tokenizer": "char"}, "tokenizer is 'char'"),
        ({"loss": "nce"}, "loss is 'nce'"),
        ({"precision": "float16"}, "precision is 'float16'"),
        ({"reads": "words"}, "reads is 'words'"),
        ({"dropout": 1.0}, "dropout is 1.0"),
        (
            {"patience": 0},
            "patience is 0; expected .* from 1 to 1,000,000,000, or None",
        ),
        ({"learning_rate": 0.0}, "learning_rate is 0.0"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"schedule": "linear"}, "schedule is 'linear'; expected one of constant, cosine"),
        ({"clip_norm": 0.0}, "clip_norm is 0.0; expected a number above 0"),
        ({"seed": -1}, "seed is -1"),
        ({"reads": "packed"}, 'model is "embedding-lstm" and reads is "packed"'),
        ({"model": "ad-lstm"}, 'model is "ad-lstm" and reads is "ad"'),
        ({"warmup_steps": 5}, 'warmup_steps is .*, which is for schedule "cosine"'),
        ({"warmup_steps": -1}, "warmup_steps is -1"),
        (
            {"num_check_ads": 0},
            "num_check_ads is 0; expected .* from 1 to 1,000,000,000, or None",
        ),
        ({"pipeline": "numpy"}, "pipeline is 'numpy'; expected one of keras, tf.data"),
        ({"num_devices": 3}, "batch_size is 4096, which 3 devices cannot share alike"),
        (
            {"num_devices": 2},
            'num_devices is 2 and pipeline is "keras"; several devices need pipeline "tf.data"',
        ),
        ({"epochs": 0}, "epochs is 0; expected a number above 0"),
        ({"epochs": 1.5}, "epochs is 1.5, with 1 checks an epoch; a run ends with a check"),
        ({"epochs": 1.25, "checks_per_epoch": 2}, "epochs is 1.25, with 2 checks"),
        *[({name: 0}, f"{name} is 0; expected a whole number from 1 to") for name in AT_LEAST_ONE],
    ],
)
def test_impossible_settings_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        TrainingConfig(**changes)


def test_the_seeds_preset_is_the_experiment_of_2022():
    for model, epochs in (("lstm", 60), ("embedding-lstm", 100)):
        config = preset("2022", model)
        assert (config.model, config.epochs, config.patience) == (model, epochs, None)
        assert (
            config.lstm_units,
            config.embedding_dim,
            config.dropout,
            config.sequence_length,
        ) == (
            128,
            128,
            0.3,
            4,
        )
        assert (config.batch_size, config.learning_rate) == (4096, 0.01)
        assert (config.reads, config.tokenizer, config.min_count) == ("stream", "word", 1)
        assert (config.loss, config.precision, config.unigram_bias) == ("full", "float32", False)


def test_the_packed_preset_trains_on_whole_ads():
    config = preset("packed", lstm_units=8)
    assert (config.model, config.reads, config.schedule, config.lstm_units) == (
        "ad-lstm",
        "packed",
        "cosine",
        8,
    )


def test_a_preset_can_be_changed_and_none_changes_nothing():
    assert preset("adgen", "lstm", seed=7, epochs=None) == TrainingConfig(model="lstm", seed=7)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fast",), "preset is 'fast'; expected one of adgen, packed, small, large, 2022"),
        (("packed", "lstm"), 'tied is true, and model "lstm" has no embedding'),
        (("2022", "gru"), "model is 'gru'; expected one of lstm, embedding-lstm, ad-lstm"),
    ],
)
def test_an_unknown_preset_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        preset(*arguments)
