"""Finds what may tell who wrote something, or about whom: a person looks at each and decides.

It errs on the side of marking. What it cannot know: names in scripts without capitals, nicknames in small
letters, and what only the neighbours would recognise. So it masks nothing for good: see `survey.loop.quotes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Kind = Literal[
    "name", "phone", "email", "address", "postal", "birth", "home", "national_id", "number", "place"
]
KINDS: tuple[Kind, ...] = (
    "national_id",
    "email",
    "birth",
    "phone",
    "address",
    "postal",
    "home",
    "number",
    "place",
    "name",
)
"""Where two kinds fit the same words, the one that stands first here is told."""
FILE = Path(__file__).with_name("first_names.txt")
LABELS: Mapping[str, Mapping[Kind, str]] = {
    "nb": {
        "name": "navn", "phone": "telefon", "email": "e-post", "address": "adresse", "postal": "poststed",
        "birth": "dato", "home": "bolig", "national_id": "fødselsnummer", "number": "nummer", "place": "sted",
    },
    "nn": {
        "name": "namn", "phone": "telefon", "email": "e-post", "address": "adresse", "postal": "poststad",
        "birth": "dato", "home": "bustad", "national_id": "fødselsnummer", "number": "nummer",
        "place": "stad",
    },
    "en": {
        "name": "name", "phone": "phone", "email": "e-mail", "address": "address", "postal": "town",
        "birth": "date", "home": "home", "national_id": "identity number", "number": "number",
        "place": "place",
    },
}  # fmt: skip
"""What stands instead, in brackets."""


@dataclass(frozen=True)
class Span:
    """`text[start:end]` may tell who it is."""

    start: int
    end: int
    kind: Kind


_MONTH = (
    r"(?:jan(?:uar|uary)?|feb(?:ruar|ruary)?|mars|march|apr(?:il)?|mai|may|jun[ie]?|jul[iy]?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|de[sc](?:ember)?)\.?"
)
_STREET = (
    r"(?:gat[ae]|gt|vei(?:en)?|veg(?:en)?|vn|all[eé](?:en)?|plass(?:en)?|torg(?:et)?|sti(?:en)?|bakken?"
    r"|bryggen?|street|road)"
)
_WORD = r"[^\W\d_]+"
_HOME = (
    r"leilighet(?:en)?|leil\.?|bolig(?:en)?|bustad(?:en)?|hybel(?:en)?|dør(?:a|en)?|døra|rom|oppgang(?:en)?"
    r"|inngang(?:en)?|blokk(?:a|en)?|hus(?:et)?|nr\.?|nummer|apartment|flat|apt\.?|room|entrance|block|unit"
)
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("national_id", re.compile(r"(?<!\d)\d{6}[ .-]?\d{5}(?!\d)")),
    ("email", re.compile(r"[\w.+%-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)*")),
    # Eight digits in any grouping, with or without a country; and what begins like a number abroad.
    ("phone", re.compile(r"(?<![\w+])(?:(?:\+|00)\s?47[\s.-]?)?\d(?:[\s.-]?\d){7}(?!\d)")),
    ("phone", re.compile(r"(?<!\w)(?:\+|00)\s?[1-9](?:[\s./-]?\d){6,13}(?!\d)")),
    ("birth", re.compile(r"(?<!\d)[0-3]?\d[./-]\s?[01]?\d[./-]\s?(?:\d{4}|\d{2})(?!\d)")),
    ("birth", re.compile(r"(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d)")),
    ("birth", re.compile(rf"(?<!\d)[0-3]?\d\.?\s{_MONTH}(?:\s(?:19|20)\d\d)?(?!\w)", re.I)),
    ("birth", re.compile(r"\b(?:født|fødd|born)(?:\s(?:i|in))?\s(?:19|20)?\d\d(?!\d)", re.I)),
    # 'Storgata 5 B', 'Nedre Bakkegate 12', 'Haakon VIIs gate 3'
    (
        "address",
        re.compile(
            rf"(?:(?-i:[A-ZÆØÅ])\w*\s){{0,2}}(?:{_WORD}{_STREET}|{_WORD}\s{_STREET})"
            r"\.?\s?(?:nr\.?\s?)?\d{1,4}(?:\s?[-–]\s?\d{1,4})?(?:\s?[A-Za-z](?![^\W\d_]))?",
            re.I,
        ),
    ),
    ("postal", re.compile(r"(?<!\d)\d{4}\s[A-ZÆØÅ][\w-]+(?:\s[A-ZÆØÅ](?![a-zæøå])\w*)?")),
    ("home", re.compile(r"(?<!\w)[HKLUhklu]\s?0\d0\d(?!\d)")),
    ("home", re.compile(rf"(?<!\w)(?:{_HOME})\s?(?:nr\.?\s?|nummer\s)?\d{{1,4}}\s?[A-Za-z]?(?!\w)", re.I)),
    ("home", re.compile(r"(?<!\w)(?:oppgang|inngang|blokk|entrance|block)\s[A-Za-z](?!\w)", re.I)),
    # In the third floor, to the left: of two homes that is one.
    (
        "home",
        re.compile(
            r"(?<!\w)(?:\d{1,2}\.?|første|fyrste|andre|tredje|fjerde|femte|sjette|sjuende|åttende|first|second"
            r"|third|fourth|fifth)\s(?:etasje|etg\.?|floor)(?!\w)(?:\s(?:til\s)?(?:venstre|høyre|høgre|left|right))?",
            re.I,
        ),
    ),
    # Number plates, and long numbers of whatever kind.
    ("number", re.compile(r"(?<!\w)[A-ZÆØÅ]{2}\s?\d{4,5}(?!\w)")),
    ("number", re.compile(r"(?<!\w)\d(?:[ .]?\d){4,}(?!\d)(?!\s?(?:kr|nok|,-|kvm|m2|m²|%))", re.I)),
)
_TOKEN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_ENDS = re.compile(r"(?:^|[.!?…:;\n\r\t•*(\[\"«»“”]|\s[-–—/])\s*[\"«“'(-]*\s*$")
_NEVER = frozenset(
    """
    I Im Ive Id Ill De Dem Deres Dykkar Dykk Gud God TV PC NAV OK WC BRL SMS WiFi Wifi Norge Noreg Norway
    Norsk Norwegian English Engelsk Jul Påske Christmas Easter Ramadan Facebook Monday Tuesday Wednesday
    Thursday Friday Saturday Sunday January February March April May June July August September October
    November December
    """.split()  # noqa: SIM905 (a list to read)
)
"""Written with a capital and no name of anybody's."""
_ALSO_WORDS = frozenset(
    """
    bo dag liv siv tone odd even bjørn stein may per vår sol ask storm ulv mai august hope faith grace will
    mark bill guy jo lin eng finn
    """.split()  # noqa: SIM905
)
"""Names that are words as well: names only with a capital, and not where a sentence begins."""
_SMALL = _ALSO_WORDS | {"roger", "rose", "alf", "eli", "kaja", "tor", "else", "inger", "roy"}
"""In small letters they are words, or may be."""


