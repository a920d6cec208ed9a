# Everything that a person does here by name. `make` alone prints the list below.
# Works with GNU make 3.81 (macOS) and newer.
#
#   PYTHON=python3.12     the Python that `make setup` builds .venv with (any >= 3.11)
#   LAB_ARGS="--port 9999"   further arguments for JupyterLab in `make lab`
#   NOTEBOOK=04           one lesson, for `make refresh` and `make course`
#   BENCH=front           only this part of `make bench`: of starts, magic, front, course

SHELL := /bin/sh
BIN := .venv/bin
START := notebooks/00-start-here.ipynb

# Jupyter refuses to run as root (containers, CI) unless it is told that this is meant.
ROOT_ARGS := $(shell [ "$$(id -u)" = 0 ] && echo --allow-root)

.DEFAULT_GOAL := help
.PHONY: help setup lab test facts course cluster stop sql refresh arrive handouts bench fuzz load conda lint lock clean

help:
	@echo "Migrating CockroachDB schemas with Alembic: an interactive course"
	@echo
	@sed -n 's/^## \([a-z]*\): \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

## setup: make .venv with everything in it (instant when nothing changed)
setup:
	@PYTHON="$(PYTHON)" sh scripts/setup.sh

## lab: open the course in JupyterLab (Ctrl-C stops JupyterLab; the cluster stays up until make stop)
lab: setup
	@echo "JupyterLab opens in your browser; Ctrl-C twice in this window ends it."
	@trap : INT; $(BIN)/jupyter lab --config=scripts/lab/jupyter_lab_config.py --ServerApp.root_dir="$(CURDIR)" \
	  --LabApp.default_url=/lab/tree/$(START) $(ROOT_ARGS) $(LAB_ARGS); status=$$?; \
	  echo "JupyterLab has ended. The cluster, if you started it, stays up with its data: make stop stops it."; exit $$status

## test: lint, types, all notebooks against their stored outputs, unit tests, a real browser
test: lint
	@$(BIN)/python -m pytest --nbval

## facts: show what is known of CockroachDB on the embedded cluster, or on the one at CLUSTER_URL, by family
facts: setup
	@$(BIN)/python -m pytest tests/facts -q $${CLUSTER_URL:+-n 0 --engine-from-environment}

## course: run the whole course on a fresh cluster and write it as HTML pages under _build/course
course: setup
	@$(BIN)/python -m scripts.run_course $(NOTEBOOK)

## cluster: start the local cluster
cluster: setup
	@$(BIN)/python -m cluster start

## stop: stop the local cluster (its data stays)
stop:
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m cluster stop; else echo "nothing is installed, so nothing runs"; fi

## sql: open a SQL shell on the local cluster
sql: setup
	@printf '%s\n' 'A statement ends with a semicolon. USE bank; goes into the database of the lessons, \q leaves.'
	@$(BIN)/python -m cluster sql

## refresh: run the notebooks again and store their outputs in normal form
refresh: setup
	@$(BIN)/python -m scripts.refresh $(NOTEBOOK)

## arrive: write alembic/ and bank/models.py anew from the steps of all lessons
arrive: setup
	@$(BIN)/python -m scripts.arrive

## handouts: make cheat sheet, glossary, answer key and instructor's guide in docs/ from the lessons
handouts: setup
	@$(BIN)/python -m handouts

## bench: measure the cluster's start, %alembic, the notebooks, and the front against a bare relay
bench: setup
	@$(BIN)/python -m scripts.bench $(BENCH)

## fuzz: a million hostile inputs for the embedded cluster's front and rewriter (FUZZ_ARGS="--seed 1")
fuzz: setup
	@$(BIN)/python -m tests.fuzz $(FUZZ_ARGS)

## load: a minute of transfers with schema changes in between, then kill -9 of its processes; nothing may be lost
load: setup
	@$(BIN)/python -m tests.cluster.load $(LOAD_ARGS)

## lint: code style, types and spelling
lint: setup
	@$(BIN)/codespell
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

## conda: make a conda environment from environment.yml instead of .venv
conda:
	@sh scripts/conda.sh

## lock: after a change of versions in pyproject.toml, make requirements.lock and environment.yml again (needs uv)
lock: setup
	@uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links -q -o requirements.lock
	@$(BIN)/python -m scripts.environment > environment.yml
	@echo "requirements.lock and environment.yml are up to date"

## clean: remove .venv, _build, caches, open tabs, and the cluster with its data (your own files in workspace/ stay)
clean:
	@if [ -f .venv/.stamp ]; then $(BIN)/python -m cluster reset --here --yes; fi
	@rm -rf .venv _build .jupyterlab .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -path ./workspace -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
	@if [ -d workspace ]; then echo "workspace/ holds your own files and was left as it is"; fi
