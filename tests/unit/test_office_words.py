"""The console and the command line say everything in every language, with the same blanks to fill."""

from __future__ import annotations

import string
from datetime import date
from pathlib import Path

import pytest

import survey
from forms.catalogue import read_catalogue
from survey import office, people
from survey.office.fields import day_of, name_of

ROOMS = [Path(room.__file__).parent / "messages" for room in (survey, office, people) if room.__file__]


@pytest.mark.parametrize("folder", ROOMS, ids=lambda folder: folder.parent.name)
@pytest.mark.parametrize("language", ["nn", "en"])
def test_every_message_is_there_in_every_language(folder: Path, language: str) -> None:
    bokmaal, other = read_catalogue(folder, "nb"), read_catalogue(folder, language)
    assert bokmaal.keys() == other.keys()
    for key, text in bokmaal.items():
        assert _blanks(text) == _blanks(other[key]), key


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_name_holds_no_signs_that_nobody_sees_and_a_date_may_be_written_as_in_norway() -> None:
    assert name_of("  Høst\u202eeno\u2066 2026\x00 \n nå ") == "Høsteno 2026 nå"
    assert day_of("30.9.2026") == day_of(" 2026-09-30 ") == date(2026, 9, 30)
    assert day_of("31.9.2026") is None and day_of("snart") is None
