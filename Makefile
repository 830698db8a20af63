# What a developer and an operator do every day. Everything installs itself into .venv on first use.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
UV_INSTALL := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python
RUN_DEPS := $(VENV)/.runtime
DEV_DEPS := $(VENV)/.dev

.PHONY: help demo run test soak guards lint types imports format docs lock audit bench pictures chromium clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

demo: $(RUN_DEPS)  ## the bot and a simulated group in the browser
	$(BIN)/xueban demo

run: $(RUN_DEPS)  ## the bot for real (settings: .env)
	$(BIN)/xueban run

test pictures: export LD_LIBRARY_PATH := $(CURDIR)/$(VENV)/chromium/lib$(if $(LD_LIBRARY_PATH),:$(LD_LIBRARY_PATH))

test: $(DEV_DEPS) chromium  ## all tests
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile tests/unit tests/plugin
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile tests/e2e tests/fault

MINUTES ?= 60

soak: $(DEV_DEPS)  ## an hour of kills under load (MINUTES=…), with figures at the end
	$(BIN)/python -m tests.fault.soak --minutes $(MINUTES)

guards: $(DEV_DEPS)  ## take each guard out, one by one: does a test turn red? (WHICH=… those whose name or tests hold a word)
	$(BIN)/python -m scripts.guards $(WHICH)

lint: $(DEV_DEPS)  ## style and likely mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV_DEPS)  ## the type checker
	$(BIN)/mypy

imports: $(DEV_DEPS)  ## who may import whom
	$(BIN)/lint-imports --no-logo

format: $(DEV_DEPS)  ## mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(DEV_DEPS)  ## docs/commands.md from the command table
	$(BIN)/python -m scripts.commands_page

lock: $(DEV_DEPS)  ## pin the newest versions that pyproject.toml allows, with hashes
	for group in runtime dev; do \
	  $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --python-version 3.11 --python-platform linux --no-header \
	    $$([ $$group = runtime ] || echo --group dev) --output-file requirements/$$group.txt pyproject.toml; \
	done

audit: $(DEV_DEPS)  ## known holes in what is pinned; no answer is a failure too
	$(BIN)/uv tool run pip-audit --strict --disable-pip --require-hashes --progress-spinner off --requirement requirements/dev.txt

bench: $(DEV_DEPS)  ## benchmarks/results.md, on which the figures of the README rest
	$(BIN)/python -m compileall -q bot plugins
	$(BIN)/python -m benchmarks.report

pictures: $(DEV_DEPS) chromium  ## the README's pictures, from the real program
	$(BIN)/python -m scripts.screenshots

chromium: $(DEV_DEPS)
	@scripts/install_chromium.sh $(VENV)

clean:  ## away with the environment and all caches; data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/uv: | scripts/make_venv.sh
	scripts/make_venv.sh $(VENV)

$(RUN_DEPS): requirements/runtime.txt pyproject.toml | $(BIN)/uv
	$(UV_INSTALL) --require-hashes --requirement requirements/runtime.txt
	$(UV_INSTALL) --no-deps --editable .
	$(BIN)/python -m compileall -q bot plugins
	touch $@

$(DEV_DEPS): requirements/dev.txt $(RUN_DEPS)
	$(UV_INSTALL) --require-hashes --requirement requirements/dev.txt
	touch $@
