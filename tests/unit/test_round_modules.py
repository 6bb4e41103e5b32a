"""A round asks the index with the modules that the officer ticked, in the console and by command."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from forms.drafted import short_form
from forms.loading import content_hash, shipped
from forms.modules import MODULES, joined, module, within
from survey.campaigns.templates import modules, suggested_dates, templates
from survey.commands.responses import find_questionnaire
from survey.office import round_form
from survey.office.fields import Problems
from survey.office.pages import to_html
from survey.office.round_form import Filled
from survey.register.estates import Estate
from survey.responses.errors import FileUnreadable

TODAY = date(2026, 11, 21)
ESTATE = Estate(UUID(int=1), "Fjordgata 3", "Sentrum", 24)


def _suggested(*names: str) -> Filled:
    template = templates()["kort"]
    filled = round_form.suggested("Høst 2026", template, [ESTATE], suggested_dates(TODAY))
    return replace(filled, modules=frozenset(names))


def _page(filled: Filled, language: str) -> str:
    return to_html(
        "new_round.html",
        language,
        staff=None,
        csrf=None,
        fictitious=False,
        here="/kontor/runder/ny",
        notice=None,
        areas=[("Sentrum", [ESTATE])],
        filled=filled,
        problems=Problems(()),
        templates=list(templates().values()),
        again=(),
        own=[],
        modules=list(modules().values()),
        panels=[],
        most_waves=12,
        languages_offered=("nb", "nn", "en"),
        issued=False,
        refresh=None,
    )


def test_a_round_is_made_of_the_short_form_and_the_modules_that_were_ticked() -> None:
    checked = round_form.check_new(_suggested("sted", "puls"), templates(), modules(), [ESTATE], TODAY)

    assert checked.problems == ()
    assert checked.new is not None
    assert checked.new.questionnaire == joined(shipped("boindeks").short_form(), ["puls", "sted"])
    assert checked.new.questionnaire.id == "boindeks_kort", "the same series, with more in it"


def test_without_modules_a_round_asks_just_what_it_asked_before() -> None:
    checked = round_form.check_new(_suggested(), templates(), modules(), [ESTATE], TODAY)

    assert checked.new is not None
    assert content_hash(checked.new.questionnaire) == content_hash(short_form())


def test_the_pulse_can_be_asked_alone_and_is_never_asked_twice() -> None:
    for ticked in ((), ("puls",), ("puls", "ung")):
        filled = replace(_suggested(*ticked), template="puls")
        checked = round_form.check_new(filled, templates(), modules(), [ESTATE], TODAY)

        assert checked.new is not None, ticked
        assert checked.new.questionnaire == joined(module("puls"), set(ticked) - {"puls"})
        assert checked.new.questionnaire.id == "puls"


def test_a_module_that_was_not_offered_is_told_and_nothing_is_made() -> None:
    checked = round_form.check_new(_suggested("hage"), templates(), modules(), [ESTATE], TODAY)

    assert checked.new is None
    assert [(problem.field, problem.key) for problem in checked.problems] == [("modules", "problem.modules")]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_form_shows_every_module_with_its_size_and_what_is_sensitive(language: str) -> None:
    page = _page(_suggested("recovery"), language)

    for name, offered in modules().items():
        assert f'name="module" value="{name}"' in page
        assert offered.questionnaire.title.get(language) in page
    assert 'name="module" value="recovery" checked' in page
    assert page.count(" checked") >= 4
    sensitive = {"nb": "Følsomt:", "nn": "Kjenslevart:", "en": "Sensitive:"}[language]
    assert page.count(sensitive) == sum(offered.sensitive for offered in modules().values()) == 4


def test_a_command_takes_the_index_with_modules_by_name() -> None:
    assert within(find_questionnaire("boindeks+puls+sted")) == {"puls", "sted"}
    assert within(find_questionnaire("boindeks+" + "+".join(MODULES))) == set(MODULES)
    for unknown in ("boindeks+hage", "hage+puls", "boindeks+"):
        with pytest.raises(FileUnreadable):
            find_questionnaire(unknown)
