"""kill -9 at any moment: the same command goes on, and its file is that of one run, byte for byte.

Once at every file that a run opens, moves or deletes, in a copy of this process; and at random
moments of the command itself, with its workers.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import traceback

import pytest
from bulk_runs import OwnCrew, job_of, made_product, save_catalogue, written

from adgen.bulk import run as run_module
from adgen.bulk import source as source_module
from adgen.bulk.retrying import find_failed, retry_failed
from adgen.bulk.run import find_complete

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes of POSIX")

# What changes files, as the interpreter says it of itself.
EVENTS = ("open", "os.rename", "os.remove", "os.truncate", "os.mkdir", "os.chmod", "fcntl.flock")


@pytest.fixture
def small_steps(monkeypatch):
    monkeypatch.setattr(source_module, "BLOCK_SIZE", 4)
    monkeypatch.setattr(run_module, "_STEP_SECONDS", 0)


def killed_at(moment, folder, work):
    """Does some work in a copy of this process, killed at its so-manieth change; says if it was."""
    child = os.fork()
    if child == 0:
        try:
            num_left = [moment]

            def count(event, arguments):
                if event in EVENTS and str(folder) in str(arguments[0]):
                    num_left[0] -= 1
                    if not num_left[0]:
                        os.kill(os.getpid(), signal.SIGKILL)

            sys.addaudithook(count)
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_a_run_killed_at_any_file_goes_on(tmp_path, plan, small_steps, suffix):
    catalogue = save_catalogue(tmp_path / "c.jsonl", map(made_product, range(10)))
    whole_counts, whole = written(job_of(catalogue, tmp_path / f"whole{suffix}", plan))
    for moment in range(1, 1_000):
        folder = tmp_path / f"{moment}"
        folder.mkdir()
        job = job_of(catalogue, folder / f"ads{suffix}", plan)
        crew = OwnCrew(plan)
        was_killed = killed_at(moment, folder, lambda job=job, crew=crew: written(job, crew))
        counts = find_complete(job)
        if counts is None:
            assert not job.path.exists()
            counts, _ = written(job, crew)
        assert (counts, job.path.read_bytes()) == (whole_counts, whole)
        assert names(folder) == [f"ads{suffix}", f"ads{suffix}.run.json"]
        if not was_killed:
            break
    assert moment > 20


def test_a_retry_killed_at_any_file_goes_on(tmp_path, plan, small_steps):
    catalogue = save_catalogue(tmp_path / "c.jsonl", map(made_product, range(18)))
    mended = [made_product(number, product="desk lamp") for number in (5, 16)]
    mended = save_catalogue(
        tmp_path / "mended.jsonl",
        [*map(made_product, range(5)), mended[0], *map(made_product, range(6, 16)), mended[1],
         made_product(17)],
    )  # fmt: skip
    written(job_of(catalogue, tmp_path / "first.jsonl", plan))
    before = (tmp_path / "first.jsonl").read_bytes().splitlines()
    whole_counts = None
    for moment in range(1, 1_000):
        folder = tmp_path / f"{moment}"
        folder.mkdir()
        for end in ("", ".run.json"):
            shutil.copyfile(tmp_path / f"first.jsonl{end}", folder / f"ads.jsonl{end}")
        job = job_of(mended, folder / "ads.jsonl", plan)
        crew = OwnCrew(plan)

        def work(job=job, crew=crew):
            failed = find_failed(job)
            return list(retry_failed(job, failed, crew))[-1] if failed is not None else None

        was_killed = killed_at(moment, folder, work)
        lines = job.path.read_bytes().splitlines()
        assert [a == b for a, b in zip(lines, before, strict=True)].count(False) in (0, 2)
        work()
        lines = job.path.read_bytes().splitlines()
        changed = [n for n, (a, b) in enumerate(zip(lines, before, strict=True)) if a != b]
        assert changed == [5, 16]
        work()
        assert names(folder) == ["ads.jsonl", "ads.jsonl.run.json"]
        if not was_killed:
            whole_counts = find_complete(job)
            break
    assert moment > 20
    assert whole_counts.num_failed == 0 and whole_counts.num_rows == 18


# The command with small blocks, so that there is something to lose.
COMMAND = """
import sys
from adgen.bulk import run, source
source.BLOCK_SIZE = 4
run._STEP_SECONDS = 0
from adgen.cli.main import main
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(("num_workers", "num_kills"), [(1, 10), (2, 6)])
def test_the_command_killed_at_random_goes_on(tmp_path, writer_dir, num_workers, num_kills):
    catalogue = save_catalogue(tmp_path / "c.jsonl", map(made_product, range(60)))
    script = tmp_path / "command.py"
    script.write_text(COMMAND)
    chance = random.Random(num_workers)

    def begun(output):
        words = ["bulk", catalogue, output, "--model", writer_dir, "--workers", num_workers]
        words += ["--num-ads", 1, "--num-candidates", 1]
        return subprocess.Popen(
            [sys.executable, script, *map(str, words)],
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )

    start = time.monotonic()
    assert begun(tmp_path / "whole.jsonl").wait() == 1  # some products have no ads
    whole_seconds = time.monotonic() - start
    whole = (tmp_path / "whole.jsonl").read_bytes()
    kills = 0
    number = 0
    while kills < num_kills:
        number += 1
        output = tmp_path / f"{number}.jsonl"
        while not output.exists():
            process = begun(output)
            try:
                # Once in a while a run may end.
                process.wait(chance.uniform(0.3, 1.1) * whole_seconds)
            except subprocess.TimeoutExpired:
                # All processes at once, or the first alone, whose workers end by themselves.
                if chance.random() < 0.5:
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
                process.wait()
                kills += 1
        assert begun(output).wait() == 1
        assert output.read_bytes() == whole
