"""Sentences of research releases."""

from __future__ import annotations

from pathlib import Path

from forms.catalogue import Translate, translator

MESSAGES = Path(__file__).parent / "messages"


def wording(language: str) -> Translate:
    return translator(MESSAGES, language)
