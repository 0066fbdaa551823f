"""Llama models in NumPy: their folders, their arithmetic, sequences while they are written."""
