"""Python that a card shows: how the model is loaded. Tests run what stands here."""

from __future__ import annotations

from adgen.generation.folder_kinds import GPT, LSTM
from adgen.publish.subject import WRITER, Subject

REPOSITORY = "https://github.com/adgen-project/adgen"
KERAS_FILE = "model.keras"
_WRITE = """from adgen import AdGenerator

generator = AdGenerator.from_pretrained("{repo}")
for ad in generator.generate("Sony TV", num_ads=3, seed=0)[0]:
    print(ad.text)"""
_WRITE_FROM_FACTS = """from adgen import AdWriter, Product

writer = AdWriter.from_pretrained("{repo}")
product = Product(brand="Acme", name="yoga mat", facts=("6 mm", "Color: purple"))
for ad in writer.write(product)[0].ads:
    print(ad.text)"""
_PIPELINE = """from transformers import pipeline

print(pipeline("text-generation", model="{repo}")("Sony TV")[0]["generated_text"])"""
_KERAS = """import keras
from huggingface_hub import hf_hub_download

path = hf_hub_download("{repo}", "model.keras")
network = keras.saving.load_model(path, compile=False)
network.summary()"""
_KERAS_BY_EXPORT = """import keras
from huggingface_hub import snapshot_download

from adgen.lstm.training.keras_export import export_keras

path = export_keras(snapshot_download("{repo}"), "model.keras")
network = keras.saving.load_model(path, compile=False)
network.summary()"""


def snippets(subject: Subject, repo: str) -> dict[str, str]:
    """Returns Python by what it is for, in the order of a card.

    Args:
        subject: The model.
        repo: Its repository.
    """
    found = {"": _WRITE_FROM_FACTS if subject.kind == WRITER else _WRITE}
    if subject.kind == GPT and not subject.is_adapter:
        found["With transformers alone:"] = _PIPELINE
    if subject.kind == LSTM:
        has_file = (subject.folder / KERAS_FILE).is_file()
        needs = "`pip install keras tensorflow`" if has_file else f"`{install_line('[lstm]')}`"
        found[f"The network in Keras, after {needs}; {_reads(subject)}{_ties(subject)}:"] = (
            _KERAS if has_file else _KERAS_BY_EXPORT
        )
    return {what: code.format(repo=repo) for what, code in found.items()}


def install_line(extra: str = "") -> str:
    """Returns the command that installs adgen, with an extra such as "[lstm]"."""
    return f'pip install "adgen{extra} @ git+{REPOSITORY}"'


def _ties(subject: Subject) -> str:
    """Says what plain Keras counts twice: weights that softmax and embedding share."""
    architecture = subject.config.get("architecture") or {}
    if not architecture.get("tied"):
        return ""
    twice = architecture["vocab_size"] * architecture["embedding_dim"]
    return (
        ". Softmax and embedding share a matrix, which plain Keras keeps twice: its summary counts "
        f"{twice:,} parameters more than the model has weights"
    )


def _reads(subject: Subject) -> str:
    """Says what an LSTM's network reads and gives."""
    architecture = subject.config.get("architecture") or {}
    what = "token ids of tokenizer.json"
    if not architecture.get("embedding_dim"):
        what = "one-hot rows of such token ids"
    length = architecture.get("sequence_length")
    if length is None:
        return f"it reads {what}, and says the next token's probabilities at every place"
    return f"it reads {length} {what}, and says the next token's probabilities"
