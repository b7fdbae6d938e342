# make demo     set up, and run the whole workflow on the bundled demo
# make test     set up, and pass the tests
# make models CONFIGFILE=job.yaml    download and verify the weights that a config asks for (default:
#                                    config/config.yaml); ENGINE=musetalk: those of an engine or scorer
# make review   serve the review pages and save decisions; CONFIGFILE=demo/config.yaml for the demo's
# make lint     formatting, lint and types
# make lock     renew the lock files;  make schema    renew config/schemas/config.schema.json

PYTHON ?= python3.11
CORES ?= 2
BIN := .venv/bin
READY := .venv/.ready
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11

.PHONY: setup demo test review lint models lock schema clean

setup: $(READY)

$(READY): requirements/all.lock requirements/bootstrap.lock pyproject.toml models/weights.tsv
	@command -v $(PYTHON) >/dev/null || { echo "mouthpiece: there is no $(PYTHON); install Python 3.11 or 3.12, or say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/bootstrap.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/bootstrap.lock requirements/all.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -m mouthpiece.weights fetch --for guard
	@touch $@

demo: setup
	$(BIN)/python -m mouthpiece.demo
	$(BIN)/snakemake --cores $(CORES) --configfile demo/config.yaml
	@echo "The film:        results/demo/en/demo.en.mp4"
	@echo "The review page: results/demo/en/review/index.html"
	@echo "To decide there: make review CONFIGFILE=demo/config.yaml"

test: setup
	$(BIN)/python -m mouthpiece.demo
	$(BIN)/python -m pytest -n $(CORES) --dist loadfile --no-loadscope-reorder

review: setup
	@$(BIN)/python -m mouthpiece.reviewserver $(if $(CONFIGFILE),--configfile $(CONFIGFILE))

lint: setup
	$(BIN)/ruff format --check workflow_scripts tests benchmarks
	$(BIN)/ruff check workflow_scripts tests benchmarks
	$(BIN)/biome check
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/snakemake --lint
	$(BIN)/mypy

models: setup
	$(BIN)/python -m mouthpiece.weights fetch $(if $(UNPINNED),--unpinned) $(if $(ENGINE),--for $(ENGINE)) $(if $(CONFIGFILE),--configfile $(CONFIGFILE))

lock:
	$(COMPILE) requirements/bootstrap.in -o requirements/bootstrap.lock
	$(COMPILE) pyproject.toml --all-extras --override requirements/overrides.txt -o requirements/all.lock

schema: setup
	$(BIN)/python -m mouthpiece.configdoc

clean:
	rm -rf results logs timings .snakemake
