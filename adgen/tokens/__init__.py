"""Ads to token ids and back, and token ids to arrays that a model trains on."""
