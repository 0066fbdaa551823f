"""Ads from a trained model of any kind."""
