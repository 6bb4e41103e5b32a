"""What can be wrong with the kinds of questions, an example each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from forms.answers import validate
from forms.errors import AnswerFault, Fault, QuestionnaireFault
from forms.lint import check
from forms.loading import from_document, parse
from tests.kinds import consenting, document_of_kinds, questionnaire_of_kinds
from tests.questionnaires import document, t

Spoil = Callable[[dict[str, Any]], object]


def told(spoil: Spoil, whole: Callable[[], dict[str, Any]] = document) -> list[Fault]:
    """What is said of a small questionnaire once it is spoiled."""
    data = whole()
    spoil(data)
    try:
        return check(parse(yaml.safe_dump(data, allow_unicode=True), "fil.yaml"))
    except QuestionnaireFault as fault:
        return list(fault.faults)


def refused(answers: dict[str, object]) -> list[Fault]:
    with pytest.raises(AnswerFault) as caught:
        validate(questionnaire_of_kinds(), answers)
    return list(caught.value.faults)


def refused_order() -> list[Fault]:
    data = document_of_kinds()
    data["pages"][1]["shuffle"] = True
    with pytest.raises(AnswerFault) as caught:
        validate(from_document(data), {"order": 99})
    return list(caught.value.faults)


def _of_kinds(name: str, **fields: object) -> list[Fault]:
    """The small questionnaire of kinds with one of its items changed."""

    def spoil(data: dict[str, Any]) -> None:
        for page in data["pages"]:
            for item in page["items"]:
                if item["id"] == name:
                    item.update(fields)

    return told(spoil, document_of_kinds)


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "numbers_partly": lambda: told(lambda d: d["scales"][1]["choices"][0].update(number=0)),
    "order_unknown": refused_order,
    "answer_not_measured": lambda: refused({"rom": 3}),
    "answer_unfit": lambda: refused({"rom": "3.5"}),
    "month_unfit": lambda: _of_kinds("innflyttet", earliest="mai 2024"),
    "info_with_choices": lambda: _of_kinds("forklaring", specials=["vet_ikke"]),
    "measure_with_choices": lambda: _of_kinds("rom", scale="jn"),
    "field_of_another_kind": lambda: _of_kinds("rom", latest="2024-05"),
    "limits_crossed": lambda: _of_kinds("rom", minimum=5, maximum=4),
    "pipe_unknown": lambda: _of_kinds("frisk", text=t("Bor du i {by|byen}?")),
    "pipe_unfit": lambda: _of_kinds("frisk", text=t("Har du {rom|noen} rom?")),
    "pipe_too_early": lambda: _of_kinds("trivsel", text=t("Trives du i {bydel|bydelen}?")),
    "pipe_without_word": lambda: _of_kinds("frisk", text=t("Er du frisk i {bydel|}?")),
    "shuffle_with_info": lambda: told(lambda d: d["pages"][2].update(shuffle=True), document_of_kinds),
    "shuffle_of_steps": lambda: _of_kinds("naboer", shuffle=True),
    "must_never": lambda: _of_kinds("rom", must=[{"condition": "answers.rom > 20", "text": t("Nei")}]),
    "must_elsewhere": lambda: _of_kinds("leie", must=[{"condition": "answers.rom > 2", "text": t("Nei")}]),
    "scale_steps": lambda: _of_kinds("bydel", display="scale"),
    "consent_unfit": lambda: _of_kinds("samtykke", specials=["vet_ikke"]),
    "consent_same_page": lambda: _of_kinds("forklaring", show_if='answers.samtykke == "ja"'),
    "consent_not_needed": lambda: told(consenting('answers.samtykke != "nei"'), document_of_kinds),
    "consent_unused": lambda: told(consenting(None), document_of_kinds),
}
