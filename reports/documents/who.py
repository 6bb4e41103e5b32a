"""Who has answered, in which way, and who has not."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from reports.disclosure import MINIMUM
from reports.documents.words import Words
from reports.figures import WIDE, WIDTH, coverage_bar
from reports.results import Coverage, Results, WayBeside
from reports.rounding import percent
from reports.ways import HELPED


@dataclass(frozen=True)
class CoverageRow:
    """`untold`: why there is no figure."""

    name: str
    area: str
    figure: Markup
    answered: str
    invited: str
    rate: str
    missing: str
    untold: str


def in_order(words: Words, results: Results) -> list[Coverage]:
    """By area and name, those that were put together last."""
    return sorted(
        results.coverage, key=lambda own: (own.pool, words.sorting(own.area or ""), words.sorting(own.name))
    )


def coverage(words: Words, results: Results, *, wide: bool) -> tuple[CoverageRow, ...]:
    rows = []
    for number, place in enumerate(in_order(words, results)):
        told = place.answered
        figure = Markup("")
        rate = missing = ""
        if place.others:
            answered = words.t("coverage.others", n=words.number(place.n or 0))
            untold = words.t("coverage.untold")
        elif place.overfull:
            answered, untold = words.number(place.n or 0), words.t("coverage.overfull")
        else:
            answered = words.t("coverage.few") if told is None else _between(words, *told)
            untold = words.t("hidden.few")
        if told is not None and place.invited and not place.overfull:
            least, most = (n / place.invited for n in told)
            rate = _rates(words, least, most)
            missing = _missing(words, place.invited, *told)
            figure = coverage_bar(
                least,
                key=f"cov-{number}",
                label=rate,
                title=words.t("figure.coverage", name=place.name, rate=rate),
                description=words.t("figure.coverage_help"),
                whole_width=WIDE if wide and len(results.coverage) == 1 else WIDTH,
            )
        invited = words.number(place.invited) if place.invited is not None else words.t("coverage.unknown")
        area = "" if results.area else place.area
        rows.append(CoverageRow(place.name, area, figure, answered, invited, rate, missing, untold))
    return tuple(rows)


def _between(words: Words, least: int, most: int) -> str:
    low, high = words.number(least), words.number(most)
    return low if least == most else words.t("coverage.between", low=low, high=high)


def _rates(words: Words, least: float, most: float) -> str:
    if least == most:
        return words.share(least)
    return words.t("coverage.between_percent", low=percent(least), high=percent(most))


def _missing(words: Words, invited: int, least: int, most: int) -> str:
    low, high = max(0, invited - most), max(0, invited - least)
    if low == high:
        return words.count("household", low)
    return words.t("coverage.households", households=_between(words, low, high))


def lead(words: Words, results: Results) -> str:
    """How many have answered of those that were asked, in a sentence or two, as far as it may be told."""
    place, n = results.place, words.number(results.n)
    if not results.invited:
        other = place is not None and place.others
        return words.t("about.lead_only_others" if other else "about.lead_unknown", n=n)
    households = words.count("household", results.invited)
    if place is not None and place.others:
        return words.t("about.lead_others", n=n, households=households)
    if place is not None and place.answered and place.answered[0] < place.answered[1]:
        least, most = place.answered
        return words.t(
            "about.lead_elsewhere",
            answered=_between(words, least, most),
            households=households,
            rate=_rates(words, least / results.invited, most / results.invited),
            n=n,
        )
    share = rate(results)
    if share is None:
        return words.t("about.lead_more", n=n, households=households)
    said = words.t("about.lead", n=n, households=households)
    return f"{said} {words.t('about.rate', rate=share)}"


def between_said(words: Words, results: Results) -> str:
    """What 'between ... and ...' means here: some of the homes drawn by lot, some silent, or nobody."""
    if results.sampled:
        return words.t("about.between_sampled")
    return words.t("about.between_everybody" if everybody(results) else "about.between")


def everybody(results: Results) -> int:
    """How many answered where that is everybody who lives there; else 0."""
    full = all(place.n is not None and place.n == place.population for place in results.coverage)
    return results.n if full else 0


def lead_missing(words: Words, results: Results) -> str:
    """How many have not answered."""
    place, left = results.place, missing(results)
    if place is not None and place.others:
        return words.t("who.lead_others")
    if place is not None and place.invited and place.answered and place.answered[0] < place.answered[1]:
        return words.t("who.lead_between", households=_missing(words, place.invited, *place.answered))
    if place is not None and place.overfull:
        return words.t("who.lead_overfull")
    if left is None:
        return words.t("area.lead_between" if mixed_up(results) else "who.lead_unknown")
    if left == 0:
        return words.t("who.lead_all_sampled" if results.sampled else "who.lead_all")
    return words.t("who.lead_one") if left == 1 else words.t("who.lead", missing=words.number(left))


def elsewhere(words: Words, results: Results) -> str:
    """Why some numbers are told from - to, or not at all; '' where none are."""
    if any(place.others or any(place.elsewhere) for place in results.coverage):
        return words.t("who.elsewhere")
    return ""


def outside(results: Results) -> list[str]:
    """Estates that stand outside some totals: so few answers can seldom be shown alone, and whoever
    subtracted would find them in the total."""
    if results.estate_id is not None:
        return []
    named = [place.name for place in results.coverage if place.n is not None and place.n < 2 * MINIMUM]
    left_out = any(0 < item.n < results.n for item in results.items.values())
    return named if left_out else []


def answered(words: Words, results: Results) -> str:
    """'95 av 180 husstander', or as much of it as is known and may be shown."""
    n, place = words.number(results.n), results.place
    if place is not None and place.others:
        return words.t("method.counts_others", n=n)
    if results.invited is None:
        return words.t("method.counts_unknown", n=n)
    if place is not None and place.answered and place.answered[0] < place.answered[1]:
        told = _between(words, *place.answered)
        n = words.t("method.counts_elsewhere", answered=told, n=n)
    unsure = results.n > results.invited or overfull(results) or mixed_up(results)
    key = "about.lead_more" if unsure else "method.counts_text"
    text = words.t(key, n=n, households=words.count("household", results.invited))
    if results.dwellings is None:
        return text
    households = words.count("household", results.dwellings)
    return words.t("method.counts_sampled", answered=text, households=households)


def sampled(words: Words, results: Results) -> str:
    """Where homes were drawn, and how many of how many; '' when all were asked."""
    places = [
        words.t(
            "who.sampled_place",
            name=place.name,
            n=words.number(place.invited or 0),
            of=words.number(place.dwellings or 0),
        )
        for place in results.sampled
    ]
    return words.t("who.sampled", places=words.join(places)) if places else ""


def rate(results: Results) -> int | None:
    """Response rate in whole per cent; None when nobody knows how many were asked, more answered than
    that, in one of the estates even, or it is not told."""
    if not results.invited or results.n > results.invited or overfull(results):
        return None
    if results.place is not None and (results.place.others or any(results.place.elsewhere)):
        return None
    if mixed_up(results):
        return None
    return percent(results.n / results.invited)


def missing(results: Results) -> int | None:
    """Households that have not answered, or at least so many; None when nobody knows how many were asked, or
    it is not told. What one estate has too many of, another does not lack the less."""
    if results.place is not None and results.invited is not None:
        told = results.place.answered
        return None if told is None else max(0, results.invited - told[1])
    if mixed_up(results):
        return None
    if results.invited is None or not overfull(results):
        return None if results.invited is None else results.invited - results.n
    counted = [place for place in results.coverage if place.n is not None]
    return sum(max((place.invited or 0) - (place.n or 0), 0) for place in counted)


def mixed_up(results: Results) -> bool:
    """Whether some of the answers of an area may be counted outside it, or of others in it."""
    return results.area is not None and any(
        place.others or any(place.elsewhere) for place in results.coverage
    )


def overfull(results: Results) -> list[str]:
    """Estates with more answers than homes that were asked."""
    return [place.name for place in results.coverage if place.overfull]


def overfull_said(words: Words, results: Results) -> str:
    """Which they are, and what that means for the numbers; '' where there are none."""
    names = overfull(results)
    return words.t("who.overfull", names=words.join(names)) if names else ""


def few(words: Words, results: Results) -> str:
    """Why there is no figure at all: nobody is told how many, only that it is fewer than five."""
    if results.hidden is None:
        return ""
    if results.few_everywhere:
        return words.t("few.everywhere")
    if results.invited is None:
        return words.t("few.unknown")
    return words.t("few.lead", households=words.count("household", results.invited))


def modes(words: Words, results: Results) -> str:
    """How the answers came in, all of them: in numbers, or that some or all may not be told apart."""
    shown = ", ".join(f"{words.t(f'mode.{mode}')} {words.number(n)}" for mode, n in results.modes.items())
    rest = results.n - sum(results.modes.values())
    if not shown:
        return words.t("who.modes_hidden")
    if not rest:
        return words.t("who.modes", modes=shown)
    return words.t("who.modes_rest", modes=shown, rest=words.number(rest))


@dataclass(frozen=True)
class WayRow:
    """`difference`: in words, 'kan ikke skilles fra' where it cannot."""

    text: str
    n: str
    difference: str
    interval: str


@dataclass(frozen=True)
class WayTable:
    title: str
    rows: tuple[WayRow, ...]


def way_tables(words: Words, results: Results) -> tuple[WayTable, ...]:
    """Ways of answering oneself, and apart from them answers with help or through others."""
    told = results.ways
    if told is None:
        return ()
    parts = [
        ("oneself", [row for row in told.rows if row.way not in HELPED]),
        ("helped", [row for row in told.rows if row.way in HELPED]),
    ]
    return tuple(
        WayTable(words.t(f"ways.{name}"), tuple(_way_row(words, row) for row in rows))
        for name, rows in parts
        if rows
    )


def _way_row(words: Words, row: WayBeside) -> WayRow:
    key = "same" if not row.sure else "higher" if row.difference > 0 else "lower"
    said = words.t(f"ways.{key}", points=abs(int(row.difference)))
    low, high = words.signed(int(row.low)), words.signed(int(row.high))
    text = words.t(f"mode.{row.way}")
    return WayRow(
        text[:1].upper() + text[1:], words.number(row.n), said, words.t("number.between", low=low, high=high)
    )


def ways_text(words: Words, results: Results) -> str:
    """What the ways are set beside, and what the difference may come of; '' where nothing is told."""
    told = results.ways
    if told is None:
        return ""
    main = words.t(f"mode.{told.main}")
    estates = words.count("estate", told.estates)
    return words.t("ways.text", main=main, n=words.number(told.n), estates=estates)
