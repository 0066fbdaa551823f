"""Scores ads with any model."""
