"""Turns sellers' files into products: exports of shops and marketplaces, feeds, plain tables."""
