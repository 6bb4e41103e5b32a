"""What can go wrong at the office's desk itself; most faults come from the rooms below and are shown here.

OfficeError
├── PrintingFailed     500  the PDF could not be made; the log says why
├── PrinterMissing     503  Pango, which sets the type, is not installed on the server
├── TooLongForPaper    400  more questions than go on a form of paper
├── Unreadable         400  the form could not be read as a form
├── FileTooLarge       413  a file that is larger than any of those that are taken
└── StillReckoning     202  the numbers are being reckoned; no fault, and the page asks again by itself
"""

from __future__ import annotations


class OfficeError(Exception):
    status: int = 400
    key: str = "error.office"

    def __init__(self, **values: object) -> None:
        super().__init__(self.key, values)
        self.values = values


class PrintingFailed(OfficeError):
    status, key = 500, "error.office.printing_failed"


class PrinterMissing(OfficeError):
    status, key = 503, "error.office.printer_missing"


class TooLongForPaper(OfficeError):
    status, key = 400, "error.office.too_long_for_paper"


class Unreadable(OfficeError):
    status, key = 400, "error.office.unreadable"


class FileTooLarge(OfficeError):
    """`form`: the address of the page it was chosen on, where there is a way back to one."""

    status, key = 413, "error.office.file_too_large"

    def __init__(self, most: int, form: str = "") -> None:
        super().__init__(most=most)
        self.form = form
        if form:
            self.key = "error.office.questionnaire_too_large"


class StillReckoning(OfficeError):
    """`what`: see `survey.office.reckoning`."""

    status, key = 202, "reckoning.title"
