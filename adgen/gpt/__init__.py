"""GPT-2, GPT-Neo and their like: prompts and shots, scoring, writing, fine-tuning, training.

Everything here needs the extra `gpt` (torch and transformers), which is imported inside the
functions that use it.
"""
