"""The version of adgen, below every room that names it in a file or a request."""

__version__ = "0.1.0"
