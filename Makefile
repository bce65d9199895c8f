# `make help` lists the goals. Needed: make, and Python 3.11 or newer with venv. Everything else lands in .venv/ and var/.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
WORKERS ?= 3
BIN := .venv/bin
RUN_STAMP := .venv/.requirements-run
DEVELOPMENT_STAMP := .venv/.requirements-development
INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-input --progress-bar off --require-hashes
TEMPLATES = $(shell find templates -name '*.html')
COMPILE := $(BIN)/uv pip compile --quiet pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links
# Debian packages: the browser of the journey tests (chromium, built to need no screen), a font, without which it draws
# boxes, and what checks a receipt without us.
PACKAGES := chromium-headless-shell fonts-dejavu-core openssl

.PHONY: help demo test test-sqlite test-postgresql lint format rows openapi lock system clean

help: ## list the goals
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

demo: $(RUN_STAMP) ## the portal with sample customers on http://localhost:8000 (PORT=8000); Ctrl-C ends all
	@DEMO=1 exec $(BIN)/python manage.py demo --port $(PORT)

test: test-sqlite test-postgresql ## the whole suite, on SQLite and on a PostgreSQL that it starts by itself

# Walks in a browser here, each page and what takes long there, all else that asks the database on both
# (docs/decisions/0030-what-runs-on-which-database.md).
test-sqlite: $(DEVELOPMENT_STAMP) system
	$(BIN)/pytest --database sqlite --divided --numprocesses $(WORKERS) --dist loadgroup

test-postgresql: $(DEVELOPMENT_STAMP) system
	$(BIN)/pytest --database postgresql --divided --numprocesses $(WORKERS) --dist loadgroup

lint: $(DEVELOPMENT_STAMP) ## style, types and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check --target-version 5.2 $(TEMPLATES)
	$(BIN)/mypy .

format: $(DEVELOPMENT_STAMP) ## put code and templates in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djade --target-version 5.2 $(TEMPLATES)

rows: $(DEVELOPMENT_STAMP) ## draw docs/rows.md: every row of the requirements and the tests behind it
	@{ printf '# Rows and the tests behind them\n\nDrawn by `make rows`; edit the tests instead.\n\n'; $(BIN)/pytest --rows; } > .venv/rows.md
	@mv .venv/rows.md docs/rows.md

openapi: $(DEVELOPMENT_STAMP) ## draw docs/openapi.yaml from the code
	@DEMO=1 VAR_DIR=.venv/openapi $(BIN)/python manage.py openapi > .venv/openapi.yaml
	@mv .venv/openapi.yaml docs/openapi.yaml

lock: $(DEVELOPMENT_STAMP) ## make the locks from pyproject.toml; UPGRADE=--upgrade takes the newest releases
	$(COMPILE) $(UPGRADE) --output-file requirements.lock
	$(COMPILE) $(UPGRADE) --extra photos --output-file closure/evidence/requirements.lock
	$(COMPILE) $(UPGRADE) --extra photos --group dev --output-file tests/requirements.lock

system: ## install the Debian packages that the tests need, when they are missing
	@if ! command -v chromium-headless-shell > /dev/null || ! command -v openssl > /dev/null; then \
		if [ "$$(id -u)" = 0 ]; then as_root=(env); else as_root=(sudo); fi; \
		export DEBIAN_FRONTEND=noninteractive; \
		"$${as_root[@]}" apt-get update --quiet=2; \
		"$${as_root[@]}" apt-get install --quiet=2 --yes --no-install-recommends $(PACKAGES); \
	fi

clean: ## remove the environment and the demo's data
	rm -rf .venv var

.venv/bin/python:
	@for python in python3.11 python3 python3.12 python3.13 python3.14; do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then \
			exec "$$python" -m venv .venv; \
		fi; \
	done; echo 'Python 3.11 or newer with venv is needed (on Debian: apt install python3-venv).' >&2; exit 1

# With the extra that looks into photos; where there is no wheel of it the portal runs without, and says what it leaves.
$(RUN_STAMP): requirements.lock closure/evidence/requirements.lock | .venv/bin/python
	@echo 'Installing closure/evidence/requirements.lock into .venv/ (once)'
	@$(INSTALL) --requirement closure/evidence/requirements.lock || { \
		echo 'Without OpenCV: faces, edges and handwriting of photos are not checked at once (docs/photos.md).' >&2; \
		$(INSTALL) --requirement $<; \
	}
	@touch $@

# Contains all of requirements.lock, so the portal runs in the same environment.
$(DEVELOPMENT_STAMP): tests/requirements.lock | .venv/bin/python
	@echo 'Installing tests/requirements.lock into .venv/ (once)'
	@$(INSTALL) --requirement $<
	@touch $@ $(RUN_STAMP)
