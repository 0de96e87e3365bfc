# briefing-bot: `make` lists what can be done here.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup run test bench soak clean

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# Extra words for pytest, such as PYTEST="-k corridor".
PYTEST ?=
# A package index's address is nobody's business, even when it fails.
MASK := sed -E "s,[a-z+]+://[^ ]+,(an address),g; s,host='[^']*',host=(left out),g"

help: ## list what can be done
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(READY) ## make .venv with the bot and its test tools
	@:

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; $(PYTHON) is not. Try: make setup PYTHON=python3.12"; exit 1; }
	@[ -x $(BIN)/python ] || { echo "Making .venv ..."; $(PYTHON) -m venv .venv; }
	@echo "Installing the bot and its test tools ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[test]' 2>&1 | $(MASK)
	@touch $@
	@echo "Ready: $(BIN)/briefing-bot"

run: setup ## start the bot; without a token the demo, in the browser
	@if [ -n "$${BRIEFING_TOKEN:-}$${BRIEFING_TOKEN_FILE:-}" ] || \
	    grep -Eqs '^[[:space:]]*(export[[:space:]]+)?BRIEFING_TOKEN(_FILE)?[[:space:]]*=[[:space:]]*[^[:space:]]' .env; \
	  then exec $(BIN)/briefing-bot run; else exec $(BIN)/briefing-bot demo; fi

test: setup ## lint, types, and all tests but the long ones
	@.ci/prepare
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy bot tests .ci
	$(BIN)/pytest -q -p no:randomly tests/test_floors.py
	$(BIN)/pytest -q -n 2 -rs --durations 10 --deselect tests/test_floors.py $(PYTEST)

bench: setup ## measure, and print the figures
	@$(BIN)/pytest -q -s -p no:randomly -m bench tests $(PYTEST) || \
	  { code=$$?; [ $$code -eq 5 ] && echo "Nothing is marked as a benchmark." || exit $$code; }

soak: setup ## the long tests, and properties with all their examples
	@.ci/prepare
	$(BIN)/python -m pytest -q -n 2 -rs -m 'not bench' --hypothesis-profile soak \
	  -p tests.soak.table -o faulthandler_timeout=1800 $(PYTEST)

clean: ## remove what was made here; state in var stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist ./*.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@[ ! -d var ] || echo "Kept: var, which holds the bot's state."
