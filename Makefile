# What a developer types; `make` alone lists it.

# The first Python that is new enough and can make virtual environments; else python3, which then says what is missing.
# Asked by running it: a version manager may have put a command there that only tells how to enable it.
PYTHON = $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$name && exit; \
	done; echo python3)
PULUMI_VERSION = $(shell sed -n 's|^require .*/pulumi/pkg/v3 v||p' tools/pulumi/engine/go.mod)

.DEFAULT_GOAL := help
.PHONY: help install up down bench quick test dynamic soak lint docs lock

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

install: ## make .venv with the locked packages, and find or build the Pulumi CLI
	@python=$(PYTHON); command -v $$python >/dev/null || { printf '%s\n' 'install: there is no python3 on PATH' '' \
		'hint: install Python 3.11 or newer, or name one: make install PYTHON=/path/to/python3.11' >&2; exit 2; }; \
		$$python tools/install.py

up: install ## start a local PostHog, apply examples/acme to it, and show what happens when somebody edits by hand
	@.venv/bin/python tools/up.py

down: ## stop what `make up` started
	@$(PYTHON) tools/down.py

bench: install ## measure requests, time and memory; `make bench size=all` takes an hour
	@.venv/bin/python -m benchmarks $(if $(size),--size $(size))

lint: install ## check style and types
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

QUICK = house values capture kinds api reconcile checks config stack drift export report plugin

quick: ## the tests that need neither Pulumi nor a server: half a minute
	.venv/bin/pytest -q -n 2 $(addprefix tests/,$(QUICK))

test: lint ## all checks and all tests, as .ci/run has them
	@.venv/bin/python tools/test_programs.py
	.venv/bin/pytest -n 4 --dist worksteal --durations 15 --durations-min 1

dynamic: install ## the tests with the real pulumi once more, those through the usual provider now through the dynamic one
	POSTHOG_TEST_REAL=1 POSTHOG_TEST_DOOR=dynamic .venv/bin/pytest -n 4 --dist worksteal tests/e2e

soak: install ## hours of random configurations, faults and kills, and of broken files; a failure prints its seed
	SOAK_EXAMPLES=$(or $(examples),10000) .venv/bin/pytest --timeout 0 tests/model tests/config/test_config_fuzz.py

docs: install ## build the pages as a site in .run/site; every link has to lead somewhere
	@.venv/bin/python tools/pictures.py
	@.venv/bin/python tools/docs.py

# The second one is what a user installs, of the same versions: `init` writes it, and action.yml installs from it.
# hatchling is in it because the tool may be installed from a commit.
lock: install ## write requirements.lock and init's own anew; `make lock upgrade=1` takes newer versions where they fit
	@mkdir -p .run && echo "pulumi==$(PULUMI_VERSION)" > .run/constraints.txt
	.venv/bin/uv pip compile pyproject.toml --all-extras --group dev --group docs --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --quiet $(if $(upgrade),--upgrade) \
		--constraint .run/constraints.txt --output-file requirements.lock
	@echo "hatchling" > .run/build.in
	.venv/bin/uv pip compile pyproject.toml .run/build.in --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --quiet \
		--constraint requirements.lock --output-file provider/pulumi_posthog/cli/templates/requirements.lock
