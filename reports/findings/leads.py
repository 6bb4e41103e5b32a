"""Findings before they have a place, a rank and words, and how they are ranked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reports.findings.model import Kind, Measure, Multiplicity, Relation
from reports.results import LeftOut

MATTERS, APART, ALONE = 0.1, 0.2, 0.15
"""What importance, being unlike others, and that of a facet alone weigh beside the size of what was found."""

Values = dict[str, str | int | float]


@dataclass(frozen=True)
class Lead:
    """A finding before it has a rank and words. Numbers as printed."""

    kind: Kind
    variant: str
    measure: Measure
    relation: Relation
    reference: float
    estimate: float
    low: float
    high: float
    n: int
    weight: float
    multiplicity: Multiplicity
    family: str
    items: tuple[str, ...] = ()
    """Ids in the questionnaire."""
    object: str | None = None
    facet: str | None = None
    """Of the object; None: the whole of it."""
    values: Values = field(default_factory=dict)
    about: str = ""
    """What else tells it from others: the estate of an area."""
    left_out: LeftOut = "nobody"
    """Of the place. Where it is somebody, the sentence is about the estates that can be shown."""
    everybody: bool = False
    """Everybody has answered, on both sides of a comparison: nothing is 'probably' so."""

    @property
    def thing(self) -> str:
        """The score it is about, for its identity: '' the index, '-' none."""
        return "-" if self.object is None else self.object + (f".{self.facet}" if self.facet else "")

    @property
    def borne(self) -> bool:
        return {
            "at_least": self.low >= self.reference,
            "above": self.low > self.reference,
            "at_most": self.high <= self.reference,
            "below": self.high < self.reference,
        }[self.relation]


def ranked(head: list[Lead], rest: Iterable[Lead]) -> list[Lead]:
    """`head` in its order; the others by weight, later ones of a variant weighing less."""

    def order(lead: Lead) -> tuple[object, ...]:
        return -lead.weight, lead.variant, lead.items, lead.thing, lead.about

    seen = {(lead.variant, lead.items, lead.thing, lead.about) for lead in head}
    places_taken: dict[str, int] = {}
    weighed = []
    for lead in sorted((lead for lead in rest if lead.borne), key=order):
        if (lead.variant, lead.items, lead.thing, lead.about) not in seen:
            places_taken[lead.variant] = place = places_taken.get(lead.variant, 0) + 1
            weighed.append((lead.weight / place, lead))
    weighed.sort(key=lambda pair: (-pair[0], *order(pair[1])[1:]))
    return [*head, *(lead for _, lead in weighed)]
