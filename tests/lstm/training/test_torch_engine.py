"""Training on cores with torch: the right gradients, Adam's steps, and the same run however cut."""

import math
import os
import pickle
from dataclasses import replace
from multiprocessing.reduction import ForkingPickler

import numpy as np
import pytest
import torch

from adgen.lstm.config import LSTMConfig
from adgen.lstm.training.settings import TrainingConfig, preset
from adgen.lstm.training.torch_adam import Moments, RowAdam, move, step_length
from adgen.lstm.training.torch_crew import Board, Crew, Job
from adgen.lstm.training.torch_learner import first_weights, rate_at
from adgen.lstm.training.torch_network import EMBEDDING, Batch, Network
from adgen.lstm.training.torch_recurrence import as_usual, coupled
from adgen.lstm.training.torch_softmax import Candidates, CandidateSampler, price
from adgen.lstm.training.trainer import Trainer, prepare, train

CONFIG = TrainingConfig(
    model="ad-lstm",
    reads="packed",
    engine="torch",
    tied=True,
    lstm_units=12,
    embedding_dim=8,
    min_count=4,
    sequence_length=12,
    batch_size=8,
    num_frequent=16,
    num_negatives=16,
    dropout=0.0,
    learning_rate=0.02,
    clip_norm=1.0,
    epochs=2,
    patience=None,
)
VOCAB = 40


def normal(*shape, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape).astype(np.float32))


def expected_nats(states, rows, biases, own_logits, places, weights):
    """What the targets cost, written down plainly, so that autograd gives gradients."""
    logits = states @ rows.T + biases
    is_own = torch.arange(len(rows))[None] == places[:, None]
    logits = torch.cat([logits.masked_fill(is_own, -math.inf), own_logits[:, None]], 1)
    return -(torch.log_softmax(logits, 1)[:, -1] * weights).sum()


def test_a_pricing_and_its_gradients(monkeypatch):
    monkeypatch.setattr("adgen.lstm.training.torch_softmax._LEAST_BLOCK", 7)
    monkeypatch.setattr("adgen.lstm.training.torch_softmax._BLOCK_LOGITS", 170)
    values = [normal(50, 6), normal(9, 6, seed=1), normal(9, seed=2), normal(50, seed=3)]
    places = torch.from_numpy(np.random.default_rng(4).integers(-1, 9, 50))
    weights = torch.rand(50, generator=torch.Generator().manual_seed(5))
    found = price(*values, places, weights)
    for one in values:
        one.requires_grad_()
    nats = expected_nats(*values, places, weights)
    nats.backward()
    assert found.nats == pytest.approx(float(nats.detach()), rel=1e-6)
    for actual, one in zip(
        (found.states, found.rows, found.biases, found.targets), values, strict=True
    ):
        torch.testing.assert_close(actual, one.grad, rtol=1e-4, atol=1e-6)


def test_a_target_that_cannot_be_is_dear_and_no_nan():
    found = price(
        torch.ones(1, 1),
        torch.full((1, 1), 500.0),
        torch.zeros(1),
        torch.full((1,), -500.0),
        torch.tensor([-1]),
        torch.ones(1),
    )
    assert 80 < found.nats < math.inf
    assert torch.isfinite(found.states).all() and float(found.targets) == -1


# Of 500 tokens, the more frequent ones behind the others.
COUNTS = np.arange(500.0) ** 2 + 0.5


def test_candidates_stand_for_the_whole_vocabulary():
    # The sum over all tokens of any numbers is that over candidates, each divided by its count.
    numbers = np.random.default_rng(0).random(500) * COUNTS
    sampler = CandidateSampler(COUNTS, num_frequent=20, num_negatives=60)
    sums = []
    for seed in range(2_000):
        found = sampler.draw(np.random.default_rng(seed))
        assert (np.diff(found.ids) > 0).all() and found.ids[0] >= 0
        assert found.ids[-20:].tolist() == list(range(480, 500))
        assert not found.log_counts[-20:].any()
        sums.append((numbers[found.ids] / np.exp(found.log_counts)).sum())
    error = np.std(sums) / math.sqrt(len(sums))
    assert np.mean(sums) == pytest.approx(numbers.sum(), abs=4 * error)
    # Numbers as these spread by 0.58 of their mean, so that 60 draws miss by 0.07; drawn whatever
    # their counts are, they would by 0.15.
    assert np.std(sums) < 0.08 * numbers.sum()


