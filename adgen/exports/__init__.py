"""Ads of a bulk run as files that the platforms' own tools read."""
