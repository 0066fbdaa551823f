"""What models and the ads that they write are worth, beside held-out ads and training ads."""
