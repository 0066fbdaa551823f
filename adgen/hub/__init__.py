"""Repositories of the Hugging Face Hub: read from, written to; no idea of ads."""
