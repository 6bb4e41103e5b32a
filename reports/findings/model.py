"""The machine form of findings: what replies, measures and plans hang on, by `id`.

A finding that says more than its interval cannot be made: the model refuses it.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from forms.questionnaire import Model

Kind = Literal[
    "strong", "weak", "changed", "unlike", "importance", "participation", "grade_gap", "hidden_inequality"
]
KINDS: tuple[Kind, ...] = (
    "strong",
    "weak",
    "changed",
    "unlike",
    "importance",
    "participation",
    "grade_gap",
    "hidden_inequality",
)
Level = Literal["all", "area", "estate"]
Measure = Literal["share", "share_difference", "score_difference", "association"]
"""Per cent, percentage points, score points, tau-b."""
Relation = Literal["at_least", "at_most", "above", "below"]
Language = Literal["nb", "nn", "en"]
Multiplicity = Literal["holm", "benjamini_hochberg"]

ASK_FOR_A_REPLY = frozenset(
    {
        "weak",
        "participation_low",
        "grade_low",
        "matters_weak",
        "change_down",
        "grade_down",
        "score_down",
        "worse_than_rest",
        "below_its_area",
        "felt_below",
    }
)
"""Variants that say something is not as it should be: a round is not done while one of them has no reply."""


class Place(Model):
    """What a finding is about. `id`: of the estate; of an area its name; '' for all estates together.

    `of`: estates of an area whose figures may be shown and so went into its own; 1 for an estate.
    """

    level: Level
    id: str
    name: str
    of: int


class FoundResult(Model):
    """One finding. `items`: meaning ids, of an association the factor first, then the overall question.

    variant       what exactly is said, see `reports.findings.sentences`
    object        of the index matrix, for scores; '' is the index itself
    facet         of that object, where it is told alone; None: the whole object
    tags          of the questionnaire: tags of the items, their objects, facets and levels
    estimate ...  as printed: whole numbers (associations: two decimals), the 95 % interval rounded outwards
    relation      how the interval lies to `reference`
    n             answers behind it, rounded as the profile says
    multiplicity  over `family`: what else was looked at, so that this does not stand by chance
    values        whatever else the sentence names; `left_out`: 'some' where the figure, and so the sentence,
                  is not about all estates of the place but about those that can be shown; `everybody`: 1
                  where all have answered, on both sides of a comparison, so that nothing is 'probably' so
    """

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{20}$")]
    rank: Annotated[int, Field(ge=1)]
    """Within its place; 1 is first."""
    kind: Kind
    variant: str
    place: Place
    items: tuple[str, ...]
    object: str | None
    facet: str | None
    tags: tuple[str, ...]
    measure: Measure
    estimate: float
    low: float
    high: float
    relation: Relation
    reference: float
    n: Annotated[int, Field(ge=5)]
    multiplicity: Multiplicity
    family: str
    values: dict[str, str | int | float]
    sentences: dict[Language, str]

    @property
    def asks_for_a_reply(self) -> bool:
        return self.variant in ASK_FOR_A_REPLY

    @model_validator(mode="after")
    def _says_no_more_than_its_interval(self) -> FoundResult:
        borne = {
            "at_least": self.low >= self.reference,
            "above": self.low > self.reference,
            "at_most": self.high <= self.reference,
            "below": self.high < self.reference,
        }[self.relation]
        if not borne or not self.low <= self.estimate <= self.high:
            raise ValueError(
                f"{self.variant}: {self.low} to {self.high} does not bear '{self.relation} {self.reference}'"
            )
        return self


class PlaceResult(Model):
    """How many findings a place has. When there are none, why: 'hidden.few' answers; 'hidden.protected', no
    figure of the place can be shown; 'none' of those that are shown stands."""

    place: Place
    n: int | None
    """Answers, rounded as the profile says; None when hidden."""
    findings: int
    reason: str | None
    sentences: dict[Language, str]
    """Empty when there are findings."""


class NotCompared(Model):
    """A question (`item`: its meaning id) that the wave before asked otherwise, and what is different."""

    item: str
    sentences: dict[Language, str]


class FindingsList(Model):
    """All findings of a round: all estates first, then areas, then estates; within each by rank."""

    organisation: str
    campaign_id: UUID
    campaign: str
    wave: str
    wave_before: str
    """'' when there is none, or none that may be compared."""
    profile: str
    level: float
    notes: tuple[dict[Language, str], ...] = ()
    """What holds for all figures: estates with more answers than homes that were asked, and questions whose
    answers seem to have come the wrong way round."""
    not_compared: tuple[NotCompared, ...]
    """With the wave before, though both asked it; in the order of the questionnaire."""
    places: tuple[PlaceResult, ...]
    findings: tuple[FoundResult, ...]


def identity(
    campaign_id: UUID, wave: str, before: str, place: Place, variant: str, items: tuple[str, ...], more: str
) -> str:
    """The same for the same claim about the same sealed waves, whatever its rank, language or profile."""
    parts = [str(campaign_id), wave, before, place.level, place.id, variant, *items, "", more]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]
