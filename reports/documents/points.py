"""What is good and what is not, of one place: at most three of each, claiming no more than they may.

A finding is told as '7 in 10' only where all of its interval lies within one tenth of that, else in words
that all of it bears. The drawing beside it does the same: so many people surely, the others perhaps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from forms.questionnaire import Item
from reports.documents.plain import Plain
from reports.few_people import borne_by_more
from reports.figures.people import OF, People
from reports.figures.symbols import of_theme
from reports.findings.model import FindingsList, FoundResult, Level, PlaceResult
from reports.results import Results
from reports.rounding import half_up

MOST = 3
Way = Literal["up", "down", ""]

GOOD = ("strong", "change_up", "score_up", "better_than_rest")
BAD = (
    "weak",
    "participation_low",
    "change_down",
    "score_down",
    "worse_than_rest",
    "below_its_area",
    "felt_below",
)
"""Variants. Of participation grades none is called better than another, and what goes with what is told to
landlords, with its tables."""
OVER: tuple[tuple[int, str], ...] = ((90, "nearly_all"), (67, "most"))
UNDER: tuple[tuple[int, str], ...] = ((10, "nearly_none"), (33, "few"))
"""Per cent that all of an interval must be above, or below, to be called that; and the key of the words."""
MIRROR = {
    "nearly_none": "nearly_all",
    "few": "most",
    "under_half": "over_half",
    "under_half_known": "over_half_known",
    "half_or_fewer": "half_or_more",
}
"""What is true of all others, where this is true of those who gave a good answer."""

THEMES: dict[str, tuple[str, ...]] = {
    "whole": ("totalt_fornoyd", "tilfredshet"),
    "upkeep": ("bolig_vedlikehold",),
    "standard": ("bolig_standard",),
    "climate": ("bolig_inneklima",),
    "power": ("bolig_strom",),
    "space": ("bolig_plass", "bolig_tilpasset", "bolig_gjester", "bolig_egetrom"),
    "access": ("bolig_besok_rullestol",),
    "home": ("bolig_hjem", "bolig_preg", "bolig_fred"),
    "bomiljo": ("bomiljo_fornoyd",),
    "commons": ("bomiljo_felles", "bomiljo_moteplass"),
    "noise": ("bomiljo_stoy",),
    "conflict": ("bomiljo_konflikt",),
    "neighbours": (
        "bomiljo_naboer",
        "bomiljo_prat",
        "bomiljo_utskifting",
        "bomiljo_tilhorighet",
        "kontakt",
    ),
    "children": ("bomiljo_barn_ute",),
    "safe_home": ("bomiljo_trygg_hjemme",),
    "safe_house": ("bomiljo_trygg_felles",),
    "safe_out": ("bomiljo_trygg_ute",),
    "cost": ("kontrakt_kostnad", "kontrakt_forutsigbar"),
    "rights": ("kontrakt_rettigheter", "kontrakt_redd"),
    "fairness": ("kontrakt_lik", "kontrakt_regler"),
    "lasting": ("kontrakt_varig",),
    "response": ("utleier_henvendelse", "utleier_lett_a_na", "sist_sa_fra"),
    "information": ("utleier_info", "utleier_avtale"),
    "respect": (
        "utleier_ansvar",
        "utleier_alvor",
        "utleier_trygg_si_fra",
        "utleier_tillit",
        "beboere_ansvar",
    ),
    "influence": (
        "nytter_a_si_fra",
        "medv_vet_hvordan",
        "medv_hort_uansett",
        "beboerrad",
        "innflytelse",
        "medv_individ_grad",
    ),
    "meetings": ("medv_moter_tid", "medv_moter_sted", "medv_moter_sprak", "medv_alle_ordet"),
    "allocation": (
        "medv_sa_boligen",
        "medv_forsto",
        "medv_nok_tid",
        "medv_nok_kunnskap",
        "medv_meningsfull",
    ),
    "municipality": ("system_spurt", "system_svar", "system_tillit", "system_grad"),
}
"""What questions are about, in a word or two (`theme.{theme}`), by meaning id."""
THEME_OF = {meaning: theme for theme, meanings in THEMES.items() for meaning in meanings}


@dataclass(frozen=True)
class Point:
    """One finding as people meet it.

    `theme`: its name, a word or two. `sentence`, and `notes` on whom it is about. `people`: so many of ten as
    it speaks of; None where the finding is no share. `short`: of those who gave a good answer, in two or
    three words, and `good_people` the same drawn. `way`: of a change or a comparison.
    """

    id: str
    good: bool
    symbol: str
    theme: Markup
    theme_text: str
    sentence: Markup
    notes: tuple[Markup, ...]
    short: str
    people: People | None
    good_people: People | None
    way: Way
    foreign: bool


def of_place(results: Results, found: FindingsList) -> tuple[PlaceResult | None, tuple[FoundResult, ...]]:
    """The findings of the place that `results` are about, best rank first, and how many there are.

    ValueError: `found` is of other answers, or not about that place."""
    if found.wave != results.wave_hash:
        raise ValueError("findings of other answers than these")
    wanted: tuple[Level, str] = ("estate", results.estate_id) if results.estate_id else ("all", "")
    if results.area is not None:
        wanted = ("area", results.area)
    whole = next((one for one in found.places if one.place.level == "all"), None)
    known = {(one.place.level, one.place.id): one for one in found.places}
    if wanted not in known and whole is not None and len(results.coverage) == 1 and whole.place.of <= 1:
        wanted = ("all", "")  # a landlord of one estate, whose findings are told once
    if wanted not in known:
        raise ValueError(f"no findings about {results.scope}")
    own = [one for one in found.findings if (one.place.level, one.place.id) == wanted]
    return known[wanted], tuple(sorted(own, key=lambda one: one.rank))


def chosen(
    plain: Plain, found: Iterable[FoundResult], *, turning: bool = True
) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """What is good, and what is not: the first MOST of each, on as many themes. `turning`: 'few are seldom
    bothered' may be said as 'most are bothered'."""
    ranked = list(found)
    return _first(plain, ranked, GOOD, turning=turning), _first(plain, ranked, BAD, turning=turning)


