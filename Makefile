# make demo   sets up and runs the main job on the offline models
# make up     starts Prefect with its UI, a worker, Dask and the offline models, and deploys; make down stops exactly that
# make test   sets up and passes lint, types and tests
# make fuzz  feeds everything that reads hostile bytes for ten minutes each (SECONDS=60 for one, FUZZ=values for one of them)
# make chaos KILLS=100   kills every process of a run at random, and holds its tables to those of an undisturbed run
# make doctor   looks at all that a run stands on, and says of each thing: fine, or what to do (ARGS="--settings night.toml")
# make sql Q=yield_by_round   answers a question of sql/ from the published tables

PYTHON ?= python3
BIN := .venv/bin
export PYTHONPATH := $(CURDIR)

.PHONY: demo up down test check fuzz chaos doctor sql lock clean

demo: .venv/ready
	$(BIN)/python -m flows.nightly $(ARGS)

up: .venv/ready
	@$(BIN)/python -m infra.up $(ARGS)

down:
	@$(BIN)/python -m infra.up --down $(ARGS)

test: check
	$(BIN)/pytest $(ARGS)

check: .venv/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

SECONDS ?= 600
FUZZ ?= $(sort $(patsubst tests/fuzz/fuzz_%.py,%,$(wildcard tests/fuzz/fuzz_*.py)))

# Findings are left in data/fuzz; one that was repaired becomes a test.
fuzz: .venv/fuzz
	@for name in $(FUZZ); do \
	    echo "$$name, $(SECONDS) seconds" && \
	    $(BIN)/python -m tests.fuzz.fuzz_$$name -max_total_time=$(SECONDS) -verbosity=0 || exit 1; \
	done

.venv/fuzz: .venv/ready tests/fuzz/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r tests/fuzz/requirements.txt
	@touch $@

KILLS ?= 20
chaos: .venv/ready
	$(BIN)/python -m tests.chaos $(KILLS) $(ARGS)

doctor: .venv/ready
	@$(BIN)/python -m infra.doctor $(ARGS)

sql: .venv/ready
	@$(BIN)/python -m sql $(if $(Q),"$(Q)") $(ARGS)

# The lock names no host: pip takes the packages from wherever it is set up to, and checks their hashes.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; this is " + sys.version + ". Try: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv .venv || { echo "python3 -m venv failed; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Needs uv. A lock made by uv's own `lock` would record the registry's host.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade -o requirements.lock

clean:
	rm -rf .venv data dist .mypy_cache .pytest_cache .ruff_cache
