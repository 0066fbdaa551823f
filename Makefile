# Two commands do everything on a machine with Python 3.10+, pip and make: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv comes through pip into a folder of its own, so that a Python without venv or with a locked site works too.
UV := .tools/bin/uv
export TF_CPP_MIN_LOG_LEVEL ?= 3

.DEFAULT_GOAL := help
.PHONY: help install run extra extra-named test colab browser hostile lint bench docs site notebooks lab report lock clean

help:  ## Show what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-10s %s\n", $$1, $$2}'

install: $(VENV)/.installed  ## Install adgen with the models that come with it: enough to write ads (0.4 GB)

run: $(VENV)/.run-installed  ## Install what it needs, train a small model and write ads (3 minutes)
	$(BIN)/adgen quickstart

# How much an extra puts on the disk, said before it is fetched; measured on Linux with the versions of requirements.txt.
SIZE_lstm := 1.9 GB (not measured; lstm-cpu takes 1.3)
SIZE_lstm-cpu := 1.3 GB
SIZE_jax := 0.4 GB
SIZE_report := 0.05 GB
SIZE_demo := 0.13 GB, and Pillow 12 in the place of 13, which Gradio does not take
SIZE_corpus := 0.01 GB
SIZE_kaggle := 0.01 GB
SIZE_gpt := 5.3 GB with CUDA's libraries, about 1 GB without (not measured)
SIZE_aitextgen := what gpt takes, and 0.1 GB
SIZE_writer := 0.11 GB
SIZE_scale := 0.2 GB
SIZE_notebooks := 0.1 GB (not measured)
SIZE_lab := 0.2 GB
comma := ,
EXTRAS_KNOWN := lstm lstm-cpu jax report demo corpus kaggle gpt writer scale aitextgen notebooks lab
EXTRAS := $(subst $(comma), ,$(NAME))
# The same with a comma between two, blanks or not: uv takes no blanks.
EXTRAS_JOINED := $(subst $(empty) $(empty),$(comma),$(strip $(EXTRAS)))
# torch's wheels without CUDA lie in an index of its own. Where that cannot be reached, the usual ones do as well.
HAS_GPU = $(shell command -v nvidia-smi >/dev/null 2>&1 && nvidia-smi -L 2>/dev/null | grep -q GPU && echo yes)
TORCH_BACKEND = $(if $(HAS_GPU),auto,cpu)
PINS = $(if $(filter demo,$(EXTRAS)),requirements-demo.txt,requirements.txt)
INSTALL_EXTRA = $(UV) pip install --python $(BIN)/python --constraint $(PINS) --editable ".[$(EXTRAS_JOINED)]"
INSTALL_TORCH = $(INSTALL_EXTRA) --torch-backend=$(TORCH_BACKEND)
# Tried without installing first, since uv says in ten lines that an index cannot be reached.
INSTALL_WITH_TORCH = if $(INSTALL_TORCH) --dry-run --quiet 2>/dev/null; then $(INSTALL_TORCH); else \
	echo "PyTorch's own index could not be used. From PyPI, which on Linux brings CUDA's libraries (5.2 GB):"; \
	$(INSTALL_EXTRA); fi

extra: extra-named $(BIN)/python  ## Install what an extra needs, such as make extra NAME=gpt
	@$(if $(filter gpt aitextgen,$(EXTRAS)),$(INSTALL_WITH_TORCH),$(INSTALL_EXTRA))

extra-named:
	@test -n "$(EXTRAS_JOINED)" || { echo "Which one? make extra NAME=gpt, or another of $(EXTRAS_KNOWN)"; exit 2; }
	@$(foreach one,$(EXTRAS),$(if $(SIZE_$(one)),echo "$(one): $(SIZE_$(one))";,echo "There is no extra $(one). Give one of $(EXTRAS_KNOWN)"; exit 2;))

# Python may keep its bytecode: without it every process of the suite compiles the libraries that it loads anew.
test: $(VENV)/.all-installed $(VENV)/.demo-installed browser  ## Install everything and run the whole test suite
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder
	PYTHONDONTWRITEBYTECODE= $(VENV)/demo/bin/python -m pytest -n 2 --dist loadscope tests/demo

# Colab's Python with Colab's packages: 3 GB and some minutes, so that it is no part of `make test`.
colab: $(VENV)/.all-installed  ## Run notebooks 1 to 3 in a stand-in of Google Colab (3 GB, ten minutes)
	$(BIN)/python -m pytest -m colab -s tests/test_colab.py

# The page is tested in Debian's Chromium; without it those tests are skipped, and say so.
browser:
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium, in which the demo is tested: apt-get install chromium"; \
		apt-get update -qq && apt-get install -y -qq chromium >/dev/null || echo "That failed; tests in a browser are skipped."; \
	else echo "There is no Chromium, and no root with apt-get to install it: tests in a browser are skipped."; fi

