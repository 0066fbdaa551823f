"""Which ads the models learned from: all training ads as a Bloom filter, ten bits for each.

It never forgets a training ad, and takes about one new ad in 120 for one. Ads are equal that differ
in case, spaces and punctuation alone. It holds hashes, from which no ad can be read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adgen.corpus import clean_text
from adgen.corpus.cleaning import fold_text
from adgen.support.array_files import save_arrays
from adgen.support.files import check_plain_file, replace_when_done

# What adgen brings: the training ads of this corpus.
PUBLIC_CORPUS = "Diploma-master.zip"
TRAINING_ADS_FILE = Path(__file__).with_name("training_ads.safetensors")
_FORMAT = "adgen-training-ads-1"
_BITS_AN_AD = 10
_NUM_HASHES = 7  # bits an ad times ln 2: the fewest new ads are taken for training ads
_HASH = np.dtype("<u8")


class TrainingAds:
    """Tells of any ad whether it is a training ad.

    Args:
        bits: The filter, shape `(num_bits / 8,)`, the lowest bit of a byte first.
        num_ads: Different ads in it.
        num_hashes: Bits that are set for each ad.

    Example:
        >>> ads = TrainingAds.of(["Acme Mat, Red", "Acme Lamp"])
        >>> "ACME mat - red" in ads, "Acme Mat, Blue" in ads
        (True, False)

    Source:
        Bloom (1970), "Space/time trade-offs in hash coding with allowable errors"; Kirsch and
        Mitzenmacher (2006), "Less hashing, same performance: building a better Bloom filter", for
        all hashes out of two.
    """

    def __init__(self, bits: NDArray[np.uint8], *, num_ads: int, num_hashes: int) -> None:
        self.bits = bits
        self.num_ads = num_ads
        self.num_hashes = num_hashes

    @classmethod
    def of(cls, ads: Iterable[str]) -> TrainingAds:
        """Returns a filter of ads; equal ones count once."""
        digests = {_digest(ad) for ad in ads}
        num_bytes = -(-_BITS_AN_AD * len(digests) // 8) or 1
        # 1. Two hashes of each ad: (num_ads, 2).
        hashes = np.frombuffer(b"".join(digests), _HASH).reshape(-1, 2)
        # 2. A bit of the filter for each further hash.
        flags = np.zeros(8 * num_bytes, bool)  # (num_bits,)
        for number in range(_NUM_HASHES):
            flags[_places(hashes, number, len(flags))] = True
        bits = np.packbits(flags, bitorder="little")
        return cls(bits, num_ads=len(digests), num_hashes=_NUM_HASHES)

    def __contains__(self, ad: object) -> bool:
        if not isinstance(ad, str):
            return False
        hashes = np.frombuffer(_digest(ad), _HASH).reshape(1, 2)
        numbers = np.arange(self.num_hashes, dtype=np.uint64)
        places = _places(hashes, numbers, 8 * len(self.bits))  # (num_hashes,)
        bytes_there = self.bits[places >> np.uint64(3)]
        return bool((bytes_there >> (places & np.uint64(7)) & 1).all())

    def save(self, path: str | Path) -> None:
        """Writes a `.safetensors` file; equal filters as equal bytes."""
        metadata = {
            "format": _FORMAT,
            "num_ads": str(self.num_ads),
            "num_hashes": str(self.num_hashes),
            "blake2b": _checksum(self.bits),
        }
        with replace_when_done(path) as temporary_path:
            save_arrays({"bits": self.bits}, temporary_path, metadata=metadata)

    @classmethod
    def load(cls, path: str | Path) -> TrainingAds:
        """Reads what `save` wrote.

        Raises:
            OSError: There is no such file, or it cannot be read.
            ValueError: The file is damaged, or something else.
        """
        from safetensors import SafetensorError, safe_open

        check_plain_file(path)
        try:
            with safe_open(str(path), framework="np") as file:
                metadata = file.metadata() or {}
                if metadata.get("format") != _FORMAT:
                    raise ValueError(f"its format is {metadata.get('format')}, expected {_FORMAT}")
                bits = file.get_tensor("bits")
            if metadata["blake2b"] != _checksum(bits):
                raise ValueError("its bits are not those of its checksum")
            num_ads = int(metadata["num_ads"])
            return cls(bits, num_ads=num_ads, num_hashes=int(metadata["num_hashes"]))
        except (SafetensorError, LookupError, ValueError) as error:
            raise ValueError(
                f"{path} is not a whole file of training ads ({error}). Install adgen again."
            ) from None


@cache
def load_training_ads() -> TrainingAds:
    """Returns which ads of the public corpus are training ads.

    Raises:
        OSError: The file is missing.
        ValueError: The file is damaged.
    """
    return TrainingAds.load(TRAINING_ADS_FILE)


def _digest(ad: str) -> bytes:
    """Returns 16 bytes, the same for equal ads in every process."""
    key = fold_text(clean_text(ad)).encode()
    return hashlib.blake2b(key, digest_size=2 * _HASH.itemsize).digest()


def _places(hashes: NDArray[np.uint64], numbers: Any, num_bits: int) -> NDArray[np.uint64]:
    """Returns the bits of ads for further hashes: the first one plus so many times the second.

    Args:
        hashes: Two of each ad, `(num_ads, 2)`.
        numbers: Of the further hash, one for all ads; or of several for one ad, `(num_hashes,)`.
        num_bits: Of the filter.

    Returns:
        Shape `(num_ads,)` or `(num_hashes,)`.
    """
    first, second = hashes.T
    return (first + numbers * second) % np.uint64(num_bits)


def _checksum(bits: NDArray[np.uint8]) -> str:
    return hashlib.blake2b(bits.tobytes(), digest_size=16).hexdigest()
