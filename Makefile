# `make demo` and `make test` need Python 3.12 or newer and nothing else: they make `.venv` first.

VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check venv clean FORCE

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/runtime.stamp  ## compare a price war, service cooperation and business as usual
	$(BIN)/sim compare price_war service_cooperation business_as_usual

# Kernels first, for each of the two processes would compile them; files in their order, or those
# with few and long tests would come last, one after the other.
test: check  ## format, lint, types and layers, then all tests with coverage
	$(BIN)/python -c 'from sim.simulate import warm_up; warm_up()'
	$(BIN)/python -m pytest --cov --numprocesses=2 --dist=loadfile --no-loadscope-reorder

check: $(VENV)/develop.stamp  ## format, lint, types and layers only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict sim
	$(BIN)/lint-imports

venv: $(VENV)/develop.stamp  ## make .venv with all that development needs

clean:  ## remove .venv, caches and build products; results stay
	rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find sim tests benchmarks -type d -name __pycache__ -prune -exec rm -rf {} +

# A stamp is written when everything that it stands for is installed; it holds the path of the
# checkout. A `.venv` that was moved here, that was cut short while it was filled, or whose
# Python is gone or too old, is thrown away and made again.
RECENT := import pip, sys; sys.exit(sys.version_info < (3, 12))
SOUND := $(shell \
	test ! -e $(VENV)/unfinished && \
	{ test ! -e $(VENV)/runtime.stamp || test "`cat $(VENV)/runtime.stamp`" = "$(CURDIR)"; } && \
	$(BIN)/python -c '$(RECENT)' 2>/dev/null && echo yes)
ifneq ($(SOUND),yes)
$(VENV)/runtime.stamp: FORCE
endif

$(VENV)/runtime.stamp: PACKAGE := .
$(VENV)/runtime.stamp: pyproject.toml constraints.txt
	@test '$(SOUND)' = yes || { $(new_venv); }
	$(install)

$(VENV)/develop.stamp: PACKAGE := .[test,dev]
$(VENV)/develop.stamp: $(VENV)/runtime.stamp
	$(install)

define install
@echo "Installing '$(PACKAGE)' into $(VENV) (some minutes the first time)"
@touch $(VENV)/unfinished
@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	--editable '$(PACKAGE)' --constraint constraints.txt
@rm $(VENV)/unfinished
@echo "$(CURDIR)" > $@
endef

# Take $(PYTHON) if it is given, else the first interpreter on the path that is recent enough.
# A name may be found and still not run (a pyenv shim): then it has no version.
define new_venv
	older=none; \
	for python in $(if $(PYTHON),'$(PYTHON)',python3 python3.14 python3.13 python3.12 python); do \
		version=`"$$python" -c 'import platform; print(platform.python_version())' 2>/dev/null` \
			|| continue; \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))'; then \
			echo "Making $(VENV) with Python $$version"; \
			rm -rf $(VENV) && mkdir $(VENV) && touch $(VENV)/unfinished && \
			"$$python" -m venv $(VENV); exit $$?; \
		fi; \
		test "$$older" != none || older=$$version; \
	done; \
	echo "This project needs Python 3.12 or newer; found $$older." \
		"Install one (https://www.python.org/downloads/) or run" \
		"make PYTHON=/path/to/python3.12." >&2; \
	exit 1
endef
