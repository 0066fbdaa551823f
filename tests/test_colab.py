"""The notebooks on Google Colab: their set-up cell, and notebooks 1 to 3, in a stand-in of it.

The stand-in is an environment of Colab's Python and packages (`colab-packages.txt`) in which
`google.colab` is loaded, and a repository on this machine in the place of the published one. It is
built by `make colab` alone: it is 3 GB, and takes minutes.
"""

import json
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from test_notebooks import NOTEBOOKS, REPO, REPOSITORY, VERSION, cells_of, source

PACKAGES = (REPO / "tests" / "colab-packages.txt").read_text(encoding="utf-8")
LINES = [line for line in PACKAGES.splitlines() if not line.startswith("#")]
INSTALLED = [line for line in LINES if "# name alone" not in line]
BY_NAME = [line.split(" #")[0] for line in LINES if "# name alone" in line]
# Loaded when Python starts, as Colab has it loaded in every notebook.
STARTUP = "import sys, types; sys.modules['google.colab'] = types.ModuleType('google.colab')\n"
SET_UP = source(cells_of(NOTEBOOKS[0], "code")[0])

tagged = pytest.mark.parametrize("is_tagged", [True, False], ids=["tag", "no tag"])


def run(*words, **others):
    done = subprocess.run(words, capture_output=True, text=True, check=False, **others)
    assert done.returncode == 0, f"{words}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Returns the variables that put a clone of this repository in the published one's place."""
    environments = {}
    for is_tagged in (True, False):
        clone = tmp_path_factory.mktemp("published") / "adgen.git"
        run("git", "clone", "--quiet", "--bare", "--no-tags", str(REPO), str(clone))
        if is_tagged:
            run("git", "-C", str(clone), "tag", f"v{VERSION}")
        environments[is_tagged] = os.environ | {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{clone.as_uri()}.insteadOf",
            "GIT_CONFIG_VALUE_0": REPOSITORY,
        }
    return environments


@tagged
def test_the_set_up_cell_takes_the_tag_or_the_newest_commit(published, monkeypatch, is_tagged):
    """The cell itself, with git asked for the tags and pip only listened to."""
    for name in ("GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0"):
        monkeypatch.setenv(name, published[is_tagged][name])
    really_run, asked, added = subprocess.run, [], []

    def listen(words, **others):
        asked.append(words)
        return really_run(words, **others) if words[0] == "git" else None

    monkeypatch.setattr(subprocess, "run", listen)
    monkeypatch.setitem(sys.modules, "google.colab", object())
    monkeypatch.setattr("adgen.support.colab.add_extras", lambda *extras: added.append(extras))
    exec(SET_UP, {})
    of_git, of_pip = asked
    assert of_git[:2] == ["git", "ls-remote"]
    assert of_pip[:4] == [sys.executable, "-m", "pip", "install"] and "--no-deps" in of_pip
    assert of_pip[-1] == f"adgen @ git+{REPOSITORY}" + (f"@v{VERSION}" if is_tagged else "")
    assert added == [("report",)]


def test_elsewhere_the_set_up_cell_does_nothing(monkeypatch):
    def refuse(*words, **others):
        raise AssertionError(words)

    monkeypatch.setattr(subprocess, "run", refuse)
    exec(SET_UP, {})


@pytest.fixture(scope="module")
def colab(request, tmp_path_factory):
    """Returns the stand-in's Python."""
    if "colab" not in request.config.getoption("markexpr"):
        pytest.skip("builds a stand-in of Google Colab, 3 GB: make colab")
    uv = Path(sys.prefix).with_name(".tools") / "bin" / "uv"
    uv = str(uv) if uv.exists() else "uv"
    folder = tmp_path_factory.mktemp("colab")
    found = subprocess.run([uv, "python", "find", "3.12"], capture_output=True, text=True)
    python = found.stdout.strip() if found.returncode == 0 else sys.executable
    if found.returncode != 0:
        warnings.warn(f"Colab's Python 3.12 is not here: {python} stands for it", stacklevel=1)
    run(uv, "venv", "--python", python, str(folder / "env"))
    python = folder / "env" / "bin" / "python"
    listed = folder / "packages.txt"
    listed.write_text("\n".join(INSTALLED))
    install = [uv, "pip", "install", "--python", str(python), "--requirement", str(listed)]
    done = subprocess.run(install, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"Colab's packages cannot be fetched: {done.stderr.strip()[-300:]}")
    [site] = (folder / "env" / "lib").glob("python*/site-packages")
    (site / "colab.pth").write_text(STARTUP)
    for name, version in (line.split("==") for line in BY_NAME):
        about = site / f"{name}-{version}.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        (about / "RECORD").write_text("")
        (about / "INSTALLER").write_text("pip\n")
    return python


