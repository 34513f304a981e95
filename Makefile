# srxnf: set-up, demonstration, tests. Each target works alone on a fresh Debian 12, as root, as often as you like.

BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup demo test scenarios fuzz soak clean
FUZZ := client_hello starttls certificates crls ocsp forging junos http1 http2 websocket mail_sessions mime icap idp_rules idp_sessions
FUZZ_SECONDS := 60
.NOTPARALLEL:

help:
	@echo "sudo make setup      packages, .venv and what it holds"
	@echo "sudo make demo       an SRX in a Mininet network, end to end: diverted, decrypted, inspected, re-encrypted"
	@echo "sudo make test       ruff, mypy, import contracts, tests, then the tests that build networks"
	@echo "sudo make scenarios  every scenario, with what must be seen in each"
	@echo "sudo make fuzz       the parsers under coverage-guided fuzzing, FUZZ_SECONDS ($(FUZZ_SECONDS)) each; not part of the tests"
	@echo "sudo make soak       ten minutes of full load, a crowd of idle clients, 50,000 sites; needs wrk; not part of the tests"
	@echo "sudo make clean      remove .venv, caches and built packages"

setup:
	@sh .ci/setup "$(or $(MAKECMDGOALS),setup)"

demo: setup
	$(BIN)/srxnf run forward_proxy --demo

test: setup
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -m "not network" -n $$((2 * $$(nproc))) --dist worksteal
	$(BIN)/python -m pytest -m network

scenarios: setup
	$(BIN)/srxnf run --all

# atheris is a tool of its own, apart from what the project installs.
fuzz: setup
	test -d .fuzz/atheris || $(BIN)/python -m pip install -q --disable-pip-version-check --root-user-action=ignore \
	    --target .fuzz atheris
	for target in $(FUZZ); do PYTHONPATH=.fuzz $(BIN)/python -m tests.fuzz.drive $$target $(FUZZ_SECONDS) || exit; done

soak: setup
	$(BIN)/python -m tests.bench.soak

clean:
	rm -rf .venv .fuzz build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache ./*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
