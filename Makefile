# Every command of the project; `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help up demo test lint bench load faults screenshots format messages requirements clean
PY := .venv/bin/python
export PYTHONDONTWRITEBYTECODE ?=

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

.venv/.base: requirements/base.txt
	@sh scripts/venv.sh base

.venv/.dev: requirements/dev.txt
	@sh scripts/venv.sh dev
	@touch .venv/.base

up: .venv/.base ## Install and start Miraizu here; Ctrl-C stops it
	@exec $(PY) manage.py up

demo: .venv/.base ## Start it with the example story (LANGUAGE=ja for Japanese), in var/demo
	@MIRAIZU_DEMO=1 MIRAIZU_VAR=var/demo exec $(PY) manage.py demo --language $(or $(filter en ja,$(LANGUAGE)),en)

test: .venv/.dev ## Run every check and every test
	@exec $(PY) scripts/test.py

lint: .venv/.dev ## Only the checks that take seconds
	@exec $(PY) scripts/test.py --only lint

bench: .venv/.dev ## Measure speed and size against a floor
	@$(PY) -m benchmarks; pages=$$?; $(PY) -m benchmarks.dashboards; many=$$?; \
	  $(PY) -m benchmarks.reminders && exit $$((pages | many))

load: .venv/.dev ## Ask as 200 members do, for ten minutes (MINUTES=2 for less)
	@exec $(PY) -m benchmarks.load

faults: .venv/.dev ## Mistreat senders, databases and receivers, the long way (ARGS="--short F1")
	@exec $(PY) -m tests.faults $(ARGS)

format: .venv/.dev ## Put the code into its form
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .

messages: .venv/.dev ## Collect the texts to translate (needs gettext)
	@$(PY) scripts/messages.py

screenshots: .venv/.dev ## Make the pictures of the documents anew (needs Chromium)
	@$(PY) scripts/screenshots.py

requirements: ## Compile requirements/*.txt anew from pyproject.toml (needs uv)
	@for set in base dev; do \
	  uv pip compile pyproject.toml $$( [ $$set = dev ] && echo --group dev ) --universal --python-version 3.12 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements" \
	    --quiet --upgrade -o requirements/$$set.txt; done

clean: ## Remove what was installed and built; data under var/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache var/static
