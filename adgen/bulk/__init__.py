"""Writes the ads of whole catalogues: row by row, continued after any break, on many machines."""
