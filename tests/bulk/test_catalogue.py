"""One call for a catalogue's ads: as the command has it, and nothing done twice."""

import json
import multiprocessing

import pytest
from bulk_runs import OwnCrew, made_product, rows_of, save_catalogue

from adgen.bulk import catalogue as catalogue_module
from adgen.bulk.catalogue import write_ads
from adgen.bulk.plan import BulkPlan, run_path
from adgen.cli.main import main
from adgen.support.steps import partial_path
from adgen.writing.settings import WriteSettings


class _Opened:
    """A crew within this process; it may be stopped after so many blocks."""

    num_workers = 1

    def __init__(self, plan, stop_after=None):
        self._crew = OwnCrew(plan)
        self._left = stop_after

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def begin(self, worker, block):
        if self._left == 0:
            raise KeyboardInterrupt
        self._left = None if self._left is None else self._left - 1
        self._crew.begin(worker, block)

    def next_done(self):
        return self._crew.next_done()


@pytest.fixture
def own_crew(monkeypatch):
    """Writes within this process; a number in the list stops it after so many blocks."""
    stops = []

    def opened(plan, num_workers):
        return _Opened(plan, stops.pop() if stops else None)

    monkeypatch.setattr(catalogue_module, "open_local_crew", opened)
    monkeypatch.setattr("adgen.bulk.source.BLOCK_SIZE", 4)
    monkeypatch.setattr("adgen.bulk.run._STEP_SECONDS", 0)
    return stops


@pytest.fixture
def shop(tmp_path):
    return save_catalogue(tmp_path / "shop.jsonl", map(made_product, range(20)))


def test_rows_are_written_with_settings_by_name(own_crew, shop, tmp_path, plan):
    counts = write_ads(shop, tmp_path / "ads.jsonl", plan, format="amazon-title", num_ads=1)
    rows = rows_of(tmp_path / "ads.jsonl")
    assert counts.num_rows == len(rows) == 20
    assert counts.num_skipped and counts.num_failed and counts.num_ok
    assert counts.num_ads == counts.num_ok
    assert all(list(ad["fields"]) == ["title"] for row in rows for ad in row["ads"])


def test_a_second_call_does_nothing(own_crew, shop, tmp_path, plan):
    path = tmp_path / "ads.csv"
    first = write_ads(str(shop), str(path), plan)
    own_crew.append(0)  # whoever writes would be stopped
    written = path.read_bytes()
    assert write_ads(shop, path, plan) == first
    assert path.read_bytes() == written and own_crew == [0]


def test_the_command_knows_what_was_written_from_python(own_crew, shop, tmp_path, plan, capsys):
    path = tmp_path / "ads.jsonl"
    write_ads(shop, path, plan, map="product=product", seed=3)
    options = ["--map", "product=product", "--num-ads", "2", "--num-candidates", "2", "--seed", "3"]
    assert main(["bulk", str(shop), str(path), "--model", plan.model, *options]) == 1  # some failed
    assert "is complete already" in capsys.readouterr().err


def test_a_stopped_call_says_where_and_the_same_one_goes_on(own_crew, shop, tmp_path, plan):
    whole, path = tmp_path / "whole.jsonl", tmp_path / "ads.jsonl"
    write_ads(shop, whole, plan)
    own_crew.append(2)
    with pytest.raises(KeyboardInterrupt, match="product 8 of 20; the same call goes on"):
        write_ads(shop, path, plan)
    assert partial_path(path).exists() and not path.exists()
    assert write_ads(shop, path, plan).num_rows == 20
    assert path.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "myspace"}, "myspace"),
        ({"num_workers": 0}, "num_workers is 0"),
        ({"plan": "fast"}, "plan is 'fast'"),
        ({"map": "product=TITLE"}, "TITLE"),
        ({"path": "ads.txt"}, "ads.txt"),
    ],
)
def test_what_is_wrong_is_refused_before_any_work(own_crew, shop, tmp_path, plan, changes, message):
    given = {"path": tmp_path / "ads.jsonl", "plan": plan, **changes}
    with pytest.raises(ValueError, match=message):
        write_ads(shop, **given)
    assert list(tmp_path.iterdir()) == [shop]


def test_other_settings_do_not_replace_what_is_there(own_crew, shop, tmp_path, plan):
    path = tmp_path / "ads.jsonl"
    write_ads(shop, path, plan)
    before = path.read_bytes(), run_path(path).read_bytes()
    with pytest.raises(ValueError, match="another seed"):
        write_ads(shop, path, plan, seed=5)
    assert (path.read_bytes(), run_path(path).read_bytes()) == before


def test_workers_are_processes_that_end_with_it(tmp_path, writer_dir):
    shop = save_catalogue(tmp_path / "shop.jsonl", map(made_product, range(3)))
    plan = BulkPlan(WriteSettings(num_ads=1, num_candidates=1), model=str(writer_dir))
    write_ads(shop, tmp_path / "ads.jsonl", plan, num_workers=2)
    first = json.loads((tmp_path / "ads.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first["ads"][0]["text"].startswith("Zenko ")
    assert not multiprocessing.active_children()
