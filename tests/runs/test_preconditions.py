"""What cannot work is refused where it is first known, before the long part."""

import pytest
from command_runs import fails
from tiny_gpt import save_tiny, tiny_model
from tiny_models import save_tiny_model

from adgen.corpus.sample import make_sample_ads
from adgen.corpus.source import AdSource
from adgen.gpt.training.new_model import NewModel
from adgen.gpt.training.settings import FinetuneConfig
from adgen.runs.compare import ComparePlan
from adgen.runs.evaluate import EvaluationPlan, run_evaluation, run_memorisation
from adgen.runs.finetune import GPTPlan, plan_memory, run_pretraining


@pytest.fixture
def unread(monkeypatch, tmp_path):
    """A source of ads that must not be read."""
    path = tmp_path / "ads.csv"
    make_sample_ads(50)[["ad"]].to_csv(path, index=False)
    for name in ("load", "load_split"):
        monkeypatch.setattr(AdSource, name, lambda *_, **__: pytest.fail("it read the ads"))
    return AdSource(path)


def test_pretraining_with_rows_longer_than_its_context_is_refused_before_ads_are_read(
    unread, tmp_path, capsys
):
    words = ["pretrain", unread.path, "--output", tmp_path / "out", "--context-length", "32"]
    error = fails([*words, "--max-tokens", "129"], capsys)
    assert "--max-tokens is 129; the context of the new model has 32 tokens" in error
    assert "Give --max-tokens 32 or less" in error
    plan = GPTPlan("x", unread, tmp_path / "out", "x")
    config = FinetuneConfig(base="scratch", max_tokens=33)
    with pytest.raises(ValueError, match="max_tokens is 33"):
        run_pretraining(NewModel(context_length=32), config, plan)
    assert not (tmp_path / "out.checkpoint").exists()


def test_finetuning_with_rows_longer_than_the_base_reads_is_refused(tmp_path):
    base = save_tiny(tmp_path / "base", tiny_model(context_length=64))
    with pytest.raises(ValueError, match="max_tokens is 65; the context of the base has 64"):
        plan_memory(FinetuneConfig(base=str(base), max_tokens=65))
    assert plan_memory(FinetuneConfig(base=str(base), max_tokens=64))
    assert plan_memory(FinetuneConfig(base=str(base)))[0].max_tokens == 64  # shortened


def test_what_a_model_cannot_be_asked_is_refused_before_ads_are_read(unread, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "adgen.runs.evaluate.load_for_model", lambda *_, **__: pytest.fail("it read the ads")
    )
    stream = save_tiny_model(tmp_path / "stream", reads="stream")
    plan = EvaluationPlan(stream, unread.path, "x")
    with pytest.raises(ValueError, match="no figures by category"):
        run_evaluation(plan, by_category=True)
    with pytest.raises(ValueError, match="top_p is 2"):
        run_memorisation(plan, num_ads=3, controls={"top_p": 2})
    with pytest.raises(ValueError, match="num_ads is 0; expected a whole number from 1"):
        run_memorisation(plan, num_ads=0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"template": "poem"}, "template is 'poem'; expected one of ads, lines, list"),
        ({"prompts": ["Sony", "x" * 3000]}, "Prompt 1 has 3,000 characters"),
        (
            {"shots": [0, 2000]},
            "A number of shots is 2000; expected .* from 0 to 1,000",
        ),
        ({"num_samples": 2**31}, "num_samples is 2147483648; expected"),
    ],
)
def test_a_comparison_that_cannot_work_is_refused_when_it_is_planned(changes, message, unread):
    with pytest.raises(ValueError, match=message):
        ComparePlan(**{"models": ["m"], "source": unread} | changes)
