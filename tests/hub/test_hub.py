"""The way to the Hub and back: one commit or none, errors in one line, no token in any."""

import json

import pytest
from huggingface_hub import close_session, constants
from local_hub import TOKEN, Repo, serving_hub
from tiny_models import TEXTS, save_tiny_model, subword_tokenizer
from tiny_writer import save_tiny_writer

from adgen.generation.generator import AdGenerator
from adgen.generation.sharing import library_entries
from adgen.hub.download import fetch_folder
from adgen.hub.upload import Target, check_token, push_folder
from adgen.ngram.directory import save_ngram_directory
from adgen.ngram.model import NGramModel
from adgen.writing.writer import AdWriter

_FILES = "/{repo_id}/resolve/{revision}/{filename}"


@pytest.fixture
def hub(monkeypatch, tmp_path):
    with serving_hub(monkeypatch, tmp_path / "hf") as hub:
        monkeypatch.chdir(tmp_path)
        yield hub


@pytest.fixture
def folder(tmp_path):
    return save_tiny_model(tmp_path / "small", reads="packed", info={"name": "small"})


def test_a_folder_goes_up_in_one_commit_and_comes_back(hub, folder):
    address = push_folder(folder, Target("me/small", message="First"))
    repo = hub.repos["model", "me/small"]
    assert repo.files() == {path.name: path.read_bytes() for path in folder.iterdir()}
    assert repo.messages == ["initial commit", "First"] and address.startswith(hub.url)
    fetched = fetch_folder("me/small")
    assert {path.name for path in fetched.iterdir()} == {path.name for path in folder.iterdir()}


def test_what_the_folder_no_longer_has_is_deleted_if_it_is_ours(hub, folder):
    (folder / "old.json").write_text("{}")
    (folder / "notes.json").write_text("{}")
    push_folder(folder, Target("me/small"))
    for name in ("old.json", "notes.json"):
        (folder / name).unlink()
    (folder / "README.md").write_text("# new\n")
    push_folder(
        folder,
        Target("me/small"),
        owns=lambda path: path.name != "notes.json",
        is_our_card=lambda card: card == "# A tiny model\n",
    )
    files = hub.repos["model", "me/small"].files()
    assert "old.json" not in files and "notes.json" in files and files["README.md"] == b"# new\n"
    assert len(hub.repos["model", "me/small"].commits) == 3


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["pytorch_model.bin", "config.json"], "replace or delete config.json, pytorch_model.bin"),
        (["README.md", "vocab.json"], "replace or delete vocab.json"),
        (
            ["README.md", "adapter_config.json", "config.json", "ngram.json", "vocab.json"],
            "delete adapter_config.json, config.json, ngram.json and 1 more. Give another",
        ),
    ],
)
def test_a_repository_that_others_filled_loses_nothing(hub, folder, names, said):
    repo = Repo("model", commits=[dict.fromkeys(names, b"# Theirs\n")])
    hub.repos["model", "me/small"] = repo
    with pytest.raises(FileExistsError, match=said) as raised:
        AdGenerator.from_pretrained(folder).push_to_hub("me/small")
    assert str(raised.value).endswith("Nothing was committed.")
    assert repo.files() == dict.fromkeys(names, b"# Theirs\n")


def test_a_new_repository_s_readme_and_files_of_other_names_are_no_hindrance(hub, folder):
    there = {"README.md": b"---\nlicense: mit\n---\n", "notes.md": b"mine"}
    hub.repos["model", "me/small"] = Repo("model", commits=[there])
    AdGenerator.from_pretrained(folder).push_to_hub("me/small")
    files = hub.repos["model", "me/small"].files()
    assert files["notes.md"] == b"mine" and "model.safetensors" in files


def test_a_model_with_a_card_of_one_s_own_is_pushed_again(hub, folder):
    (folder / "README.md").write_text("---\nlicense: mit\ntags:\n- mine\n---\n\n# My model\n")
    for _ in range(2):
        AdGenerator.from_pretrained(folder).push_to_hub("me/small")
    card = hub.repos["model", "me/small"].files()["README.md"].decode()
    assert card == "---\nlicense: mit\ntags:\n- mine\n- adgen\n---\n\n# My model\n"


