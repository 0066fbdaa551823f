"""The licences that the Hub knows, by its identifiers.

The list is that of the Hub's documentation (https://huggingface.co/docs/hub/repositories-licenses,
read in November 2026 from copies of it); huggingface_hub has none. The Hub adds to it now and
then: what is not in it is `other`, with a name of its own.
"""

from __future__ import annotations

from difflib import get_close_matches

OTHER = "other"
LICENCES = frozenset(
    [
        "apache-2.0",
        "mit",
        "openrail",
        "bigscience-openrail-m",
        "creativeml-openrail-m",
        "bigscience-bloom-rail-1.0",
        "bigcode-openrail-m",
        "afl-3.0",
        "artistic-2.0",
        "bsl-1.0",
        "bsd",
        "bsd-2-clause",
        "bsd-3-clause",
        "bsd-3-clause-clear",
        "c-uda",
        "cc",
        "cc0-1.0",
        "cc-by-2.0",
        "cc-by-2.5",
        "cc-by-3.0",
        "cc-by-4.0",
        "cc-by-sa-3.0",
        "cc-by-sa-4.0",
        "cc-by-nc-2.0",
        "cc-by-nc-3.0",
        "cc-by-nc-4.0",
        "cc-by-nd-4.0",
        "cc-by-nc-nd-3.0",
        "cc-by-nc-nd-4.0",
        "cc-by-nc-sa-2.0",
        "cc-by-nc-sa-3.0",
        "cc-by-nc-sa-4.0",
        "cdla-sharing-1.0",
        "cdla-permissive-1.0",
        "cdla-permissive-2.0",
        "wtfpl",
        "ecl-2.0",
        "epl-1.0",
        "epl-2.0",
        "etalab-2.0",
        "eupl-1.1",
        "eupl-1.2",
        "agpl-3.0",
        "gfdl",
        "gpl",
        "gpl-2.0",
        "gpl-3.0",
        "lgpl",
        "lgpl-2.1",
        "lgpl-3.0",
        "isc",
        "h-research",
        "intel-research",
        "lppl-1.3c",
        "ms-pl",
        "apple-ascl",
        "apple-amlr",
        "mpl-2.0",
        "odc-by",
        "odbl",
        "openmdw-1.0",
        "openmdw-1.1",
        "openrail++",
        "osl-3.0",
        "postgresql",
        "ofl-1.1",
        "ncsa",
        "unlicense",
        "zlib",
        "pddl",
        "lgpl-lr",
        "deepfloyd-if-license",
        "fair-noncommercial-research-license",
        "llama2",
        "llama3",
        "llama3.1",
        "llama3.2",
        "llama3.3",
        "llama4",
        "grok2-community",
        "gemma",
        "unknown",
        "other",
    ]
)


def check_licence(licence: str, name: str | None = None) -> None:
    """Raises where a licence is none that the Hub knows.

    Args:
        licence: Its identifier.
        name: What `other` stands for; None for all others.

    Raises:
        ValueError: It is not; or it is `other` without a name, or has a name and is another.

    Example:
        >>> check_licence("apache2")
        Traceback (most recent call last):
        ValueError: license is 'apache2'; expected one of the Hub's, ... Did you mean apache-2.0?
    """
    if licence not in LICENCES:
        close = get_close_matches(licence.lower(), sorted(LICENCES), n=1)
        hint = f"Did you mean {close[0]}?" if close else "Give one of them, or other with its name."
        raise ValueError(
            f"license is {licence!r:.80}; expected one of the Hub's, such as mit, apache-2.0 or "
            f"cc-by-4.0 (https://huggingface.co/docs/hub/repositories-licenses). {hint}"
        )
    if licence == OTHER and not (name or "").strip():
        raise ValueError(
            "license is 'other' without a name; expected which one it is. Give license_name too."
        )
    if licence != OTHER and name is not None:
        raise ValueError(
            f"license_name is {name!r:.80} and license {licence!r}; expected a name for 'other' "
            "alone. Leave it out."
        )
