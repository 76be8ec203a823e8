# Two commands on a fresh machine with Python 3.11 and make: `make boot` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := src tests benchmarks scripts

.PHONY: boot test lint types bench clean

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

boot: $(VENV)/.ready ## boot to the login prompt on this terminal
	$(BIN)/axisos boot

test: lint types ## everything that must hold
	PYTHONHASHSEED=0 $(BIN)/python -m pytest -n auto

lint: $(VENV)/.ready
	$(BIN)/ruff check $(SOURCES)

types: $(VENV)/.ready
	$(BIN)/mypy

bench: $(VENV)/.ready ## the benchmark groups, beside their references of the same run
	$(BIN)/axisos bench

clean:
	rm -rf $(VENV) build src/*.egg-info
	find . -type d \( -name __pycache__ -o -name '.*_cache' -o -name .hypothesis \) -prune -exec rm -rf {} +
