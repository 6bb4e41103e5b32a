"""The forms of quotes: what was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forms.answers import clean_text
from reports.coding.themes import codes
from survey.loop import quotes
from survey.loop.open_answers import Offer
from survey.loop.quotes import Draft, KeptQuote
from survey.office.door import Form
from survey.office.fields import Problem
from survey.office.loop_forms import revision_of, too_long


@dataclass(frozen=True)
class Asked:
    """Where on the pages of open answers somebody is: which question, place and text, from the address or
    from the fields of a form."""

    question: str = ""
    place: str = ""
    mark: str = ""

    @staticmethod
    def read(form: Form) -> Asked:
        return Asked(form.one("sporsmal"), form.one("sted"), form.one("svar"))

    @staticmethod
    def of(query: Mapping[str, str]) -> Asked:
        return Asked(query.get("sporsmal", ""), query.get("sted", ""), query.get("svar", ""))


@dataclass(frozen=True)
class QuoteForm:
    """As typed. `place`: the address of what is to stand beside it."""

    wording: str = ""
    codes: tuple[str, ...] = ()
    place: str = ""
    seen: int = 0

    @staticmethod
    def read(form: Form) -> QuoteForm:
        return QuoteForm(
            clean_text(form.one("wording")), form.all("codes"), form.one("printed"), revision_of(form)
        )

    @staticmethod
    def of(kept: KeptQuote, place: str) -> QuoteForm:
        return QuoteForm(kept.draft.wording, kept.draft.codes, place, kept.revision)

    def problems(self, printable: tuple[Offer, ...]) -> Iterator[Problem]:
        if not self.wording:
            yield Problem("wording", "problem.quote.wording")
        yield from too_long("wording", self.wording, quotes.LONGEST_WORDING)
        known = codes()
        if not self.codes or any(code not in known for code in self.codes):
            yield Problem("codes", "problem.quote.codes")
        elif len(self.codes) > quotes.MOST_CODES:
            yield Problem("codes", "problem.quote.codes_many", {"most": quotes.MOST_CODES})
        if self.place not in {offer.address for offer in printable}:
            yield Problem("printed", "problem.quote.place")

    def draft(self, item: str, meaning: str, printable: tuple[Offer, ...]) -> Draft:
        """Raises StopIteration where there are problems."""
        place = next(offer for offer in printable if offer.address == self.place)
        return Draft(item, meaning, place.level, place.id, tuple(dict.fromkeys(self.codes)), self.wording)


@dataclass(frozen=True)
class DecisionForm:
    """What the second person says. `step`: 'godkjenn', 'send' or 'trekk'."""

    step: str = ""
    reason: str = ""
    seen: int = 0

    @staticmethod
    def read(form: Form) -> DecisionForm:
        return DecisionForm(form.one("gjor"), clean_text(form.one("reason")), revision_of(form))

    def problems(self) -> Iterator[Problem]:
        if self.step == "send" and not self.reason:
            yield Problem("reason", "problem.quote.reason")
        yield from too_long("reason", self.reason, quotes.LONGEST_REASON)
