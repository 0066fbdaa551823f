"""Models on the Hub: which of them adgen fetches whole, and which it leaves to transformers.

What adgen published, of whatever kind, becomes a folder of the Hub's cache. A GPT of others stays
an id, under which transformers keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adgen.gpt.catalogue import revision_of
from adgen.hub.names import check_repo, is_repo, means_repo
from adgen.support.files import read_json_object

_ARE_OURS = ("adgen", "format")  # entries of config.json, of GPTs and of LSTMs


def is_hub_id(name: str | Path) -> bool:
    """Tells whether a name is an id on the Hub: OWNER/NAME and no folder OWNER, or a known one."""
    text = str(name)
    if means_repo(text):
        return True
    is_path = Path(text).exists() or text.startswith((".", "/", "~")) or "/" in text
    return not is_path and "\\" not in text and revision_of(text) is not None


def check_revision(name: str | Path, revision: str | None) -> None:
    """Raises where a revision is given, and the name cannot be one on the Hub.

    Raises:
        ValueError: It is a folder, or has no possible name.
    """
    if revision is None or is_hub_id(name):
        return
    if Path(name).exists():
        raise ValueError(
            f"revision={revision!r} is for models on the Hub; {name} lies here. Leave it out, or "
            "move what lies here."
        )
    check_repo(str(name))  # a folder OWNER alone does not speak against it


def fetched_model(name: str, revision: str | None = None) -> Path | None:
    """Returns the folder of a model that adgen published; None for one that it did not.

    Args:
        name: Its id on the Hub.
        revision: A branch, tag or commit; None for the newest, or what adgen pins.

    Raises:
        OSError: The Hub has no such model, or cannot be reached and the cache has none.
    """
    from adgen.hub.download import fetch_file, fetch_folder

    if not is_repo(name):  # "gpt2"
        return None
    revision = revision or revision_of(name)
    with _neither_here_nor_there(name):
        config = fetch_file(name, "config.json", revision=revision)
    if config is None:  # an n-gram model, or none
        return fetch_folder(name, revision=revision)
    if not any(key in read_json_object(config) for key in _ARE_OURS):
        return None
    return fetch_folder(name, revision=config.parent.name)  # the very commit of config.json


def fetched_writer(name: str, revision: str | None = None) -> Path:
    """Returns the folder of a Llama model on the Hub, whoever published it.

    Args:
        name: Its id on the Hub.
        revision: A branch, tag or commit; None for the newest of the branch main.

    Raises:
        OSError: As `fetched_model`.
    """
    from adgen.hub.download import fetch_folder

    with _neither_here_nor_there(name):
        return fetch_folder(name, revision=revision)


@contextmanager
def _neither_here_nor_there(name: str) -> Iterator[None]:
    """Says of a name that the Hub does not give that it is no folder either."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileNotFoundError(f"There is no folder {name} here. {error}") from None
    except ConnectionError as error:
        raise ConnectionError(
            f"There is no folder {name} here, and the cache has no such model of the Hub. {error}"
        ) from None
