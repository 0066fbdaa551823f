"""Judges models and the ads that they write beside held-out ads and training ads."""