def test_a_branch_leaves_main_alone(hub, folder):
    push_folder(folder, Target("me/small"))
    (folder / "README.md").write_text("# tried\n")
    push_folder(folder, Target("me/small", branch="trial"), is_our_card=lambda card: True)
    repo = hub.repos["model", "me/small"]
    assert repo.files("trial")["README.md"] == b"# tried\n" != repo.files()["README.md"]


@pytest.mark.parametrize(
    ("part", "status", "error", "message"),
    [
        ("whoami", 401, PermissionError, "401: it does not know the token"),
        ("/api/repos/create", 403, PermissionError, "403: the token has no such right in me/small"),
        ("/preupload/", 403, PermissionError, "403: the token has no such right in me/small"),
        ("/preupload/", 404, FileNotFoundError, "404: it has no me/small"),
        ("/commit/", 409, OSError, "409: me/small is taken, or was changed"),
        ("/commit/", 412, OSError, "412: me/small was changed"),
        ("/commit/", 400, OSError, "400: so it was told"),
        ("/lfs/objects/batch", 413, OSError, "413: a file is larger"),
        ("/preupload/", 503, OSError, "503: it is not well"),
    ],
)
def test_a_refusal_is_one_line_and_nothing_is_committed(hub, folder, part, status, error, message):
    hub.answers = {part: status}
    target = Target("me/small")
    with pytest.raises(error, match=message) as raised:
        check_token(target)
        push_folder(folder, target)
    said = str(raised.value)
    assert said.startswith("Publishing me/small: the Hub answers ") and "\n" not in said
    assert said.endswith("Nothing was committed.") and TOKEN not in said
    assert all(len(repo.commits) == 1 for repo in hub.repos.values())


def test_a_repository_of_others_is_refused(hub, folder):
    with pytest.raises(PermissionError, match=r"403.*no such right in you/small.*don't have the"):
        push_folder(folder, Target("you/small"))
    assert not hub.repos


def test_braces_in_what_the_hub_says_are_said_as_they_are(hub, folder):
    hub.answers = {"/commit/": 409}
    hub.says = 'conflict on {"branch": {0}}'
    with pytest.raises(OSError, match=r'It says: conflict on \{"branch": \{0\}\}\. Nothing'):
        push_folder(folder, Target("me/small"))


@pytest.mark.parametrize(
    ("part", "note"),
    [
        ("/lfs/", "Nothing was committed"),
        ("/commit/", r"It may have been committed: look at http://127.*/me/small/commits/main$"),
    ],
)
def test_a_connection_that_breaks_commits_nothing(hub, folder, part, note):
    hub.cut = part
    with pytest.raises(ConnectionError, match=rf"the connection broke .*{note}"):
        push_folder(folder, Target("me/small"))
    assert any(part in request for request in hub.requests)
    assert len(hub.repos["model", "me/small"].commits) == 1
    hub.cut = None
    push_folder(folder, Target("me/small"))  # the same again
    assert len(hub.repos["model", "me/small"].commits) == 2


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_hub_that_fails_at_the_commit_leaves_it_in_doubt(hub, folder, status):
    hub.answers = {"/commit/": status}
    doubt = rf"answers {status}: it is not well.*may have been committed: look at .*commits/main$"
    with pytest.raises(OSError, match=doubt) as raised:
        push_folder(folder, Target("me/small"))
    assert "Nothing was committed" not in str(raised.value)


def test_without_a_token_or_a_network_it_says_so(monkeypatch, tmp_path, hub):
    monkeypatch.setenv("HF_TOKEN", "hf_" + "b" * 34)
    with pytest.raises(PermissionError, match="401: it does not know the token") as raised:
        check_token(Target("me/small"))
    assert "bbb" not in str(raised.value)
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(PermissionError, match="needs a token of the Hub, and there is none"):
        check_token(Target("me/small"))
    (tmp_path / "hf").mkdir(exist_ok=True)
    (tmp_path / "hf" / "token").write_text(f"{TOKEN}\n")  # where `hf auth login` puts it
    assert check_token(Target("me/small")) == "me"
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ConnectionError, match=r"http://127.0.0.1:9 cannot be reached"):
        check_token(Target("me/small"))


