# From a clean clone: `make test` needs Python ≥ 3.11, make, and Maven (or SIXHOP_NEO4J_URI); all else is fetched.
PYTHON ?= python3
UV := 0.13.9
BIN := .venv/bin
STAMP := .venv/.set-up

.DEFAULT_GOAL := help
.PHONY: help setup demo bench lock proto released lint format types test verify clean

help: ## Show what can be made.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(STAMP) ## Make .venv with exactly what requirements.lock says, and this checkout in it.

# uv is several times faster; pip knows this machine's mirrors and certificates, and checks the same hashes.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv==$(UV)
	$(BIN)/uv pip install --python $(BIN)/python --require-hashes -r requirements.lock || \
	  $(BIN)/python -m pip install --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

lock: $(STAMP) ## Resolve requirements.lock anew from pyproject.toml.
	$(BIN)/uv pip compile --python-version 3.11 --universal --all-extras --generate-hashes --no-emit-index-url \
	  --no-header --upgrade --output-file requirements.lock pyproject.toml

proto: $(STAMP) ## Generate service/sixhop/_gen from proto/.
	$(BIN)/python tools/generate_protos.py

released: $(STAMP) ## Keep what the protos speak now as what this version released; later ones must not break it.
	$(BIN)/buf build proto --path proto/sixhop --as-file-descriptor-set --exclude-source-info \
	  -o proto/released/$$($(BIN)/python -c 'import sixhop; print(sixhop.__version__)').binpb

demo: $(STAMP) ## Load, train, serve and ask on real data; KEEP=1 leaves it running.
	@KEEP=$(KEEP) tools/demo.sh

bench: $(STAMP) ## Measure on made-up graphs (half an hour); BENCH="--short" or "--graphs 10k,100k" for less.
	$(BIN)/sixhop bench --json .sixhop/bench/results.json --picture .sixhop/bench/p99.svg $(BENCH)

lint: $(STAMP) ## Style, format and import rules.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

format: $(STAMP) ## Put the code in the project's format.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(STAMP) ## Check types.
	$(BIN)/mypy

test: lint types ## Everything that must hold, within ten minutes.
	$(BIN)/pytest -m "not verify"

verify: $(STAMP) ## What takes longer: load, fuzz, large graphs.
	$(BIN)/pytest -m verify

clean: ## Remove what was built; .sixhop (graph, models, keys) stays.
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .sixhop/tests
	find service ml bench tests -name __pycache__ -type d -prune -exec rm -rf {} +
