"""How an answer was given (trust.md, section 1: the mode is stored, never who)."""

from __future__ import annotations

from forms.answers import Answers
from forms.questionnaire import Questionnaire

WEB, PAPER, INTERVIEW, HELPER, PROXY, IMPORT = "web", "paper", "interview", "helper", "proxy", "import"
MODES = (WEB, PAPER, INTERVIEW, HELPER, PROXY, IMPORT)
"""Of rounds with an invitation. An answer by an open link says which instead."""
SENT = (WEB, HELPER, INTERVIEW, PROXY, PAPER)
"""Those that whoever sends may say, in the order they are offered."""

WHO_ANSWERED, WITH_HELP, ANOTHER = "hvem_svarte", "med_hjelp", "andre"
"""The meaning of the question of our own questionnaires that asks for it, and two of its answers."""


def presumed(questionnaire: Questionnaire, answers: Answers) -> str:
    """What is chosen beforehand for whoever sends these answers: what they say of it themselves."""
    for item in questionnaire.items():
        if item.meaning == WHO_ANSWERED and item.kind == "choice":
            values = {choice.code: choice.value for choice in questionnaire.choices(item)}
            code = answers.get(item.id)
            said = values.get(code) if isinstance(code, int) else None
            return {WITH_HELP: HELPER, ANOTHER: PROXY}.get(said or "", WEB)
    return WEB
