"""Files of ads: those of `generate`, row by row, whatever breaks off in between."""

import csv
import io
import json
import tracemalloc
from itertools import pairwise

import pytest
from tiny_models import save_tiny_model, subword_tokenizer

from adgen.decoding.sampling import Sampling
from adgen.generation.ad_rows import AdRows
from adgen.generation.bulk import BulkPlan, Counts, print_ads, write_ads
from adgen.generation.generated import GeneratedAd
from adgen.generation.generator import AdGenerator
from adgen.generation.prompt_file import PromptFile
from adgen.generation.prompt_rows import PromptRow
from adgen.support.steps import partial_path

WORDS = ["Sony", "Apple Watch", "Samsung Galaxy Watch 4 - 44 mm", "Größe", "TV", "Wi-Fi"]
PROMPTS = [f"{WORDS[number % 6]} {number}" for number in range(100)]
LIMITS = {"max_tokens": 40, "seed": 3}  # of random weights, one token in 300 ends an ad


@pytest.fixture(scope="module")
def generator(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "packed"
    save_tiny_model(folder, reads="packed", tokenizer=subword_tokenizer())
    return AdGenerator.from_pretrained(folder)


def source_in(folder):
    """Makes a file with a bad line after every tenth."""
    lines = [line for n, p in enumerate(PROMPTS) for line in ([p, ""] if n % 10 == 9 else [p])]
    (folder / "prompts.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return PromptFile(folder / "prompts.txt")


@pytest.fixture
def source(tmp_path):
    return source_in(tmp_path)


@pytest.fixture(scope="module", params=["csv", "text"])
def whole(request, generator, tmp_path_factory):
    """Returns a format, and what a run in one go has of it: its counts and its text."""
    folder = tmp_path_factory.mktemp("whole")
    plan = plan_of(generator, source_in(folder), request.param, num_ads=2)
    return request.param, written(generator, plan, folder / "ads.out")


def plan_of(generator, source, format="jsonl", *, num_ads=1, batch_size=4, **others):
    settings = generator.settings(**{**LIMITS, **others})
    return BulkPlan(source, format, settings, num_ads, batch_size)


def written(generator, plan, path, **options):
    *_, counts = write_ads(generator, plan, path, **options)
    return counts, path.read_bytes().decode()


@pytest.mark.parametrize("num_ads", [1, 3])
@pytest.mark.parametrize("batch_size", [1, 7, 256])
def test_the_ads_are_those_of_generate(generator, source, tmp_path, num_ads, batch_size):
    plan = plan_of(generator, source, num_ads=num_ads, batch_size=batch_size)
    counts, text = written(generator, plan, tmp_path / "ads.jsonl")
    rows = [json.loads(line) for line in text.splitlines()]
    good = [row for row in rows if not row["error"]]
    expected = generator.generate(PROMPTS, num_ads=num_ads, **LIMITS)
    ads = [
        (prompt, number, ad.text, ad.finished)
        for prompt, group in zip(PROMPTS, expected, strict=True)
        for number, ad in enumerate(group, 1)
    ]
    assert [(r["prompt"], r["number"], r["ad"], r["finished"]) for r in good] == ads
    assert all(one["line"] <= two["line"] for one, two in pairwise(rows))
    assert [row["line"] for row in rows if row["error"]] == list(range(11, 111, 11))
    num_cut = sum(not finished for *_, finished in ads)
    assert 0 < num_cut < len(ads)
    assert counts == Counts(110, 10, 100 * num_ads, num_cut, "line 11: no text")


def test_every_format_keeps_the_row_beside_its_ad(generator, tmp_path):
    (tmp_path / "a.csv").write_text('id,title,ad\n7,"Sony, TV",old\n8,,\n9,Mug,"5\n10"\n')
    source = PromptFile(tmp_path / "a.csv", "csv")
    texts = {
        name: written(generator, plan_of(generator, source, name), tmp_path / f"out.{name}")[1]
        for name in ("text", "csv", "tsv", "jsonl")
    }
    ads = [ad.text for [ad] in generator.generate(["Sony, TV", "Mug"], **LIMITS)]
    one, two = (" ".join(ad.split()) for ad in ads)  # an ad is one line
    lines = [" ".join(line.split()) for line in texts["text"].splitlines()]
    assert lines == [one, "[line 3: no text in column 'title']", two]
    table = list(csv.DictReader(io.StringIO(texts["csv"], newline="")))
    assert list(csv.DictReader(io.StringIO(texts["tsv"], newline=""), delimiter="\t")) == table
    own = ("line", "prompt", "id", "input_ad", "number", "ad", "error")
    assert [[row[name] for name in own] for row in table] == [
        ["2", "Sony, TV", "7", "old", "1", ads[0], ""],
        ["3", "", "8", "", "", "", "no text in column 'title'"],
        ["4", "Mug", "9", "5\n10", "1", ads[1], ""],
    ]
    rows = [json.loads(line) for line in texts["jsonl"].splitlines()]
    assert [[row[name] for name in own] for row in rows] == [
        [2, "Sony, TV", "7", "old", 1, ads[0], None],
        [3, "", "8", "", None, None, "no text in column 'title'"],
        [4, "Mug", "9", "5\n10", 1, ads[1], None],
    ]


def test_keys_of_json_stay_and_make_way_for_adgens_own(generator, tmp_path):
    lines = ['{"prompt": "Mug", "ad": 1, "input_ad": [2], "line": null}', '"TV"']
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    source = PromptFile(tmp_path / "a.jsonl", "jsonl")
    _, text = written(generator, plan_of(generator, source), tmp_path / "b.jsonl")
    first, second = map(json.loads, text.splitlines())
    assert (first["input_input_ad"], first["input_ad"], first["input_line"]) == (1, [2], None)
    assert (first["line"], second["line"], second["prompt"]) == (1, 2, "TV")
    _, text = written(generator, plan_of(generator, source, "csv"), tmp_path / "b.csv")
    inputs = [row["input"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert json.loads(inputs[0]) == {"ad": 1, "input_ad": [2], "line": None}
    assert inputs[1] == ""


@pytest.mark.parametrize("inside", ["\r", "\n", "\r\n", ",", '"', "\t"])
@pytest.mark.parametrize(("format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_a_cell_of_a_table_may_hold_anything(format, delimiter, inside):
    row = PromptRow(7, f"Mug{inside}red", {"note": f"{inside}x"})
    ad = GeneratedAd(row.prompt, f"Mug{inside}red cup", (3,), True, -1.0)
    rows = AdRows(format, ["note"])
    text = io.StringIO(rows.header + rows.line(row, 1, ad), newline="")
    [found] = csv.DictReader(text, delimiter=delimiter)
    assert (found["prompt"], found["note"], found["ad"]) == (row.prompt, f"{inside}x", ad.text)


def test_half_a_character_costs_its_own_row_alone(generator, tmp_path):
    (tmp_path / "a.jsonl").write_text('"Mug"\n"\\ud83d"\n{"prompt": "TV", "x": "\\ud83d"}\n')
    source = PromptFile(tmp_path / "a.jsonl", "jsonl")
    _, text = written(generator, plan_of(generator, source), tmp_path / "b.jsonl")
    rows = [json.loads(line) for line in text.splitlines()]
    assert [bool(row["error"]) for row in rows] == [False, True, False]
    assert rows[1]["prompt"] == rows[2]["x"] == "\ud83d"


@pytest.mark.parametrize("stop_at", [0, 1, 63, 64, 65, 128, 129, 149, 209])
def test_a_run_that_broke_off_goes_on_to_the_same_bytes(
    generator, source, whole, tmp_path, monkeypatch, stop_at
):
    format, expected = whole
    plan = plan_of(generator, source, format, num_ads=2)
    path = tmp_path / "ads.out"
    steps = write_ads(generator, plan, path)
    for counts in steps:
        if counts.num_lines >= stop_at:
            break
    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt)
    assert not path.exists() and partial_path(path).exists()
    calls = []
    write = generator.write_drafts

    def noted(*arguments, **options):
        for job, ad in write(*arguments, **options):
            calls.append(job)
            yield job, ad

    monkeypatch.setattr(generator, "write_drafts", noted)
    assert written(generator, plan, path, resume=True) == expected
    assert not partial_path(path).exists()
    # What was complete is not written again; a round has 16 batches of 4.
    num_kept = max(stop_at - 1, 0) // 64 * 64
    all_lines = [line for n in range(100) for line in ([1, 1, 0] if n % 10 == 9 else [1, 1])]
    assert len(calls) == sum(all_lines[num_kept:])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 4}, "another seed"),
        ({"max_tokens": 8}, "another max tokens"),
        ({"sampling": Sampling(top_k=3)}, "another top k"),
        ({"sampling": Sampling(min_tokens=3)}, "another min tokens"),
        ({"num_ads": 2}, "another num ads"),
        ({"format": "csv"}, "another format"),
        ({"batch_size": 5}, "another batch size"),
    ],
)
def test_another_run_does_not_go_on(generator, source, tmp_path, change, message):
    path = tmp_path / "ads.jsonl"
    next(steps := write_ads(generator, plan_of(generator, source), path))
    steps.close()
    with pytest.raises(ValueError, match=message):
        next(write_ads(generator, plan_of(generator, source, **change), path, resume=True))


def test_another_input_or_model_does_not_go_on(generator, source, tmp_path):
    path = tmp_path / "ads.jsonl"
    next(steps := write_ads(generator, plan_of(generator, source), path))
    steps.close()
    other = AdGenerator.from_pretrained(
        save_tiny_model(tmp_path / "m", reads="packed", tokenizer=subword_tokenizer(), seed=1)
    )
    with pytest.raises(ValueError, match="another model"):
        next(write_ads(other, plan_of(other, source), path, resume=True))
    with source.path.open("a") as file:
        file.write("one more\n")
    with pytest.raises(ValueError, match="another input"):
        next(write_ads(generator, plan_of(generator, source), path, resume=True))


def test_rows_that_the_model_cannot_go_on_from_are_marked(tmp_path):
    tokenizer_of_words = save_tiny_model(tmp_path / "stream", reads="stream")
    stream = AdGenerator.from_pretrained(tokenizer_of_words)
    (tmp_path / "a.jsonl").write_text(json.dumps("Sony") + '\n""\n' + json.dumps("x" * 3000) + "\n")
    source = PromptFile(tmp_path / "a.jsonl", "jsonl")
    counts, text = written(stream, plan_of(stream, source), tmp_path / "b.jsonl")
    errors = [json.loads(line)["error"] for line in text.splitlines()]
    assert errors[0] is None
    assert errors[1].startswith("Prompt 2 holds no word")
    assert errors[2].startswith("Prompt 3 has 3,000 characters")
    assert (counts.num_rows, counts.num_bad) == (3, 2)


def test_a_prompt_longer_than_a_gpts_context_is_marked(tmp_path):
    from tiny_gpt import save_tiny, tiny_model

    gpt = AdGenerator.from_pretrained(save_tiny(tmp_path / "gpt", tiny_model()))
    (tmp_path / "a.txt").write_text("Sony TV\n" + "oak table " * 60 + "\nMug\n")
    plan = plan_of(gpt, PromptFile(tmp_path / "a.txt"))
    counts, text = written(gpt, plan, tmp_path / "b.jsonl")
    rows = [json.loads(line) for line in text.splitlines()]
    assert [row["prompt"].split()[0] for row in rows] == ["Sony", "oak", "Mug"]
    assert "the model has room for 33. Cut it." in rows[1]["error"]
    assert counts.num_bad == 1 and rows[0]["ad"] and rows[2]["ad"]


def test_a_stream_gets_each_ad_when_it_is_complete(generator):
    endless = iter(lambda: b"Sony TV\n", b"")

    class Endless(io.RawIOBase):
        def readline(self, size=-1):
            return next(endless)

    out = io.StringIO()
    steps = print_ads(generator, plan_of(generator, PromptFile(stream=Endless())), out)
    for number, counts in zip(range(1, 200), steps, strict=False):
        assert counts.num_lines == number == len(out.getvalue().splitlines())


def test_a_stream_that_has_not_all_letters_gets_json_all_the_same(generator):
    source = PromptFile(prompts=("媒 é 😀",))
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    for _ in print_ads(generator, plan_of(generator, source), out):
        pass
    out.seek(0)
    assert json.loads(out.read())["prompt"] == "媒 é 😀"


def test_memory_does_not_grow_with_the_ads_of_a_prompt(generator, tmp_path):
    def peak(num_ads):
        plan = plan_of(generator, PromptFile(prompts=("Sony",)), num_ads=num_ads, max_tokens=1)
        tracemalloc.start()
        for _ in write_ads(generator, plan, tmp_path / f"{num_ads}.jsonl"):
            pass
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(100)
    assert peak(2000) < 1.2 * peak(400)
