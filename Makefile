# Every way to work with this tree. `make` alone lists them.
PORT ?= 8000
PYTHON := .venv/bin/python
BENCHMARKS := $(if $(ONLY),--only $(ONLY))

.DEFAULT_GOAL := help
.PHONY: help run check test bench screenshots drills lock lint licences runtime development

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: runtime ## start Waymark on http://127.0.0.1:8000, or another port: make run PORT=9000
	@exec $(PYTHON) manage.py up --demo --port $(PORT)

check: development ## the quick round before a commit: lint and the SQLite suite
	@exec $(PYTHON) scripts/test.py lint pure sqlite

test: development ## everything: lint, both engines, browser, drills in short form
	@exec $(PYTHON) scripts/test.py

drills: development ## kills, races and restores in their full length
	@exec $(PYTHON) scripts/test.py drills races --long

bench: development ## measure speed against the goals, or one figure: make bench ONLY=list_50
	@exec $(PYTHON) -m benchmarks $(BENCHMARKS)

screenshots: development ## every page, light and dark, in three widths, into var/screenshots
	@exec $(PYTHON) scripts/screenshots.py

lint: development ## style, security, formatting, templates, imports, types
	@exec $(PYTHON) scripts/test.py lint

licences: development ## the licence of everything Waymark builds on
	@exec $(PYTHON) scripts/licences.py

lock: development ## pin the newest versions that pyproject.toml allows
	@sh scripts/lock.sh

runtime:
	@sh scripts/bootstrap.sh

development:
	@sh scripts/bootstrap.sh dev