def versions(python):
    listed = run(str(python), "-m", "pip", "list", "--format=json", "--disable-pip-version-check")
    found = {one["name"].lower().replace("_", "-"): one["version"] for one in json.loads(listed)}
    return {name: version for name, version in found.items() if name != "adgen"}


def run_notebook(path, python, folder, environment):
    """Runs a notebook on synthetic ads in the stand-in's kernel; returns its cells of code."""
    spec = folder / "jupyter" / "kernels" / "colab" / "kernel.json"
    spec.parent.mkdir(parents=True)
    launch = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": launch, "display_name": "Colab", "language": "python"}))
    words = [sys.executable, "-m", "papermill", str(path), str(folder / path.name)]
    words += ["--kernel", "colab", "--parameters", "setting", "smoke", "--cwd", str(folder)]
    run(*words, "--no-progress-bar", env=environment | {"JUPYTER_PATH": str(folder / "jupyter")})
    return cells_of(folder / path.name, "code")


@pytest.mark.colab
@pytest.mark.parametrize(
    ("path", "is_tagged"),
    [(NOTEBOOKS[0], True), (NOTEBOOKS[1], False), (NOTEBOOKS[2], True)],
    ids=lambda value: getattr(value, "stem", value),
)
def test_a_notebook_runs_and_moves_nothing_of_colab(
    colab, published, tmp_path, monkeypatch, path, is_tagged
):
    run(str(colab), "-m", "pip", "uninstall", "--quiet", "--yes", "adgen")
    before = versions(colab)
    cells = run_notebook(path, colab, tmp_path, published[is_tagged])
    after = versions(colab)
    new = {name: after[name] for name in sorted(after.keys() - before)}
    print(f"\n{path.stem} added:", new)  # noqa: T201
    assert before.items() <= after.items()
    about = run(
        str(colab),
        "-c",
        "from importlib.metadata import distribution as d;"
        "print(d('adgen').read_text('direct_url.json'))",
    )
    vcs = json.loads(about)["vcs_info"]
    assert vcs.get("requested_revision") == (f"v{VERSION}" if is_tagged else None)
    [opening] = [
        "".join(output["text"]) for output in cells[1]["outputs"] if output["name"] == "stdout"
    ]
    assert f"Commit: {vcs['commit_id'][:12]}" in opening
    assert "keras 3.13.2" in opening and "T4 GPU gives one" in opening


@pytest.mark.colab
def test_every_notebook_s_extras_leave_all_of_colab_as_it_is(colab, published, tmp_path):
    """Asked of pip, which installs nothing here: torch and transformers stand there by name."""
    run(str(colab), "-c", SET_UP.split("    from adgen")[0], env=published[False], cwd=tmp_path)
    code = (
        "import json, sys; from adgen.support import colab, installing;"
        "print(json.dumps([colab._versions(), installing.requirements(*sys.argv[1:])]))"
    )
    for path in NOTEBOOKS:
        extras = json.loads(
            "[" + re.search(r"add_extras\((.*)\)", source(cells_of(path, "code")[0]))[1] + "]"
        )
        held, wanted = json.loads(run(str(colab), "-c", code, *extras, cwd=tmp_path))
        constraints = tmp_path / "constraints.txt"
        constraints.write_text("".join(f"{name}=={held[name]}\n" for name in held))
        words = [str(colab), "-m", "pip", "install", "--dry-run", "--quiet", "--report", "-"]
        report = json.loads(run(*words, "--constraint", str(constraints), *wanted))
        added = {one["metadata"]["name"].lower() for one in report["install"]}
        print(f"\n{path.stem}, {', '.join(extras)}:", sorted(added))  # noqa: T201
        assert not {name.replace("_", "-") for name in added} & held.keys()


@pytest.mark.colab
def test_a_package_in_the_way_is_named_in_one_line(colab, published, tmp_path):
    run(str(colab), "-c", SET_UP.split("    from adgen")[0], env=published[False], cwd=tmp_path)
    code = "from adgen.support import colab; colab._install(['huggingface-hub>=2.0'], constraints="
    done = subprocess.run(
        [str(colab), "-c", code + "colab._versions())"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert "ColabError: huggingface-hub 1.17.0 of this machine is in the way" in last
    assert "%pip install --upgrade huggingface-hub" in last
