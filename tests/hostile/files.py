"""Lays down what adgen may not replace, and lists all that lies in a folder."""

import os
import socket
from pathlib import Path


def tree(folder):
    """Returns the kind, permissions and content or goal of all below a folder, by path."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        state = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        goal = str(path.readlink()) if path.is_symlink() else None
        found[path.relative_to(folder).as_posix()] = (oct(state.st_mode), goal, content)
    return found


def write_files(folder, files):
    """Writes texts into files by their names below a folder; returns the folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return folder


def lay_others(folder):
    """Lays beside adgen's files what a user may have there; returns their tree."""
    folder = Path(folder)
    before = set(tree(folder))
    (folder / ".git" / "refs" / "tags").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main")
    (folder / ".git" / "HEAD").chmod(0o444)
    (folder / "LICENSE").write_text("MIT")
    (folder / "notes").mkdir(mode=0o700)
    (folder / "notes" / "config.json").write_text('{"mine": true}')
    (folder / "adapter_model.safetensors").write_bytes(b"other weights")
    (folder / "latest.txt").symlink_to("notes/config.json")
    (folder / "gone").symlink_to("/nowhere/at/all")
    (folder / "linked_notes").symlink_to("notes", target_is_directory=True)
    return {name: state for name, state in tree(folder).items() if name not in before}


def make_socket(path):
    """Makes a socket, whose path may be longer than the system's limit for one."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)
