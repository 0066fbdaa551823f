"""Says what is wrong with how an input ended; nothing is, for most."""

from .forks import UNCAUGHT

CODES = (0, 2, 130)
# 1: done, and something in the files is amiss.
CODES_OF = {"bulk": (0, 1, 2, 130), "lint": (0, 1, 2, 130)}
NOTHING_HOSTILE = "nothing hostile"
_LONGEST_LINE = 600
# Of TensorFlow and multiprocessing, which delete them when a process ends by itself; ours ends at
# once.
_LIBRARY_FILES = ("__autograph_generated_file", "pymp-")


def judge(tried, outcome, before, after, temporary):
    """Returns the faults of a command's end, as (fault, detail).

    Args:
        tried: The input.
        outcome: How it ended.
        before: What lay in the box, from `state_of`.
        after: What lies there now.
        temporary: What lies in the folder of temporary files.
    """
    yield from _faults_of_process(outcome)
    if outcome.killed:
        return
    if tried.kind == NOTHING_HOSTILE and outcome.code != 0:
        yield "a good input is refused", last_line(outcome.err)
    if outcome.code not in (*CODES_OF.get(tried.group, CODES), UNCAUGHT):
        yield "exit code", str(outcome.code)
    if outcome.code == 2:
        yield from _faults_of_refusal(outcome)
    yield from _faults_of_files(tried, outcome, before, after, temporary)


def _faults_of_process(outcome):
    if outcome.killed == "time":
        yield "hang", f"killed after {outcome.seconds:.0f} s"
    elif outcome.killed == "memory" or "MemoryError" in outcome.err:
        yield "memory", f"{outcome.peak_bytes / 1e9:.1f} GB"
    elif outcome.code < 0:
        yield "crash", f"signal {-outcome.code}"
    if "Traceback (most recent call last)" in outcome.err or outcome.code == UNCAUGHT:
        yield "traceback", last_line(outcome.err)


def _faults_of_refusal(outcome):
    errors = [line for line in outcome.err.split("\n") if "error:" in line]
    if len(errors) != 1:
        yield "no error line", f"{len(errors)} of them: {outcome.err[:300]!r}"
    elif errors[0] != last_line(outcome.err):
        yield "error of several lines", repr(outcome.err[-300:])
    elif len(errors[0]) >= _LONGEST_LINE:
        yield "long error", f"{len(errors[0])} characters: {errors[0][:100]!r}"


def _faults_of_files(tried, outcome, before, after, temporary):
    left = [name for name in temporary if not name.startswith(_LIBRARY_FILES)]
    if left:
        yield "leftover", f"temporary {left[0]}"
    for path in sorted(after.keys() - before.keys()):
        name = path.rpartition("/")[2]
        if name.startswith(".") or name.endswith((".tmp", ".part")):
            yield "leftover", path
            return
    if outcome.code == 0:
        return
    kept = [path for path in before if not _is_work_in_progress(path)]
    for path in kept:
        if after.get(path) != before[path]:
            yield "changed after a refusal", path
            return
    new = [p for p in sorted(after.keys() - before.keys()) if not _is_work_in_progress(p)]
    if new and outcome.code == 2:
        yield "written after a refusal", new[0]


def _is_work_in_progress(path):
    """Says whether a path is of what a refused run may keep to go on from."""
    return ".checkpoint" in path or ".partial" in path


def last_line(text):
    """Returns the last line that says something."""
    return next((line for line in reversed(text.split("\n")) if line.strip()), "")
