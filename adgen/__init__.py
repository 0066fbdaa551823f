"""adgen trains, compares and serves models that write shopping-ad text."""

__version__ = "0.1.0"
