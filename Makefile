# One word per chore; CONTRIBUTING.md says when to use which. `make` alone lists them.
# Only Python, make and git are needed: everything else is fetched into .venv or found by the tools.

VENV := .venv
PYTHON_IN := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
STATIC := staticfiles/.collected
HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?=

# How many generated cases the test run tries, as a share of the full count.
SPM_EXAMPLES ?= 0.15
PYTEST := $(PYTHON_IN) -m pytest -q -n 2 --dist worksteal
# The test runs choose their own database and broker, whatever .env says.
ON_SQLITE := DATABASE_URL=sqlite:///var/test.sqlite3 CELERY_BROKER_URL=memory://

export SPM_EXAMPLES
export UV_PYTHON_DOWNLOADS := never
# Where this is set, every process compiles Django and pandas anew, which takes longer than most chores.
unexport PYTHONDONTWRITEBYTECODE

# A .venv whose Python is gone (upgraded, moved, copied from elsewhere) is made again.
ifneq ($(wildcard $(VENV)),)
ifneq ($(shell $(PYTHON_IN) -c 'import sys; print(sys.version_info >= (3, 12) and "runs")' 2>/dev/null),runs)
$(shell rm -rf $(VENV))
endif
endif

.PHONY: help setup setup-dev demo run worker test test-full test-fast browser field-soak mutate accept lint fix bench bench-full \
	screenshots messages pins audit clean

help:  ## list the chores
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

# --- installing ----------------------------------------------------------------------------------------------

$(PYTHON_IN):
	@python=$$(./find-python 3.12) || exit 1; echo "Making $(VENV) with $$python"; "$$python" -m venv $(VENV)
	@$(PYTHON_IN) -m pip install -q uv 2>/dev/null || echo "uv is not to be had; installing with pip, which is slower."

# $(call install,requirements file): uv where it works, else pip
define install
	@if $(VENV)/bin/uv pip install -q --python $(PYTHON_IN) -r $(1) 2>$(VENV)/uv.log; then :; \
	else $(PYTHON_IN) -m pip install -q -r $(1); fi
	@touch $@
endef

$(RUNTIME): requirements.txt | $(PYTHON_IN)
	$(call install,requirements.txt)

$(DEV): requirements-dev.txt requirements.txt | $(PYTHON_IN)
	$(call install,requirements-dev.txt)
	@touch $(RUNTIME)

setup: $(RUNTIME)  ## make .venv with what the product needs to run

setup-dev: $(DEV)  ## the same with what developers need besides

# --- running -------------------------------------------------------------------------------------------------

$(STATIC): $(RUNTIME) $(shell find static -type f)
	@$(PYTHON_IN) manage.py collectstatic --noinput --clear --verbosity 0
	@touch $@

demo: setup $(STATIC)  ## the product with a demo institution on http://localhost:PORT (default 8000)
	@exec $(PYTHON_IN) -m tools.demo $(HOST):$(PORT)

run: setup-dev  ## the development server, with reload and error pages
	@$(PYTHON_IN) manage.py migrate --noinput --verbosity 0
	@DEBUG=true $(PYTHON_IN) manage.py runserver $(HOST):$(PORT)

worker: setup  ## a worker for CELERY_BROKER_URL=redis://...
	@exec $(PYTHON_IN) -m celery -A spm.celery worker -c 2 --loglevel INFO

# --- testing -------------------------------------------------------------------------------------------------

test: lint  ## everything: lint, the suite on SQLite and on PostgreSQL with Valkey, the browser tests
	@$(PYTHON_IN) tools/chromium.py --install
	@echo "--- SQLite" && $(ON_SQLITE) $(PYTEST) --ignore=tests/browser
	@echo "--- PostgreSQL and Valkey" && $(PYTHON_IN) tools/servers.py -- $(PYTEST) --ignore=tests/browser
	@echo "--- browser" && CHROMIUM=$$($(PYTHON_IN) tools/chromium.py) $(ON_SQLITE) $(PYTEST) tests/browser

test-full:  ## the same with the full counts of generated cases
	@$(MAKE) --no-print-directory test SPM_EXAMPLES=1.0

test-fast: setup-dev  ## the suite on SQLite only, no browser
	@$(ON_SQLITE) $(PYTEST) --ignore=tests/browser

browser: setup-dev  ## the browser tests only
	@$(PYTHON_IN) tools/chromium.py --install
	@CHROMIUM=$$($(PYTHON_IN) tools/chromium.py) $(ON_SQLITE) $(PYTEST) tests/browser

field-soak: setup-dev  ## forms of the field at full count: kills, cuts, 50 forms on a phone, on both databases
	@$(PYTHON_IN) tools/chromium.py --install
	@$(ON_SQLITE) SPM_EXAMPLES=1.0 $(PYTHON_IN) -m pytest -q tests/spm/test_field_storm.py
	@SPM_EXAMPLES=1.0 $(PYTHON_IN) tools/servers.py -- $(PYTHON_IN) -m pytest -q tests/spm/test_field_storm.py
	@CHROMIUM=$$($(PYTHON_IN) tools/chromium.py) $(ON_SQLITE) SPM_EXAMPLES=1.0 $(PYTHON_IN) -m pytest -q tests/browser/test_field.py

mutate: setup-dev  ## whether the tests of access notice each change of its code
	@$(PYTHON_IN) -m tools.mutate $(MUTATE)

accept: setup-dev  ## try the product on real files: make accept DATA=folder
	@$(PYTHON_IN) tools/accept.py "$(DATA)"

lint: setup-dev  ## what ruff and bandit have to say, changing nothing
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/bandit -q -ll -r spm clients feedback exits tools manage.py 2>/dev/null

fix: setup-dev  ## let ruff mend and format what it can
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

bench: setup-dev  ## speed at up to 100,000 clients
	@$(PYTHON_IN) bench/exit_page.py
	@$(PYTHON_IN) bench/spells.py
	@$(PYTHON_IN) bench/portfolio_import.py
	@$(PYTHON_IN) bench/portfolio_export.py
	@$(PYTHON_IN) bench/rebuild.py
	@$(PYTHON_IN) bench/analyses.py
	@$(PYTHON_IN) bench/pages.py
	@$(PYTHON_IN) bench/reasons.py
	@$(PYTHON_IN) bench/under_load.py

bench-full: setup-dev  ## cost by size up to a million clients on both databases: hours
	@$(PYTHON_IN) bench/by_size.py

screenshots: setup-dev  ## every screen at two widths and in both languages, into screenshots/
	@CHROMIUM=$$($(PYTHON_IN) tools/chromium.py --install) $(PYTHON_IN) -m tools.screenshots

# --- upkeep --------------------------------------------------------------------------------------------------

messages: setup-dev  ## collect marked strings into both catalogues and compile them
	@$(PYTHON_IN) tools/messages.py extract
	@$(PYTHON_IN) tools/messages.py compile

pins: setup-dev  ## choose the newest versions that pyproject.toml allows and write both requirements files
	@$(VENV)/bin/uv pip compile -q --upgrade --no-header --no-annotate pyproject.toml -o requirements.txt
	@$(VENV)/bin/uv pip compile -q --upgrade --no-header --no-annotate pyproject.toml --group dev \
		-c requirements.txt -o requirements-dev.txt

audit: setup-dev  ## known faults of the pinned packages, asked of the advisory service; says where it does not answer
	@$(PYTHON_IN) tools/audit.py

clean:  ## remove .venv, collected files and caches; the database and uploads in var/ stay
	@rm -rf $(VENV) staticfiles screenshots .ruff_cache .hypothesis .import_linter_cache .pytest_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
