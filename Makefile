# Two commands do all the set-up: `make review` and `make test`. Everything else is for people who work on pr-reviewer.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
REPO   ?= .
BASE   ?= HEAD~1

NODE_FOLDERS := tests/browser tests/rendering tests/third_party
NODE_STAMPS  := $(NODE_FOLDERS:%=%/node_modules/.stamp)

.PHONY: help review test test-all lint types imports unit wheel e2e docs bench bench-server false-alarms crash llama lock format clean

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

review: $(VENV)/.runtime ## set up, then review this repository's own last change (REPO=… BASE=… for another)
	$(BIN)/pr-reviewer review --repo "$(REPO)" --base "$(BASE)"

test: lint types imports unit wheel e2e docs ## set up, then run what CI runs

test-all: test llama crash ## also the long suites: kills and faults, a llama.cpp server built from source
	WHEEL_BIN=$(abspath .cache/wheel/bin) $(BIN)/pytest -q -m long --ignore=tests/crash/test_kill_points.py

lint: $(VENV)/.dev ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## mypy, strict
	$(BIN)/mypy

imports: $(VENV)/.dev ## import-linter: the dependency rules of docs/architecture.md
	$(BIN)/lint-imports

unit: $(VENV)/.dev $(NODE_STAMPS) ## pytest with branch coverage; 100 % on the pure packages
	$(BIN)/pytest -q -n 2 -m "not long and not e2e" --cov --cov-report=
	$(BIN)/coverage report --fail-under=100 --include='$(PURE)'
	$(BIN)/coverage report --fail-under=90

PURE := pr_reviewer/model/*,pr_reviewer/diff/*,pr_reviewer/rules/*,pr_reviewer/plan/*,pr_reviewer/findings/*,pr_reviewer/report/*,pr_reviewer/languages.py,pr_reviewer/commands.py,pr_reviewer/triggers.py,pr_reviewer/filters.py,pr_reviewer/masking*,pr_reviewer/settings/schema*

wheel: $(VENV)/.wheel ## build the wheel and install it alone in an empty environment

e2e: $(VENV)/.wheel $(NODE_STAMPS) ## the built wheel, end to end
	WHEEL_BIN=$(abspath .cache/wheel/bin) $(BIN)/pytest -q -n 2 -m "e2e and not long"

docs: $(VENV)/.dev ## build the documentation site into site/
	rm -rf site  # zensical's --clean would empty all of .cache, with the wheel that other targets run
	$(BIN)/zensical build --strict

bench: $(VENV)/.dev ## print the table of benchmarks and write benchmarks/results.json
	$(BIN)/python -P -m benchmarks

bench-server: $(VENV)/.dev ## measure the server under load (about a quarter of an hour), and write the figures into docs/performance.md
	$(BIN)/python -P -m benchmarks.server
	$(BIN)/python -P -m benchmarks.server.page

false-alarms: $(VENV)/.dev ## scan well-kept code with the rule packs and write the figures into docs/packs.md
	$(BIN)/python -P -m benchmarks.false_alarms
	$(BIN)/python -P -m benchmarks.false_alarms.page

crash: $(VENV)/.wheel ## kill servers at every point, and write how it went into docs/reliability.md
	rm -f .cache/crash.json
	WHEEL_BIN=$(abspath .cache/wheel/bin) CRASH_RESULTS=.cache/crash.json $(BIN)/pytest -q -n 2 tests/crash/test_kill_points.py; \
	code=$$?; $(BIN)/python -P -m tests.crash.results .cache/crash.json && exit $$code

llama: $(VENV)/.dev ## build llama.cpp's server for the long suite (about ten minutes on two cores)
	$(BIN)/python -P tests/third_party/build_llama.py

format: $(VENV)/.dev ## format the code and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## pin every dependency again, with hashes and without an index address
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header pyproject.toml -o requirements/runtime.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --group dev -c requirements/runtime.txt pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header requirements/build.in -o requirements/build.txt

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# The build backend is locked as well: --no-build-isolation takes it from the environment.
$(VENV)/.runtime: $(VENV)/bin/python requirements/build.txt requirements/runtime.txt pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# Only the wheel and its locked dependencies: what is missing in the wheel fails here, not at a user's.
SOURCES := $(shell git ls-files pr_reviewer webhooks settings best_practices) hatch_build.py pyproject.toml
$(VENV)/.wheel: $(VENV)/.dev $(SOURCES)
	rm -rf dist .cache/wheel
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	$(PYTHON) -m venv .cache/wheel
	.cache/wheel/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	.cache/wheel/bin/pip install --quiet --disable-pip-version-check --no-deps dist/*.whl
	@touch $@

%/node_modules/.stamp: %/package-lock.json
	cd $* && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

clean: ## remove everything that the targets above made
	rm -rf $(VENV) .cache dist site build .coverage* $(NODE_FOLDERS:%=%/node_modules)
