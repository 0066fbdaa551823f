"""Driver 2: hostile calls of the front door's names and of the methods of what they give.

Functions, classes, their class methods and the methods of their instances are found, and so are
their parameters. `GOOD` has a fitting value for every parameter by its name; a call has one or two
hostile ones among them. A refusal is good where adgen itself raises it; an error from the depth of
another library, or of the interpreter, is a fault.
"""

import dis
import inspect
import itertools
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PLAIN_REFUSALS = (ValueError, TypeError, OSError, ImportError, IndexError)
# Instances whose methods are called, and how they are made.
INSTANCES = {
    "AdGenerator": lambda door: door.AdGenerator.from_pretrained("packed"),
    "AdWriter": lambda door: door.AdWriter.from_pretrained(),
    "Finding": lambda door: door.lint("FREE Tea", "google-rsa")[0],
    "AdGenerator of a GPT": lambda door: door.AdGenerator.from_pretrained("gpt"),
    "Sampling": lambda door: door.Sampling(),
    "SubwordTokenizer": lambda door: door.SubwordTokenizer.fit(_texts(), vocab_size=300),
    "TextDataGenerator": lambda door: door.TextDataGenerator(_examples(), batch_size=4),
    "TrainedLSTM": lambda door: door.open_model("packed"),
    "TrainedNGram": lambda door: door.open_model("ngram"),
    "TrainedMixture": lambda door: door.open_model("mixture"),
    "Ads": lambda door: door.load_ads("ads.csv"),
    "WordTokenizer": lambda door: door.WordTokenizer.fit(_texts()),
}
_WRITERS = ("AdGenerator", "AdGenerator of a GPT", "AdWriter")
# Of GPTs alone; what takes drafts, which nobody but `open_draft` makes; what asks the Hub, as
# tests/hub does of one on this machine.
_LEFT_OUT = {"AdGenerator.with_shots"} | {
    f"{name}.{method}" for name in _WRITERS for method in ("write_drafts", "push_to_hub")
}
_TENSORFLOW = ("TextDataGenerator", "build_lstm", "train")


def _texts():
    from adgen.corpus.sample import make_sample_ads

    return make_sample_ads(60, seed=2)["ad"].tolist()


def _examples():
    import numpy as np

    from adgen.tokens.examples import windows

    return windows(np.arange(30))


def _backend():
    return _door().WordTokenizer.fit(_texts()).backend


def _shots(text="Oak table"):
    return _door().Shots((text,))


def _training():
    from adgen.lstm.training.settings import TrainingConfig

    return TrainingConfig(lstm_units=4, embedding_dim=4, epochs=1, batch_size=32)


def _settings():
    from adgen.decoding.loop import Settings

    return Settings(_door().Sampling(), max_tokens=4, seed=0)


def _door():
    import adgen

    return adgen


def _casing():
    from adgen.writing.resources import load_casing

    return load_casing()


def _model(name="packed"):
    return _door().open_model(name)


# By parameter, or by target and parameter, how a fitting value is made.
GOOD = {
    "engine": lambda: _door().AdWriter.from_pretrained().engine,
    "casing": _casing,
    "products": lambda: [_door().Product(name="Lamp", facts=("led",))],
    "AdWriter.write.settings": lambda: None,
    "AdWriter.iter_ads.settings": lambda: None,
    "AdWriter.explain.settings": lambda: None,
    "product": lambda: _door().Product(name="Lamp", facts=("led",)),
    "AdWriter.from_pretrained.model": lambda: None,
    "prompts": lambda: ["Oak", "Sony TV"],
    "prompt": lambda: "Oak",
    "directory": lambda: "lstm",
    **{f"{name}.save_pretrained.directory": lambda: "saved" for name in _WRITERS},
    "processed_dir": lambda: "corpus",
    "name": lambda: "lstm",
    "path": lambda: "ads.csv",
    "ads": _texts,
    "texts": _texts,
    "text": lambda: "Sony TV",
    "token_ids": lambda: [3, 4],
    "token_id": lambda: 3,
    "word_counts": lambda: {"Sony": 3, "TV": 2},
    "tokens": lambda: ["<pad>", "<unk>", "<eos>", "Sony"],
    "backend": _backend,
    "shots": _shots,
    "model": _model,
    "tokenizer": lambda: None,
    "vocab_size": lambda: 300,
    "examples": _examples,
    "config": _training,
    "checkpoint_path": lambda: "out.checkpoint",
    "max_tokens": lambda: 4,
    "groups": lambda: {"all": _texts()[:3]},
    "index": lambda: 0,
    "settings": _settings,
    "split": lambda: "train",
    "max_ads": lambda: 20,
    "epoch": lambda: 1,
    "frame": lambda: _door().split_ads(_texts()),
    "corpus": lambda: {"name": "ads", "num_ads": 1, "sha256": "0" * 64},
    "lint.ad": lambda: "Oak Tables!!",
    "fit.ad": lambda: "Acme Oak Table with Two Drawers and a Lamp",
    "format": lambda: "google-rsa",
    "read_format.name": lambda: "amazon-title",
    "rule": lambda: "capitals",
    "severity": lambda: "error",
    "start": lambda: 0,
    "end": lambda: 4,
    "message": lambda: "It shouts.",
    "load_corpus.processed_dir": lambda: "corpus",
    "Shots.examples": lambda: ("Oak table",),
    "Ads.split": lambda: None,
    "Ads.texts.split": lambda: "train",
    "Ads.of.name": lambda: "ads",
    "Ads.of.split": lambda: None,
    "train.ads": lambda: _door().split_ads(_texts(), valid=0.2, test=0.2),
    "score_ads.ads": lambda: _texts()[:3],
    "score_ads.shots": lambda: None,
    "TrainedLSTM.open_decoder.shots": lambda: None,
    "TrainedMixture.open_decoder.shots": lambda: None,
    "TrainedNGram.open_decoder.shots": lambda: None,
    "AdGenerator.with_shots.shots": _shots,
    "SubwordTokenizer.save.path": lambda: "out.json",
    "WordTokenizer.save.path": lambda: "out.json",
}


