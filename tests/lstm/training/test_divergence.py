"""A training that diverges stops, keeps what was good, and says what to change."""

from dataclasses import replace

import numpy as np
import pytest

from adgen.lstm.training.checkpoints import read_progress, save_checkpoint
from adgen.lstm.training.divergence import check_running
from adgen.lstm.training.keras_learner import KerasLearner
from adgen.lstm.training.settings import TrainingConfig
from adgen.lstm.training.trainer import Trainer, prepare, train
from adgen.support.finite import DivergedError, is_finite

pytestmark = pytest.mark.filterwarnings("ignore:Even though the:UserWarning")

CONFIG = TrainingConfig(
    lstm_units=8,
    embedding_dim=8,
    min_count=4,
    num_frequent=16,
    num_negatives=16,
    batch_size=64,
    epochs=2,
    patience=None,
)
MAD = replace(CONFIG, learning_rate=100.0)


@pytest.fixture(scope="module")
def data(tiny_ads):
    return prepare(tiny_ads, CONFIG)


def test_a_mad_rate_stops_at_the_first_check_and_saves_nothing(data, tmp_path):
    path = tmp_path / "run.checkpoint"
    with pytest.raises(DivergedError, match="after epoch 1 its own training ads cost the model"):
        train(data, MAD, checkpoint_path=path)
    assert not path.exists()


def test_the_last_good_checkpoint_stays(data, tmp_path, monkeypatch):
    path = tmp_path / "run.checkpoint"
    learn = KerasLearner.learn

    def learn_and_break(self, epoch, *others):
        if epoch == 1:  # the second epoch goes mad
            self.objective.optimizer.learning_rate.assign(1e30)
        return learn(self, epoch, *others)

    monkeypatch.setattr(KerasLearner, "learn", learn_and_break)
    with pytest.raises(DivergedError) as caught:
        train(data, CONFIG, checkpoint_path=path)
    monkeypatch.undo()
    progress = read_progress(path)
    assert progress["checks"] == 1
    assert is_finite(progress["history"])
    assert "learning_rate=0.001 (it is 0.01)" in str(caught.value)
    assert "restart=True" in str(caught.value)
    # What is there is good: the same settings go on from it.
    assert train(data, CONFIG, checkpoint_path=path).progress.checks == 2


def test_a_loss_that_is_no_number_ends_the_epoch_at_its_step(data, tmp_path):
    trainer = Trainer(data, CONFIG, tmp_path / "run.checkpoint")
    kernel = trainer.learner.model.get_layer("lstm").trainable_variables[0]
    kernel.assign(np.full(kernel.shape, np.nan, np.float32))
    with pytest.raises(DivergedError, match="after step 1 of this part loss is nan"):
        trainer.run_part()
    assert trainer.progress.checks == 0


def test_running_figures_are_looked_at():
    check_running(1, {"loss": 3.0}, CONFIG)
    with pytest.raises(DivergedError, match="after step 3 of this part loss is inf"):
        check_running(3, {"loss": float("inf")}, CONFIG)


@pytest.mark.parametrize("where", ["weights", "figures"])
def test_a_checkpoint_that_diverged_is_not_gone_on_with(where, data, tmp_path):
    path = tmp_path / "run.checkpoint"
    trainer = Trainer(data, CONFIG, path)
    if where == "weights":
        kernel = trainer.learner.model.get_layer("lstm").trainable_variables[0]
        kernel.assign(np.full(kernel.shape, np.inf, np.float32))
    else:
        trainer.progress.history.append({"valid": {"cross_entropy": float("nan")}})
    save_checkpoint(path, trainer.learner.variables(), weights={}, progress=vars(trainer.progress))
    with pytest.raises(DivergedError, match=r"run\.checkpoint holds a training that diverged"):
        Trainer(data, CONFIG, path)
    result = train(data, CONFIG, checkpoint_path=path, restart=True)
    assert is_finite(result.metrics["trained"]["train"])