def test_all_tokens_are_candidates_where_all_are_frequent():
    found = CandidateSampler(COUNTS[:30], num_frequent=500, num_negatives=3).draw(
        np.random.default_rng(0)
    )
    assert found.ids.tolist() == list(range(30)) and not found.log_counts.any()


def small_network(num_layers=2, units=12):
    config = LSTMConfig(VOCAB, units, 8, None, 0.0, "packed", num_layers, tied=True)
    counts = np.arange(VOCAB) + 0.5
    bias = np.log(counts / counts.sum()).astype(np.float32)
    weights = first_weights(config, bias, seed=1)
    return config, {name: torch.from_numpy(one) for name, one in weights.items()}


def small_batch(number=0, candidates=VOCAB, rate=0.1):
    rng = np.random.default_rng([3, number])
    rows = rng.integers(1, VOCAB, (6, 10)).astype(np.uint16)
    rows[1, 7:] = 0  # padding behind a row's last token
    sampler = CandidateSampler(np.arange(VOCAB, 0, -1), num_frequent=candidates, num_negatives=5)
    return Batch.of(rows, sampler.draw(rng), number, rate)


def test_a_batch_is_sent_as_its_bytes():
    batch = small_batch(number=3)
    sent = bytes(ForkingPickler.dumps(batch))
    found = pickle.loads(sent)
    assert (found.number, found.rate) == (3, batch.rate)
    for name in ("rows", "candidates", "log_counts", "touched"):
        values = getattr(batch, name)
        assert torch.equal(getattr(found, name), values) and values.numpy().tobytes() in sent


def of_layers(weights, change, num_blocks):
    return {
        name: change(name, one, num_blocks) if name.startswith("lstm") else one.clone()
        for name, one in weights.items()
    }


def test_coupled_gates_are_a_usual_lstms():
    usual = normal(3, 16)  # i, f, c, o of four units each
    kept = as_usual("lstm.kernel", coupled("lstm.kernel", usual, 2), 2)
    assert torch.equal(kept[:, 4:], usual[:, 4:]) and torch.equal(kept[:, :4], -usual[:, 4:8])


