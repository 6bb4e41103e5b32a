"""What can go wrong in the room of numbers.

ReportsError                  500  error.reports
├── PdfUnavailable            503  error.reports.pdf             Pango is missing: no PDF, the web page works
├── BadFigure                 500  error.reports.figure          a number that cannot be, or cannot be drawn
├── NoEstimate                422  error.reports.estimate        no honest number; the message says why
│   ├── TooFewAnswers         422  error.reports.estimate.few    too few answers for this measure
│   ├── NoSpread              422  error.reports.estimate.spread all answers alike: nothing to compare
│   ├── TooManyGroups         422  error.reports.estimate.groups a grouping with too many groups
│   ├── DoesNotConverge       422  error.reports.estimate.search weights or a model without a solution
│   └── BadDesign             422  error.reports.estimate.design sizes or margins contradict each other
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


class BadFigure(ReportsError):
    key = "error.reports.figure"


class NoEstimate(ReportsError):
    status = 422
    key = "error.reports.estimate"


class TooFewAnswers(NoEstimate):
    key = "error.reports.estimate.few"


class NoSpread(NoEstimate):
    key = "error.reports.estimate.spread"


class TooManyGroups(NoEstimate):
    key = "error.reports.estimate.groups"


class DoesNotConverge(NoEstimate):
    key = "error.reports.estimate.search"


class BadDesign(NoEstimate):
    key = "error.reports.estimate.design"
