"""What a report is made of: protected results, ready to be shown. Nothing here can be un-hidden.

Shares and their intervals are 0..1, scores 0..100. A hidden figure carries `hidden` (a message key such as
'hidden.few') and no numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from forms.influence import Declared, Signed
from forms.questionnaire import Questionnaire

Standing = Literal["better", "worse", "higher", "lower", "same", "unknown"]
"""`same` means: cannot be told apart from, at 95 %. `higher` and `lower` are for participation grades, of
which more is not said to be better."""


LeftOut = Literal["nobody", "some", "many"]
"""Whose answers a figure about several estates does not stand on; see `reports.left_out`."""


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval and the number of answers behind it."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    hidden: str | None = None
    step: float = 0.0
    """Of an exact share: one dwelling, 1 / N."""
    left_out: LeftOut = "nobody"
    everybody: bool = False
    """Of a score: everybody answered. What its interval still has of width is rounding."""


@dataclass(frozen=True)
class Change:
    """Difference now minus then, in score points or share, with its 95 % interval."""

    difference: float
    low: float
    high: float
    standing: Standing
    left_out: LeftOut = "nobody"
    """Of either wave, whichever leaves out more."""
    everybody: bool = False
    """Everybody answered, both times: there is no doubt of who did."""


@dataclass(frozen=True)
class Segment:
    """Neighbouring codes shown as one part of a bar, merged until each part has at least 5 answers (or 0)."""

    codes: tuple[int, ...]
    n: int
    share: float


@dataclass(frozen=True)
class Earlier:
    """The same question in the wave before, as the report on it told it.

    `homes`: how many its answers stand for, None when not known.
    """

    segments: tuple[Segment, ...]
    homes: int | None


@dataclass(frozen=True)
class ItemResult:
    item_id: str
    n: int
    special: dict[int, int]
    """Answers of 'don't know' and the like by code; codes with 1 to 4 answers are left out."""
    segments: tuple[Segment, ...]
    """Empty when hidden, for multi and rank items."""
    favourable: Estimate
    """Share of good answers (scale.favourable, turned round when reversed) among the substantive answers."""
    mean: Estimate
    """Mean score 0-100 after reversal; hidden for items without scores."""
    chosen: dict[int, Estimate] = field(default_factory=dict)
    """Multi and rank items: share that chose each code."""
    change: Change | None = None
    """Change in `favourable` since the previous wave."""
    hidden: str | None = None
    before: Earlier | None = None
    """In the report on one estate."""
    left_out: LeftOut = "nobody"
    """Of all figures here but the change."""


Limits = tuple[tuple[float, float], ...]
"""(low, high) for each of `settings.FUNNEL_LIMITS`; none: not drawn."""


@dataclass(frozen=True)
class Cell:
    """A score of the index matrix (object x facet), an object (facet None) or the index (both None)."""

    object: str | None
    facet: str | None
    score: Estimate
    change: Change | None = None
    versus_rest: Standing = "unknown"
    """This estate against the rest of the landlord; 'unknown' in the report for all estates."""
    limits: Limits = ()
    """In `by_estate`, of an index: where it would lie by chance alone if all estates were alike."""
    lent: Estimate | None = None
    """In `by_estate`, of a very small estate: the same figure, drawn towards what all estates say."""


@dataclass(frozen=True)
class Association:
    """How the share of good answers to `outcome` goes with the answers to `factor`."""

    factor: str
    outcome: str
    rows: tuple[tuple[tuple[int, ...], Estimate], ...]
    """(codes of the factor, share favourable on the outcome)."""
    gamma: float
    """Goodman and Kruskal's gamma, -1..1."""
    distinguishable: bool
    apart: Estimate
    """The share of the last row less that of the first, by estates as units, in whole points outwards; of
    several estates its width bears noise (`widths`)."""
    left_out: LeftOut = "nobody"
    """Who is not in it, since their bars do not show both questions. 'many': nothing is said of all by it."""