@pytest.mark.parametrize("name", ["small", "a/b/c", "me/sm all", "../x", "me/.hidden"])
def test_a_name_that_cannot_be_one_is_refused_before_anything_is_asked(hub, folder, name):
    with pytest.raises(ValueError, match="is no repository of the Hub; expected OWNER/NAME"):
        check_token(Target(name))
    with pytest.raises(ValueError, match="is no repository of the Hub"):
        push_folder(folder, Target(name))
    assert hub.requests == []


def test_an_lstm_is_pushed_and_opened_by_its_name(hub, folder, tmp_path):
    here = AdGenerator.from_pretrained(folder)
    here.push_to_hub("me/small", private=True)
    assert hub.repos["model", "me/small"].is_private
    card = hub.repos["model", "me/small"].files()["README.md"].decode()
    assert card.startswith("---\nlibrary_name: adgen\npipeline_tag: text-generation\n")
    assert card.endswith("# A tiny model\n")
    there = AdGenerator.from_pretrained("me/small")
    assert there.generate("Sony TV", seed=3) == here.generate("Sony TV", seed=3)
    there.save_pretrained(tmp_path / "again")
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == (
        folder / "model.safetensors"
    ).read_bytes()
    hub.cut = "/"  # out of reach: the cache serves
    assert AdGenerator.from_pretrained("me/small").info == {"name": "small"}


def test_what_must_not_become_public_is_not_pushed_and_all_of_it_is_said(hub, folder):
    (folder / "README.md").write_text(f"# Mine\n\nFrom /home/ann/ads.csv with {TOKEN}.\n")
    config = json.loads((folder / "config.json").read_text())
    config["info"]["corpus"] = {"name": "/data/ann/ads.csv"}
    (folder / "config.json").write_text(json.dumps(config))
    model = AdGenerator.from_pretrained(folder)
    with pytest.raises(ValueError, match=r"README\.md holds what looks like a token") as raised:
        model.push_to_hub("me/small")
    for name in ("README.md", "config.json"):
        assert f"{name} names a path of this machine" in str(raised.value)
    assert TOKEN not in str(raised.value) and hub.repos == {}


