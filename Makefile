# Everything runs in .venv, which the first target that needs it makes from the hash-pinned lock.
PY ?= python3
VENV ?= .venv
PORT ?= 8000
BIN := $(VENV)/bin
STAMP := $(VENV)/.complete
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --all-extras --quiet

.DEFAULT_GOAL := help
.PHONY: help serve build test fuzz bench bench-large check fix openapi lock-quotes lock-dependencies clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(STAMP) ## build the database from seed/ where it has changed, and serve it on 127.0.0.1:8000 (PORT=…)
	@$(BIN)/onrecord build
	@$(BIN)/onrecord serve --port $(PORT)

build: $(STAMP) ## check, verify and build the database from seed/
	@$(BIN)/onrecord build

test: $(STAMP) ## run the tests, on SQLite and, where its programs are installed, on PostgreSQL
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile

fuzz: $(STAMP) ## send 20,000 made-up requests (ONRECORD_FUZZ_CASES=…), new ones each time
	@ONRECORD_FUZZ_CASES=$${ONRECORD_FUZZ_CASES:-20000} $(BIN)/python -m pytest tests/test_fuzz.py --database sqlite

bench: $(STAMP) ## measure CPU time per request, next to other servers (needs wrk and npm)
	@$(BIN)/python -m bench --size 100000 --write

bench-large: $(STAMP) ## the same with 100,000 and 1,000,000 figures
	@$(BIN)/python -m bench --size 100000 --size 1000000 --write

check: $(STAMP) ## style, types and the seeds, without changing anything
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/onrecord check
	@$(BIN)/onrecord verify

fix: $(STAMP) ## put right what the formatter and the linter can
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

openapi: $(STAMP) ## write docs/openapi.json, the committed form of the API's promise
	@$(BIN)/onrecord openapi > docs/openapi.json

lock-quotes: $(STAMP) ## write the lock entries of all quotes whose texts are at hand
	@$(BIN)/onrecord lock

lock-dependencies: ## renew requirements/*.txt from pyproject.toml (needs uv)
	uv pip compile $(LOCK) --upgrade --group dev pyproject.toml requirements/build.in -o requirements/dev.txt
	uv pip compile $(LOCK) pyproject.toml requirements/build.in -c requirements/dev.txt -o requirements/run.txt

clean: ## remove the environment and the database
	rm -rf $(VENV) var

# uv is faster where it is installed; pip does the same.
$(STAMP): requirements/dev.txt pyproject.toml
	@$(PY) -c 'import sys; sys.exit("On Record needs Python 3.11 or newer; name one with PY=…" if sys.version_info < (3, 11) else 0)'
	@echo "making the environment in $(VENV)"
	@$(PY) -m venv --clear $(VENV) 2>/dev/null || $(PY) -m venv --clear --without-pip $(VENV)
	@if command -v uv >/dev/null; then \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	elif [ -x $(BIN)/pip ]; then \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	else \
		$(PY) -m pip --python $(BIN)/python install --quiet --require-hashes -r requirements/dev.txt && \
		$(PY) -m pip --python $(BIN)/python install --quiet --no-deps --no-build-isolation -e .; \
	fi
	@touch $@
