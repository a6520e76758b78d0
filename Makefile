# Every line is a thin name for a documented command; `make` alone lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One thread a process: the tests run two processes, the worker several jobs.
export OPENBLAS_NUM_THREADS ?= 1
CATALOGUES := $(wildcard survey_app/translations/*/LC_MESSAGES/messages.po)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.installed

survey_app/translations/.compiled: $(CATALOGUES) | $(VENV)/.installed
	@test -n "$(CATALOGUES)" || { echo "no catalogues: run make translations" >&2; exit 1; }
	$(BIN)/pybabel --quiet compile -d survey_app/translations
	touch $@

.PHONY: demo
demo: $(VENV)/.installed survey_app/translations/.compiled ## live through a survey's whole life: web, worker and mail sink, until Ctrl-C
	@$(BIN)/python -m survey_app.demo

.PHONY: demo-reset
demo-reset: ## throw the demo's data away, so that the next `make demo` starts over
	rm -rf instance/demo

.PHONY: test
test: dev ## run every test: SQLite, PostgreSQL, SMTP and a real browser
	@$(BIN)/python -m tests.provision
	$(BIN)/pytest -n 2 --dist loadgroup
	$(BIN)/pytest -n 2 --dist loadgroup --database postgres tests/rooms tests/journeys

.PHONY: screenshots
screenshots: dev ## take the pictures of README.md and docs/pictures.md anew, into docs/screenshots
	@$(BIN)/python -m tests.provision
	mkdir -p docs/screenshots
	SURVEY_SCREENSHOTS=docs/screenshots $(BIN)/pytest tests/browser/test_screenshots.py tests/browser/test_pictures.py tests/browser/test_campaign_pictures.py

.PHONY: check
check: dev ## lint, types, architecture, dependencies, templates, dead code, migrations equal models
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/vulture
	$(BIN)/codespell survey_app analysis templates tests docs README.md
	$(BIN)/python -m tests.migrations_equal_models

.PHONY: bench
bench: dev ## measure against peers and limits; writes docs/benchmarks.json and docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks

.PHONY: bench-short
bench-short: dev ## the short form for every change: fails where a ratio fell under 60 % of the recorded one
	$(BIN)/python -m tests.benchmarks --short

.PHONY: coverage-sim
coverage-sim: dev ## draw from known populations and count how often the intervals hold; writes docs/coverage.json and .md
	$(BIN)/python -m tests.simulations $(ARGS)

.PHONY: chaos
chaos: dev ## kill -9 web processes while people answer, and workers while mails go out, on both databases; count what is lost or doubled
	@$(BIN)/python -m tests.provision
	$(BIN)/python -m tests.chaos $(ARGS)

.PHONY: dev
dev: $(VENV)/.installed-dev survey_app/translations/.compiled

.PHONY: format
format: dev ## lay the code out
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: translations
translations: dev ## collect the texts of the interface into the catalogues of every language
	$(BIN)/pybabel --quiet extract -F survey_app/translations/babel.cfg --project survey_app --version 0.1 --no-wrap --sort-by-file --add-location file -k _l -k lazy_gettext -k lazy_ngettext:1,2 -o survey_app/translations/messages.pot survey_app templates
	for language in vi es; do \
	  test -f survey_app/translations/$$language/LC_MESSAGES/messages.po \
	    && $(BIN)/pybabel --quiet update --no-wrap --no-fuzzy-matching -i survey_app/translations/messages.pot -d survey_app/translations -l $$language \
	    || $(BIN)/pybabel --quiet init --no-wrap -i survey_app/translations/messages.pot -d survey_app/translations -l $$language; \
	done

.PHONY: migration
migration: $(VENV)/.installed ## write the first migration anew from the models (until the first release)
	rm -f migrations/versions/0001_*.py
	rm -f instance/migration.db
	SECRET_KEY=$$($(PYTHON) -c "import secrets; print(secrets.token_urlsafe(48))") SURVEY_PUBLIC_URL=http://127.0.0.1:8000 \
	DATABASE_URL=sqlite:///$(CURDIR)/instance/migration.db $(BIN)/survey-app db migrate --rev-id 0001 -m "the first tables"
	rm -f instance/migration.db

.PHONY: lock
lock: ## resolve the dependencies anew into the hash-pinned lock files
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --quiet --custom-compile-command "make lock" --group build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --quiet --custom-compile-command "make lock" --group build --group test --group check pyproject.toml -o requirements-dev.lock
