# Targets run in .venv. Serving needs requirements/run.txt; tests and tools need dev.txt, which
# includes it. Both are locks with hashes.
PY ?= python3
VENV ?= .venv
PORT ?= 8000
BIN := $(VENV)/bin
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist loadfile
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --all-extras --quiet

.DEFAULT_GOAL := help
.PHONY: help serve build test test-fast test-long fuzz bench bench-large check fix openapi lock-quotes lock-dependencies clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(RUN) ## build the database from seed/ and serve it on 127.0.0.1:8000 (PORT=…)
	@$(BIN)/onrecord build
	@$(BIN)/onrecord serve --port $(PORT)

build: $(RUN) ## check, verify and build the database from seed/
	@$(BIN)/onrecord build

test: $(DEV) ## run the tests, on SQLite and, if its programs are installed, on PostgreSQL
	@$(PYTEST) -m "not long"

test-fast: $(DEV) ## run the tests that need neither PostgreSQL nor a browser, in under a minute
	@$(PYTEST) -m "not long and not slow and not browser and not postgresql" --database sqlite

test-long: $(DEV) ## run the tests that take half a minute or more each
	@$(PYTEST) -m long

fuzz: $(DEV) ## send 20,000 generated requests, new ones each time (ONRECORD_FUZZ_CASES=…)
	@ONRECORD_FUZZ_CASES=$${ONRECORD_FUZZ_CASES:-20000} $(BIN)/python -m pytest tests/test_fuzz.py --database sqlite

bench: $(DEV) ## measure CPU time per request, next to other servers (needs wrk and npm)
	@$(BIN)/python -m bench --size 100000 --write

bench-large: $(DEV) ## the same with 100,000 and 1,000,000 figures
	@$(BIN)/python -m bench --size 100000 --size 1000000 --write

check: $(DEV) ## check style, types and the seeds; change nothing
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/onrecord check
	@$(BIN)/onrecord verify

fix: $(DEV) ## apply the formatter and the fixes of the linter
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

openapi: $(RUN) ## write docs/openapi.json
	@$(BIN)/onrecord openapi > docs/openapi.json

lock-quotes: $(RUN) ## write the lock entries of all quotes whose texts are at hand
	@$(BIN)/onrecord lock

lock-dependencies: ## renew requirements/*.txt from pyproject.toml (needs uv)
	uv pip compile $(LOCK) --upgrade --group dev pyproject.toml requirements/build.in -o requirements/dev.txt
	uv pip compile $(LOCK) pyproject.toml requirements/build.in -c requirements/dev.txt -o requirements/run.txt

clean: ## remove the environment and the database
	rm -rf $(VENV) var

# A Python without ensurepip installs with its own pip.
PIP = $$(test -x $(BIN)/pip && echo $(BIN)/python -m pip || echo $(PY) -m pip --python $(BIN)/python) \
	install --disable-pip-version-check

# Installs a lock and counts its packages on one line, which only a terminal rewrites.
define install
	@test -t 1 && terminal=1 || terminal=0; \
	{ $(PIP) --require-hashes -r $(1); echo "exit $$?"; } | awk \
		-v terminal=$$terminal -v lock=$(1) -v total=$$(grep -c '^[a-z].*==' $(1)) ' \
		function show(text) { if (terminal) { printf "\r\033[K%s", text; fflush() } } \
		BEGIN { print "Installing " total " packages of " lock " into $(VENV)"; fflush() } \
		/^Collecting / { show("  package " ++count " of " total ": " $$2) } \
		/^Installing / { show("  writing the files") } \
		/^exit / { show(""); exit $$2 }'
endef

$(RUN): requirements/run.txt pyproject.toml
	@$(PY) -c 'import sys; sys.exit("On Record needs Python 3.11 or newer; name one with PY=…" if sys.version_info < (3, 11) else 0)'
	@$(PY) -m venv $(VENV) 2>/dev/null || $(PY) -m venv --without-pip $(VENV)
	$(call install,requirements/run.txt)
	@$(PIP) --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): $(RUN) requirements/dev.txt
	$(call install,requirements/dev.txt)
	@touch $@
