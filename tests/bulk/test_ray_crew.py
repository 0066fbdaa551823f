"""Actors of Ray: the rows, the order and the bytes of processes, a killed worker replaced."""

import os
import signal

import pytest
from bulk_runs import OwnCrew, job_of, made_product, save_catalogue, written

from adgen.bulk import source as source_module
from adgen.bulk.ray_crew import open_ray_crew
from adgen.bulk.run import write_catalogue

ray = pytest.importorskip("ray", reason="needs adgen[scale]")
Cluster = pytest.importorskip("ray.cluster_utils").Cluster
pytestmark = pytest.mark.slow


@pytest.fixture
def job(tmp_path, plan, monkeypatch):
    monkeypatch.setattr(source_module, "BLOCK_SIZE", 4)
    catalogue = save_catalogue(tmp_path / "c.jsonl", map(made_product, range(60)))
    return lambda name: job_of(catalogue, tmp_path / name, plan)


def pid_of(actor):
    return ray.get(actor.__ray_call__.remote(lambda hand: os.getpid()))


def test_rows_are_those_of_processes_and_a_killed_worker_is_replaced(job, plan):
    _, whole = written(job("own.jsonl"), OwnCrew(plan))
    with open_ray_crew(plan, 2, None) as crew:
        first = pid_of(crew._actors[0])
        for counts in write_catalogue(job("ads.jsonl"), crew):
            if counts.num_rows == 20:
                os.kill(first, signal.SIGKILL)
        assert pid_of(crew._actors[0]) != first
    assert job("ads.jsonl").path.read_bytes() == whole


def test_a_cluster_gives_the_same_rows_and_loses_a_machine(job, plan):
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        cluster.add_node(num_cpus=1)
        other = cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
        with (
            pytest.raises(ValueError, match="workers is 4; the cluster has 3 free cores"),
            open_ray_crew(plan, 4, cluster.address),
        ):
            pass
        with open_ray_crew(plan, None, cluster.address, most=1) as crew:
            assert crew.num_workers == 1  # there is no work for more
        _, whole = written(job("own.jsonl"), OwnCrew(plan))
        with open_ray_crew(plan, 2, cluster.address) as crew:
            for counts in write_catalogue(job("ads.jsonl"), crew):
                if counts.num_rows == 20:
                    cluster.remove_node(other, allow_graceful=False)
        assert job("ads.jsonl").path.read_bytes() == whole
    finally:
        cluster.shutdown()


def test_an_address_without_a_cluster_is_said(plan):
    with (
        pytest.raises(OSError, match=r"There is no Ray cluster at 127\.0\.0\.1:1:"),
        open_ray_crew(plan, 1, "127.0.0.1:1"),
    ):
        pass
