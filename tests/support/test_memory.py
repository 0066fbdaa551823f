"""Memory: what the system says is left, and work that needs more is refused with the estimate."""

import numpy as np
import pytest

from adgen.lstm.training.memory import check_training_memory
from adgen.lstm.training.memory import predict_bytes as predict_training
from adgen.lstm.training.settings import TrainingConfig, preset
from adgen.ngram.memory import predict_bytes as predict_ngrams
from adgen.ngram.model import NGramModel
from adgen.support import memory

GB = 1_000_000_000


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A system of files: writes what a path of it holds."""
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_OWN_CGROUP", tmp_path / "own")
    monkeypatch.setattr(memory, "_CGROUPS", tmp_path / "cgroup")

    def write(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    write(meminfo="MemTotal: 9000 kB\nMemAvailable:    8000 kB\n", own="0::/job/step\n")
    return write


def test_the_machines_free_memory_counts_where_nothing_limits_it(system):
    assert memory.available_bytes() == 8000 * 1024
    system(cgroup__job__memory_dot_max="max\n", cgroup__job__memory_dot_current="5\n")
    assert memory.available_bytes() == 8000 * 1024


def test_the_narrowest_control_group_counts_with_the_cache_that_it_can_give_back(system):
    system(
        cgroup__job__step__memory_dot_max="6000000\n",
        cgroup__job__step__memory_dot_current="5000000\n",
        cgroup__job__step__memory_dot_stat="anon 7\ninactive_file 300000\n",
        cgroup__job__memory_dot_max="7000000\n",
        cgroup__job__memory_dot_current="5000000\n",
    )
    assert memory.available_bytes() == 6_000_000 - 5_000_000 + 300_000


def test_the_first_version_of_control_groups_is_read_too(system):
    system(
        own="3:cpu:/elsewhere\n4:memory:/job\n",
        cgroup__memory__memory_dot_limit_in_bytes="3000000\n",
        cgroup__memory__memory_dot_usage_in_bytes="1000000\n",
    )
    assert memory.available_bytes() == 2_000_000


def test_what_needs_more_than_there_is_is_refused_with_the_estimate(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 2 * GB)
    memory.check_memory({"weights": GB, "rest": GB}, "This work", "Take less.")
    with pytest.raises(ValueError) as caught:
        memory.check_memory({"weights": 3 * GB, "rest": GB // 2}, "This work", "Take less.")
    assert str(caught.value) == (
        "This work needs about 3.5 GB of memory (weights 3.0, rest 0.5); 2.0 GB are free. "
        "Take less."
    )
    monkeypatch.setattr(memory, "available_bytes", lambda: None)  # the system does not tell
    memory.check_memory({"weights": 10**30}, "This work", "Take less.")


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"lstm_units": 65_536}, "fewer lstm_units"),
        ({"sequence_length": 65_536}, "smaller batch_size, sequence_length"),
        ({"sequence_length": 65_536, "batch_size": 1}, "smaller sequence_length or fewer ads"),
    ],
)
def test_a_training_too_large_is_refused(changes, advice, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 16 * GB)
    check_training_memory(TrainingConfig(), vocab_size=22_500, num_tokens=1_000_000)
    with pytest.raises(ValueError, match=f"This training needs about .* GB .*{advice}"):
        check_training_memory(TrainingConfig(**changes), vocab_size=22_500, num_tokens=1_000_000)


def test_more_of_anything_is_predicted_to_need_more():
    base = TrainingConfig()
    given = {"vocab_size": 10_000, "num_tokens": 100_000}

    def total(config=base, **changes):
        return sum(predict_training(config, **given | changes).values())

    assert total(vocab_size=20_000) > total()
    assert total(num_tokens=200_000) > total()
    for changes in ({"lstm_units": 256}, {"num_layers": 2}, {"batch_size": 8192}):
        assert total(TrainingConfig(**changes)) > total()


def test_every_process_of_a_training_with_torch_counts(monkeypatch):
    monkeypatch.setattr("adgen.lstm.training.memory.num_cores", lambda: 4)

    def parts(**changes):
        return predict_training(preset("small", **changes), vocab_size=16_384, num_tokens=0)

    alone = parts(num_devices=1)
    pair = parts(num_devices=2)
    assert pair["weights"] - alone["weights"] > 4 * 16_384 * 256  # a gradient of its own
    assert parts(num_devices=4)["torch"] - pair["torch"] == 2 * (pair["torch"] - alone["torch"]) > 0
    assert pair["activations"] == alone["activations"]  # each has half of the rows
    assert parts(num_devices=64) == parts(num_devices=4)  # no more than there are cores
    assert parts(precision="float32")["activations"] > alone["activations"]
    assert sum(parts(loss="full").values()) > sum(pair.values())


def test_a_training_with_torch_too_large_is_refused_with_what_needs_less(monkeypatch):
    monkeypatch.setattr("adgen.lstm.training.memory.num_cores", lambda: 2)
    monkeypatch.setattr(memory, "available_bytes", lambda: 2 * GB)
    check_training_memory(preset("small"), vocab_size=16_384)
    monkeypatch.setattr(memory, "available_bytes", lambda: GB)
    with pytest.raises(ValueError, match=r"torch 1\.1.*Give fewer num_devices"):
        check_training_memory(preset("small"), vocab_size=16_384)
    with pytest.raises(ValueError, match="smaller batch_size"):
        check_training_memory(preset("small", batch_size=65_536), vocab_size=16_384)


def test_a_count_of_n_grams_too_large_is_refused_before_it_begins(monkeypatch):
    token_ids = np.array([3, 4, 5, 6, 2] * 1000, np.int32)
    two = sum(predict_ngrams(token_ids, 2).values())
    assert sum(predict_ngrams(token_ids, 5).values()) > two
    # No ad has more n-grams than tokens and its start.
    assert predict_ngrams(token_ids, 6) == predict_ngrams(token_ids, 32)
    monkeypatch.setattr(memory, "available_bytes", lambda: two)
    NGramModel.fit(token_ids, vocab_size=7, order=2)
    with pytest.raises(ValueError, match=r"up to order 5 needs about 0\.2 GB .*smaller order"):
        NGramModel.fit(token_ids, vocab_size=7, order=5)