def test_a_base_that_lies_here_is_not_named_as_one_of_the_hub(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    for base, is_named in (("you/base", True), ("/home/ann/base", False), ("../base", False)):
        (tmp_path / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": base}))
        assert library_entries(tmp_path).get("base_model") == (base if is_named else None)


def test_a_writer_is_pushed_and_opened_by_its_name(hub, tmp_path):
    here = AdWriter.from_pretrained(save_tiny_writer(tmp_path / "writer"))
    here.push_to_hub("me/writer", revision="trial")
    there = AdWriter.from_pretrained("me/writer", revision="trial")
    assert there.engine.path != here.engine.path
    assert there.engine.vocabulary.start_id == here.engine.vocabulary.start_id
    with pytest.raises(OSError, match=r"There is no folder me/nothing here.*404"):
        AdWriter.from_pretrained("me/nothing")


def test_a_revision_is_a_branch_or_a_commit(hub, folder, tmp_path):
    push_folder(folder, Target("me/small"))
    other = save_tiny_model(tmp_path / "other", reads="packed", seed=1, info={"name": "other"})
    push_folder(other, Target("me/small", branch="trial"), is_our_card=lambda card: True)
    assert AdGenerator.from_pretrained("me/small").info["name"] == "small"
    assert AdGenerator.from_pretrained("me/small", revision="trial").info["name"] == "other"
    commit = f"{1:040x}"
    assert AdGenerator.from_pretrained("me/small", revision=commit).info["name"] == "small"
    with pytest.raises(FileNotFoundError, match=r"no folder me/small here.*no such branch, tag"):
        AdGenerator.from_pretrained("me/small", revision="never")


def test_a_folder_comes_first_and_nothing_is_fetched_for_it(hub, folder, tmp_path):
    here = save_tiny_model(tmp_path / "me" / "small", reads="packed", info={"name": "here"})
    push_folder(folder, Target("me/small"))
    hub.requests.clear()
    assert AdGenerator.from_pretrained("me/small").info["name"] == "here"
    with pytest.raises(ValueError, match="revision='main' is for models on the Hub; me/small lies"):
        AdGenerator.from_pretrained("me/small", revision="main")
    # "me" is a folder here: a name in it is a folder's, unless a revision says the Hub's.
    with pytest.raises(FileNotFoundError, match="no folder me/other, and it is no id on the Hub"):
        AdGenerator.from_pretrained("me/other")
    assert hub.requests == [] and here.is_dir()


def test_without_a_token_a_missing_repository_is_neither_here_nor_there(hub, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    message = r"no folder me/typo here.*401: it has no me/typo, or none that you may see"
    with pytest.raises(FileNotFoundError, match=message) as raised:
        AdGenerator.from_pretrained("me/typo")
    assert "write" not in str(raised.value)


def test_a_gated_repository_says_who_opens_it(hub, folder):
    push_folder(folder, Target("me/small"))
    hub.repos["model", "me/small"].is_gated = True
    with pytest.raises(PermissionError, match=rf"let you in. Ask at {hub.url}/me/small") as raised:
        AdGenerator.from_pretrained("me/small")
    assert "write" not in str(raised.value)


def test_a_wrong_token_needs_no_right_to_write_where_one_reads(hub):
    hub.answers = {"/resolve/": 403}
    with pytest.raises(PermissionError, match="make a token with the right to read"):
        AdGenerator.from_pretrained("me/small")


def test_without_a_network_it_says_so_within_seconds(hub, monkeypatch):
    slept = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", "http://127.0.0.1:9" + _FILES)
    with pytest.raises(ConnectionError, match=r"no folder me/none here.*cannot be reached"):
        AdGenerator.from_pretrained("me/none")
    assert 0 < sum(slept) <= 3


def test_a_hub_that_is_reached_late_or_fails_at_first_serves(hub, monkeypatch, folder):
    push_folder(folder, Target("me/small"))
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", "http://127.0.0.1:9" + _FILES)
    there = hub.url + _FILES

    def awake(seconds):
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", there)
        hub.answers = {}

    monkeypatch.setattr("time.sleep", awake)
    hub.answers = {"/resolve/": 503}
    assert AdGenerator.from_pretrained("me/small").info == {"name": "small"}


@pytest.mark.parametrize("is_said", [True, False])
def test_a_fetched_ngram_model_opens_without_the_hub(hub, monkeypatch, tmp_path, is_said):
    tokenizer = subword_tokenizer()
    counts = NGramModel.fit(tokenizer.encode_ads(TEXTS), vocab_size=tokenizer.vocab_size, order=3)
    folder = tmp_path / "counted"
    save_ngram_directory(folder, counts, tokenizer=tokenizer, info={"name": "counted"})
    push_folder(folder, Target("me/counted"))
    assert AdGenerator.from_pretrained("me/counted").info["name"] == "counted"
    hub.requests.clear()
    if is_said:
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
        close_session()  # the client reads it when it opens one
    else:
        hub.cut = "/"
    try:
        assert AdGenerator.from_pretrained("me/counted").info["name"] == "counted"
    finally:
        close_session()
    assert not is_said or not hub.requests


def test_what_is_neither_here_nor_there_says_both(hub, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"no folder me/none here.*404: it has no me/none"):
        AdGenerator.from_pretrained("me/none")
    for endpoint in (hub.url, "http://127.0.0.1:9"):  # one breaks off, one is not there at all
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", endpoint + _FILES)
        hub.cut = "/"
        with pytest.raises(ConnectionError, match=r"no folder me/none here.*cannot be reached"):
            AdGenerator.from_pretrained("me/none")
