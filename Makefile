# Two commands matter: `make run` opens the dashboard on the sample articles, `make test` runs every test.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8501
LIBRARY ?= .parallax/library.sqlite
# PARALLAX_LIBRARY names a library of your own, a file or an address; without it the sample articles are opened.
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check
SEEDS = $(wildcard seeds/articles/*.txt) seeds/constructed/articles.jsonl seeds/outlets.csv

.PHONY: run seeds test lint browser server clean

run: $(if $(value PARALLAX_LIBRARY),.venv/.run,seeds)
	@echo "Parallax: http://127.0.0.1:$(PORT)"
	@PARALLAX_LIBRARY="$${PARALLAX_LIBRARY:-$(LIBRARY)}" .venv/bin/python -m streamlit run dashboard/server.py --server.port $(PORT)

seeds: $(LIBRARY)

$(LIBRARY): .venv/.run $(SEEDS)
	@mkdir -p $(dir $@)
	@.venv/bin/python -m analysis ingest seeds/articles seeds/constructed/articles.jsonl --library $@ --prepare
	@touch $@

test: .venv/.test browser server
	.venv/bin/python -m ruff check .
	.venv/bin/python -m pytest

lint: .venv/.test
	.venv/bin/python -m ruff check .

# The browser tests need a Chromium on the machine; where apt may not install one they say so themselves.
browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	  { echo "Installing chromium for the browser tests"; apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; }; } || \
	  echo "No chromium: the browser tests will say what to install"

# The library's tests start a PostgreSQL server of their own; where apt may not install one they are skipped and say so (in CI they fail).
server:
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	  { echo "Installing postgresql for the library's tests"; apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql >/dev/null; }; } || \
	  echo "No postgresql: the library's tests on a server will say what to install"

.venv/.run: requirements.txt
	@[ -x .venv/bin/python ] || { echo "Making .venv"; $(PYTHON) -m venv .venv; }
	@echo "Installing (a few minutes the first time)"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.test: .venv/.run requirements-dev.txt
	@$(PIP) -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv .parallax .pytest_cache .ruff_cache