class Strange:
    """Answers nothing that is asked of it."""


def _pandas():
    import pandas

    return pandas


def _numpy():
    import numpy

    return numpy


# By name, what no parameter expects, or not so.
ODD = {
    "None": lambda: None,
    "True": lambda: True,
    "0": lambda: 0,
    "-1": lambda: -1,
    "1": lambda: 1,
    "2.5": lambda: 2.5,
    "2**31": lambda: 2**31,
    "2**63": lambda: 2**63,
    "10**400": lambda: 10**400,
    "nan": lambda: float("nan"),
    "inf": lambda: float("inf"),
    "1e308": lambda: 1e308,
    "1j": lambda: 1j,
    "empty text": lambda: "",
    "space": lambda: " ",
    "text": lambda: "Sony TV",
    "digit": lambda: "3",
    "half a character": lambda: "Sony \ud800",
    "controls": lambda: "Sony\0\x1b[31m\u202e",
    "long text": lambda: "Sony TV " * 3_000,
    "one long word": lambda: "a" * 30_000,
    "bytes": lambda: b"Sony TV",
    "no texts": lambda: [],
    "empty texts": lambda: ["", " "],
    "texts and None": lambda: ["Oak", None],
    "numbers": lambda: [1, 2],
    "negative numbers": lambda: [-1, -5],
    "large numbers": lambda: [10**6, 2**40],
    "texts of texts": lambda: [["Oak"], ["Sony"]],
    "set": lambda: {"Oak"},
    "tuple": lambda: ("Oak",),
    "generator": lambda: (text for text in ["Oak", "Sony TV"]),
    "dict": lambda: {"ad": 1},
    "dict of texts": lambda: {"all": "Oak"},
    "dict of None": lambda: {None: None},
    "empty dict": lambda: {},
    "object": Strange,
    "class": lambda: Strange,
    "function": lambda: len,
    "missing path": lambda: Path("missing"),
    "folder path": lambda: Path("odd/folder"),
    "text with NUL": lambda: "a\0b",
    "no numbers": lambda: _numpy().zeros(0),
    "numbers in two dimensions": lambda: _numpy().ones((2, 2)),
    "whole number of NumPy": lambda: _numpy().int64(3),
    "array of texts": lambda: _numpy().array(["Oak", "Sony"]),
    "array of one number": lambda: _numpy().array(3),
    "empty frame": lambda: _pandas().DataFrame(),
    "frame of numbers": lambda: _pandas().DataFrame({"ad": [1, 2]}),
    "frame of None": lambda: _pandas().DataFrame({"ad": ["Oak", None], "split": ["train", None]}),
    "frame of one split": lambda: _pandas().DataFrame({"ad": ["Oak"] * 9, "split": ["valid"] * 9}),
    "series": lambda: _pandas().Series(["Oak", "Sony TV"]),
    "sampling": lambda: _door().Sampling(),
    "shots": _shots,
    "long shots": lambda: _shots("Oak table " * 200),
    "shots of numbers": lambda: _door().Shots((1, 2)),
    "word tokenizer": lambda: _door().WordTokenizer.fit(_texts()),
    "lstm": lambda: "lstm",
    "corpus": lambda: "corpus",
    "ngram": lambda: "ngram",
    "record": lambda: "record.json",
    "slice": lambda: slice(5, 2),
}


