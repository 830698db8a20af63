# What a developer and an operator do every day. Everything installs itself into .venv on first use.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
RUN_DEPS := $(VENV)/.runtime
DEV_DEPS := $(VENV)/.dev

.PHONY: demo run test lint types imports format lock bench clean

demo: $(RUN_DEPS)  ## the bot and a simulated group in the browser
	$(BIN)/xueban demo

run: $(RUN_DEPS)  ## the bot for real (settings: .env)
	$(BIN)/xueban run

test: $(DEV_DEPS)  ## all tests
	./scripts/install_chromium.sh
	$(BIN)/python -m pytest

lint: $(DEV_DEPS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV_DEPS)
	$(BIN)/mypy

imports: $(DEV_DEPS)
	$(BIN)/lint-imports

format: $(DEV_DEPS)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(DEV_DEPS)  ## pin the newest versions that pyproject.toml allows, with hashes
	for group in runtime dev; do \
	  $(BIN)/uv pip compile -q --upgrade --generate-hashes --python-version 3.11 --python-platform linux --no-header \
	    $$([ $$group = dev ] && echo --group dev) -o requirements/$$group.txt pyproject.toml; \
	done

bench: $(DEV_DEPS)  ## what the README's figures rest on
	$(BIN)/python -m benchmarks.chat

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(RUN_DEPS): requirements/runtime.txt pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements/runtime.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

$(DEV_DEPS): requirements/dev.txt $(RUN_DEPS)
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements/dev.txt
	touch $@
