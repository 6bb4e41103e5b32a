"""Names of files to keep: they tell what is inside, in letters that every system takes."""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

LONGEST = 40
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ß": "ss", "đ": "d", "ð": "d", "þ": "th", "ł": "l"})


def part(name: str, id: UUID | str) -> str:
    """The name of a round or an estate as a part of a file's name; of its id when no letter of it is left.

    >>> part('Prøv selv', '1'), part('Nordlysgata 4–18', '2'), part('تجربة', '0123456789')
    ('prov-selv', 'nordlysgata-4-18', '01234567')
    """
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-") or str(id)[:8]