@dataclass(frozen=True)
class CallInput:
    """A call, in names of GOOD and ODD, so that it can be written as JSON.

    Attributes:
        target: What is called: `split_ads`, `WordTokenizer.fit`.
        arguments: By parameter, a name of ODD; the others are fitting.
        kind: What is hostile about it.
    """

    target: str
    arguments: dict = field(default_factory=dict)
    kind: str = "argument"
    driver: str = "call"

    # What lies in the box, as for a command.
    words = (
        "ads.csv",
        "corpus",
        "lstm",
        "packed",
        "ngram",
        "mixture",
        "gpt",
        "record.json",
        "odd/folder",
    )
    damages, stdin, encoding, free_bytes = (), "", "utf-8", None

    @property
    def group(self):
        """Returns the name of the front door."""
        return self.target.partition(".")[0]

    @property
    def needs(self):
        """Returns the package that the call loads."""
        if self.group in _TENSORFLOW:
            return "tensorflow"
        return "torch" if "GPT" in self.target else ""

    def run(self):
        """Calls; returns 0, or 2 for a refusal in words of adgen. Other errors go on."""
        function = resolve(self.target)
        arguments = {
            name: ODD[self.arguments[name]]() if name in self.arguments else make()
            for name, make in fitting(self.target).items()
        }
        arguments |= {n: ODD[odd]() for n, odd in self.arguments.items() if n not in arguments}
        try:
            value = function(**arguments)
            if inspect.isgenerator(value):
                list(itertools.islice(value, 20))
        except PLAIN_REFUSALS as error:
            if not is_own(error):
                raise
            print(f"error: {type(error).__name__}: {str(error)!r}", file=sys.stderr)
            return 2
        return 0


def draw_call(draw):
    """Draws a hostile call."""
    target = draw.choice(all_targets())
    names = list(parameters(target))
    if not names or draw.random() < 0.04:
        return CallInput(target, kind="nothing hostile")
    chosen = draw.sample(names, min(len(names), 1 if draw.random() < 0.8 else 2))
    odd = {name: draw.choice(list(ODD)) for name in chosen}
    return CallInput(target, odd, "argument" if len(odd) == 1 else "two arguments")


@cache
def all_targets():
    """Returns all that can be called: functions, classes, class methods, methods."""
    found = []
    for name in _door().__all__:
        found.append(name)
        thing = _static(name)
        if isinstance(thing, type):
            found += [f"{name}.{method}" for method in _methods(thing)]
    for name in INSTANCES:
        if name not in _door().__all__:
            found += [f"{name}.{method}" for method in _methods(_class_of(name))]
    return [target for target in found if target not in _LEFT_OUT]


def _class_of(name):
    """Returns the class of an instance by name, without making one."""
    from adgen.corpus.source import Ads
    from adgen.generation.trained import TrainedLSTM, TrainedMixture, TrainedNGram

    own = {one.__name__: one for one in (Ads, TrainedLSTM, TrainedMixture, TrainedNGram)}
    return own.get(name) or _static(name.partition(" ")[0])


def _static(name):
    return getattr(_door(), name)


def _methods(kind):
    """Returns the public methods that adgen wrote."""
    return [
        name
        for name, value in inspect.getmembers(kind, callable)
        if (not name.startswith("_") or name == "__getitem__")
        and getattr(value, "__module__", "").startswith("adgen")
        and not isinstance(value, type)
    ]


def resolve(target):
    """Returns what a target names, bound to an instance where it is a method."""
    name, _, method = target.partition(".")
    thing = _class_of(name) if name in INSTANCES else _static(name)
    if not method:
        return thing
    found = getattr(thing, method)
    if inspect.ismethod(found) or name not in INSTANCES:  # of the class
        return found
    return getattr(INSTANCES[name](_door()), method)


@cache
def parameters(target):
    """Returns the parameters of a target by name, but those that it passes on."""
    name, _, method = target.partition(".")
    thing = _class_of(name) if name in INSTANCES else _static(name)
    called = getattr(thing, method) if method else thing
    found = {}
    for parameter in inspect.signature(called).parameters.values():
        if parameter.name != "self" and parameter.kind is not parameter.VAR_KEYWORD:
            found[parameter.name] = parameter
    return found


def fitting(target):
    """Returns how to make a fitting value for every parameter that needs one."""
    made = {}
    for name, parameter in parameters(target).items():
        own = GOOD.get(f"{target}.{name}") or GOOD.get(f"{target.partition('.')[0]}.{name}")
        if parameter.default is parameter.empty or own:
            made[name] = own or GOOD[name]
    return made


def is_own(error):
    """Says whether a `raise` of adgen raised an error, or the system did for a file."""
    if isinstance(error, OSError) and error.filename is not None:
        return True
    last = error.__traceback__
    while last.tb_next:
        last = last.tb_next
    code = last.tb_frame.f_code
    is_raise = dis.opname[code.co_code[last.tb_lasti]] == "RAISE_VARARGS"
    return is_raise and "/adgen/" in code.co_filename and "/tests/" not in code.co_filename
