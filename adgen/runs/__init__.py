"""Whole runs: a plan in, a model folder and a run record out."""
