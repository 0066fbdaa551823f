"""A folder to be hostile in: good things of every kind, foreign files beside them, and odd ones.

An input's words name what they read (`lstm`, `ads.csv`, `odd/fifo`); `lay` puts just that into the
working folder, fresh for each input.
"""

import gzip
import hashlib
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from zipfile import ZipFile

from .files import make_socket, write_files

REPO = Path(__file__).resolve().parents[2]
FOREIGN = {
    "letters/notes.txt": "years of work",
    "letters/config.json": '{"mine": true}',
    "thesis.csv": "ad,price\nMy thesis,1\n",
    "album.h5": "pictures",
    "model/model.safetensors": "weights of others",
}


class Place:
    """Knows the folders: `good` is copied from, `box` is worked in, `foreign` is never touched."""

    def __init__(self, top):
        self.top = Path(top)
        self.good, self.disk, self.foreign, self.temporary, self.home, self.streams = (
            self.top / name for name in ("good", "disk", "disk/foreign", "tmp", "home", "streams")
        )
        self.box = self.disk / "box"

    def make(self):
        """Makes the folders."""
        for folder in (self.good, self.disk, self.temporary, self.home, self.streams):
            folder.mkdir(parents=True)

    def lay_foreign(self):
        """Lays foreign files beside the box, on its disk."""
        write_files(self.foreign, FOREIGN)
        (self.foreign / "letters" / "notes.txt").chmod(0o444)
        (self.foreign / "link").symlink_to("letters/notes.txt")

    def clear(self):
        """Empties what an input may have written to."""
        for folder in (self.disk, self.temporary):
            for path in folder.iterdir():
                if path != self.foreign:
                    _remove(path)
        self.box.mkdir()

    def fill(self, free_bytes):
        """Fills the disk up, where it is one of its own."""
        if self.disk.is_mount():
            about = os.statvfs(self.disk)
            num_bytes = about.f_bavail * about.f_frsize - free_bytes
            with (self.disk / "filler").open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, num_bytes)

    def lay(self, words, damages):
        """Puts into the box what words name, and damages it.

        Args:
            words: Of a command line, or other names.
            damages: What to do to which file below the box: (path, damage, seed).
        """
        from .damage import damage

        for word in words:
            first, _, rest = str(word).partition("/")
            target = self.box / first
            if first == "odd" and rest in ODD:
                target = self.box / "odd" / rest
                target.parent.mkdir(exist_ok=True)
                if not os.path.lexists(target):
                    ODD[rest](target)
            elif first in self.things() and not os.path.lexists(target):
                good = self.good / first
                shutil.copytree(good, target) if good.is_dir() else shutil.copy2(good, target)
        for path, how, seed in damages:
            with suppress(FileNotFoundError, NotADirectoryError):
                damage(self.box / path, how, seed)

    def things(self):
        """Returns the names of the good things."""
        return sorted(path.name for path in self.good.iterdir())

    def files_of(self, thing):
        """Returns the files of a good thing, as paths from the box."""
        path = self.good / thing
        found = [path] if path.is_file() else [p for p in sorted(path.rglob("*")) if p.is_file()]
        return [p.relative_to(self.good).as_posix() for p in found]


