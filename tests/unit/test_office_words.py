"""The console and the command line say everything in every language, with the same blanks to fill."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

import survey
from forms.catalogue import read_catalogue
from survey import office, people

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
