"""Phrases written for people, looked for in texts: `rusbolig*`, `^er du ikke`, `hvor ofte ... og`.

    word*     a word with any ending           ^       at the beginning of a sentence
    (a|b)     one or the other                 ...     anything in the same sentence

They stand in data (`forms/data`), so that a housing office can mend the list without a programmer. Matching
is bounded: no phrase can make a long text slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from forms import source

DATA = Path(__file__).parent / "data"
Phrases = re.Pattern[str] | None
"""None: of no phrases at all."""
_START = r"(?:^|(?<=[.!?:;\n«\"“])\s{0,3})"
_WITHIN = r"[^.!?;\n]{0,300}?"
_PART = re.compile(r"\([^()]*\)|\S+")
_WORD = r"[\w'’-]"


@cache
def data(name: str) -> Any:
    """What stands in a file of `forms/data`, for reading only."""
    return source.read((DATA / f"{name}.yaml").read_text(encoding="utf-8"), name).data


def found(phrases: Phrases, text: str) -> str | None:
    """The first of the phrases in the text, in the words of the text; None when there is none."""
    hit = phrases.search(text) if phrases else None
    return None if hit is None else " ".join(hit[0].split())


def any_of(phrases: Iterable[str]) -> Phrases:
    """A pattern that finds each of the phrases, longest first; None for no phrases."""
    parts = [_of(phrase) for phrase in sorted(phrases, key=len, reverse=True)]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


@cache
def listed(name: str, key: str) -> Mapping[str, Phrases]:
    """Of a file of lists by language: language -> its phrases."""
    return {language: any_of(phrases) for language, phrases in data(name)[key].items()}


def _of(phrase: str) -> str:
    start = _START if phrase.startswith("^") else rf"(?<!{_WORD})"
    return start + _sequence(phrase.removeprefix("^")) + rf"(?!{_WORD})"


def _sequence(phrase: str) -> str:
    said = ""
    for part in _PART.findall(phrase):
        if part == "...":
            said += rf"\b{_WITHIN}\b"
        else:
            between = r"\s+" if said and not said.endswith(rf"{_WITHIN}\b") else ""
            said += between + _one(part)
    return said


def _one(part: str) -> str:
    if part.startswith("("):
        return "(?:" + "|".join(_sequence(each) for each in part[1:-1].split("|")) + ")"
    return re.escape(part.removesuffix("*")) + (rf"{_WORD}*" if part.endswith("*") else "")
