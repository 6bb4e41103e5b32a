"""Forms on paper at the desk, set in a process of their own."""

from __future__ import annotations

import asyncio

from forms.exchange.paper import MOST_QUESTIONS, TooMuchForPaper
from forms.questionnaire import Questionnaire
from survey.campaigns.rounds import Round, RoundEstate
from survey.office.errors import TooLongForPaper
from survey.office.fields import name_of
from survey.office.printing import print_pdf
from survey.paper import form
from survey.paper.form import LONGEST_NOTE, Occasion
from survey.people.roles import Staff


async def print_form(questionnaire: Questionnaire, language: str, occasion: Occasion | None = None) -> bytes:
    """The form as PDF/UA. `language`: any of the questionnaire's. Raises TooLongForPaper, PrinterMissing,
    PrintingFailed."""
    try:
        html = await asyncio.to_thread(form.html, questionnaire, language, occasion)
    except TooMuchForPaper as error:
        raise TooLongForPaper(questions=error.questions, most=MOST_QUESTIONS) from error
    return await print_pdf(html, form.title(questionnaire, language), language)


def occasion(staff: Staff, round: Round, estate: RoundEstate, hand_in: str, contact: str) -> Occasion:
    """What the forms of a building say on their first page: the same for all its homes. In a series the code
    ties the waves together, so no slip goes with the form: slips may change hands."""
    return Occasion(
        organisation=staff.organisation,
        estate=estate.name,
        closes_on=round.closes_on,
        hand_in=name_of(hand_in)[:LONGEST_NOTE],
        contact=name_of(contact)[:LONGEST_NOTE],
        slip=round.wave is None,
        fictitious=staff.fictitious,
    )
