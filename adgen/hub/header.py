"""The header of a README on the Hub: what its search and its pages read, in YAML.

The module knows the form, not what is said in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FENCE = "---\n"


def with_header(entries: Mapping[str, Any], body: str) -> str:
    r"""Returns a README with a header of these entries, in their order.

    Example:
        >>> with_header({"tags": ["ads"], "license": "mit"}, "# A model\n").splitlines()
        ['---', 'tags:', '- ads', 'license: mit', '---', '', '# A model']
    """
    from huggingface_hub.utils import yaml_dump

    return f"{_FENCE}{yaml_dump(dict(entries), sort_keys=False)}{_FENCE}\n{body.lstrip()}"


def without_header(text: str) -> str:
    r"""Returns a README without its header.

    Example:
        >>> without_header("---\nlicense: mit\n---\n\n# A model\n")
        '# A model\n'
    """
    if not text.startswith(_FENCE) or f"\n{_FENCE}" not in text:
        return text
    return text[len(_FENCE) :].partition(f"\n{_FENCE}")[2].lstrip()


def read_header(text: str) -> dict[str, Any]:
    r"""Returns a README's header; empty where it has none.

    Raises:
        ValueError: It is no YAML, or no list of entries.

    Example:
        >>> read_header("---\nlicense: mit\n---\n\n# A model\n")
        {'license': 'mit'}
    """
    from huggingface_hub import RepoCard

    if without_header(text) == text:
        return {}
    try:
        return dict(RepoCard(text).data.to_dict())
    except Exception as error:  # yaml's own errors are many
        reason = " ".join(str(error).split())[:200]
        raise ValueError(f"The header of README.md is no YAML ({reason}). Mend it.") from None
