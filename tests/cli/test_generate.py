"""`adgen generate`.

The same ads again, every decoding control, what was chosen from, a light start.
"""

import json
import subprocess
import sys

import pytest
from command_runs import fails, run

from adgen.generation.bulk import BulkPlan, write_ads
from adgen.generation.generator import AdGenerator
from adgen.generation.prompt_file import PromptFile


def test_generate_is_reproducible_and_begins_with_the_prompt(trained, capsys):
    words = [
        "generate",
        "Velquist Halcyon",
        "Best deals on",
        "--model",
        trained[0],
        "--num-ads",
        3,
        "--seed",
        5,
    ]
    first, second = run([*words, "--json"], capsys)[1], run([*words, "--json"], capsys)[1]
    assert first == second
    [one, two] = json.loads(first)
    assert len(one["ads"]) == len(two["ads"]) == 3
    assert all(ad["text"].startswith("Best deals on") for ad in two["ads"])


def test_generate_sets_the_capitals_that_a_prompt_lacks_unless_told_to_keep_its_case(
    trained, capsys
):
    words = ["generate", "velquist", "--model", trained[0]]
    expected = run(["generate", "Velquist", "--model", trained[0]], capsys)[1]
    assert run(words, capsys)[1] == expected
    kept = run([*words, "--keep-case"], capsys)[1]
    assert kept.startswith("velquist")


def test_generate_takes_every_decoding_control(trained, capsys):
    words = ["generate", "Best deals on", "--model", trained[0], "--temperature", 0.8, "--top-k", 5]
    words += ["--top-p", 0.9, "--repetition-penalty", 3.0, "--num-ads", 2]
    code, out, _ = run(words, capsys)
    assert (code, len(out.splitlines())) == (0, 2)
    greedy = [
        run(["generate", "Best", "--model", trained[0], "--greedy", "--seed", s], capsys)[1]
        for s in (1, 2)
    ]
    assert greedy[0] == greedy[1]


@pytest.mark.parametrize("words", [["--temperature", 0.5], ["--top-k", 2], ["--top-p", 0.5]])
def test_greedy_beside_what_it_would_silence_is_refused(words, trained, capsys):
    error = fails(["generate", "Best", "--model", trained[0], "--greedy", *words], capsys)
    assert f"{words[0]} would do nothing" in error


def test_explain_shows_what_was_chosen_from(trained, capsys):
    words = [
        "generate",
        "Best deals on",
        "--model",
        trained[0],
        "--explain",
        3,
        "--max-tokens",
        2,
        "--json",
    ]
    [ad] = json.loads(run(words, capsys)[1])[0]["ads"]
    assert 1 <= len(ad["steps"]) <= 2
    for step in ad["steps"]:
        candidates = [candidate["model_probability"] for candidate in step["candidates"]]
        assert len(candidates) == 3
        assert candidates == sorted(candidates, reverse=True)


def test_generate_loads_neither_tensorflow_nor_pandas_nor_pyarrow(trained):
    code = (
        "import sys; from adgen.cli.main import main;"
        f"main(['generate', 'Best', '--model', {str(trained[0])!r}]);"
        "heavy = ('tensorflow', 'keras', 'pandas', 'pyarrow');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_exact_writes_the_same_ads_whatever_is_written_beside_them(trained, tmp_path, capsys):
    small = tmp_path / "small"
    assert run(["compress", trained[0], small], capsys)[0] == 0
    words = ["generate", "--model", small, "--exact", "--num-ads", 3, "--json"]
    [one] = json.loads(run([*words, "Velquist"], capsys)[1])
    many = json.loads(run([*words, "Best", "Velquist", "Velquist Halcyon"], capsys)[1])
    assert many[1] == one


def test_exact_is_refused_where_weights_are_no_whole_numbers(trained, capsys):
    error = fails(["generate", "Best", "--model", trained[0], "--exact"], capsys)
    assert "--exact needs weights in int8" in error
    assert "adgen compress" in error


def test_int8_writes_the_same_ads_whatever_is_written_beside_them(trained, capsys):
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    usual = ["generate", "--model", trained[0], "--max-tokens", 4, "--json"]
    words = [*usual, "--precision", "int8"]
    [one] = json.loads(run([*words, "Velquist"], capsys)[1])
    many = json.loads(run([*words, "Best", "Velquist", "Velquist Halcyon"], capsys)[1])
    assert many[1] == one
    [exact] = json.loads(run([*usual, "Velquist"], capsys)[1])
    before, after = (found["ads"][0]["log_probability"] for found in (exact, one))
    assert before != after == pytest.approx(before, rel=0.1)


def test_int8_is_refused_with_exact(trained, capsys):
    words = ["generate", "Best", "--model", trained[0], "--precision", "int8", "--exact"]
    assert "--precision int8 rounds what --exact computes exactly" in fails(words, capsys)


@pytest.mark.parametrize(
    ("how", "option"), [({"exact": True}, "--exact"), ({"precision": "int8"}, "--precision=int8")]
)
def test_a_run_is_not_continued_with_other_numbers(how, option, trained, tmp_path, capsys):
    for package in ("onnx", "onnxruntime") if "precision" in how else ():
        pytest.importorskip(package)
    small, prompts, output = tmp_path / "small", tmp_path / "prompts.txt", tmp_path / "ads.jsonl"
    prompts.write_text("Best\nVelquist\n")
    assert run(["compress", trained[0], small], capsys)[0] == 0
    generator = AdGenerator.from_pretrained(small, **how)
    source = PromptFile(prompts, "text", None)
    plan = BulkPlan(source, "jsonl", generator.settings())
    writing = write_ads(generator, plan, output)
    next(writing)
    writing.close()
    words = ["generate", "--input", prompts, "--output", output, "--model", small, "--resume"]
    [name] = how
    assert f"another {name}" in fails(words, capsys)
    assert run([*words, option], capsys)[0] == 0


def test_a_storage_that_an_lstm_lacks_is_named_as_an_option(trained, tmp_path, capsys):
    line = fails(["compress", trained[0], tmp_path / "out", "--storage", "adapter"], capsys)
    assert "error: --storage is 'adapter'; expected one of float32, float16, int8 for" in line
    assert not (tmp_path / "out").exists()


def test_no_words_are_a_prompt(trained, capsys):
    assert '"" for any ad' in " ".join(shown_help(capsys).split())
    code, out, _ = run(["generate", "", "--model", trained[0], "--max-tokens", 3], capsys)
    assert code == 0 and out.strip()


def shown_help(capsys):
    with pytest.raises(SystemExit):
        run(["generate", "--help"], capsys)
    return capsys.readouterr().out