def _first(
    plain: Plain, found: list[FoundResult], variants: tuple[str, ...], *, turning: bool
) -> tuple[Point, ...]:
    told: dict[str, Point] = {}
    for finding in found:
        if finding.variant in variants and len(told) < MOST:
            about = _about(plain, finding)
            told.setdefault(about, point(plain, finding, good=variants is GOOD, turning=turning))
    return tuple(told.values())


def _items(plain: Plain, finding: FoundResult) -> list[Item]:
    by_meaning = {item.meaning: item for item in plain.questionnaire.items()}
    return [by_meaning[name] for name in finding.items]


def _about(plain: Plain, finding: FoundResult) -> str:
    """Its theme; of a question that has none, the question."""
    if finding.object is not None:
        return finding.object or "whole"
    meaning = finding.items[0]
    if meaning in THEME_OF:
        return THEME_OF[meaning]
    return meaning


def point(plain: Plain, finding: FoundResult, *, good: bool, turning: bool = True) -> Point:
    """A finding in plain words. `good`: its variant is one of GOOD; else it is one of BAD. `turning`: see
    `chosen`."""
    about = _about(plain, finding)
    theme, theme_text = _named(plain, about)
    items = _items(plain, finding)
    key, row = _share(finding) if finding.measure == "share" else (_moved(finding), None)
    said, shown = key, row
    turned = turning and row is not None and finding.relation == "at_most"
    turned = turned and bool(plain.fact(items[0], turned=True))
    if turned and row is not None:
        said, shown = MIRROR.get(key, key), People(OF - row.full - row.perhaps, row.perhaps)
    sentence, foreign = _sentence(plain, finding, items, said, shown, turned=turned)
    notes = ["said.shown_only"] if finding.values.get("left_out") else []
    if items and items[0].id in plain.questionnaire.put_to_some():
        notes.append("say.some")
    return Point(
        id=finding.id,
        good=good,
        symbol=of_theme(about),
        theme=theme,
        theme_text=theme_text,
        sentence=sentence,
        notes=tuple(plain.say(note) for note in notes),
        short=_short(plain, finding, key, row),
        people=shown,
        good_people=row,
        way=_way(finding),
        foreign=foreign or "lang=" in theme,
    )


