"""Who asks for numbers by nothing is told which backgrounds there are, or that there are none."""

from __future__ import annotations

import pytest

from reports.breakdowns.asking import parse
from reports.breakdowns.errors import NoSuchThing
from survey.wording import words
from tests.samples.tiny import item, questionnaire, scored

FORM = questionnaire(scored("hjem"), item("alder", background=True), item("botid", background=True))
SAID = {
    "nb": "Si hva svarene skal deles etter: --by og id-en til et bakgrunnsspørsmål. De som finnes: {known}.",
    "nn": "Sei kva svara skal delast etter: --by og id-en til eit bakgrunnsspørsmål. Dei som finst: {known}.",
    "en": "Say what to divide the answers by: --by and the id of a question about background."
    " Those there are: {known}.",
}


@pytest.mark.parametrize("by", [[], [""], ["=1+2"], ["  "], ["alder", ""]])
@pytest.mark.parametrize("language", SAID)
def test_who_names_no_background_is_told_which_there_are(by: list[str], language: str) -> None:
    with pytest.raises(NoSuchThing) as refused:
        parse(FORM, "hjem", by, "all", "standard")
    assert words(language)(refused.value.key, **refused.value.values) == SAID[language].format(
        known="alder, botid"
    )


@pytest.mark.parametrize("by", [[], ["hjem"], ["alder"]])
def test_where_nobody_was_asked_about_background_that_is_said_and_no_empty_list_is_shown(
    by: list[str],
) -> None:
    with pytest.raises(NoSuchThing) as refused:
        parse(questionnaire(scored("hjem")), "hjem", by, "all", "standard")
    said = words("nb")(refused.value.key, **refused.value.values)
    assert said == "Skjemaet i denne runden har ingen bakgrunnsspørsmål, så svarene kan ikke deles i grupper."