@dataclass(frozen=True)
class Scale:
    """How far the items of one object measure one thing: alpha and omega, 1 at most, noisy, in tenths."""

    object: str
    items: int
    alpha: Estimate | None
    """None: not told, for it could tell what somebody answered."""
    omega: Estimate | None
    """The same; nor of two items."""
    turned: tuple[str, ...]
    """Items that surely go against the others: were their codes turned round?"""


@dataclass(frozen=True)
class BesideRegister:
    """Answers of one group beside what the register has of it."""

    item: str
    codes: tuple[int, ...]
    n: int
    """Answers, as the bars of the report tell them."""
    share: float
    register_share: float
    standing: Literal["more", "fewer", "same"]
    """Of those who answered than of the register, at 95 % after Holm's test over all groups of the item."""


@dataclass(frozen=True)
class Weighting:
    """Totals over estates weighted to what the register has of these questions of background."""

    variables: tuple[str, ...]
    refused: str | None = None
    """Set when nothing is weighted: a message key, the reason. Totals are by dwellings then."""
    design_effect: float = 1.0
    """Of the unequal weights (Kish), to one decimal."""
    effective: int = 0
    """As many answers of equal weight would say as much: to fives."""
    trimmed: int | None = 0
    """Answers whose weight was held at the limit, to fives; None: fewer than 5, but some."""
    gap: float = 0.0
    """How far the weights leave the register at the most, 0..1; 0 where they meet it."""
    beside: tuple[BesideRegister, ...] = ()


@dataclass(frozen=True)
class WayBeside:
    """People who answered one way less those who answered the main way, in points of the index, whole."""

    way: str
    n: int
    """To fives."""
    difference: float
    low: float
    high: float
    sure: bool
    """After Holm's test over all ways, and by the printed interval."""


@dataclass(frozen=True)
class Ways:
    """Ways of answering beside the `main` one within the same `estates`; with help or through others last."""

    main: str
    n: int
    """Answers by the main way, to fives."""
    estates: int
    rows: tuple[WayBeside, ...]


@dataclass(frozen=True)
class Coverage:
    """Response of one estate. `n` None: fewer than 5."""

    estate_id: str
    name: str
    area: str
    invited: int | None
    n: int | None
    dwellings: int | None = None
    """Where a sample was drawn, of how many dwellings; None: all were asked."""
    elsewhere: tuple[int, int] = (0, 0)
    """At least and at most so many have answered besides, and are counted with another row: 0, 0 none."""
    others: bool = False
    """Answers of dwellings elsewhere are among the `n`: how many of its own answered is not told."""
    pool: bool = False
    """No estate: what is counted without one in `area`, an area or the landlord."""

    @property
    def population(self) -> int | None:
        """Dwellings that the answers are a part of."""
        if self.others or self.overfull:
            return None
        return self.invited if self.dwellings is None else self.dwellings

    @property
    def overfull(self) -> bool:
        """More answered than were asked: as in `waves.Estate`."""
        return not self.others and self.n is not None and self.invited is not None and self.n > self.invited

    @property
    def answered(self) -> tuple[int, int] | None:
        """At least and at most so many of those asked have answered; None where nothing is told."""
        if self.n is None or self.others:
            return None
        room = max(self.elsewhere) if self.invited is None else max(0, self.invited - self.n)
        least, most = (self.n + min(number, room) for number in self.elsewhere)
        return least, most


@dataclass(frozen=True)
class Finding:
    """One result in words: message key `finding.{kind}` with `values`; ranked by `weight`."""

    kind: str
    item_ids: tuple[str, ...]
    values: dict[str, str | int | float]
    weight: float
    left_out: LeftOut = "nobody"
    """Never 'many'. 'some': it may be said of the estates that can be shown, not of all."""
    everybody: bool = False
    """Everybody answered, and each time that is spoken of: it is counted, and no estimate."""


