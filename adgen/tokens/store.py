"""A prepared corpus as token ids in memory-mapped files, made once a tokenizer and way of packing.

Training on all ads then needs no more memory than training on a few. The files stand in `tokens/`
beside the ads. The module knows ads, splits and sub-words, not what is trained on them.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from adgen.corpus import SPLITS, load_corpus
from adgen.corpus.choosing import spread_places
from adgen.corpus.source import Ads
from adgen.corpus.store import read_about
from adgen.support.disk import reserve
from adgen.support.files import check_can_write, replace_when_done, write_json
from adgen.support.json_files import read_json_dict
from adgen.tokens.encoded import EncodedAds
from adgen.tokens.examples import Examples
from adgen.tokens.loading import load_tokenizer
from adgen.tokens.packing import ad_bounds, fill_rows, plan_rows
from adgen.tokens.subword_tokenizer import SubwordTokenizer

logger = logging.getLogger(__name__)

_BLOCK = 8192  # ads encoded at once
_STORE_VERSION = 1


class TokenStore:
    """Holds the token ids of one corpus under one tokenizer.

    Args:
        folder: Where `open` has put the files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.about: dict[str, Any] = json.loads(
            (folder / "tokens.json").read_text(encoding="utf-8")
        )
        self.tokenizer = load_tokenizer(folder / "tokenizer.json")

    @classmethod
    def open(
        cls,
        corpus_dir: Path,
        vocab_size: int,
        categories: Sequence[str] | None = None,
        max_ads: int | None = None,
    ) -> TokenStore:
        """Finds the files of this corpus and tokenizer, or makes them.

        Args:
            corpus_dir: From `adgen data prepare`.
            vocab_size: Sub-words of the tokenizer, at most 65,536.
            categories: Ads of these alone, in every split.
            max_ads: Most training ads, a random sample; validation and test stay whole.

        Raises:
            FileNotFoundError: There is no prepared corpus.
            ValueError: No ad is in the training split, or the vocabulary is too large.
        """
        key = _key(read_about(corpus_dir), vocab_size, categories, max_ads)
        name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:12]
        folder = corpus_dir / "tokens" / name
        if not _is_whole(folder, key):
            check_can_write(folder / "tokens.json")
            held_out = load_corpus(corpus_dir, categories=categories, splits=("valid", "test"))
            train = load_corpus(corpus_dir, categories=categories, splits="train", max_ads=max_ads)
            try:
                _encode(pd.concat([train, held_out]), key, folder)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)  # half of them are of no use
                raise
        return cls(folder)

    @classmethod
    def of_ads(cls, ads: Ads, folder: Path, vocab_size: int) -> TokenStore:
        """Makes the files of ads in a folder of the caller's.

        Args:
            ads: With their splits, as from `AdSource.load`.
            folder: Where the files go.
            vocab_size: Sub-words of the tokenizer, at most 65,536.

        Raises:
            ValueError: No ad is in the training split, or the vocabulary is too large.
        """
        split = {name: value for name, value in (ads.split or {}).items() if name != "num_ads"}
        about = {"corpus": ads.corpus, "split": split}
        chosen = {name: ads.chosen.get(name) for name in ("categories", "max_ads")}
        _encode(ads.frame, _key(about, vocab_size, **chosen), folder)
        return cls(folder)

    def num_ads(self, split: str) -> int:
        """Returns the number of a split's ads."""
        return self.about["num_ads"][split]

    def token_ids(self, split: str) -> np.ndarray:
        """Returns a split's ids (num_tokens,), every ad followed by `<eos>`, mapped into memory."""
        return _mapped(self.folder / f"{split}.bin", np.uint16)

    def sample(self, split: str, num_ads: int) -> EncodedAds:
        """Returns so many ads of a split at equal distances, or all if there are fewer."""
        token_ids = self.token_ids(split)
        starts, lengths = ad_bounds(token_ids)  # (num_ads,) both
        chosen = spread_places(len(starts), num_ads)
        pieces = [token_ids[starts[ad] : starts[ad] + lengths[ad]] for ad in chosen]
        num_chars = int(self._chars(split)[chosen].sum(dtype=np.int64))
        return EncodedAds(np.concatenate(pieces).astype(np.int32), len(chosen), num_chars)

    def packed(self, sequence_length: int, seed: int) -> Examples:
        """Returns the training ads in rows, mapped into memory; the first call packs them."""
        path = self.folder / f"rows-{sequence_length}-{seed}.npy"
        rows = _mapped_rows(path, sequence_length + 1)
        if rows is None:
            token_ids = self.token_ids("train")
            plan = plan_rows(token_ids, sequence_length=sequence_length, seed=seed)
            with replace_when_done(path) as temporary_path:
                shape = (plan.num_rows, sequence_length + 1)
                new = np.lib.format.open_memmap(temporary_path, "w+", token_ids.dtype, shape)
                reserve(temporary_path, temporary_path.stat().st_size)
                fill_rows(token_ids, plan, new)
                new.flush()
            rows = np.load(path, mmap_mode="r")
        return Examples(rows, is_packed=True)

    def _chars(self, split: str) -> np.ndarray:
        """Returns the characters of every ad, its end counted as one, (num_ads,)."""
        return _mapped(self.folder / f"{split}-chars.bin", np.uint16)


