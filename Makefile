# Two commands: `make run` sets up and opens the demonstration hall; `make test` sets up and runs the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ROOMS := hallterm devices storage sync
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Whatever the environment says: the tests start hundreds of programs, and each would compile all it imports anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check soak bench docs clean setup setup-test

run: setup
	@exec $(BIN)/hallterm demo

# A test that failed while four ran at once is run a second time, alone, and both results stand in the output: a fault
# fails twice; "failed, then passed" names a test that cannot bear a busy machine.
# While one processor checks types, the other compiles the tests for the four that run them and begins with them.
test: setup-test
	@$(MAKE) --no-print-directory -j 2 lint tests

.PHONY: tests collected
tests: collected
	$(BIN)/pytest -q -n 4 --dist loadfile --no-loadscope-reorder || { test $$? -eq 1 && $(BIN)/pytest -q --last-failed --last-failed-no-failures none; }

collected: setup-test
	@$(BIN)/pytest -q --collect-only > .collected.log || { cat .collected.log; exit 1; }

check: setup-test lint
	$(BIN)/pytest -q tests/rules tests/storage tests/hallterm tests/devices -m "not pty and not faults and not postgresql"

.PHONY: lint
lint:
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache > .lint-imports.log || { cat .lint-imports.log; exit 1; }

soak: setup-test
	HALLTERM_KILLS=200 HALLTERM_DEVICE_HOURS=8 HALLTERM_HUB=full \
	  $(BIN)/pytest -q tests/faults tests/end_to_end --ignore-glob='tests/faults/test_sync_*'
	HALLTERM_CUTS=600 HALLTERM_CLOCKS=300 HALLTERM_BACKLOG=300000 HALLTERM_LINE_EVENTS=5000 HALLTERM_LINE_SPEED=1 \
	  HALLTERM_HERD=2000 HALLTERM_PROCESS_S=60 HALLTERM_FLEET=200 HALLTERM_FLEET_DAYS=60 HALLTERM_FLEET_EVENTS=0.3 \
	  $(BIN)/pytest -q tests/faults/test_sync_*.py
	HALLTERM_HISTORIES=2000 HALLTERM_VISITS=3200 $(BIN)/pytest -q tests/sync
	HALLTERM_RATING_RUNS=400 HALLTERM_RATING_STEPS=60 $(BIN)/pytest -q tests/devices/test_rating.py

bench: setup-test
	$(BIN)/python -m tests.bench

docs: setup-test
	$(BIN)/python -m tests.walk docs/walk-through

setup: $(VENV)/.set-up $(VENV)/.compiled
setup-test: $(VENV)/.set-up-test $(VENV)/.compiled

$(VENV)/.set-up: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --config-settings editable_mode=compat --editable '.[centre]'
	@touch $@

# What the tests use of it is compiled when it is first used, on both processors; the rest never.
$(VENV)/.set-up-test: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --no-compile --config-settings editable_mode=compat --editable '.[centre,postgresql,test]'
	@touch $@ $(VENV)/.set-up

$(VENV)/.compiled: $(wildcard hallterm/locale/zh_CN/*.po) | $(VENV)/.set-up
	@$(BIN)/python -m hallterm.locale > /dev/null
	@$(BIN)/python -m compileall -q $(ROOMS)
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .lint-imports.log .collected.log
