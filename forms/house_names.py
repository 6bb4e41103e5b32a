"""What the house calls the objects, facets and modules of its own questionnaires, for those of others."""

from __future__ import annotations

from forms.catalogue import read_catalogue
from forms.errors import MESSAGES

MODULES = (
    *("helhet", "bolig", "bomiljo", "kontrakt", "utleier", "medvirkning", "bosituasjon", "tildeling"),
    *("oppfolging", "hverdagsliv", "recovery", "sted", "ung", "barn", "puls", "bakgrunn", "apne"),
)
"""What pages can be about, in the order of our own questionnaires."""


def house_name(key: str, language: str) -> str:
    """'Having a say' for 'medvirkning'; '' for what the house has no name for."""
    spoken = language if language in ("nb", "nn", "en") else "nb"
    return read_catalogue(MESSAGES, spoken).get(f"name.{key}", "")
