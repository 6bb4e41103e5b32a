"""python -m bench [submission] [page] [ballots] [wave] [tables] [suppression] [conditions] [xlsform]
                [questionnaires] [pdf] [documents] [start] [--small]

Without names all.

python -m bench ballots --minutes=10    as long as that; one minute otherwise
python -m bench faults --minutes=60     rounds under kills: see bench/faults.py
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from bench import (
    ballots,
    conditions,
    disclosure,
    documents,
    exchange,
    faults,
    numbers,
    paper,
    questionnaires,
    serving,
    start,
    tables,
)
from bench.measure import Line, heading

ROWS: dict[str, Callable[[bool], Iterator[Line]]] = {
    "submission": serving.submission,
    "page": serving.page,
    "ballots": ballots.ballots,
    "wave": numbers.wave,
    "tables": tables.tables,
    "suppression": disclosure.suppression,
    "conditions": conditions.conditions,
    "questionnaires": questionnaires.questionnaires,
    "xlsform": exchange.xlsform,
    "pdf": paper.landlord_pdf,
    "documents": documents.documents,
    "start": start.cold_start,
}


def main(arguments: list[str]) -> None:
    """Exit code 0 when asked what there is, 2 when asked for what there is not."""
    if {"--help", "-h"} & set(arguments):
        print(__doc__)
        raise SystemExit(0)
    if arguments[:1] == ["faults"]:
        faults.main(arguments[1:])
    unknown = [
        part
        for part in arguments
        if part not in ROWS and part != "--small" and not part.startswith("--minutes=")
    ]
    if unknown:
        there = ", ".join([*ROWS, "faults", "--small", "--minutes=N"])
        print(f"No such benchmark: {', '.join(unknown)}. There are: {there}.", file=sys.stderr)
        raise SystemExit(2)
    small = "--small" in arguments
    names = [argument for argument in arguments if not argument.startswith("-")] or list(ROWS)
    print(heading(small))
    for name in names:
        for line in ROWS[name](small):
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
