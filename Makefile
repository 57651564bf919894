# `make` alone lists what there is. Everything here runs on a machine with Python 3.11, pip and make.

PYTHON ?= $(firstword $(foreach p,python3.11 python3,$(shell command -v $(p) 2>/dev/null)))
# The pip that installs into .venv: the machine's own, since a venv without ensurepip has none.
PIP = $(shell $(PYTHON) -m pip --version >/dev/null 2>&1 && echo "$(PYTHON) -m pip --python .venv/bin/python" || echo ".venv/bin/python -m pip")
INSTALL = PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $(PIP) install --quiet
COMPILE = .venv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-header $(if $(UPGRADE),--upgrade)

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run test servers lint types lock reference bench slow crash fuzz clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: .venv/run ## run the daemon on checks.yaml, in an environment of its own
	@exec .venv/bin/python daemon.py run

test: lint types ## lint, types and all tests: what CI runs
	.venv/bin/pytest

servers: ## install the real servers that tests talk to (apt, as root)
	@bash tests/servers/install.sh

lint: .venv/test ## ruff: rules and format
	.venv/bin/ruff check
	.venv/bin/ruff format --check

types: .venv/test ## mypy, strict
	.venv/bin/mypy

lock: .venv/test ## write both lock files from pyproject.toml; UPGRADE=1 takes the newest versions
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) pyproject.toml --output-file requirements-dev.lock --group dev --all-extras --constraint requirements.lock

reference: .venv/test ## write docs/checks-yaml.md and checks.schema.json from the classes of options
	.venv/bin/python -m commands.reference > docs/checks-yaml.md.new
	mv docs/checks-yaml.md.new docs/checks-yaml.md
	.venv/bin/python daemon.py schema > checks.schema.json.new
	mv checks.schema.json.new checks.schema.json

bench: .venv/test ## run every measurement in bench/
	@for script in bench/*.py; do [ -e "$$script" ] || { echo "bench/ holds no measurement yet"; exit 0; }; \
	  echo "== $$script"; .venv/bin/python "$$script" || exit 1; done

slow: .venv/test ## run the long tests too (marker: slow)
	.venv/bin/pytest -m "slow or not slow"

crash: .venv/test ## kill the daemon at any moment, in ROUNDS outages or ROUNDS times (200); SEED repeats a run
	WATCHKEEPER_CRASH_ROUNDS=$(or $(ROUNDS),200) WATCHKEEPER_CRASH_SEED=$(SEED) .venv/bin/pytest -m "slow or not slow" tests/faults/test_crash*.py tests/faults/test_ledger.py

fuzz: .venv/test ## feed every parser of bytes from outside, or TARGET, for SECONDS each (60)
	@for file in tests/fuzz/fuzz_$(or $(TARGET),*).py; do target=$$(basename $$file .py); echo "== $$target"; \
	  .venv/bin/python -m tests.fuzz.run $${target#fuzz_} .fuzz -max_total_time=$(or $(SECONDS),60) || exit 1; done

clean: ## take away what these targets made
	rm -rf .venv dist .fuzz .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "No python3 found: install Python 3.11 or newer, or say make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11: say make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(shell $(PYTHON) -c 'import ensurepip' 2>/dev/null || echo --without-pip) .venv

.venv/run: requirements.lock | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements.lock
	@touch $@

.venv/test: requirements-dev.lock pyproject.toml | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements-dev.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@ .venv/run
