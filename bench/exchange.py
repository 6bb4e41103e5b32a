"""How long a large form of another program takes to read and to write."""

from __future__ import annotations

from collections.abc import Iterator

from bench.measure import Line, by_turns
from forms.exchange.workbook import read_workbook
from survey.questionnaire_files import as_xlsform, read_questionnaire, write_workbook

ROWS = 1_000
TARGET = 3.0
"""Seconds."""
HEAD = ["type", "name", "label::Norsk (nb)", "label::English (en)", "relevant", "constraint"]


def _workbook(rows: int) -> bytes:
    """Pages of ten questions of every kind; each but the first of a page hangs on the one before it."""
    survey = [HEAD]
    for page in range(rows // 12):
        survey.append(["begin_group", f"side_{page}", f"Side {page}", f"Page {page}"])
        for number in range(10):
            name, before = f"q_{page}_{number}", f"q_{page}_{number - 1}"
            kind = ("select_one jn", "integer", "select_multiple feil", "text")[number % 4]
            relevant = ("", f"${{{before}}} = 'ja'", f"${{{before}}} > 2", f"selected(${{{before}}}, 'lys')")
            demand = ". >= 1 and . <= 20" if kind == "integer" else ""
            survey.append([kind, name, "Hva med dette?", "What of this?", relevant[number % 4], demand])
        survey.append(["end_group"])
    choices = [["list_name", "name", "label::Norsk (nb)", "label::English (en)"]]
    choices += [["jn", word, word, word] for word in ("ja", "nei")]
    choices += [["feil", word, word, word] for word in ("lys", "fukt", "stoy")]
    return write_workbook({"survey": survey, "choices": choices})


def xlsform(small: bool) -> Iterator[Line]:
    """Read, and written again. The floor: the cells of the file alone."""
    rows = 120 if small else ROWS
    data = _workbook(rows)
    carried = read_questionnaire(data, "stort.xlsx")
    if carried.questionnaire is None or carried.faults:
        raise AssertionError([str(fault) for fault in carried.faults][:3])
    form = carried.questionnaire

    def read() -> None:
        read_questionnaire(data, "stort.xlsx")

    def written() -> None:
        as_xlsform(form)

    def cells() -> None:
        read_workbook(data, "stort.xlsx")

    for name, work in ((f"XLSForm of {rows} rows, read", read), ("the same, written", written)):
        taken, bare = by_turns(work, cells)
        yield Line(name, f"{taken:.2f} s", f"{bare:.2f} s (the cells alone)", f"{taken / bare:.1f}",
                   f"< {TARGET:g} s")  # fmt: skip
