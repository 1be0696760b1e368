# The commands of the project. `make serve` and `make test` set themselves up; nothing else is needed but Python 3.11+.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
FLAGS := $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

.PHONY: serve test lint check check-service check-document mutation rolling nightly fuzz bench sbom lock clean openapi

serve: $(VENV)/.ready
	@exec $(RUN) -m api serve $(FLAGS)

test: lint
	@$(RUN) -m pytest -n auto --cov --cov-report=term

lint: $(VENV)/.ready-to-test
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache
	@$(VENV)/bin/hadolint Dockerfile
	@$(RUN) -m api validate

# Independent checkers, each with all of its rules; they take a minute or two.
check: check-service check-document

check-service: $(VENV)/.ready-to-check
	@$(VENV)/bin/bandit --quiet --recursive --configfile pyproject.toml api schemas
	@$(RUN) -m checks.headers
	@$(RUN) -m checks.contract
	@$(RUN) -m checks.manifests

# These need Node beside Python.
check-document: checks/node_modules
	@checks/node_modules/.bin/spectral lint docs/openapi.json --ruleset checks/spectral.yaml --fail-severity hint
	@checks/node_modules/.bin/redocly lint --extends=recommended-strict docs/openapi.json

# The tests of the rule core, tried on some 3,000 small changes of it; docs/mutation.md says how long it takes.
mutation: $(VENV)/.ready-to-check
	@$(RUN) -m checks.mutation $(if $(JOBS),--jobs $(JOBS))

# Two replicas behind the front, each killed and rolled to a new release under load; needs nginx and HAProxy.
rolling: $(VENV)/.ready-to-test
	@$(RUN) -m pytest -s tests/deploy/test_rolling.py

# The long runs: at least 12,000 cases over three seeds.
nightly: $(VENV)/.ready-to-check
	@$(RUN) -m checks.contract --examples 100 --at-least 12000 1 2 3

# Byte streams, drawn and spoilt, against the real server: 20,000 over five seeds; docs/http.md says what must hold.
fuzz: $(VENV)/.ready-to-test
	@$(RUN) -m checks.wire --streams 4000 $(or $(SEEDS),1 2 3 4 5)

# How fast the service is, into benchmarks/serving.md; needs wrk, nginx, four cores, twenty minutes and a quiet machine.
bench: $(VENV)/.ready-to-test
	@$(RUN) -m benchmarks $(BENCH)

# What is inside the image, as CycloneDX.
sbom: $(VENV)/.ready-to-check
	@$(VENV)/bin/cyclonedx-py requirements requirements-image.lock --pyproject pyproject.toml --output-reproducible -o sbom.json

checks/node_modules: checks/package-lock.json
	@cd checks && npm ci --silent
	@touch $@

openapi: $(VENV)/.ready
	@$(RUN) -m api openapi > docs/openapi.json

# Writes the locks anew; needs uv. The locks hold hashes and no addresses.
lock:
	@uv pip compile pyproject.toml --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header --quiet -o requirements.lock
	@uv pip compile pyproject.toml --extra redis --extra traces --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header --quiet -o requirements-image.lock
	@uv pip compile pyproject.toml --extra test --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header --quiet -o requirements-test.lock
	@uv pip compile pyproject.toml --extra check -c requirements-test.lock --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header --quiet -o requirements-check.lock

clean:
	@rm -rf $(VENV) mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 \
	 || { rm -rf $(VENV); $(PYTHON) -m virtualenv --quiet $(VENV) 2>/dev/null; } \
	 || { $(PYTHON) -m venv --without-pip $(VENV) 2>/dev/null && $(PYTHON) -m pip --python $(VENV)/bin/python install --quiet pip 2>/dev/null; } \
	 || { rm -rf $(VENV); echo "A virtual environment cannot be made: install python3-venv (on Debian: apt-get install python3-venv)."; exit 1; }

$(VENV)/.ready: requirements.lock | $(VENV)/bin/python
	@echo "Setting up (once) ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@touch $@

$(VENV)/.ready-to-check: requirements-check.lock | $(VENV)/bin/python
	@echo "Setting up the checkers (once) ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-check.lock
	@touch $@ $(VENV)/.ready $(VENV)/.ready-to-test

$(VENV)/.ready-to-test: requirements-test.lock | $(VENV)/bin/python
	@echo "Setting up the tests (once) ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-test.lock
	@touch $@ $(VENV)/.ready