@cache
def first_names() -> frozenset[str]:
    """In small letters: names that many people in Norway bear, written down for this."""
    return frozenset(FILE.read_text(encoding="utf-8").split())


def spans(text: str, places: Iterable[str] = ()) -> tuple[Span, ...]:
    """In the order of the text, none over another. `places`: names of estates, areas and the like.

    >>> [(span.kind, 'Ring Kari Nordmann på 900 12 345'[span.start:span.end])
    ...  for span in spans('Ring Kari Nordmann på 900 12 345')]
    [('name', 'Kari Nordmann'), ('phone', '900 12 345')]
    """
    found = [Span(m.start(), m.end(), kind) for kind, pattern in _PATTERNS for m in pattern.finditer(text)]
    found += [Span(m.start(), m.end(), "place") for m in _places(text, places)]
    found += _names(text)
    # What may be masked already is not masked again.
    brackets = [m.span() for m in re.finditer(r"\[[^\[\]\n]{1,40}\]", text)]
    found = [one for one in found if not any(a <= one.start and one.end <= b for a, b in brackets)]
    return tuple(_joined(text, found))


def masked(text: str, language: str = "nb", places: Iterable[str] = ()) -> str:
    """The text with what was found taken out, and in brackets what it was.

    >>> masked('Kari i 3. etasje bråker.')
    '[navn] i [bolig] bråker.'
    """
    labels = LABELS.get(language, LABELS["nb"])
    told, at = [], 0
    for span in spans(text, places):
        told += [text[at : span.start], f"[{labels[span.kind]}]"]
        at = span.end
    return "".join([*told, text[at:]])


def _places(text: str, places: Iterable[str]) -> Iterator[re.Match[str]]:
    """Each as a whole word, with whatever ending a name may get."""
    for place in {one.strip() for one in places}:
        if len(place) > 2:
            yield from re.finditer(rf"(?<!\w){re.escape(place)}(?:s|'s|-\w+)?(?!\w)", text, re.I)


def _names(text: str) -> Iterator[Span]:
    """Words on the list of first names, with what stands behind them in capitals; and capitals within a
    sentence, which in Norwegian begin hardly anything but names."""
    shouted = _shouts(text)
    last: re.Match[str] | None = None
    for token in _TOKEN.finditer(text):
        word = token.group()
        base = word.casefold().removesuffix("'s").removesuffix("’s")
        known = _known(base)
        capital = word[0].isupper() and not shouted
        behind_name = last is not None and text[last.end() : token.start()] in (" ", "-")
        if known and (capital or base not in _SMALL) and not (base in _ALSO_WORDS and _begins(text, token)):
            named = True
        elif capital and word not in _NEVER and not _is_short_form(word):
            named = behind_name or not _begins(text, token)
        else:
            named = False
        if named:
            yield Span(token.start(), token.end(), "name")
        last = token if named else None


def _known(base: str) -> bool:
    names = first_names()
    if base in names:
        return True
    if base.endswith("s") and base[:-1] in names:  # Karis balkong
        return True
    head, dash, rest = base.partition("-")
    return bool(dash) and head in names and bool(rest)  # Ann-Kristin


def _begins(text: str, token: re.Match[str]) -> bool:
    """Whether a sentence begins with it: there a capital tells nothing."""
    return _ENDS.search(text[max(0, token.start() - 12) : token.start()]) is not None or token.start() == 0


def _is_short_form(word: str) -> bool:
    return len(word) <= 4 and word.isupper()


def _shouts(text: str) -> bool:
    """Whether nearly all is in capitals, which then tell nothing."""
    letters = [c for c in text if c.isupper() or c.islower()]
    return len(letters) > 8 and sum(c.isupper() for c in letters) > 0.6 * len(letters)


def _joined(text: str, found: list[Span]) -> Iterator[Span]:
    """Where two lie over one another, one from where the first begins to where the last ends; names that
    stand beside each other are one."""
    now: Span | None = None
    for span in sorted(found, key=lambda one: (one.start, KINDS.index(one.kind), -one.end)):
        beside = now and now.kind == span.kind == "name" and text[now.end : span.start] in (" ", "-")
        if now is not None and (span.start < now.end or beside):
            kind = min(now.kind, span.kind, key=KINDS.index)
            now = Span(now.start, max(now.end, span.end), kind)
        else:
            if now is not None:
                yield now
            now = span
    if now is not None:
        yield now
