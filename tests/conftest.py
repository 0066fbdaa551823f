"""Sets up what all tests share: a quiet TensorFlow, no deadlines, tiny ads, and the real ones."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings

from adgen.corpus import split_ads
from adgen.corpus.sample import make_sample_ads

# Before any test imports TensorFlow. Tiny models have nothing to share between threads but waiting.
os.environ |= {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}

with suppress(ImportError):
    import triton  # noqa: F401 - before TensorFlow; see adgen.support.extras.make_torch_loadable

settings.register_profile("adgen", deadline=None)
settings.load_profile("adgen")

CORPUS_DIR = Path(
    os.environ.get("ADGEN_CORPUS_DIR") or Path(__file__).parents[2] / "shared" / "data"
)


def pytest_collection_modifyitems(config, items):
    """Skips what asks other hosts unless `-m network` asks for it; lets slow files begin."""
    if "network" not in config.option.markexpr:
        for item in items:
            if item.get_closest_marker("network"):
                item.add_marker(pytest.mark.skip(reason="asks other hosts: pytest -m network"))
    # Files with slow tests come first, so that no process has one left when the others are done.
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="module")
def browser():
    """Chromium; where it is missing, the tests that ask for it are skipped."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("needs Chromium, which is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def corpus_file():
    """Returns a function that finds a file of the real corpus, or skips the test."""

    def find(name):
        path = CORPUS_DIR / name
        if not path.exists():
            pytest.skip(
                f"needs the Amazon ads: {path} is absent; "
                "set ADGEN_CORPUS_DIR to the folder that has it"
            )
        return path

    return find


@pytest.fixture(scope="session")
def tiny_ads():
    """Returns 369 distinct ads of two to four words, divided by family.

    54 of their words train four times or more.
    """
    ads = make_sample_ads(400, seed=1)
    ads["ad"] = [" ".join(ad.split()[: 2 + index % 3]) for index, ad in enumerate(ads["ad"])]
    return split_ads(ads.drop_duplicates("ad", ignore_index=True), valid=0.15, test=0.1)