def test_blocks_read_their_own_states_alone():
    usual = normal(4, 16)
    kept = as_usual("lstm.recurrent_kernel", coupled("lstm.recurrent_kernel", usual, 2), 2)
    is_own = (torch.arange(4)[:, None] // 2 == torch.arange(4) // 2).repeat(1, 3)
    expected = torch.where(is_own, usual[:, 4:] * 2**0.5, 0)
    torch.testing.assert_close(kept[:, 4:], expected)
    assert torch.equal(kept[:, :4], -kept[:, 4:8])


@pytest.mark.parametrize("num_blocks", [0, 1, 2])  # 0: a usual LSTM
@pytest.mark.parametrize(("num_layers", "units"), [(2, 12), (1, 8)])
def test_a_networks_gradients_are_autograds(num_layers, units, num_blocks):
    config, weights = small_network(num_layers, units)
    if num_blocks:
        weights = of_layers(weights, coupled, num_blocks)
    batch = small_batch()
    # Shares add up to the whole.
    network = Network(config, weights, dtype=torch.float32, coupled=num_blocks > 0)
    parts = [network.gradients(batch, slice(part, None, 2)) for part in range(2)]
    leaves = {name: one.clone().requires_grad_() for name, one in weights.items()}
    usual = of_layers(leaves, as_usual, num_blocks) if num_blocks else leaves
    inputs, targets = batch.rows[:, :-1], batch.rows[:, 1:]
    sequences = leaves[EMBEDDING][inputs]
    for name in config.layer_names:
        layer = torch.nn.LSTM(sequences.shape[-1], units, batch_first=True)
        given = {
            "weight_ih_l0": usual[f"{name}.kernel"].T,
            "weight_hh_l0": usual[f"{name}.recurrent_kernel"].T,
            "bias_ih_l0": usual[f"{name}.bias"],
            "bias_hh_l0": torch.zeros(4 * units),
        }
        sequences = torch.func.functional_call(layer, given, (sequences,))[0]
    if "projection.kernel" in leaves:
        sequences = sequences @ leaves["projection.kernel"]
    logits = sequences @ leaves[EMBEDDING].T + leaves["output.bias"]
    nats = torch.nn.functional.cross_entropy(
        logits.reshape(-1, VOCAB), targets.reshape(-1), ignore_index=0
    )
    nats.backward()
    assert sum(part.nats for part in parts) == pytest.approx(float(nats.detach()), rel=1e-5)
    rows = torch.zeros(VOCAB, 8)
    rows[batch.touched] = sum(part.rows for part in parts)
    torch.testing.assert_close(rows, leaves[EMBEDDING].grad, rtol=1e-4, atol=1e-6)
    for name, leaf in leaves.items():
        if name != EMBEDDING:
            actual = sum(part.others[name] for part in parts)
            torch.testing.assert_close(actual, leaf.grad, rtol=1e-4, atol=1e-6)


def test_tokens_that_are_read_once_teach_what_others_do():
    config, weights = small_network(num_layers=1)
    ours = of_layers(weights, coupled, 2)
    rows = np.random.default_rng(0).integers(1, VOCAB, (6, 10)).astype(np.uint16)
    others = Candidates(np.arange(1, VOCAB), np.zeros(VOCAB - 1, np.float32))
    batch = Batch.of(rows, others, 0, 0.1)  # without padding, id 0, which it does not touch
    found = Network(config, ours, dtype=torch.float32, coupled=True).gradients(batch, slice(None))
    usual = Network(config, of_layers(ours, as_usual, 2), dtype=torch.float32)
    expected = usual.gradients(batch, slice(None))
    assert found.nats == pytest.approx(expected.nats, rel=1e-5)
    torch.testing.assert_close(found.rows, expected.rows, rtol=1e-4, atol=1e-6)


def test_a_process_without_rows_adds_nothing():
    config, weights = small_network(num_layers=1)
    network = Network(config, weights, dtype=torch.bfloat16)
    whole = small_batch()
    batch = replace(whole, rows=whole.rows[:1])  # the last of an epoch, for two processes
    alone = network.gradients(batch, slice(None))
    parts = [network.gradients(batch, slice(part, None, 2)) for part in range(2)]
    assert sum(part.nats for part in parts) == alone.nats
    torch.testing.assert_close(parts[0].rows + parts[1].rows, alone.rows)
    for name, expected in alone.others.items():
        torch.testing.assert_close(parts[0].others[name] + parts[1].others[name], expected.float())


def test_rows_that_are_left_alone_end_where_adam_takes_them():
    # So late that the correction of the bias no longer changes.
    first, rate, touched = 9_000, 0.01, {0: [0, 1, 2], 1: [0], 2: [0, 1], 9: [2], 12: [0, 1]}
    table, plain = normal(3, 4), normal(3, 4)
    last = torch.full((3,), first)
    moments = [Moments(torch.zeros(3, 4), torch.zeros(3, 4)) for _ in range(2)]
    adam = RowAdam(table, moments[0], last)
    for number in range(first, first + 13):
        length = step_length(rate, number)
        ids = torch.tensor(touched.get(number - first, []), dtype=torch.int64)
        gradient = normal(3, 4, seed=number)
        dense = torch.zeros(3, 4)
        dense[ids] = gradient[ids]
        move(plain, moments[1], dense, length)
        if len(ids):
            adam.catch_up(ids, number, length)
            adam.move(ids, gradient[ids], number, length)
    adam.catch_up(torch.arange(3), first + 13, step_length(rate, first + 13))
    assert last.tolist() == [first + 13] * 3
    torch.testing.assert_close(moments[0].first, moments[1].first)
    torch.testing.assert_close(moments[0].second, moments[1].second)
    torch.testing.assert_close(table, plain, rtol=0, atol=1e-4)
    assert (table - normal(3, 4)).abs().min() > 0.1 * rate


def test_adam_is_keras_adam():
    import keras

    optimizer = keras.optimizers.Adam(0.1)
    variable = keras.Variable(normal(5).numpy())
    weight, moments = normal(5), Moments(torch.zeros(5), torch.zeros(5))
    for number in range(4):
        gradient = normal(5, seed=number + 1)
        optimizer.apply([gradient.numpy()], [variable])
        move(weight, moments, gradient, step_length(0.1, number))
    np.testing.assert_allclose(weight.numpy(), np.asarray(variable), atol=1e-5)


def test_step_sizes_are_keras_schedules():
    from adgen.lstm.training.setup import make_optimizer

    config = replace(CONFIG, engine="keras", schedule="cosine", warmup_steps=10)
    for one in (config, replace(config, warmup_steps=0)):
        rate = make_optimizer(one, num_steps=50)._learning_rate
        for step in (0, 3, 10, 25, 49, 50):
            assert rate_at(one, 50, step) == pytest.approx(float(rate(step)), abs=1e-7)
    assert rate_at(CONFIG, 50, 49) == CONFIG.learning_rate


def run_crew(num_processes, dropout=0.0):
    config, weights = small_network(num_layers=1)
    arrays = {name: one.numpy() for name, one in weights.items()}
    board = Board.of(arrays, num_processes)
    job = Job(config, replace(CONFIG, dropout=dropout, clip_norm=0.5), num_processes)
    crew = Crew(job, board)
    costs = [crew.take_step(small_batch(number, candidates=10)) for number in range(6)]
    usage = crew.usage()
    assert len(usage) == num_processes - 1
    assert all(seconds > 0 and 10**7 < size < 10**10 for seconds, size in usage)
    crew.close()
    return costs, board


@pytest.fixture(scope="module")
def alone():
    return run_crew(1)


def test_two_processes_learn_what_one_does(alone):
    costs, board = run_crew(2)
    expected, other = alone
    assert costs == pytest.approx(expected, rel=1e-5) and costs[-1] < costs[0]
    torch.testing.assert_close(board.table, other.table, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(board.flat, other.flat, rtol=1e-4, atol=1e-5)


def test_dropout_makes_learning_another(alone):
    costs, board = run_crew(1, dropout=0.5)
    assert np.isfinite(costs).all() and costs != alone[0]
    again, other = run_crew(1, dropout=0.5)
    assert costs == again and torch.equal(board.table, other.table)


def test_a_process_that_ends_ends_the_training_in_words():
    config, weights = small_network(num_layers=1)
    board = Board.of({name: one.numpy() for name, one in weights.items()}, 2)
    crew = Crew(Job(config, CONFIG, 2), board)
    crew.take_step(small_batch())
    [(process, _)] = crew._others
    process.kill()
    process.join()
    with pytest.raises(OSError, match="A process of the training has ended"):
        crew.take_step(small_batch(1))
    crew.close()


@pytest.fixture(scope="module")
def whole(tiny_ads, tmp_path_factory):
    return train(tiny_ads, CONFIG, checkpoint_path=tmp_path_factory.mktemp("whole") / "c")


def test_it_learns_what_keras_learns(whole, tiny_ads, tmp_path):
    keras_run = train(tiny_ads, replace(CONFIG, engine="keras"), checkpoint_path=tmp_path / "c")
    ours, theirs = (run.metrics["trained"]["valid"] for run in (whole, keras_run))
    assert set(whole.weights) == set(keras_run.weights)
    assert ours["cross_entropy"] == pytest.approx(theirs["cross_entropy"], rel=0.05)
    first, last = (entry["valid"]["cross_entropy"] for entry in whole.progress.history)
    assert last < first


def test_a_resumed_run_is_the_uninterrupted_one(whole, tiny_ads, tmp_path):
    data = prepare(tiny_ads, CONFIG)
    trainer = Trainer(data, CONFIG, tmp_path / "c")
    trainer.run_part()
    trainer.save()
    trainer.learner.close()
    resumed = train(data, CONFIG, checkpoint_path=tmp_path / "c")
    assert resumed.progress.checks == whole.progress.checks
    for name, array in whole.weights.items():
        np.testing.assert_array_equal(resumed.weights[name], array)


def test_ctrl_c_ends_a_run_after_its_step(tiny_ads, tmp_path):
    import signal

    data = prepare(tiny_ads, CONFIG)
    trainer = Trainer(data, CONFIG, tmp_path / "c")
    steps = []

    def press():
        steps.append(1)
        if len(steps) == 3:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        trainer.learner.learn(0, slice(None), press)
    trainer.learner.close()
    assert len(steps) == 3


@pytest.mark.parametrize("is_coupled", [False, True])
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_every_option_of_it_learns(precision, is_coupled, tiny_ads, tmp_path):
    config = replace(
        CONFIG,
        precision=precision,
        coupled_gates=is_coupled,
        recurrent_blocks=2 if is_coupled else 1,
        loss="full",
        num_layers=2,
        dropout=0.1,
        input_dropout=0.1,
        unigram_bias=False,
        epochs=1,
        num_devices=2,
    )
    result = train(tiny_ads, config, checkpoint_path=tmp_path / "c")
    figures = result.metrics["trained"]["valid"]
    vocab_size = result.data.tokenizer.vocab_size
    assert figures["cross_entropy"] < 0.9 * math.log(vocab_size)


@pytest.mark.parametrize("is_coupled", [False, True])
@pytest.mark.parametrize("units", [8, 12])
def test_a_run_keeps_a_usual_lstm_of_the_same_logits(units, is_coupled, tiny_ads, tmp_path):
    config = replace(
        CONFIG,
        lstm_units=units,
        logit_scale=4.0,
        coupled_gates=is_coupled,
        recurrent_blocks=4 if is_coupled else 1,
    )
    trainer = Trainer(prepare(tiny_ads, config), config, tmp_path / "c")
    board = trainer.learner._board
    board.table.normal_(generator=torch.Generator().manual_seed(0))
    raw = {EMBEDDING: board.table, **board.named(board.flat)}
    kept = {name: torch.from_numpy(one) for name, one in trainer.learner.weights().items()}
    sizes = trainer.data.lstm_config
    trainer.learner.close()

    def nats(weights, scale, is_coupled=False):
        rows = np.asarray(trainer.data.examples.rows[:6])
        size = sizes.vocab_size
        every = CandidateSampler(np.ones(size), num_frequent=size, num_negatives=0).draw(
            np.random.default_rng(0)
        )
        network = Network(
            sizes, weights, dtype=torch.float32, logit_scale=scale, coupled=is_coupled
        )
        return network.gradients(Batch.of(rows, every, 0, 0.1), slice(None)).nats

    expected = nats(raw, 4.0, is_coupled)
    assert nats(kept, 1.0) == pytest.approx(expected, rel=1e-5)
    assert nats(raw, 1.0, is_coupled) != pytest.approx(expected, rel=1e-2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"engine": "keras", "logit_scale": 2.0}, 'which engine "torch" alone has'),
        ({"engine": "keras", "coupled_gates": True}, "coupled_gates is True, which engine"),
        ({"recurrent_blocks": 2}, "Give coupled_gates=True"),
        ({"coupled_gates": True, "recurrent_blocks": 5}, "12, which 5 recurrent_blocks cannot"),
        ({"tied": False}, 'engine is "torch" and tied is False; it takes tied True'),
        ({"pipeline": "tf.data"}, "takes pipeline 'keras'"),
        ({"precision": "bfloat16"}, "takes precision 'float32' or 'mixed_bfloat16'"),
        ({"model": "embedding-lstm", "reads": "ad"}, "takes model 'ad-lstm'"),
    ],
)
def test_what_it_has_not_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(CONFIG, **changes)


def test_the_preset_for_two_cores_has_it():
    assert (preset("small").engine, preset("small").num_devices) == ("torch", 2)
    other = preset("small", engine="keras")
    assert (other.engine, other.num_devices, other.logit_scale) == ("keras", 1, 1)
    assert (other.coupled_gates, other.recurrent_blocks) == (False, 1)
