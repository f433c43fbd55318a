# Two commands for everybody: `make demo` runs the main job offline, `make test` passes the tests. Each first brings
# .venv up to requirements.lock, which has two parts: what running needs, and what testing needs beside it. Python and
# make suffice: uv, four times as fast as pip, is used where it is there, else brought by pip; where it fails, pip does
# the work. The lock is complete, hence --no-deps: pip in hash mode stumbles over packages that some ask for with extras
# and some without.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
# uv brings certificates of its own; behind a proxy only the machine's are right, which pip uses anyway.
export UV_SYSTEM_CERTS ?= 1
export UV_NATIVE_TLS ?= 1
# Where the environment forbids to keep compiled modules, every start of Prefect's server takes twice as long.
export PYTHONDONTWRITEBYTECODE :=
export UV_COMPILE_BYTECODE ?= 1

TESTING := \# --- What testing needs beside it ---
# The line of the lock at which its second part begins.

.PHONY: install demo test test-all test-pythons check format faults fuzz nights audit benchmark lock clean

install: $(VENV)/running

$(VENV)/running: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; set PYTHON=/path/to/it")'
	@if command -v uv >/dev/null; then \
		uv venv --quiet --allow-existing --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV); \
	else $(PYTHON) -m venv $(VENV) && $(bring-uv); fi
	@sed '/^$(TESTING)/,$$d' requirements.lock > $(VENV)/running.lock
	@$(call install-from,$(VENV)/running.lock)
	@touch $@

$(VENV)/testing: $(VENV)/running
	@$(call install-from,requirements.lock)
	@touch $@

# The lock's own uv. What pip is told of a registry, uv has to be told, too.
bring-uv = { sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock; \
	$(PIP) --require-hashes -r $(VENV)/uv.lock || echo "pip cannot bring uv; going on without it"; }
index := $$($(BIN)/python -m pip config get global.index-url 2>/dev/null)
install-from = \
	if PATH="$$PATH:$(BIN)" command -v uv >/dev/null; then PATH="$$PATH:$(BIN)"; \
		if test -x $(BIN)/uv && test -n "$(index)"; then export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$(index)}"; fi; \
		uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r $(1) && \
		uv pip install --quiet --python $(BIN)/python --no-deps -e . && exit 0; \
		echo "uv cannot install the packages; trying pip"; \
	fi; \
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV); \
	$(PIP) --require-hashes -r $(1) && $(PIP) -e .

demo: install
	$(BIN)/mentions demo

# What people run: minutes. The rest, `make test-all`, is long runs, killed ones, and a sample of all points of kill.
test: check
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

test-all: $(VENV)/testing
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m long
	FUZZ_INPUTS=100 $(BIN)/python -m pytest $(SIDE_BY_SIDE) --dist load tests/test_fuzz.py

SIDE_BY_SIDE := --numprocesses 2 --dist loadfile --no-loadscope-reorder

# `make test` by every Python that is here, on the PATH or pyenv's, each with an environment of its own.
PYTHONS ?= 3.11 3.12 3.13 3.14
test-pythons:
	@passed=; for version in $(PYTHONS); do \
		python=; for each in python$$version $$HOME/.pyenv/versions/$$version.*/bin/python; do \
			if $$each -c '' 2>/dev/null; then python=$$each; break; fi; \
		done; \
		if test -z "$$python"; then echo "Python $$version: skipped, there is none on this machine"; continue; fi; \
		echo "Python $$version: $$python"; \
		$(MAKE) --no-print-directory test PYTHON="$$python" VENV="build/python$$version" || exit; \
		passed="$$passed $$version"; \
	done; echo "Passed by Python$$passed"

check: $(VENV)/testing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/sqlfmt --check sql

format: $(VENV)/testing
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfmt sql

# kill -9 before every write point of a run, an hour or two, and the long tests; the usual tests take a sample.
faults: $(VENV)/testing
	$(BIN)/python -m pytest -m long
	SWEEP_STEP=$${SWEEP_STEP:-1} $(BIN)/python -m pytest tests/test_faults.py -k killed_at_any

# 10,000 hostile inputs for every parser, about an hour; FUZZ_INPUTS for another number.
fuzz: $(VENV)/testing
	FUZZ_INPUTS=$${FUZZ_INPUTS:-10000} $(BIN)/python -m pytest tests/test_fuzz.py

# Three nights under a real Prefect server and worker, one of them killed; DATABASE=postgresql+asyncpg://... for PostgreSQL.
nights: $(VENV)/testing
	$(BIN)/python -m tests.nights $(DATABASE)

# Our pipeline beside the survey's way, the scanner beside ripgrep, nights, publications: build/benchmark.json and a table,
# 40 minutes. Wants pdftotext, rg and ../shared/web; readers work with libtcmalloc_minimal (gperftools) where it is there.
benchmark: $(VENV)/testing
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

# No index address is written: whoever installs uses the registry that their own machine is set up for. Both parts are
# of one resolution: what testing adds may not move what runs.
RESOLVE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
WITH_TESTS := --group dev --extra dask
lock:
	@mkdir -p build/lock
	$(RESOLVE) $(WITH_TESTS) --upgrade --output-file build/lock/all
	$(RESOLVE) --constraint build/lock/all --output-file build/lock/running
	$(RESOLVE) $(WITH_TESTS) --constraint build/lock/all --no-header --output-file build/lock/testing \
		$$(sed -n 's/^\([a-z0-9-]*\)==.*/--no-emit-package \1/p' build/lock/running)
	{ cat build/lock/running; echo '$(TESTING)'; cat build/lock/testing; } | sed '/^    #   -c /d' > requirements.lock

clean:
	rm -rf .venv build dist
