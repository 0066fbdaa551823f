"""Ads from GPT models.

The same as transformers writes, whatever the batch, and never longer than the context.
"""

import subprocess
import sys

import numpy as np
import pytest
from tiny_gpt import own_tokenizer, save_tiny, tiny_model

from adgen.decoding.sampling import Sampling
from adgen.generation.generator import AdGenerator
from adgen.gpt.catalogue import PUBLISHED, revision_of
from adgen.gpt.loading import is_gpt_folder, load_causal_lm
from adgen.scoring.protocol import Shots

PROMPTS = ["Sony TV", "Red", "Apple Watch band for women and men", "Oak table with lamp"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    place = tmp_path_factory.mktemp("models")
    return {
        kind: save_tiny(place / kind, tiny_model(kind, spread=0.2)) for kind in ("gpt_neo", "gpt2")
    }


@pytest.fixture(params=["gpt_neo", "gpt2"])
def folder(request, folders):
    return folders[request.param]


def generator(folder, template="ads"):
    return AdGenerator.from_pretrained(folder, template=template)


@pytest.mark.parametrize(
    "sampling", [Sampling(temperature=0.7, top_p=0.9), Sampling(repetition_penalty=1.3)]
)
def test_an_ad_does_not_depend_on_its_batch_mates(folder, sampling):
    writer = generator(folder)
    together = writer.generate(
        PROMPTS, num_ads=3, seed=5, sampling=sampling, max_tokens=20, batch_size=5
    )
    for prompt, ads in zip(PROMPTS, together, strict=True):
        [alone] = writer.generate(
            prompt, num_ads=3, seed=5, sampling=sampling, max_tokens=20, batch_size=1
        )
        assert [ad.token_ids for ad in alone] == [ad.token_ids for ad in ads]
        np.testing.assert_allclose(
            [ad.log_probability for ad in alone], [ad.log_probability for ad in ads], atol=1e-3
        )


def test_greedy_ads_are_those_of_transformers(folder):
    import torch

    model, inner = load_causal_lm(folder)
    writer = generator(folder)
    for ads in writer.generate(PROMPTS, sampling=Sampling(greedy=True), max_tokens=15):
        # The first character may not go on with the prompt's last word, which transformers does not
        # know; it can be several tokens.
        written = list(ads[0].token_ids)
        given = 1
        while writer.tokenizer.decode(written[:given])[:1] == "\ufffd":
            given += 1
        assert given <= 4
        prompt_ids = [2, *inner(ads[0].prompt)["input_ids"], *written[:given]]
        expected = model.generate(
            torch.tensor([prompt_ids]),
            max_new_tokens=15 - given,
            do_sample=False,
            pad_token_id=0,
            eos_token_id=2,
            bad_words_ids=[[0], [1]],
        )
        assert written[given:] == expected[0, len(prompt_ids) :].tolist()


def test_shots_are_read_and_not_shown(folder):
    import torch

    writer = generator(folder, "list").with_shots(Shots(("Blue band", "Tin cup"), "toys"))
    [[ad]] = writer.generate("Sony TV", sampling=Sampling(greedy=True), max_tokens=8)
    assert ad.text.startswith("Sony TV") and "Tin cup" not in ad.text
    model, inner = load_causal_lm(folder)
    lines = ["Product titles on Amazon, toys:\n", "Blue band", "\n", "Tin cup", "\n", "Sony TV"]
    ids = [2, *(i for line in lines for i in inner(line)["input_ids"]), ad.token_ids[0]]
    for token_id in ad.token_ids[1:]:
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0, -1]
        logits[[0, 1, 2]] = -np.inf  # an ad ends with its line here
        assert token_id == int(logits.argmax())
        ids.append(token_id)
    with pytest.raises(ValueError, match="Give fewer example ads"):
        generator(folder).with_shots(Shots(tuple(PROMPTS * 9)))


def test_an_ad_ends_where_the_context_does(folder):
    writer = generator(folder)
    [[ad]] = writer.generate(
        "Sony TV", sampling=Sampling(greedy=False, top_k=3), max_tokens=500, seed=3
    )
    num_read = 1 + len(writer.tokenizer.encode("Sony TV")) + len(ad.token_ids)
    assert ad.finished or num_read == 64 + 1  # the last token is written and need not be read
    with pytest.raises(ValueError, match="the model has room for 63"):
        writer.generate("Sony TV " * 60)


def test_special_tokens_are_never_written():
    from adgen.generation.trained import TrainedGPT
    from adgen.gpt.causal import CausalLM
    from adgen.gpt.directory import GPTDirectory
    from adgen.gpt.prompts import TEMPLATES
    from adgen.gpt.tokens import GPTTokenizer

    model = tiny_model(spread=0.0)  # every token is as probable
    for template, banned in (("ads", {0, 1}), ("lines", {0, 1, 2})):
        tokenizer = GPTTokenizer(own_tokenizer(), end=TEMPLATES[template].end)
        writer = AdGenerator(
            TrainedGPT(
                GPTDirectory(
                    "x", CausalLM(model), tokenizer, TEMPLATES[template], {}, {"max_tokens": 40}
                )
            )
        )
        ads = writer.generate("Oak", num_ads=200, seed=1)[0]
        written = {token for ad in ads for token in ad.token_ids}
        assert not written & banned
        assert tokenizer.eos_id in written


