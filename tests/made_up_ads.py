"""Ads of made-up token ids, in which tokens tend to follow each other."""

import numpy as np

EOS = 2


def token_ids_of(ads):
    return np.array([token for ad in ads for token in (*ad, EOS)])


def made_up_ads(num_ads, *, vocab_size=40, seed=0):
    """Returns ads in which tokens tend to follow each other, so that long n-grams repeat."""
    rng = np.random.default_rng(seed)
    phrases = [rng.integers(3, vocab_size, rng.integers(2, 5)).tolist() for _ in range(30)]
    return token_ids_of(
        [[t for i in rng.integers(0, 30, 4) for t in phrases[i]] for _ in range(num_ads)]
    )
