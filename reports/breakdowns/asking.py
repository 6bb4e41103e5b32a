"""What is asked for: one question, by one background or several crossed, and for which places."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from forms.entangled import telling
from forms.questionnaire import Item, Questionnaire
from forms.ties import decided
from reports.breakdowns.errors import NoSuchThing, NumbersRefused
from reports.requests import Level

MOST_ASKED = 100
"""Groups of one request: nobody reads more, and of so many hardly any has the ten answers it needs."""
MOST_GROUPS = 400
"""Groups that all requests laid together make, 'not given' included."""


@dataclass(frozen=True)
class Grouping:
    """A background in bands: the codes of each, sorted."""

    variable: str
    bands: tuple[tuple[int, ...], ...]

    def __str__(self) -> str:
        """As `parse` reads it."""
        return f"{self.variable}={','.join('+'.join(map(str, band)) for band in self.bands)}"


@dataclass(frozen=True)
class Ask:
    item: str
    by: tuple[Grouping, ...]
    level: Level
    profile: str

    def canonical(self) -> str:
        """The same text for the same request, whatever order it was asked in."""
        by = sorted(
            [grouping.variable, [list(band) for band in sorted(grouping.bands)]] for grouping in self.by
        )
        document = {"item": self.item, "by": by, "level": self.level, "profile": self.profile}
        return json.dumps(document, sort_keys=True, separators=(",", ":"))

    @classmethod
    def of(cls, text: str) -> Ask:
        """Back from `canonical`."""
        document: dict[str, Any] = json.loads(text)
        by = tuple(Grouping(name, tuple(tuple(band) for band in bands)) for name, bands in document["by"])
        return cls(document["item"], by, cast(Level, document["level"]), document["profile"])


def questions_by_group(form: Questionnaire) -> list[Item]:
    """Those that numbers by group can be had of; of what follows from other questions there are none, see
    `tied.py`."""
    tied = _tied(form)
    return [i for i in form.items() if i.one_of and not i.background and i.id not in tied]


def backgrounds(form: Questionnaire) -> list[Item]:
    """Those that numbers can be broken down by."""
    tied = _tied(form)
    return [i for i in form.items() if i.one_of and i.background and i.id not in tied]


def _tied(form: Questionnaire) -> dict[str, tuple[str, ...]]:
    """Question -> what decides about it, or binds it."""
    never = {name: one.items for name, one in telling(form).never.items()}
    return never | {tie.item.id: tuple(sorted(tie.deciding)) for tie in decided(form)}


def parse(form: Questionnaire, item_id: str, by: Sequence[str], level: Level, profile: str) -> Ask:
    """`by`: 'alder' for every answer by itself, 'alder=1+2,3+4' for bands of codes.

    NoSuchThing for a question, background or code that is not there; NumbersRefused for one that cannot be
    told."""
    items = {item.id: item for item in form.items()}
    if item_id not in items:
        raise NoSuchThing("numbers.no_item", item=item_id)
    item = items[item_id]
    if not item.one_of:
        raise NumbersRefused("numbers.not_one_answer", item=item_id)
    if item.background:
        # 'age by household' and 'household by age' are one table with two ways of merging and hiding: what
        # one hides the other would tell. The bases of any question by both say how many there are.
        raise NumbersRefused("numbers.a_background", item=item_id)
    if item.sensitive and level == "estate":
        raise NumbersRefused("numbers.sensitive", item=item_id)
    tied = _tied(form)
    if item_id in tied:
        raise _refused(form, item_id, tied[item_id], level)
    background = [item.id for item in items.values() if item.background and item.one_of]
    if not background:
        raise NoSuchThing("numbers.no_backgrounds")
    if not by or not all(text.partition("=")[0].strip() for text in by):
        raise NoSuchThing("numbers.by_nothing", known=", ".join(background))
    groupings = tuple(_grouping(form, items, text, level, background) for text in by)
    names = [grouping.variable for grouping in groupings]
    for name in names:
        if name in tied:
            raise NumbersRefused("numbers.tied_background", name=name, names=", ".join(tied[name]))
    if len(set(names)) < len(names) or item_id in names:
        raise NumbersRefused("numbers.by_twice")
    return Ask(item_id, tuple(sorted(groupings, key=lambda g: g.variable)), level, profile)


def _refused(form: Questionnaire, item_id: str, deciding: Collection[str], level: Level) -> NumbersRefused:
    """Of what decides, those questions are recommended that have such numbers: none, where it is a number."""
    names = ", ".join(sorted(deciding))
    told = [i.id for i in questions_by_group(form) if not (i.sensitive and level == "estate")]
    instead = ", ".join(sorted(set(told).intersection(deciding)))
    if not instead:
        return NumbersRefused("numbers.tied", item=item_id, names=names)
    return NumbersRefused("numbers.tied_instead", item=item_id, names=names, instead=instead)


def _grouping(
    form: Questionnaire, items: dict[str, Item], text: str, level: Level, background: Sequence[str]
) -> Grouping:
    name, _, bands = text.partition("=")
    if name not in background:
        raise NoSuchThing("numbers.no_background", name=name, known=", ".join(background))
    if items[name].sensitive and level == "estate":
        raise NumbersRefused("numbers.sensitive", item=name)
    known = [choice.code for choice in form.choices(items[name])]
    if not bands:
        return Grouping(name, tuple((code,) for code in known))
    try:
        wanted = tuple(tuple(sorted({int(code) for code in band.split("+")})) for band in bands.split(","))
    except ValueError:
        wanted = ((-1,),)
    if not {code for band in wanted for code in band} <= set(known):
        raise NoSuchThing("numbers.no_code", name=name, known=", ".join(map(str, known)))
    return Grouping(name, tuple(sorted(set(wanted))))