def test_ids_of_a_model_that_its_tokenizer_has_not_write_nothing(tmp_path):
    model = tiny_model(vocab_size=800, spread=0.0)  # every token is as probable; 400 are known
    writer = generator(save_tiny(tmp_path / "m", model))
    known = writer.tokenizer.vocab_size
    for ad in writer.generate("Oak", num_ads=50, seed=1, max_tokens=6)[0]:
        kept = [token_id for token_id in ad.token_ids if token_id < known]
        text = "Oak" + writer.tokenizer.decode(kept)
        assert ad.text.strip() == text.rstrip("\ufffd").strip()  # bytes that are no character yet


def test_stream_and_explain_write_the_same_ad(folder):
    writer = generator(folder)
    [[ad]] = writer.generate("Sony TV", seed=2, max_tokens=10)
    assert "".join(writer.stream("Sony TV", seed=2, max_tokens=10)) == ad.text
    [[explained]] = writer.explain("Sony TV", seed=2, max_tokens=10)
    assert explained.token_ids == ad.token_ids and len(explained.steps) == len(ad.token_ids)


def test_a_model_without_its_files_is_refused_in_one_line(tmp_path, folder):
    with pytest.raises(FileNotFoundError, match=r"has no config\.json"):
        load_causal_lm(tmp_path)
    (tmp_path / "config.json").write_text((folder / "config.json").read_text())
    with pytest.raises(FileNotFoundError, match="has no weights"):
        load_causal_lm(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ValueError, match="names no model_type"):
        load_causal_lm(tmp_path)
    assert not is_gpt_folder(tmp_path)
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        load_causal_lm(tmp_path / "nothing")


def output_with(code, folders):
    """What a fresh process prints that runs this code with every folder as an argument."""
    command = [sys.executable, "-c", code, *map(str, folders.values())]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-300:]
    return done


def test_a_gpt_is_loaded_and_writes_without_a_word(folders):
    done = output_with(
        "import sys; from adgen.cli.main import main; "
        "words = ['generate', 'Sony TV', '--min-tokens', '3', '--model']; "
        "sys.exit(max(main([*words, folder]) for folder in sys.argv[1:]))",
        folders,
    )
    assert done.stdout.count("Sony TV") == len(folders)
    lines = [line for line in done.stderr.splitlines() if "ads were cut at" not in line]
    assert lines == []


def test_a_gpt_writes_in_a_process_that_has_loaded_tensorflow(folders):
    done = output_with(
        "import tensorflow, sys; from adgen.generation.generator import AdGenerator; "
        "writers = map(AdGenerator.from_pretrained, sys.argv[1:]); "
        "print(*[w.generate('Sony TV', max_tokens=3)[0][0].text for w in writers], sep='\\n')",
        folders,
    )
    assert done.stdout.count("Sony TV") == len(folders)


def test_an_unknown_id_offline_says_what_to_do(monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)  # read from the environment at import
    with pytest.raises(
        FileNotFoundError, match=r"neither a folder nor in the cache.*give its folder"
    ):
        load_causal_lm("nobody/no-such-model")


def test_published_models_have_the_shapes_that_they_are_known_by():
    import torch
    from transformers import AutoModelForCausalLM

    for published in PUBLISHED.values():
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(published.config())
        assert sum(p.numel() for p in model.parameters()) == published.num_weights
    sizes = {name: model.num_weights for name, model in PUBLISHED.items()}
    assert (sizes["GPT-2 124M"], sizes["GPT-2 1558M"]) == (124_439_808, 1_557_611_200)
    assert revision_of("gpt2") == revision_of("openai-community/GPT2") is not None
    assert revision_of("EleutherAI/gpt-neo-125M") and revision_of("nobody/model") is None


def test_a_prompt_too_long_for_the_context_is_named_before_anything_is_written(folder, monkeypatch):
    writer = generator(folder)  # 64 tokens, of which the ad's start takes one
    monkeypatch.setattr(writer._decoder, "write", lambda *_, **__: pytest.fail("it wrote"))
    num_tokens = len(writer.tokenizer.encode(("tv " * 80).strip()))
    message = rf"^Prompt 2 has {num_tokens} tokens; the model has room for 63\. Cut it\.$"
    with pytest.raises(ValueError, match=message):
        writer.generate(["Sony TV", "Red", "tv " * 80, "Oak"], num_ads=2, match_case=False)
    assert writer.has_room_for("Sony TV") and not writer.has_room_for("tv " * 80)


def test_a_prompt_of_all_the_room_gets_a_token(folder):
    writer = generator(folder)
    text = "tv"
    while writer.has_room_for(f"{text} tv"):
        text += " tv"
    [[ad]] = writer.generate(text)
    assert len(ad.token_ids) >= 1


def test_example_ads_are_named_where_they_take_the_room(folder):
    writer = generator(folder).with_shots(Shots(("Sony TV", "Red mug")))
    with pytest.raises(ValueError, match=r"after 2 example ads\. Cut it or give fewer of them"):
        writer.generate(["Oak", "tv " * 60])
