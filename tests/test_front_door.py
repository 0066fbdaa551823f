"""`from adgen import ...` gives the public names, and importing adgen loads none of them."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import adgen

SOURCE = ast.parse(Path(adgen.__file__).read_text(encoding="utf-8"))
FOR_TYPE_CHECKERS = {
    alias.name: node.module
    for block in SOURCE.body
    if isinstance(block, ast.If)
    for node in block.body
    for alias in node.names
}


def test_type_checkers_see_the_names_that_the_door_has():
    assert sorted(FOR_TYPE_CHECKERS) == sorted(adgen.__all__)
    assert set(adgen.__all__) <= set(dir(adgen))


@pytest.mark.parametrize("name", adgen.__all__)
def test_a_name_is_the_one_of_its_room(name):
    assert getattr(adgen, name) is getattr(importlib.import_module(FOR_TYPE_CHECKERS[name]), name)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'AdWrighter'"):
        adgen.AdWrighter  # noqa: B018
    assert not hasattr(adgen, "AdWrighter")


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import adgen", {"numpy", "pandas", "tensorflow", "torch"}),
        ("from adgen import AdGenerator, Sampling, Shots", {"pandas", "tensorflow", "torch"}),
        ("from adgen import read_ads, load_corpus, split_ads, score_ads", {"tensorflow", "torch"}),
    ],
)
def test_a_name_loads_its_room_and_no_other(statement, absent):
    code = f"{statement}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not absent & set(done.stdout.split())
