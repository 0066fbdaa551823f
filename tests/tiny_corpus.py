"""Prepares a small corpus of invented ads, and saves tiny models that name it as theirs."""

from pathlib import Path

from tiny_models import save_tiny_model

from adgen.corpus import load_corpus, prepare_corpus
from adgen.corpus.sample import make_sample_ads
from adgen.corpus.store import read_about
from adgen.ngram.directory import save_ngram_directory
from adgen.ngram.model import NGramModel
from adgen.tokens.subword_tokenizer import SubwordTokenizer

CATEGORIES = {"garden": 200, "pets": 300, "toys": 400}  # ads


def write_tiny_download(folder: Path) -> Path:
    """Writes CSV files in three categories, as a download leaves them; returns their folder."""
    ads = make_sample_ads(sum(CATEGORIES.values()))["ad"].tolist()
    for category, num_ads in CATEGORIES.items():
        (folder / category).mkdir(parents=True)
        lines = ['"' + ad.replace('"', '""') + '"' for ad in ads[:num_ads]]
        (folder / category / f"amazon_{category}_all.csv").write_text("\n".join(["ad", *lines]))
        del ads[:num_ads]
    return folder


def prepare_tiny_corpus(folder: Path, **split) -> Path:
    """Writes a corpus of three categories; returns its folder."""
    raw = write_tiny_download(folder / "raw")
    prepare_corpus(raw, folder / "processed", **{"valid": 0.2, "test": 0.2, **split})
    return folder / "processed"


def save_model_of(
    corpus_dir: Path, directory: Path, *, reads="packed", tokenizer=None, seed=0, **info
) -> Path:
    """Writes a model with random weights that says it was trained on this corpus."""
    about = read_about(corpus_dir)
    train = load_corpus(corpus_dir, splits="train")
    tokenizer = tokenizer or SubwordTokenizer.fit(train["ad"], vocab_size=400)
    info = {"name": directory.name, "corpus": about["corpus"], "split": about["split"], **info}
    return save_tiny_model(directory, reads=reads, tokenizer=tokenizer, seed=seed, info=info)


def save_models_of_all_kinds(corpus_dir: Path, folder: Path) -> dict[str, str]:
    """Writes a tiny n-gram model, LSTM and GPT; returns the path of each."""
    from tiny_gpt import own_tokenizer, save_tiny, tiny_model

    train = load_corpus(corpus_dir, splits="train")["ad"].tolist()
    tokenizer = SubwordTokenizer.fit(train, vocab_size=400)
    ngram = NGramModel.fit(tokenizer.encode_ads(train), vocab_size=tokenizer.vocab_size, order=3)
    save_ngram_directory(folder / "ngram", ngram, tokenizer=tokenizer, info={})
    save_model_of(corpus_dir, folder / "lstm")
    save_tiny(folder / "gpt", tiny_model(context_length=512, spread=0.1), own_tokenizer())
    return {name: str(folder / name) for name in ("ngram", "lstm", "gpt")}
