# Targets a newcomer needs. Everything runs in .venv, which `make env` sets up once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APPINSPECT := .appinspect

.PHONY: app test check bench inspect fmt env clean

app: env  ## validate this pack, run its tests, and build the app into dist/
	$(BIN)/contentpack validate
	$(BIN)/contentpack test
	$(BIN)/contentpack build-app --out dist

test: env  ## every test; what needs the shared corpus is skipped where it is absent
	$(BIN)/python -m pytest -q -n auto

check: env  ## types, lint, imports, format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: env  ## timings, printed and never asserted
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.engine

inspect: env app $(APPINSPECT)/bin/splunk-appinspect  ## Splunk's AppInspect on the built app
	$(BIN)/contentpack inspect --appinspect $(APPINSPECT)/bin/splunk-appinspect

# AppInspect pins old libraries, so it gets an environment of its own (it also needs the system's libmagic).
$(APPINSPECT)/bin/splunk-appinspect:
	$(PYTHON) -m venv $(APPINSPECT)
	$(APPINSPECT)/bin/pip install --quiet 'splunk-appinspect==4.3.1' 'setuptools<81'

fmt: env
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

env: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
# An installed wheel is compiled, a checkout is not until it first runs, and never where PYTHONDONTWRITEBYTECODE is set.
	$(BIN)/python -m compileall -q generator
	touch $@

clean:
	rm -rf $(VENV) $(APPINSPECT) dist/*