def _key(
    about: Mapping[str, Any], vocab_size: int, categories: Sequence[str] | None, max_ads: int | None
) -> dict[str, Any]:
    """Returns what the files depend on."""
    return {
        "version": _STORE_VERSION,
        "corpus": about["corpus"],
        "split": about["split"],
        "vocab_size": vocab_size,
        "categories": sorted(categories) if categories else None,
        "max_ads": max_ads,
    }


def _mapped(path: Path, dtype: type) -> np.ndarray:
    """Maps a file into memory, except an empty one, which cannot be mapped."""
    return np.memmap(path, dtype, "r") if path.stat().st_size else np.zeros(0, dtype)


def _is_whole(folder: Path, key: Mapping[str, Any]) -> bool:
    """Returns whether all files of this key are there, each of the size that `tokens.json` says."""
    try:
        about = read_json_dict(folder / "tokens.json", "")
        load_tokenizer(folder / "tokenizer.json")
        sizes = [
            (folder / f"{split}{name}.bin").stat().st_size == 2 * about[key][split]  # uint16
            for split in SPLITS
            for name, key in (("", "num_tokens"), ("-chars", "num_ads"))
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return False  # then they are made anew
    is_of_key = {name: about.get(name) for name in key} == json.loads(json.dumps(key))
    return all(sizes) and is_of_key


def _mapped_rows(path: Path, length: int) -> np.ndarray | None:
    """Maps packed rows (num_rows, length) into memory; None where there is no such whole file."""
    try:
        rows = np.load(path, mmap_mode="r")
    except (OSError, ValueError, EOFError):
        return None
    return rows if rows.shape[1:] == (length,) and rows.dtype == np.uint16 else None


def _encode(ads: pd.DataFrame, key: dict[str, Any], folder: Path) -> None:
    """Fits the tokenizer on the training ads, and writes every split's ids; `tokens.json` last."""
    texts = {split: ads.loc[ads["split"] == split, "ad"] for split in SPLITS}
    if not len(texts["train"]):
        raise ValueError("No ad is in the training split. Choose more categories.")
    logger.info("Fitting a tokenizer of %s sub-words ...", f"{key['vocab_size']:,}")
    tokenizer = SubwordTokenizer.fit(texts["train"], vocab_size=key["vocab_size"])
    if tokenizer.vocab_size > 1 << 16:
        raise ValueError(
            f"The vocabulary has {key['vocab_size']:,} sub-words; a corpus holds at most 65,536."
        )
    tokenizer.save(folder / "tokenizer.json")
    digest = hashlib.sha256()
    num_tokens = {}
    with tqdm(total=len(ads), desc="encoding", unit="ad", unit_scale=True) as bar:
        for split in SPLITS:
            digest.update(f"{split} ".encode())
            num_tokens[split] = _write_split(
                texts[split], tokenizer, folder / f"{split}.bin", digest, bar
            )
    write_json(
        folder / "tokens.json",
        {
            **key,
            "fingerprint": tokenizer.fingerprint,
            "num_ads": {split: len(values) for split, values in texts.items()},
            "num_tokens": num_tokens,
            "sha256": digest.hexdigest(),
        },
    )


def _write_split(
    texts: pd.Series, tokenizer: SubwordTokenizer, path: Path, digest: Any, bar: tqdm
) -> int:
    """Writes the ids and the characters of one split, block by block; returns its tokens."""
    num_tokens = 0
    chars_path = path.with_name(f"{path.stem}-chars.bin")
    with (
        replace_when_done(path) as ids_path,
        replace_when_done(chars_path) as temporary_path,
        ids_path.open("wb") as ids_file,
        temporary_path.open("wb") as chars_file,
    ):
        for start in range(0, len(texts), _BLOCK):
            block = texts.iloc[start : start + _BLOCK].tolist()
            ids = tokenizer.encode_ads(block).astype(np.uint16).tobytes()
            ids_file.write(ids)
            chars_file.write(np.array([len(ad) + 1 for ad in block], np.uint16).tobytes())
            digest.update(ids)
            num_tokens += len(ids) // 2
            bar.update(len(block))
    return num_tokens
