"""Models and demos made ready for the Hub: cards, folders, checks, Spaces."""
