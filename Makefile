# make run   from nothing to the registry in a browser
# make test  the same set-up, then every check
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APPS := core branches members volunteering reports reorganisations demo qilin_cadres
# Arguments that Django and DRF pass by name, used or not.
FRAMEWORK_NAMES := obj,changelist,accepted_media_type,renderer_context,post_url_continue
PYTEST := $(BIN)/pytest -q -n 2 --dist worksteal --durations=5
# Throw-away secrets: the deployment check only looks whether there are any.
PRODUCTION_ENV := PRODUCTION=1 ALLOWED_HOSTS=registry.example SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(50))") \
	DATA_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(50))")

# Where it is set, every process would compile all of its modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup setup-dev run demo test test-long check fix bench bench-imports lock browser

setup: $(VENV)/.runtime
setup-dev: $(VENV)/.development

$(VENV)/.runtime: requirements.txt scripts/setup.sh
	@PYTHON="$(PYTHON)" sh scripts/setup.sh requirements.txt
	@touch "$@"

$(VENV)/.development: requirements-dev.txt requirements.txt scripts/setup.sh
	@PYTHON="$(PYTHON)" sh scripts/setup.sh requirements-dev.txt
	@touch "$@" "$(VENV)/.runtime"

run: setup
	@exec $(BIN)/python manage.py serve

demo: setup
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py seed_demo

test: setup-dev browser check

# Every race for hundreds of rounds, and thousands of random stories: hours, for when that ground was touched.
test-long: setup-dev
	RACE_ROUNDS=300 $(BIN)/pytest -q -m race
	STORIES=3000 $(BIN)/pytest -q tests/history

browser:
	@sh scripts/browser.sh

# What is long or drives a browser runs without counting lines, which would double its time: the rest alone
# has to cover what the gates ask for.
check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/radon cc -s -n C -i tests,migrations,bench $(APPS) | (! grep .)
	$(BIN)/python scripts/mean_complexity.py 2.5 $(APPS)
	$(BIN)/lizard -l python -C 8 -L 40 -a 6 -w -x '*/migrations/*' $(APPS)
	$(BIN)/vulture $(APPS) --min-confidence 80 --ignore-names $(FRAMEWORK_NAMES) --exclude '*/migrations/*'
	$(BIN)/pylint --disable=all --enable=R0801 --min-similarity-lines=6 --ignore=migrations --score=no $(APPS)
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION_ENV) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(PYTEST) -m "long or journey"
	$(PYTEST) -m "not (long or journey)" --cov --cov-branch --cov-fail-under=95
	$(BIN)/python scripts/full_coverage.py operations states scope periods

fix: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-dev
	$(BIN)/python -m bench.run

# The same with django-import-export beside it: IMPORT_EXPORT=path/to/python, see bench/requirements-import-export.txt.
bench-imports: setup-dev
	$(BIN)/python -m bench.imports $(if $(IMPORT_EXPORT),--import-export $(IMPORT_EXPORT))

lock:
	@sh scripts/lock.sh
