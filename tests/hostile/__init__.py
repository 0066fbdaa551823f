"""Hostile inputs: what adgen may not replace, and two drivers that try thousands of inputs.

`python -m tests.hostile` tries them; docs/robustness.md says what they are.
"""

from .files import lay_others, make_socket, tree, write_files

__all__ = ["lay_others", "make_socket", "tree", "write_files"]
