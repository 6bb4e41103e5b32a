"""What can go wrong with what comes of findings.

LoopError
├── NoSuchFinding     404  the round has no finding with this id
├── NoSuchMeasure     404  no measure with this id, or it was taken away
├── NoSuchPlan        404  no plan, goal or tie with this id
├── NoSuchEdition     404  no such edition, or the file is not made yet
├── NoSuchQuote       404  the round has no quote with this id, or no open answer with this mark
├── NotBegun          404  nobody has begun the work on this round's findings
├── StillMaking       409  an edition is being made, or was stopped half way
├── SavedMeanwhile    409  somebody else has written there since the page was shown
├── NotYourOwn        409  who picked a quote does not decide about it
├── PlanInUse         409  findings are tied to goals of this plan
├── Unanswered        409  findings that ask for a reply have none
└── TooMany           409  so many are kept already
"""

from __future__ import annotations


class LoopError(Exception):
    status: int = 409
    key: str = "error.loop"

    def __init__(self, **values: object) -> None:
        super().__init__(self.key, values)
        self.values = values


class NoSuchFinding(LoopError):
    status, key = 404, "error.loop.no_such_finding"


class NoSuchMeasure(LoopError):
    status, key = 404, "error.loop.no_such_measure"


class NoSuchPlan(LoopError):
    status, key = 404, "error.loop.no_such_plan"


class NoSuchEdition(LoopError):
    status, key = 404, "error.loop.no_such_edition"


class StillMaking(LoopError):
    key = "error.loop.still_making"


class NoSuchQuote(LoopError):
    status, key = 404, "error.loop.no_such_quote"


class NotYourOwn(LoopError):
    key = "error.loop.not_your_own"


class SaidBefore(LoopError):
    """`words`: of the quote that says it, `place` and `campaign` where it was printed."""

    key = "error.loop.said_before"


class NotBegun(LoopError):
    status, key = 404, "error.loop.not_begun"


class SavedMeanwhile(LoopError):
    key = "error.loop.saved_meanwhile"


class PlanInUse(LoopError):
    key = "error.loop.plan_in_use"


class Unanswered(LoopError):
    key = "error.loop.unanswered"


class TooMany(LoopError):
    key = "error.loop.too_many"
