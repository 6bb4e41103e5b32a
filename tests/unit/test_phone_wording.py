"""The tenant's pages say everything in three languages, and nothing that is not theirs to say."""

from __future__ import annotations

import gzip
import re
from string import Formatter

import pytest

from forms.catalogue import read_catalogue
from survey import asking
from survey.phone import errors
from survey.phone.rendering import LANGUAGES, ROOM

LARGEST_SCRIPT = 3_000  # bytes, compressed
ROOMS = (ROOM, asking.ROOM)
CATALOGUES = {
    language: read_catalogue(ROOM / "messages", language, asking.MESSAGES) for language in LANGUAGES
}


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_exists_in_every_language_with_the_same_placeholders(language: str) -> None:
    assert CATALOGUES[language].keys() == CATALOGUES["nb"].keys()
    for key, text in CATALOGUES[language].items():
        assert _placeholders(text) == _placeholders(CATALOGUES["nb"][key]), key


def test_every_sentence_a_page_asks_for_is_there() -> None:
    sources = [file for room in ROOMS for file in (*room.glob("templates/*.html"), *room.glob("*.py"))]
    asked = {key for file in sources for key in re.findall(r'\bt\(\s*"([a-z_.0-9]+)"', file.read_text())}
    # A few keys are put together or picked; each of them stands in full somewhere in the room.
    known = CATALOGUES["nb"].keys()
    assert {key for key in asked if not key.endswith(".")} <= known
    leaves = [*errors.RoundError.__subclasses__(), *errors.PhoneError.__subclasses__()]
    for error in leaves:
        if error is errors.RoundError:
            continue
        assert {f"{error.key}.title", f"{error.key}.text"} <= known


def test_no_template_holds_a_sentence_of_its_own() -> None:
    for file in (file for room in ROOMS for file in room.glob("templates/*.html")):
        bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", file.read_text(), flags=re.DOTALL)
        assert not re.search(r"[A-Za-zÆØÅæøå]{2,}", bare), (file.name, bare.split())


def test_the_script_is_at_most_three_kilobytes() -> None:
    assert len(gzip.compress((ROOM / "static" / "phone.js").read_bytes())) <= LARGEST_SCRIPT
