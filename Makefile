# make demo          everything, then serves the demonstration (SERVE=0: everything but serving)
# make test          everything a machine can check
# make lint          the quick half of it
# make bench         how fast, and against what
# make gallery       every figure with easy, extreme and empty data, as a page and a PDF in demo/gallery
# make contact-sheet every page of PDFs as small pictures: FILES="a.pdf b.pdf", or all in demo/
# make coverage      how often the intervals hold the truth: the tables in docs/methods.md, some ten minutes of two cores
.PHONY: demo test lint bench coverage gallery contact-sheet set-up clean

SERVE ?= 1
BIN := .venv/bin
PARTS := python pango fonts
# One more than cores, four at most: tests wait for PostgreSQL, for Chromium and for processes they start.
WORKERS := $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores < 4 ? cores + 1 : 4)))

demo: set-up
	@scripts/demo $(SERVE)

test: PARTS += chromium
# Lint runs beside the first tests: a worker that waits leaves it a core.
test: set-up
	@scripts/lint & lint=$$!; \
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal --durations 40 --durations-min 5; \
	tests=$$?; wait $$lint || { echo "Lint found faults: make lint" >&2; exit 1; }; exit $$tests

lint: set-up
	@scripts/lint

bench: set-up
	@$(BIN)/python -m bench

coverage: set-up
	@$(BIN)/python -m bench.coverage --write

gallery: set-up
	@$(BIN)/python -m reports.figures.gallery $(or $(OUT),demo/gallery)

contact-sheet: set-up
	@$(BIN)/python -m bench.contact_sheet $(FILES)

set-up:
	@scripts/system-parts $(PARTS)
	@scripts/environment

clean:
	rm -rf .venv .bostemme demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
