# Two commands for everybody: `make demo` runs the main job offline, `make test` passes the tests. Each first brings
# .venv up to requirements.lock. Plain venv and pip suffice; uv is used where it is there, because it is faster. The lock
# is complete, hence --no-deps: pip in hash mode stumbles over packages that some ask for with extras and some without.

PYTHON ?= python3
BIN := .venv/bin
# uv brings certificates of its own; behind a proxy only the machine's are right, which pip uses anyway.
export UV_NATIVE_TLS ?= 1
# Where the environment forbids to keep compiled modules, every start of Prefect's server takes twice as long.
export PYTHONDONTWRITEBYTECODE :=
export UV_COMPILE_BYTECODE ?= 1

.PHONY: install demo test check format faults fuzz nights audit benchmark lock clean

install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; set PYTHON=/path/to/it")'
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv && \
		uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements.lock && \
		uv pip install --quiet --python $(BIN)/python --no-deps -e .; \
	else \
		$(PYTHON) -m venv .venv && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .; \
	fi
	@touch $@

demo: install
	$(BIN)/mentions demo

test: install check
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfmt --check sql

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfmt sql

# kill -9 before every write point of a run, an hour or two, and the long tests; the usual tests take a sample.
faults: install
	$(BIN)/python -m pytest -m long
	SWEEP_STEP=$${SWEEP_STEP:-1} $(BIN)/python -m pytest tests/test_faults.py -k killed_at_any

# 10,000 hostile inputs for every parser, about an hour; FUZZ_INPUTS for another number.
fuzz: install
	FUZZ_INPUTS=$${FUZZ_INPUTS:-10000} $(BIN)/python -m pytest tests/test_fuzz.py

# Three nights under a real Prefect server and worker, one of them killed; DATABASE=postgresql+asyncpg://... for PostgreSQL.
nights: install
	$(BIN)/python -m tests.nights $(DATABASE)

# Our pipeline beside the survey's way, the scanner beside ripgrep, nights, publications: build/benchmark.json and a table,
# 40 minutes. Wants pdftotext, rg and ../shared/web; readers work with libtcmalloc_minimal (gperftools) where it is there.
benchmark: install
	$(BIN)/python -m benchmarks

# Known holes of the locked packages; fails where one is found. The advisories are the package index's: a mirror that
# has none makes every line "could not be audited". No dependency of ours, so it runs in an environment of its own.
audit: install
	@rm -f build/audit.json
	$(PYTHON) -m venv build/audit
	build/audit/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.9,<3'
	build/audit/bin/pip-audit --disable-pip --require-hashes -r requirements.lock --format json --output build/audit.json
	@$(BIN)/python -c 'import json; each = json.load(open("build/audit.json"))["dependencies"]; \
		print("audited", sum("vulns" in package for package in each), "of", len(each), "packages")'

# No index address is written: whoever installs uses the registry that their own machine is set up for.
lock:
	uv pip compile pyproject.toml --group dev --extra dask --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --upgrade \
		--quiet --output-file requirements.lock

clean:
	rm -rf .venv build dist
