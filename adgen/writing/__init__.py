"""Ads written from a product's facts, and held to them."""
