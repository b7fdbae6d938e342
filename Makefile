# make demo     set up, and run the whole workflow on the bundled demo
# make test     set up, and pass all tests
# make test-fast  those that a developer runs all day: no run of the workflow, no browser, none that is slow
# make test-plugs  the tests of avatars in LiveKit and Pipecat, in an environment of their own: `make test` skips them
# make models CONFIGFILE=job.yaml    download and verify the weights that a config asks for (default:
#                                    config/config.yaml); ENGINE=musetalk: those of an engine or scorer
# make review   serve the review pages and save decisions; CONFIGFILE=demo/config.yaml for the demo's
# make lint     formatting, lint, types, imports
# make lock     renew the lock files;  make schema    renew config/README.md and the config's schema
# make wheel    build the package

PYTHON ?= python3.11
CORES ?= 2
BIN := .venv/bin
READY := .venv/.ready
PLUGS := .venv-plugs
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11
CONFIG := $(if $(CONFIGFILE),--config $(CONFIGFILE))
# Where no bytecode is written, each process compiles all that it imports, and all tests.
export PYTHONDONTWRITEBYTECODE :=
PYTEST := $(BIN)/python -m pytest -n $(CORES) --dist loadfile --no-loadscope-reorder

.PHONY: setup demo test test-fast test-plugs review lint models lock schema wheel clean

setup: $(READY)

$(READY): requirements/all.lock requirements/bootstrap.lock pyproject.toml models/weights.tsv
	@case "$$PWD" in *[{}:]*) echo "mouthpiece: the name of this folder has a colon or braces, which Python and Snakemake cannot work with; move it: $$PWD"; exit 1;; esac
	@command -v $(PYTHON) >/dev/null || { echo "mouthpiece: there is no $(PYTHON); install Python 3.11 or 3.12, or say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/bootstrap.lock
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements/bootstrap.lock requirements/all.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q workflow_scripts
	$(BIN)/mouthpiece models fetch --for guard
	@touch $@

demo: setup
	$(BIN)/mouthpiece demo --cores $(CORES)

test: setup
	$(BIN)/mouthpiece demo --media-only
	$(PYTEST)

test-fast: setup
	$(PYTEST) -m "not e2e and not browser and not slow"

test-plugs: $(PLUGS)/.ready
	$(PLUGS)/bin/python -m pytest -n0 tests/live/test_live_livekit.py tests/live/test_live_pipecat.py tests/live/test_live_plug_docs.py

$(PLUGS)/.ready: requirements/plugs.lock pyproject.toml $(READY)
	$(PYTHON) -m venv $(PLUGS)
	$(BIN)/uv pip sync --quiet --python $(PLUGS)/bin/python --require-hashes requirements/plugs.lock
	$(BIN)/uv pip install --quiet --python $(PLUGS)/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

review: setup
	@$(BIN)/mouthpiece review $(CONFIG)

lint: setup
	$(BIN)/ruff format --check workflow_scripts tests benchmarks hatch_build.py
	$(BIN)/ruff check workflow_scripts tests benchmarks hatch_build.py
	$(BIN)/snakefmt --check Snakefile workflow rules
	$(BIN)/snakemake --lint
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/biome check
	$(BIN)/hadolint Dockerfile

models: setup
	$(BIN)/mouthpiece models fetch $(if $(UNPINNED),--unpinned) $(if $(ENGINE),--for $(ENGINE)) $(CONFIG)

lock:
	$(COMPILE) pyproject.toml --extra demo --extra talk --extra test --extra training --override requirements/overrides.txt -o requirements/all.lock
	$(COMPILE) requirements/bootstrap.in --constraint requirements/all.lock -o requirements/bootstrap.lock
	$(COMPILE) pyproject.toml --extra livekit --extra pipecat --extra test --override requirements/overrides.txt -o requirements/plugs.lock

schema: setup
	$(BIN)/mouthpiece config schema --write

wheel: setup
	$(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python

clean:
	rm -rf results logs timings dist .snakemake