@dataclass(frozen=True)
class Results:
    """All that a landlord report about `scope` may show."""

    organisation: str
    fictitious: bool
    campaign: str
    scope: str
    """Name of the estate, of the area, or of the organisation when all estates are meant."""
    estate_id: str | None
    questionnaire: Questionnaire
    wave_hash: str
    opens_on: date
    closes_on: date
    """The last day on which answers were taken."""
    results_on: date
    languages: tuple[str, ...]
    modes: dict[str, int]
    """Answers by mode, those that may be told. What is left of `n` is 0 or 5 and more: it can be told too."""
    invited: int | None
    n: int
    hidden: str | None
    """Set when no estate of the scope has 5 answers: nothing below is filled in then."""
    coverage: tuple[Coverage, ...]
    items: dict[str, ItemResult]
    matrix: tuple[Cell, ...]
    objects: tuple[Cell, ...]
    index: Cell | None
    by_estate: tuple[tuple[str, Cell], ...]
    """(estate name, index of the estate) for the report on all estates."""
    associations: tuple[Association, ...]
    findings: tuple[Finding, ...]
    """All, strongest claim first; the report prints the first three large."""
    nonresponse_bounds: tuple[float, float] | None
    """Share favourable on the overall item if all who did not answer had said no / yes."""
    previous_campaign: str | None
    excluded_estates: int
    """Estates left out of every total because they have fewer than 5 answers."""
    nonresponse_limits: bool = False
    """The total is rounded, so these are at least the one and at most the other."""
    weighted_otherwise: bool = False
    """There is a wave before of the same estates; this total is weighted to the register and that is not, or
    to something else, so no change is told."""
    few_everywhere: bool = False
    """Hidden though there are 5 answers or more, since no estate has so many."""
    declared_grade: int | None = None
    """Participation as the landlord declared it for the round, 1 (not asked) to 7 (the last word)."""
    declared: Declared = field(default_factory=dict)
    """Why the round asked and what could be influenced, by language."""
    signed: Signed | None = None
    """The residents' council's sign-off of the questions."""
    open_answers: int | None = 0
    """Answers by open links, in none of the numbers: at least so many; None: a few."""
    scales: tuple[Scale, ...] = ()
    """In the report on all estates."""
    turned_of_all: tuple[str, ...] = ()
    """In the report on one estate: items that in all of them surely go against the others of their theme."""
    weighting: Weighting | None = None
    """In the report on all estates, when the register's margins were given."""
    asked_otherwise: tuple[str, ...] = ()
    """Items that the wave before asked as well, in a way that cannot be compared (`forms.versions`)."""
    ways: Ways | None = None
    """In the report on all estates, where every way of answering has enough answers."""
    dwellings: int | None = None
    """Where a sample was drawn somewhere: how many dwellings there are in the estates that count. None: all
    were asked, or nobody knows how many."""

    area: str | None = None
    """The area that the report is on (`reports.areas`), with `estate_id` None; None: an estate, or all."""

    @property
    def place(self) -> Coverage | None:
        """In the report on one estate: what is told of who answered there."""
        return None if self.estate_id is None else self.coverage[0]

    @property
    def population(self) -> int | None:
        """Dwellings that the answers are a part of."""
        if self.place is not None:
            return self.place.population
        if any(place.overfull for place in self.coverage):
            return None
        return self.invited if self.dwellings is None else self.dwellings

    @property
    def shown_only(self) -> bool:
        """Whether the total of the overall question, and what is said of those who did not answer it, is
        about some of the estates alone."""
        overall = next((item.id for item in self.questionnaire.items() if item.role == "overall"), "")
        return overall in self.items and self.items[overall].favourable.left_out != "nobody"

    @property
    def turned(self) -> frozenset[str]:
        """Items that surely go against the others of their theme: were their codes turned round?"""
        return frozenset({*self.turned_of_all, *(name for scale in self.scales for name in scale.turned)})

    @property
    def sampled(self) -> tuple[Coverage, ...]:
        """Estates in which a sample was drawn."""
        return tuple(place for place in self.coverage if place.dwellings is not None)
