"""The filter of training ads: none is forgotten, few others are taken for one, files are whole."""

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgen.corpus import training_ads as module
from adgen.corpus.training_ads import TrainingAds

ADS = [f"Acme Mat {number} mm, Red" for number in range(20_000)]
OTHERS = [f"Acme Lamp {number} W, Red" for number in range(20_000)]
SAMPLE_ADS = Path(__file__).parents[2] / "data" / "sample_ads.csv"


@pytest.fixture(scope="module")
def training_ads():
    return TrainingAds.of(ADS)


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "ads.safetensors"
    TrainingAds.of(ADS[:100]).save(found)
    return found


def test_no_training_ad_is_forgotten(training_ads):
    assert training_ads.num_ads == len(ADS)
    assert all(ad in training_ads for ad in ADS)


@given(st.lists(st.text(), max_size=20))
def test_no_text_of_any_script_is_forgotten(ads):
    training_ads = TrainingAds.of(ads)
    assert all(ad in training_ads for ad in ads)


def test_one_new_ad_in_120_is_taken_for_a_training_ad(training_ads):
    # Ten bits an ad and seven hashes: (1 - exp(-7 / 10)) ** 7 is 0.82%; 164 of 20,000, give or take
    # three times the root of that.
    assert len(training_ads.bits) * 8 == 10 * len(ADS)
    assert 125 < sum(ad in training_ads for ad in OTHERS) < 203


@pytest.mark.parametrize(
    "ad", ["ACME MAT 7MM RED", "acme mat - 7 mm (red)", " Acme\u00a0Mat 7 mm,\u200b Red"]
)
def test_case_spaces_and_punctuation_make_no_new_ad(training_ads, ad):
    assert ad in training_ads


def test_equal_ads_count_once_and_their_order_does_not_matter():
    one = TrainingAds.of(["Acme Mat", "Acme Lamp", "ACME MAT!"])
    other = TrainingAds.of(["Acme Lamp", "Acme Mat"])
    assert one.num_ads == 2
    assert one.bits.tobytes() == other.bits.tobytes()


def test_the_bits_are_those_of_the_plain_formula():
    training_ads = TrainingAds.of(["Acme Mat", "Acme Lamp"])
    expected = set()
    for key in (b"acmemat", b"acmelamp"):
        digest = hashlib.blake2b(key, digest_size=16).digest()
        first = int.from_bytes(digest[:8], "little")
        second = int.from_bytes(digest[8:], "little")
        expected |= {(first + number * second) % 2**64 % 24 for number in range(7)}
    found = int.from_bytes(training_ads.bits.tobytes(), "little")
    assert {place for place in range(24) if found >> place & 1} == expected


def test_every_process_writes_the_same_bytes(path, tmp_path):
    code = (
        "import sys; from adgen.corpus.training_ads import TrainingAds; "
        "TrainingAds.of(f'Acme Mat {n} mm, Red' for n in range(100)).save(sys.argv[1])"
    )
    for seed in ("1", "2"):
        other = tmp_path / f"{seed}.safetensors"
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", code, str(other)], env=environment, check=True)
        assert other.read_bytes() == path.read_bytes()


def test_a_file_is_read_as_it_was_written_and_says_what_it_holds(path):
    read = TrainingAds.load(path)
    assert (read.num_ads, read.num_hashes, len(read.bits)) == (100, 7, 125)
    assert all(ad in read for ad in ADS[:100])
    length = int.from_bytes(path.read_bytes()[:8], "little")
    header = json.loads(path.read_bytes()[8 : 8 + length])
    assert header["__metadata__"]["num_ads"] == "100"
    assert header["bits"]["shape"] == [125]


def cut(data):
    return data[:-1]


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def of_another_format(data):
    return data.replace(b"adgen-training-ads-1", b"adgen-training-ads-0")


def without_number(data):
    return data.replace(b'"num_ads":"100"', b'"num_ads":"1oo"')


@pytest.mark.parametrize(
    "damage", [cut, flipped, of_another_format, without_number, lambda data: b""]
)
def test_a_damaged_file_is_said_in_one_line(path, damage):
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=r"not a whole file of training ads \(.+\)") as caught:
        TrainingAds.load(path)
    message = str(caught.value)
    assert message.startswith(str(path)) and "\n" not in message
    assert "Install adgen again" in message


def test_the_file_of_the_package_knows_the_corpus_and_hardly_any_ad_of_the_sample():
    shipped = module.load_training_ads()
    assert 2_000_000 < shipped.num_ads < 2_236_987  # ads of the training split, some of them equal
    assert len(shipped.bits) * 8 - 10 * shipped.num_ads in range(8)
    with SAMPLE_ADS.open(encoding="utf-8", newline="") as file:
        sample = [row["ad"] for row in csv.DictReader(file)]
    assert sum(ad in shipped for ad in sample) < 0.013 * len(sample)


def test_the_command_says_that_the_file_of_the_package_is_damaged(path, monkeypatch, capsys):
    from adgen.cli.main import main

    path.write_bytes(cut(path.read_bytes()))
    monkeypatch.setattr(module, "TRAINING_ADS_FILE", path)
    module.load_training_ads.cache_clear()
    try:
        assert main(["write", "--product", "lamp", "--fact", "led"]) == 2
    finally:
        module.load_training_ads.cache_clear()
    error = capsys.readouterr().err
    assert "not a whole file of training ads" in error and error.count("\n") == 1
