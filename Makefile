# Everything happens inside .venv: nothing is installed globally, and every package is checked
# against its hash. The stamp files .venv/.made, .venv/.run and .venv/.dev say what is there.

# The interpreter that makes .venv, 3.11 or newer. Another one: make run PYTHON=python3.12
PYTHON ?= python3
# More arguments for pytest or uv: make test ARGS="tests/spikes -k overlap", make lock ARGS=--upgrade
ARGS ?=

# With cached bytecode, the workers of a test run need not compile each test file again, nor each gunicorn the app.
unexport PYTHONDONTWRITEBYTECODE

PIP_INSTALL := .venv/bin/python -m pip install --quiet --require-hashes --disable-pip-version-check
# --no-strip-extras: else pip takes the newest of a package that another one wants with an extra.
# --custom-compile-command keeps the header of the lock files free of this machine's settings.
UV_COMPILE := .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-strip-extras \
	--python-version 3.11 --custom-compile-command "make lock"

# worksteal: a test of a page takes as long as twenty others. By default, one worker can be given nearly all of
# them at once, and the others wait for it at the end. Tests of one file stay together, with their server.
PYTEST := .venv/bin/pytest -n 3 --dist worksteal

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-slow test-all check format bench bench-compare bench-scale bench-deliveries bench-values soak fuzz screenshots lock clean

help: ## Show this list
	@echo "Spikecast. Usage: make <target>"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F '|' '{ printf "%-16s %s\n", $$1, $$2 }'

run: .venv/.run ## Start Spikecast (configured by SPIKECAST_* variables)
	@echo "Starting Spikecast; end it with Ctrl-C." >&2
	@exec .venv/bin/gunicorn -c gunicorn.conf.py wsgi:app

test: .venv/.dev ## Run the fast tests: units, API and pages, on SQLite (choose some with ARGS="tests/spikes -k overlap")
	$(PYTEST) -m "not slow" $(ARGS)
	@echo "The slow tests were not run: make test-slow runs them."

test-slow: .venv/.dev ## Run the others: on PostgreSQL, on a phone, outages, backups, deployment, several nodes, soak, fuzz
	$(PYTEST) -m slow $(ARGS)

test-all: .venv/.dev ## Run every test
	$(PYTEST) $(ARGS)

check: .venv/.dev ## Check style, types and import rules, as CI does
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

format: .venv/.dev ## Format the code and apply ruff's automatic fixes
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: .venv/.dev ## Measure polls under load with wrk (fewer: ARGS="--database sqlite --cases 10-fields")
	.venv/bin/python -m tools.bench load $(ARGS)

bench-compare: .venv/.dev ## Compare two measurements: OLD=file NEW=file
	.venv/bin/python -m tools.bench compare $(OLD) $(NEW)

bench-scale: .venv/.dev ## Measure every page and list in a large installation (print only misses: ARGS=--missed)
	.venv/bin/python -m tools.bench scale $(ARGS)

bench-deliveries: .venv/.dev ## Measure deliveries of alerts while polls go on
	.venv/bin/python -m tools.bench deliveries $(ARGS)

bench-values: .venv/.dev ## Measure how long each value type takes
	.venv/bin/python -m tools.bench values

soak: .venv/.dev ## Kill workers, servers and PostgreSQL under polls, and check each value (ARGS="--minutes 2 --workers 4")
	.venv/bin/python -m tools.soak $(ARGS)

fuzz: .venv/.dev ## Send hostile values to every input of every route (ARGS="--database postgresql --cases 100000")
	.venv/bin/python -m tools.fuzz $(ARGS)

screenshots: .venv/.dev ## Take the screenshots in docs/images/ again, with Chromium
	.venv/bin/python -m tools.screenshots

lock: .venv/.dev ## Write requirements*.txt from requirements*.in (newer versions: ARGS=--upgrade)
	$(UV_COMPILE) $(ARGS) requirements.in -o requirements.txt
	$(UV_COMPILE) $(ARGS) requirements-dev.in -o requirements-dev.txt
	$(UV_COMPILE) $(ARGS) requirements-datadog.in -o requirements-datadog.txt

clean: ## Remove .venv and caches, but not instance/, which holds your data
	rm -rf .venv .venv-datadog .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A half-made .venv is removed, so that the next try starts afresh.
.venv/.made:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Spikecast needs Python 3.11 or newer, and '$(PYTHON)' was not found. On Debian or Ubuntu: apt-get install make python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Spikecast needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Choose another one: make PYTHON=python3.11 <target>" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install make python3-venv" >&2; exit 1; }
	@echo "Making a virtual environment in .venv …" >&2
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
	@touch $@

.venv/.run: requirements.txt | .venv/.made
	@echo "Installing Spikecast's packages into .venv; it takes half a minute or so, once." >&2
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

# Datadog's check brings old packages along, so it has a virtual environment of its own. CI makes it.
.venv-datadog/.made: requirements-datadog.txt
	@$(PYTHON) -m venv .venv-datadog || { rm -rf .venv-datadog; exit 1; }
	@.venv-datadog/bin/python -m pip install --quiet --require-hashes --disable-pip-version-check -r requirements-datadog.txt
	@touch $@

# The development lock contains all of requirements.txt.
.venv/.dev: requirements-dev.txt | .venv/.made
	@echo "Installing the packages of the tests into .venv; it takes a minute or so, once." >&2
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@
