# Funnelcast. `make help` lists the commands; each works as the first one on a fresh clone.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin

unexport PYTHONDONTWRITEBYTECODE
export FUNNELCAST_COMPANY := $(if $(COMPANY),$(abspath $(COMPANY)),$(FUNNELCAST_COMPANY))
export FUNNELCAST_DATA := $(if $(DATA),$(abspath $(DATA)),$(FUNNELCAST_DATA))
export FUNNELCAST_AS_OF := $(if $(AS_OF),$(AS_OF),$(FUNNELCAST_AS_OF))
export FUNNELCAST_PREVIEW := $(if $(PREVIEW),$(PREVIEW),$(FUNNELCAST_PREVIEW))
export DAGSTER_TELEMETRY := false
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := False

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 22
	@echo "Options of run and ui: COMPANY=path/company.yaml DATA=folder AS_OF=YYYY-MM-DD PREVIEW=1"

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with PYTHON=..."; exit 1; }
	@echo "Setting up .venv (once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.PHONY: run
run: .venv/installed ## refresh everything, publish it, and print forecast and blocked stages
	@$(BIN)/funnelcast run

.PHONY: ui
ui: .venv/installed ## open the Dagster UI on http://127.0.0.1:3000
	@$(BIN)/funnelcast ui

.PHONY: test
test: .venv/installed ## unit, dbt and integration tests, in minutes
	@$(BIN)/funnelcast prepare
	@$(BIN)/python -m pytest -n 2 --dist loadfile

.PHONY: test-real
test-real: .venv/installed ## refresh real extracts, where they lie beside the project
	@$(BIN)/funnelcast prepare
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/real_data

.PHONY: test-forms
test-forms: .venv/installed ## refresh the simulated company from each CRM's own form
	@$(BIN)/funnelcast prepare
	@$(BIN)/python -m pytest -n 2 --dist load tests/crm_forms

.PHONY: java
java:
	@command -v "$${JAVA_HOME:+$$JAVA_HOME/bin/}java" >/dev/null || { echo "Spark needs Java 17 or newer, and none is found: install a JRE (Debian: apt-get install default-jre-headless) or set JAVA_HOME"; exit 1; }

.venv/spark-installed: .venv/installed requirements-spark.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-spark.lock
	@touch $@

.PHONY: test-spark
test-spark: java .venv/spark-installed ## build every model on Spark, too, and compare the tables (needs Java)
	@$(BIN)/python -m pytest tests/spark

.PHONY: test-browser
test-browser: .venv/installed ## drive the Dagster UI in a browser (needs Chromium)
	@$(BIN)/funnelcast prepare
	@$(BIN)/python -m pytest tests/browser

.PHONY: test-nights
test-nights: .venv/installed ## build night after night, and compare with a rebuild
	@$(BIN)/funnelcast prepare
	@$(BIN)/python -m pytest -n 2 --dist load tests/nights

.PHONY: test-crash
test-crash: .venv/installed ## kill refreshes half-way and compare what they leave behind
	@$(BIN)/funnelcast prepare
	@$(BIN)/python -m pytest -n 2 --dist load tests/crash

.PHONY: check
check: .venv/installed ## lint and types of Python and SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --disable-progress-bar dbt_project/models dbt_project/tests

.PHONY: bench
bench: .venv/installed ## time a refresh, simulating and landing 1 M deals, and core's SQL, against floors measured in the same run
	@$(BIN)/funnelcast prepare
	@$(BIN)/python -m tests.benchmarks

.PHONY: backtest
backtest: .venv/installed ## forecast past days of simulated and real companies: docs/accuracy.md
	@$(BIN)/funnelcast prepare
	@$(BIN)/python -m tests.benchmarks.accuracy

COMPILE := $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --no-strip-extras --no-annotate

.PHONY: lock
lock: ## resolve requirements.lock and what the extra spark adds to it anew from pyproject.toml
	@$(COMPILE) --extra dev pyproject.toml --output-file requirements.lock
	@$(COMPILE) --extra dev --extra spark --constraint requirements.lock pyproject.toml --output-file all.lock
	@grep -vxFf requirements.lock all.lock > requirements-spark.lock
	@rm all.lock
