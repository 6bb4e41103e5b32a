"""Forms on paper at the desk, set in a process of their own."""

from __future__ import annotations

import asyncio

from forms.exchange.paper import MOST_QUESTIONS, TooMuchForPaper
from forms.questionnaire import Questionnaire
from survey.office.errors import TooLongForPaper
from survey.office.printing import print_pdf
from survey.paper import form
from survey.paper.form import Occasion


async def print_form(questionnaire: Questionnaire, language: str, occasion: Occasion | None = None) -> bytes:
    """The form as PDF/UA. `language`: any of the questionnaire's. Raises TooLongForPaper, PrinterMissing,
    PrintingFailed."""
    try:
        html = await asyncio.to_thread(form.html, questionnaire, language, occasion)
    except TooMuchForPaper as error:
        raise TooLongForPaper(questions=error.questions, most=MOST_QUESTIONS) from error
    return await print_pdf(html, form.title(questionnaire, language), language)
