"""Results for the tests of figures and reports: drawn from a fixed seed, plausible, and wholly made up."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from math import sqrt
from pathlib import Path

import yaml

from forms.questionnaire import Item, Questionnaire
from reports.results import (
    Association,
    Cell,
    Change,
    Coverage,
    Estimate,
    Finding,
    ItemResult,
    Results,
    Segment,
)

INSTRUMENTS = Path(__file__).parents[2] / "forms" / "instruments"
FINDINGS = (
    Finding("strong", ("bolig_fred",), {"scope": "x", "percent": 84, "low": 76, "high": 90, "n": 92}, 3.0),
    Finding(
        "weak", ("bomiljo_trygg_ute",), {"scope": "x", "percent": 14, "low": 9, "high": 21, "n": 92}, 2.0
    ),
    Finding(
        "participation_low",
        ("nytter_a_si_fra",),
        {"scope": "x", "percent": 22, "low": 15, "high": 31, "n": 88},
        1.0,
    ),
)


@cache
def questionnaire(name: str) -> Questionnaire:
    text = (INSTRUMENTS / f"{name}.yaml").read_text(encoding="utf-8")
    return Questionnaire.model_validate(yaml.safe_load(text))


def _estimate(value: float, spread: float, n: int, top: float = 1.0) -> Estimate:
    half = 1.96 * spread / sqrt(n) * sqrt(0.55)
    return Estimate(value, max(0.0, value - half), min(top, value + half), n)


def _segments(counts: Counter[int], codes: list[int]) -> tuple[Segment, ...]:
    total = sum(counts.values())
    parts: list[tuple[tuple[int, ...], int]] = []
    held: tuple[int, ...] = ()
    n = 0
    for code in codes:
        held, n = (*held, code), n + counts[code]
        if n >= 5:
            parts.append((held, n))
            held, n = (), 0
    if held and parts:
        codes_before, n_before = parts.pop()
        parts.append((codes_before + held, n_before + n))
    return tuple(Segment(codes, n, n / total) for codes, n in parts)


def _item(form: Questionnaire, item: Item, draw: random.Random, n: int, level: float) -> ItemResult:
    choices = form.choices(item)
    codes = [choice.code for choice in choices]
    answered = n - draw.randint(0, n // 12)
    no_mean = Estimate(None, None, None, answered, hidden="hidden.unscored")
    if item.kind in ("multi", "rank"):
        shares = {code: draw.uniform(0.06, 0.55) for code in codes}
        return ItemResult(
            item.id,
            answered,
            {},
            (),
            Estimate(None, None, None, answered, hidden="hidden.unscored"),
            no_mean,
            chosen={code: _estimate(s, sqrt(s * (1 - s)), answered) for code, s in shares.items()},
        )
    best = [*codes] if not (item.scoring and item.scoring.reversed) else codes[::-1]
    centre = level * (len(codes) - 1)
    weights = [2.718 ** (-((i - centre) ** 2) / 2.4) for i in range(len(codes))]
    counts = Counter(draw.choices(best, weights, k=answered))
    scale = form.scale(item.scale) if item.scale else None
    good = set(scale.favourable) if scale else set()
    if item.scoring and item.scoring.reversed:
        good = {codes[-1 - codes.index(code)] for code in good if code in codes}
    share = sum(counts[code] for code in good) / answered
    favourable = (
        _estimate(share, sqrt(share * (1 - share)), answered)
        if good
        else Estimate(None, None, None, answered, hidden="hidden.unscored")
    )
    mean = _estimate(100 * level, 28, answered, 100.0) if item.scoring else no_mean
    special = {254: 6} if draw.random() < 0.3 else {}
    change = None
    if good and draw.random() < 0.25:
        change = (
            Change(0.14, 0.03, 0.25, "better")
            if draw.random() < 0.5
            else Change(-0.12, -0.22, -0.02, "worse")
        )
    return ItemResult(item.id, answered, special, _segments(counts, codes), favourable, mean, change=change)


@cache
def eksempelvik(n: int = 96, seed: int = 4) -> Results:
    """One estate of 180 dwellings, the whole instrument, with a round before it."""
    form = questionnaire("boindeks")
    draw = random.Random(seed)
    levels = {"bolig": 0.66, "bomiljo": 0.58, "kontrakt": 0.62, "utleier": 0.45}
    items = {}
    for item in form.items():
        if item.kind == "text":
            continue
        base = levels.get(item.scoring.object, 0.5) if item.scoring else 0.5
        level = min(0.95, max(0.1, base + draw.uniform(-0.28, 0.22)))
        items[item.id] = _item(form, item, draw, n, level)
    assert form.index
    matrix = []
    objects = []
    for thing in form.index.objects:
        for facet in form.index.facets:
            value = 100 * levels[thing] + draw.uniform(-18, 18)
            matrix.append(
                Cell(
                    thing,
                    facet,
                    _estimate(value, 25, n, 100.0),
                    versus_rest=draw.choice(("same", "same", "worse", "better")),
                )
            )
        objects.append(
            Cell(
                thing,
                None,
                _estimate(100 * levels[thing], 22, n, 100.0),
                Change(4.2, 0.8, 7.6, "better") if thing == "bolig" else None,
                "same",
            )
        )
    return Results(
        organisation="Eksempelvik kommune (oppdiktet)",
        fictitious=True,
        campaign="Beboerundersøkelsen 2025",
        scope="Nordlysgata 4–18",
        estate_id="e3",
        questionnaire=form,
        wave_hash="9f2c4e6b1a7d3058c2e4f6a8b0d1c3e5f7a9b1c3d5e7f90123456789abcdef01",
        opens_on=date(2025, 9, 1),
        closes_on=date(2025, 9, 28),
        results_on=date(2025, 10, 20),
        languages=("nb", "nn", "en"),
        modes={"web": 81, "paper": 10},
        invited=180,
        n=n,
        hidden=None,
        coverage=(Coverage("e3", "Nordlysgata 4–18", "Sentrum", 180, n),),
        items=items,
        matrix=tuple(matrix),
        objects=tuple(objects),
        index=Cell(None, None, _estimate(58.4, 18, n, 100.0), Change(1.1, -2.0, 4.2, "same"), "same"),
        by_estate=(),
        associations=(),
        findings=(),
        nonresponse_bounds=(0.31, 0.78),
        previous_campaign="Beboerundersøkelsen 2024",
        excluded_estates=0,
    )


@cache
def all_estates() -> Results:
    """The landlord as a whole: three estates, one of them too small to show."""
    one = eksempelvik(118, seed=9)
    return replace(
        one,
        scope=one.organisation,
        estate_id=None,
        invited=227,
        coverage=(
            Coverage("e1", "Tunet", "Fjordsiden", 7, None),
            Coverage("e2", "Fjordveien 30–38", "Fjordsiden", 40, 22),
            Coverage("e3", "Nordlysgata 4–18", "Sentrum", 180, 96),
        ),
        matrix=tuple(replace(cell, versus_rest="unknown") for cell in one.matrix),
        by_estate=(
            ("Fjordveien 30–38", Cell(None, None, _estimate(64.0, 18, 22, 100.0))),
            ("Nordlysgata 4–18", Cell(None, None, _estimate(57.0, 18, 96, 100.0))),
            ("Tunet", Cell(None, None, Estimate(None, None, None, 0, hidden="hidden.few"))),
        ),
        excluded_estates=1,
    )


@cache
def many_estates(n: int = 90) -> Results:
    """A landlord whose estates fill more than a page, as a database sorts their names."""
    names = sorted(f"Gata {number}" for number in range(1, n + 1))
    return replace(
        all_estates(),
        coverage=tuple(Coverage(f"e{at}", name, "Sentrum", 40, 22) for at, name in enumerate(names)),
        invited=40 * n,
        by_estate=tuple((name, Cell(None, None, _estimate(64.0, 18, 22, 100.0))) for name in names),
    )


@cache
def hidden_cells() -> Results:
    """A small estate with long names, where much is hidden."""
    one = eksempelvik(9, seed=11)
    items = dict(one.items)
    for number, (item_id, result) in enumerate(items.items()):
        if number % 3 == 0:
            none = Estimate(None, None, None, result.n, hidden="hidden.few")
            items[item_id] = replace(
                result, segments=(), favourable=none, mean=none, chosen={}, change=None, hidden="hidden.few"
            )
        elif number % 3 == 1:
            cut = Estimate(None, None, None, result.n, hidden="hidden.few")
            items[item_id] = replace(result, favourable=cut, change=None)
    hidden = Estimate(None, None, None, 3, hidden="hidden.few")
    return replace(
        one,
        scope="Øvre Kirkegårdsbakken borettslag og omsorgsboliger, bygg A–F ved Strandpromenaden",
        items=items,
        invited=11,
        coverage=(
            Coverage(
                "e3",
                "Øvre Kirkegårdsbakken borettslag og omsorgsboliger, bygg A–F",
                "Ytre Strandpromenaden og omegn",
                11,
                9,
            ),
        ),
        matrix=tuple(replace(c, score=hidden) if i % 2 else c for i, c in enumerate(one.matrix)),
        objects=tuple(replace(c, score=hidden) if i % 2 else c for i, c in enumerate(one.objects)),
        index=Cell(None, None, hidden),
        nonresponse_bounds=None,
        previous_campaign=None,
        modes={},
    )


@cache
def closed() -> Results:
    """A very small estate: scores may be shown, the answers to no single question."""
    one = hidden_cells()
    none = Estimate(None, None, None, 6, hidden="hidden.protected")
    items = {
        item_id: replace(
            result, segments=(), favourable=none, mean=none, chosen={}, change=None, hidden="hidden.protected"
        )
        for item_id, result in one.items.items()
    }
    return replace(one, scope="Tunet", items=items)


@cache
def too_few() -> Results:
    """An estate where fewer than five answered: nothing may be shown."""
    one = eksempelvik(9)
    return replace(
        one,
        hidden="hidden.few",
        n=0,
        invited=7,
        scope="Tunet",
        items={},
        matrix=(),
        objects=(),
        index=None,
        coverage=(Coverage("e1", "Tunet", "Fjordsiden", 7, None),),
        nonresponse_bounds=None,
        modes={},
    )


@cache
def copenhagen() -> Results:
    """The survey of 1976: no index, number of homes unknown. Shares as published (MASS housing)."""
    form = questionnaire("copenhagen")
    satisfaction, influence, contact = (form.item(name) for name in ("tilfredshet", "innflytelse", "kontakt"))
    counts = {
        satisfaction.id: Counter({1: 567, 2: 446, 3: 668}),
        influence.id: Counter({1: 628, 2: 658, 3: 395}),
        contact.id: Counter({1: 713, 2: 968}),
    }
    items = {}
    for item_id, count in counts.items():
        top = max(count)
        share = count[top] / 1681
        items[item_id] = ItemResult(
            item_id,
            1681,
            {},
            _segments(count, sorted(count)),
            _estimate(share, sqrt(share * (1 - share)), 1681),
            Estimate(None, None, None, 1681, hidden="hidden.unscored"),
        )
    types = (
        ("Terrassehus", 277, 0.2527),
        ("Atriumhus", 239, 0.4017),
        ("Blokk", 765, 0.3948),
        ("Høyhus", 400, 0.5),
    )
    rows = tuple(
        ((code,), _estimate(share, sqrt(share * (1 - share)), n))
        for code, share, n in ((1, 0.29, 628), (2, 0.38, 658), (3, 0.60, 395))
    )
    return replace(
        eksempelvik(9),
        organisation="København 1976",
        fictitious=False,
        campaign="Leieboerundersøkelsen 1976",
        scope="København 1976",
        estate_id=None,
        questionnaire=form,
        opens_on=date(1976, 1, 1),
        closes_on=date(1976, 12, 31),
        results_on=date(1977, 1, 31),
        modes={},
        invited=None,
        n=1681,
        coverage=tuple(Coverage(name, name, "København", None, n) for name, n, _ in types),
        items=items,
        matrix=(),
        objects=(),
        index=None,
        by_estate=tuple(
            (name, Cell(None, None, _estimate(share, sqrt(share * (1 - share)), n)))
            for name, n, share in types
        ),
        associations=(
            Association(influence.id, satisfaction.id, rows, 0.36, True, Estimate(0.31, 0.2, 0.4, 1023)),
        ),
        findings=(
            Finding(
                "influence",
                (influence.id, satisfaction.id),
                {
                    "scope": "København 1976",
                    "percent_low": 29,
                    "percent_high": 60,
                    "n_low": 628,
                    "n_high": 395,
                },
                1.0,
            ),
        ),
        nonresponse_bounds=None,
        previous_campaign=None,
    )
