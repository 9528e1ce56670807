# sslviz: `make` lists the targets. All of them use the environment in .venv, which is made when it is missing.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --disable-pip-version-check

# Whatever the environment says, compiled modules are kept: a test that starts a process would compile the project anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-all lint format types imports js views looks record bench fuzz clean

## help: list the targets
help:
	@sed -n 's/^## \([a-z-]*\): /\1: /p' Makefile | while IFS=: read -r target text; do \
		printf '  make %-10s%s\n' "$$target" "$$text"; done

# Exit code 5 says that ARGS chose nothing in this part.
define pytest
	$(BIN)/python -m pytest $(1) $(ARGS) || [ $$? -eq 5 ]
endef
# Tests run in several processes, with a browser in two, each with a server of its own. Those marked `alone` watch the
# processors or the engine, and have the computer to themselves.
several := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
two     := -n 2
# A browser on a busy server may be late. There a test in it that fails is tried once more, and the report names it
# (rerun): such a name that comes again and again is a fault.
twice   := $(if $(CI),--reruns 1)

## run: install what is missing and start the app (ARGS="--server.port 8600" for options of Streamlit)
run: $(VENV)/.app
	$(BIN)/streamlit run app.py $(ARGS)

## test: style, types, imports, then the fast tests, those in a real browser too
test: lint types imports js
	$(call pytest,-m "not slow" --ignore tests/browser $(several))
	$(call pytest,-m "not slow" tests/browser $(two))

## test-all: the same, then all tests: the slow ones too
test-all: lint types imports js
	$(call pytest,-m "not alone" --ignore tests/browser $(several))
	$(call pytest,-m alone --ignore tests/browser)
	$(call pytest,tests/browser $(two) $(twice))

## fuzz: hand a million spoilt inputs to all that reads what comes from outside; takes half an hour
fuzz: $(VENV)/.test
	$(BIN)/python -m tests.fuzz

## lint: check style and formatting
lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

## format: mend style and formatting where that is safe
format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

## types: check types
types: $(VENV)/.test
	$(BIN)/mypy

## imports: check which package imports which
imports: $(VENV)/.test
	$(BIN)/lint-imports

# Node of 20.19 or newer, or nothing. Only who changes a view needs it; continuous integration must have it.
node := $(shell node -e 'const [a, b] = process.versions.node.split("."); if (a > 20 || (a == 20 && b >= 19)) console.log("yes")' 2>/dev/null)

## js: check and test the views in JavaScript, where node is there
js: $(if $(node),node_modules/.installed)
ifeq ($(node),yes)
	npm run --silent lint
	npm run --silent types
	npm test --silent
else
	@echo "The views in JavaScript are not checked: that needs node 20.19 or newer."; [ "$$CI" != true ]
endif

## views: bundle the views in JavaScript anew, after a change to one of them; needs node
views: node_modules/.installed
	npm run --silent format
	npm run --silent build

## looks: take the first screens of all pages anew, in a browser (ARGS="home queue" for some); a quarter of an hour
looks: $(VENV)/.test
	$(BIN)/python tests/browser/take_looks.py $(ARGS)

## record: train and store the recorded runs of all tasks anew
record: $(VENV)/.app
	$(BIN)/python -m sslviz record $(ARGS)

## bench: run the benchmarks, one after the other (on a quiet computer)
bench: $(VENV)/.test
	@for script in benchmarks/[!_]*.py; do echo "== $$script"; PYTHONPATH=. $(BIN)/python "$$script" || exit 1; done

## clean: delete caches; the environment stays
clean:
	rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache test-results
	find . -path ./$(VENV) -prune -o -type d -name __pycache__ -exec rm -rf {} +

# The environment. A stamp file tells when it was last brought in line with a list of requirements.

# Whether this Python, not in an environment itself, has a PyTorch that fits: then it is used, and not installed again.
HAS_TORCH := 'import re, sys, importlib.metadata as m; \
	low, high = re.search(r"^torch>=([\d.]+),<([\d.]+)", open("requirements.txt").read(), re.M).groups(); \
	two = lambda v: tuple(map(int, v.split("+")[0].split(".")[:2])); \
	sys.exit(sys.prefix != sys.base_prefix or not two(low) <= two(m.version("torch")) < two(high))'

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "sslviz needs Python 3.11 or newer, and $(PYTHON) was not found."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "sslviz needs Python 3.11 or newer; name one like this: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(shell $(PYTHON) -c $(HAS_TORCH) 2>/dev/null && echo --system-site-packages) $(VENV) || \
		{ rm -rf $(VENV); echo "Python cannot make its venv; on Debian or Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/.app: requirements.txt | $(BIN)/python
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.test: requirements.txt requirements-test.txt | $(BIN)/python
	$(PIP) -r requirements-test.txt
	@touch $@

node_modules/.installed: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@
