"""What can go wrong in the room of numbers.

ReportsError                  500  error.reports
├── PdfUnavailable            503  error.reports.pdf             Pango is missing: no PDF, the web page works
└── WaveFault                 500  error.reports.wave
    ├── WrongVersion          409  error.reports.wave.version    answers do not fit the questionnaire
    ├── ReservedName          422  error.reports.wave.reserved   an item has the name of a column
    ├── UnknownEstate         404  error.reports.wave.estate     the estate is not part of the wave
    └── BrokenSeal            500  error.reports.wave.seal       the sealed wave is not what its hash says
"""

from __future__ import annotations


class ReportsError(Exception):
    status = 500
    key = "error.reports"


class WaveFault(ReportsError):
    key = "error.reports.wave"


class WrongVersion(WaveFault):
    status = 409
    key = "error.reports.wave.version"


class ReservedName(WaveFault):
    status = 422
    key = "error.reports.wave.reserved"


class UnknownEstate(WaveFault):
    status = 404
    key = "error.reports.wave.estate"


class BrokenSeal(WaveFault):
    key = "error.reports.wave.seal"


class PdfUnavailable(ReportsError):
    status = 503
    key = "error.reports.pdf"
