# run: the portal on this machine; test: everything; test-quick: without slow and browser tests; lint; lock.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
RUN_PYTHON := .venv/bin/python
DEV_PYTHON := .venv-dev/bin/python
LOCK := uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --custom-compile-command 'make lock'

# Some environments forbid byte code; then every process start compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run venv venv-dev test test-quick lint smoke pictures faults bench lock

run: venv
	@exec $(RUN_PYTHON) -m ops.run

venv:
	@$(PYTHON) ops/ensure_venv.py .venv requirements.txt

venv-dev:
	@$(PYTHON) ops/ensure_venv.py .venv-dev requirements-dev.txt

test: lint
	@$(DEV_PYTHON) -m ops.testrun

test-quick: venv-dev
	@$(DEV_PYTHON) -m ops.testrun sqlite -m "not (slow or browser)"

lint: venv-dev
	@$(DEV_PYTHON) -m ops.lint

smoke: venv
	@$(RUN_PYTHON) -m ops.smoke

# Screenshots for docs/pictures; the browser packages come from the test environment.
pictures: venv-dev
	@$(DEV_PYTHON) -m ops.pictures

# Broken on purpose, on both databases, and what reminders cost: both write their tables into docs/reliability.md.
faults: venv-dev
	@$(DEV_PYTHON) -m ops.faults

bench: venv-dev
	@$(DEV_PYTHON) -m ops.bench_notices --write

lock:
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) requirements-dev.in -o requirements-dev.txt
