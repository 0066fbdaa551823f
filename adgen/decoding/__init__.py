"""The next token of an ad, for any model that gives probabilities."""