hostile: $(VENV)/.all-installed  ## Try 5,000 hostile inputs, most of an hour; docs/robustness.md
	$(BIN)/python -m tests.hostile --inputs 5000 --seed 1 --failed runs/hostile.jsonl --write docs/robustness.md

lint: $(VENV)/.all-installed  ## Check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.all-installed  ## Measure speed and memory against the 2022 experiment's method and an earlier build
	@echo "About 13 minutes on two idle cores, and the installation of an earlier build; without its history or data/ five."
	$(BIN)/python benchmarks/training.py
	$(BIN)/python benchmarks/generation.py
	$(BIN)/python benchmarks/training.py --against --rounds 1
	$(BIN)/python benchmarks/generation.py --against
	$(BIN)/python benchmarks/preparing.py

docs: $(VENV)/.all-installed  ## Write guides, results, glossary and API as one site to build/docs/
	$(BIN)/python docs/make_pages.py build/docs

site: $(VENV)/.run-installed  ## Write the page that runs the LSTM in a browser to build/site/
	$(BIN)/python site/build.py build/site

notebooks: $(VENV)/.all-installed  ## Run every notebook on the ads in data/ and keep its outputs
	$(BIN)/python notebooks/render.py notebooks/*.ipynb
	$(BIN)/ruff format notebooks

lab: $(VENV)/.lab-installed  ## Open copies of the notebooks in JupyterLab; what is run there changes no file of this repository
	$(BIN)/python notebooks/lab.py

report: $(VENV)/.run-installed  ## Draw the pictures and write the README's tables from results/
	$(BIN)/adgen report

clean:  ## Remove the environment and what runs have written
	rm -rf $(VENV) .tools runs build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "adgen needs Python 3.10 or newer; $(PYTHON) is $$($(PYTHON) --version). Try make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools uv

$(BIN)/python: | $(UV)
	$(UV) venv --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV)

$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/python
	$(UV) pip install --quiet --python $(BIN)/python --constraint requirements.txt --editable .
	@touch $@

# Exact versions come from requirements.txt, used as constraints: only what this job needs is installed.
$(VENV)/.run-installed: requirements.txt pyproject.toml | $(BIN)/python
	$(UV) pip install --quiet --python $(BIN)/python --constraint requirements.txt --editable ".[lstm-cpu,report]"
	@touch $@ $(VENV)/.installed

# torch, which two notebooks need, takes more than all the rest: they name the command that brings it, as this does.
$(VENV)/.lab-installed: requirements.txt pyproject.toml | $(BIN)/python
	@echo "JupyterLab, TensorFlow without GPU and JAX: 2.5 GB on the disk, 0.6 GB of it new after make run."
	@echo "Notebooks 4 and 5 need torch too: make extra NAME=aitextgen ($(SIZE_gpt))."
	$(UV) pip install --quiet --python $(BIN)/python --constraint requirements.txt --editable ".[lab,lstm-cpu,jax]"
	@touch $@

# transformers 4 comes into a folder of its own, for the tests of what others load; its torch is the one installed.
$(VENV)/.all-installed: requirements.txt tests/requirements-transformers-4.txt pyproject.toml | $(BIN)/python
	$(UV) pip install --quiet --python $(BIN)/python --requirement requirements.txt --editable . --no-deps
	$(UV) pip install --quiet --python $(BIN)/python --requirement tests/requirements-transformers-4.txt --no-deps \
		--target $(VENV)/transformers-4 --reinstall
	@touch $@ $(VENV)/.run-installed $(VENV)/.installed

# Gradio takes no Pillow 13, which requirements.txt pins: its tests have an environment of their own.
$(VENV)/.demo-installed: requirements-demo.txt pyproject.toml | $(BIN)/python
	$(UV) venv --quiet --clear --python $(BIN)/python $(VENV)/demo
	$(UV) pip install --quiet --compile-bytecode --python $(VENV)/demo/bin/python --requirement requirements-demo.txt
	$(UV) pip install --quiet --python $(VENV)/demo/bin/python --editable . --no-deps
	@touch $@

lock: $(UV)  ## Pin the newest releases of everything, for every Python, in requirements.txt
	$(UV) pip compile --quiet --upgrade --universal --python-version 3.10 --extra lstm-cpu --extra report \
		--extra corpus --extra kaggle --extra aitextgen --extra writer --extra scale --extra lab --extra dev --no-header --output-file requirements.txt pyproject.toml
	sed '/^pillow==/d' requirements.txt > .tools/pins.txt
	$(UV) pip compile --quiet --universal --python-version 3.10 --extra demo --constraint .tools/pins.txt \
		--no-header --output-file requirements-demo.txt pyproject.toml tests/requirements-demo.in