def state_of(folder):
    """Returns kind, rights, content, goal and time of change of all files below a folder."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        state = path.lstat()
        goal, content, changed = None, None, None
        if path.is_symlink():
            goal = str(path.readlink())
        elif path.is_file():
            with suppress(PermissionError):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
            changed = state.st_mtime_ns
        found[path.relative_to(folder).as_posix()] = (oct(state.st_mode), goal, content, changed)
    return found


def build_good(folder):
    """Makes a tiny thing of every kind that adgen reads."""
    from keras_2_files import layers_of, save_as_keras_2
    from tiny_corpus import prepare_tiny_corpus, save_model_of, write_tiny_download
    from tiny_gpt import save_tiny, tiny_model
    from tiny_models import save_tiny_model

    from adgen.cli.main import main
    from adgen.corpus.sample import make_sample_ads

    folder = Path(folder)
    ads = make_sample_ads(160, seed=1)
    ads[["ad"]].assign(price=1.5).to_csv(folder / "ads.csv", index=False)
    (folder / "data").mkdir()
    ads[["ad"]].to_csv(folder / "data" / "sample_ads.csv", index=False)
    (folder / "prompts.txt").write_text("Sony TV\nOak\n")
    _write_rows(folder / "rows.jsonl")
    write_tiny_download(folder / "download")
    shutil.move(prepare_tiny_corpus(folder / "making"), folder / "corpus")
    shutil.rmtree(folder / "making")
    with ZipFile(folder / "ads.zip", "w") as archive:
        archive.writestr("ads/toys.csv", "ad\n" + "\n".join(ads["ad"]))
    save_tiny_model(folder / "lstm")
    save_model_of(folder / "corpus", folder / "packed")
    words = [str(folder / "corpus"), "--subword-vocab-size", "400", "--order", "3"]
    record = folder / "record.json"
    main(["ngram", *words, "--output", str(folder / "ngram"), "--record", str(record)])
    words = [str(folder / "packed"), str(folder / "corpus"), "--order", "3", "--max-mb", "0.02"]
    main(["mix", *words, "--output", str(folder / "mixture")])
    save_tiny(folder / "base", tiny_model(spread=0.05, context_length=64))
    words = ["finetune", str(folder / "ads.csv"), "--base", str(folder / "base")]
    main([*words, "--output", str(folder / "gpt"), "--max-steps", "1", "--num-check-ads", "4"])
    save_as_keras_2(folder / "old.h5", layers_of(7, has_embedding=True))
    index = {
        word: number
        for number, word in enumerate(["tv", "for", "sony", "watch", "band", "mm", "a"])
    }
    (folder / "words.json").write_text(json.dumps(index))
    (folder / "results").mkdir()
    for name in ("record.json", "packed-lstm-13k.json", "ngram-6.json", "electronics-full.json"):
        source = record if name == "record.json" else REPO / "results" / name
        shutil.copy(source, folder / "results" / name)
    readme = "# Mine\n<!-- adgen:main -->\n<!-- /adgen:main -->\n"
    (folder / "README.md").write_text(readme)


def _text(text, encoding="utf-8"):
    return lambda path: path.write_bytes(text.encode(encoding, "surrogatepass"))


def _table(separator):
    rows = [f"{number}{separator}Sony TV {number} inch" for number in range(150)]
    return _text("\n".join([f"id{separator}ad", *rows]))


def _fifo(path):
    os.mkfifo(path)


def _loop(path):
    path.symlink_to(path.name)


def _dangling(path):
    path.symlink_to("nowhere/at/all")


def _unreadable(path):
    path.write_text("ad\nSony TV\n")
    path.chmod(0)


def _closed_folder(path):
    path.mkdir()
    (path / "ads.csv").write_text("ad\nSony TV\n")
    path.chmod(0o500)


def _parquet(path):
    import pandas as pd

    pd.DataFrame({"price": [1.5, None], "list": [[1], [2]]}).to_parquet(path)


def _deep(path):
    for _ in range(60):
        path = path / "deep"
    path.mkdir(parents=True)
    (path / "ads.csv").write_text("ad\nSony TV\n")


def _strange_names(path):
    path.mkdir()
    for name in (b"\xff\xfe.csv", b"-rf.csv", b"a\nb.csv", b"._ads.csv"):
        with (path / os.fsdecode(name)).open("w") as file:
            file.write("ad\n" + "\n".join(f"Sony TV {n}" for n in range(50)))


def _old_zip(path):
    with ZipFile(path, "w") as archive:
        archive.writestr("../../escaped.csv", "ad\nSony TV\n")
        archive.writestr("/absolute.csv", "ad\nSony TV\n")


def _write_rows(path):
    """Writes what `adgen bulk` writes of one product."""
    from adgen.bulk.row_lines import RowLines
    from adgen.bulk.rows import OK, JudgedAd, Row, about_product
    from adgen.products.product import Product

    product = Product(id="7", brand="Acme", name="desk lamp", url="https://shop.example/7")
    ad = JudgedAd("Acme Desk Lamp", -1.0, {"title": ("Acme Desk Lamp",)})
    row = Row(1, product.id, OK, (ad,), product=about_product(product))
    path.write_bytes(RowLines(path.suffix).data(row))


def _remove(path):
    if path.is_dir() and not path.is_symlink():
        for inner in [path, *path.rglob("*")]:
            if inner.is_dir() and not inner.is_symlink():
                inner.chmod(0o700)
        shutil.rmtree(path)
    else:
        path.unlink()


_ADS = "\n".join(f"Sony TV {number} inch – größer 電視" for number in range(150))
# By name below `odd/`, how it is made.
ODD = {
    "fifo": _fifo,
    "socket": make_socket,
    "loop": _loop,
    "dangling": _dangling,
    "unreadable.csv": _unreadable,
    "closed": _closed_folder,
    "folder": lambda path: path.mkdir(),
    "folder.csv": lambda path: path.mkdir(),
    "deep": _deep,
    "strange": _strange_names,
    "null_device": lambda path: path.symlink_to("/dev/null"),
    "io_error": lambda path: path.symlink_to("/proc/self/mem"),
    "empty.csv": _text(""),
    "empty.json": _text(""),
    "spaces.csv": _text("ad\n \n\t\n  \n"),
    "header.csv": _text("ad\n"),
    "one.csv": _text("ad\nSony TV\n"),
    "same.csv": _text("ad\n" + "Sony TV\n" * 200),
    "letters.csv": _text("ad\n" + "\n".join("abcdefghijklmnopqrstuvwxyz")),
    "binary.csv": lambda path: path.write_bytes(bytes(range(256)) * 40),
    "nuls.csv": _text("ad\nSony\0TV\n" + "\0" * 5_000),
    "line.csv": _text("ad\n" + "x" * 3_000_000),
    "quotes.csv": _text('ad\n"Sony TV\n' + 'Oak "table\n' * 300),
    "semicolons.csv": _table(";"),
    "tabs.tsv": _table("\t"),
    "bars.csv": _table("|"),
    "commas.csv": _table(","),
    "utf16.csv": _text("ad\n" + _ADS, "utf-16"),
    "utf16_bare.csv": _text("ad\n" + _ADS, "utf-16-le"),
    "latin1.csv": _text("ad\n" + "Größe für Möbel\n" * 200, "latin-1"),
    "surrogates.csv": _text("ad\n" + "Sony \ud800 TV\n" * 200),
    "controls.csv": _text("ad\n" + "Sony\x1b[31m\x07 TV \u202e\u200b\n" * 200),
    "wide.csv": _text(",".join(f"c{n}" for n in range(3_000)) + "\n" + "x," * 2_999 + "x\n"),
    "twice.csv": _text("ad,ad\nSony TV,Oak\n" * 100),
    "numbers.csv": _text("ad\n" + "\n".join(map(str, range(200)))),
    "array.json": _text(json.dumps([{"ad": f"Sony TV {n}"} for n in range(150)])),
    "lines.jsonl": _text("\n".join(json.dumps({"ad": f"Sony TV {n}"}) for n in range(150))),
    "null.json": _text("null"),
    "nested.json": _text("[" * 100_000),
    "number.json": _text("1" * 5_000),
    "page.html": _text("<html><body>" + "<li>Sony TV</li>\n" * 200),
    "other_columns.parquet": _parquet,
    "no.parquet": _text("PAR1 nothing PAR1"),
    "no.xlsx": _text("PK\3\4 nothing"),
    "no.h5": _text("\x89HDF nothing"),
    "no.gz": _text("nothing"),
    "ads.csv.gz": lambda path: path.write_bytes(gzip.compress(("ad\n" + _ADS).encode())),
    "no.zip": _text("PK\3\4"),
    "escaping.zip": _old_zip,
    "model.gguf": _text("GGUF"),
    "many.txt": _text("Sony TV\n" * 2_000),
    "nothing.txt": _text("\n\n\n"),
}