def _named(plain: Plain, about: str) -> tuple[Markup, str]:
    """As markup, and as words alone."""
    label = plain.label(about)
    if label is not None and "lang=" not in label:
        return label, plain.questionnaire.labels[about].get(plain.language)
    if plain.knows(f"theme.{about}"):
        return plain.say(f"theme.{about}"), plain.text(f"theme.{about}")
    if label is not None:
        return label, plain.questionnaire.labels[about].get(plain.language)
    return plain.say("theme.other"), plain.text("theme.other")


def _share(finding: FoundResult) -> tuple[str, People]:
    """The words of a share, as a key, and the row of people that its interval bears."""
    low, high, value = finding.low, finding.high, finding.estimate
    known = "everybody" in finding.values
    tenths = int(half_up(value / 10))
    if 0 < tenths < OF and low >= 10 * tenths - 10 and high <= 10 * tenths + 10:
        return "of10", People(tenths)
    least, most = int(low // 10), int(-(-high // 10))
    row = People(least, most - least)
    over = finding.relation == "at_least"
    for limit, name in OVER if over else UNDER:
        inside = low >= limit if over else high <= limit
        if inside and borne_by_more((value - limit) / 100, finding.n):
            return name, row
    if over:
        name = "over_half" if low > 50 else "half_or_more"
    else:
        name = "under_half" if high < 50 else "half_or_fewer"
    return (f"{name}_known" if known and name in ("over_half", "under_half") else name), row


def _moved(finding: FoundResult) -> str:
    known = "_known" if "everybody" in finding.values else ""
    return {
        "change_up": f"more{known}",
        "change_down": f"fewer{known}",
        "score_up": f"better_before{known}",
        "score_down": f"worse_before{known}",
        "better_than_rest": f"better_rest{known}",
        "worse_than_rest": f"worse_rest{known}",
        "below_its_area": "unequal",
    }[finding.variant]


def _way(finding: FoundResult) -> Way:
    if finding.measure == "share":
        return ""
    return "up" if finding.variant in GOOD else "down"


def _sentence(
    plain: Plain, finding: FoundResult, items: list[Item], key: str, row: People | None, *, turned: bool
) -> tuple[Markup, bool]:
    """And whether some of it is in another language."""
    if finding.object is not None:
        values = {"estate": str(finding.values["estate"])} if key == "unequal" else {}
        said = plain.say(f"say.{key}", **values)
        if finding.facet is not None and (facet := plain.label(finding.facet)) is not None:
            said = Markup("{} ({})").format(said, facet)
        return said, "lang=" in said
    part = plain.say(f"part.{key}", **({"k": row.full} if row and key == "of10" else {}))
    if finding.variant == "felt_below":
        return plain.say("say.felt_below", part=part), False
    if fact := plain.fact(items[0], turned=turned):
        return plain.say("say.fact", part=part, fact=fact), False
    question, answers = plain.question(items[0])
    key = "say.quoted" if answers else "say.quoted_good"
    said = plain.say(key, part=part, item=question, **({"answers": answers} if answers else {}))
    return said, "lang=" in said


def _short(plain: Plain, finding: FoundResult, key: str, row: People | None) -> str:
    if finding.variant == "felt_below":
        return plain.text("short.felt_below")
    name = {"more": "better_before", "fewer": "worse_before"}.get(_unsure(key), _unsure(key))
    return plain.text(f"short.{name}", **({"k": row.full} if row and key == "of10" else {}))


def _unsure(key: str) -> str:
    return key.removesuffix("_known")


def row_text(plain: Plain, row: People) -> str:
    """What is drawn, in words."""
    if not row.perhaps:
        return plain.text("people.alt", k=row.full)
    return plain.text("people.alt_between", low=row.full, high=row.full + row.perhaps)
