# `make` lists what there is to do.
PY := .venv/bin/python
STAMP := .venv/.installed
DEV_STAMP := .venv/.installed-dev
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: help setup run test check bench faults lock messages
help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

.venv/bin/python:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Palabre needs Python 3.11 or newer."; exit 1; }
	@python3 -m venv .venv || { echo "Python cannot make a virtual environment here. On Debian or Ubuntu: apt install python3-venv"; rm -rf .venv; exit 1; }

$(STAMP): requirements.txt | .venv/bin/python
	@echo "Installing what the site needs…"
	@$(PIP) -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt | .venv/bin/python
	@echo "Installing what the tests need…"
	@$(PIP) -r requirements-dev.txt
	@touch $@ $(STAMP)

setup: $(STAMP) ## environment, dependencies and database; no server
	@$(PY) manage.py migrate --verbosity 0
	@echo "Ready: $(PY) manage.py …"

run: $(STAMP) ## the whole site with its demo at http://127.0.0.1:8000/ (PORT=… for another port)
	@exec $(PY) manage.py run

test: $(DEV_STAMP) ## the test suite (also on PostgreSQL and Redis where DATABASE_URL and REDIS_URL say so)
	@sh .ci/test

check: $(DEV_STAMP) ## style, import contracts, types, migrations, translations
	@sh .ci/check

bench: $(DEV_STAMP) ## ratios to the floors, as one table
	@$(PY) -m tests.bench

faults: $(DEV_STAMP) ## kill everything under load and count what is left
	@$(PY) -m tests.faults
	@$(PY) -m tests.faults.changing

lock: ## pin versions and hashes anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt

messages: ## collect and compile the French texts (needs gettext)
	$(PY) manage.py makemessages -l fr --no-location --no-obsolete -i .venv -i var -i tests
	$(PY) manage.py compilemessages -l fr -i .venv
