"""What the gallery shows: each figure with easy, extreme and empty data, made up, in three languages.

The tests hold the same cases to what they were drawn as (tests/unit/golden).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from markupsafe import Markup

from reports.figures.canvas import PHONE
from reports.figures.covered import Coverage, Covered, coverage, coverage_table
from reports.figures.funnels import Funnel, FunnelPlace, funnel_of_places, funnel_table
from reports.figures.heat import Heat, HeatRow, heat, heat_table
from reports.figures.intervals import Interval, Intervals, intervals, intervals_table
from reports.figures.quadrants import Quadrants, Thing, quadrants, quadrants_table
from reports.figures.radar import Radar, Theme, radar, radar_table
from reports.figures.stacked import Bar, Part, Stack, stack, stack_table
from reports.figures.tiles import Tile, TileMap, tile_map, tile_table
from reports.figures.trend import Trend, WavePoint, trend, trend_table
from reports.figures.values import Measured, Table, not_shown
from reports.figures.voice import SCORE, SHARE, Voice

Kind = Literal["easy", "extreme", "empty"]
KINDS: tuple[Kind, ...] = ("easy", "extreme", "empty")
LONG = {
    "nb": "Kommunens boliger for vanskeligstilte i Øvre Langgatekvartalet ved Småbåthavna",
    "en": "The municipality's homes for people in need at Upper Long Street by the Marina",
    "ar": "مساكن البلدية للفئات الضعيفة في الحي العلوي من الشارع الطويل قرب مرفأ القوارب الصغيرة",
}
"""A name of more than sixty letters."""
UNBROKEN = "Donaudampfskipselektrisitetshovedbedriftsverksbyggunderavdelingen"
HIDDEN = {
    "nb": ("Vises ikke: for få svar", "Vises ikke: verner enkeltpersoner"),
    "en": ("Not shown: too few answers", "Not shown: protects individuals"),
    "ar": ("غير معروض: الإجابات قليلة جدًا", "غير معروض: لحماية الأفراد"),
}
NAMES = {
    "nb": (
        "Fjordgløtt",
        "Tunet",
        "Nordlysgata 4–18",
        "Bryggen",
        "Solbakken",
        "Furulia",
        "Elvebredden",
        "Torget 2",
    ),
    "en": (
        "Fjord View",
        "The Yard",
        "North Street 4–18",
        "The Quay",
        "Sunny Hill",
        "Pine Slope",
        "Riverside",
        "Market 2",
    ),
    "ar": (
        "إطلالة الفيورد",
        "الساحة",
        "شارع الشمال 4–18",
        "الرصيف",
        "التل المشمس",
        "سفح الصنوبر",
        "ضفة النهر",
        "السوق 2",
    ),
}


@dataclass(frozen=True)
class Case:
    """One drawing of the gallery. `figure`: its kind, as in the file names of the golden drawings."""

    figure: str
    kind: Kind
    language: str
    data: Any
    draw: Callable[..., Markup]
    rows: Callable[..., Table]

    @property
    def key(self) -> str:
        return f"{self.figure}-{self.kind}-{self.language}"

    def drawing(self, width: float = PHONE, key: str = "") -> Markup:
        return self.draw(self.data, Voice.of(self.language), key=key or self.key, width=width)

    def table(self) -> Table:
        return self.rows(self.data, Voice.of(self.language))


def cases(language: str) -> tuple[Case, ...]:
    """Every figure in a language; from the right only the easy and the extreme."""
    return tuple(
        Case(figure, kind, language, make(language, kind), draw, rows)
        for figure, make, draw, rows in FIGURES
        for kind in KINDS
        if kind != "empty" or language != "ar"
    )


def _said(language: str, nb: str, en: str, ar: str) -> str:
    return {"nb": nb, "en": en, "ar": ar}[language]


def _many(language: str, n: int) -> list[str]:
    """Names, ever longer, all different; the last one a single word."""
    short, long = NAMES[language], LONG[language]
    names = [f"{short[k % len(short)]} {k // len(short) + 1}" for k in range(n)]
    names[1 % n] = long
    names[n - 1] = UNBROKEN if language != "ar" else f"{long} {n}"
    return names


def _around(
    value: float, half: float, n: int | None = None, *, most: float = 1.0, least: float = 0.0
) -> Measured:
    return Measured(value, max(least, value - half), min(most, value + half), n)


def _heat(language: str, kind: Kind) -> Heat:
    heading = _said(
        language,
        "Boligen får best poeng, og utleieren svakest",
        "The dwelling scores best and the landlord weakest",
        "المسكن هو الأفضل والمؤجر هو الأضعف",
    )
    columns = {
        "nb": ("Funksjonelt", "Sosialt", "Følelsesmessig", "Samlet"),
        "en": ("Functional", "Social", "Emotional", "Total"),
        "ar": ("وظيفي", "اجتماعي", "عاطفي", "المجموع"),
    }[language]
    names = {
        "nb": ("Boligen", "Bomiljøet", "Kontrakten", "Utleieren"),
        "en": ("The dwelling", "The living environment", "The contract", "The landlord"),
        "ar": ("المسكن", "بيئة السكن", "العقد", "المؤجر"),
    }[language]
    few, protected = HIDDEN[language]
    if kind == "empty":
        return Heat(heading, columns, ())
    if kind == "easy":
        values = ((72, 66, 81, 73), (58, 63, 55, 59), (61, 60, 57, 60), (41, 38, 52, 44))
        rows = [
            HeatRow(name, tuple(_around(v, 5, 92, most=100) for v in own))
            for name, own in zip(names, values, strict=True)
        ]
        rows[2] = HeatRow(names[2], (rows[2].fields[0], not_shown(protected), *rows[2].fields[2:]))
        return Heat(heading, columns, tuple(rows))
    many = tuple(f"{name} {k}" if k else name for k in range(2) for name in columns)
    rows = []
    for place, name in enumerate(_many(language, 12)):
        own = [Measured(v, 0, 100, 5) for v in (0, 100, 50, 19.4, 79.6, 20, 80)]
        own.append(not_shown(few if place % 2 else protected))
        rows.append(HeatRow(name, tuple(own[place % 8 :] + own[: place % 8])))
    return Heat(heading, many, tuple(rows))


def _trend(language: str, kind: Kind) -> Trend:
    heading = _said(
        language,
        "Flere føler seg trygge ute enn i 2021, men skalaen er en annen",
        "More feel safe outside than in 2021, but the scale is another",
        "عدد أكبر يشعرون بالأمان خارجًا مقارنة بعام 2021، لكن المقياس مختلف",
    )
    if kind == "empty":
        return Trend(heading, ())
    few, protected = HIDDEN[language]
    reason = _said(
        language,
        "fem svar i stedet for fire",
        "five answers instead of four",
        "خمس إجابات بدلاً من أربع",
    )
    autumn = _said(language, "Høsten", "Autumn", "خريف")
    if kind == "easy":
        shares = (0.41, 0.44, 0.55, 0.58, 0.62)
        return Trend(
            heading,
            tuple(
                WavePoint(
                    f"{autumn} {2021 + k}",
                    date(2021 + k, 9, 15),
                    _around(share, 0.07, 84 + 3 * k),
                    reason if k == 2 else "",
                )
                for k, share in enumerate(shares)
            ),
        )
    waves = []
    for k, name in enumerate(_many(language, 40)):
        share = (1 + math.sin(k)) / 2
        figure = not_shown((few, protected)[k % 2]) if k % 9 == 4 else Measured(share, 0.0, 1.0, 5)
        broken = LONG[language] if k % 11 == 6 else ""
        waves.append(WavePoint(name, date(2000 + k // 2, 1 + 5 * (k % 2), 1 + k % 20), figure, broken))
    return Trend(heading, tuple(waves))


def _tiles(language: str, kind: Kind) -> TileMap:
    heading = _said(
        language,
        "Poengene er svakest nær sentrum",
        "Scores are weakest near the centre",
        "الدرجات أضعف قرب المركز",
    )
    if kind == "empty":
        return TileMap(heading, ())
    few, protected = HIDDEN[language]
    if kind == "easy":
        values = (71, 64, 58, 43, 37, 66, None, 81)
        places = ((1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 2), (3, 3))
        return TileMap(
            heading,
            tuple(
                Tile(name, not_shown(few) if v is None else _around(v, 6, 40 + v, most=100), *place)
                for name, v, place in zip(NAMES[language], values, places, strict=True)
            ),
        )
    tiles = []
    for k, name in enumerate(_many(language, 40)):
        value = (0, 100, 20, 79.5, 50)[k % 5]
        figure = not_shown((few, protected)[k % 2]) if k % 7 == 3 else Measured(value, 0, 100, 12_345)
        tiles.append(Tile(name, figure))
    return TileMap(heading, tuple(tiles))


THEMES = {
    "nb": (
        "Å gå og sykle", "Buss og tog", "Trafikk og parkering", "Gater og plasser", "Natur og grønne steder",
        "Lek og fritid", "Stell av stedet", "Butikk, lege og skole", "Arbeid i nærheten",
        "Boligene som finnes her", "Steder å møte andre", "Å høre til her", "Å være trygg ute",
        "Å kunne påvirke det som skjer",
    ),
    "en": (
        "Walking and cycling", "Buses and trains", "Traffic and parking", "Streets and squares",
        "Nature and green places", "Play and leisure", "How the place is looked after",
        "Shops, doctor and school", "Work nearby", "The homes here", "Places to meet others",
        "Belonging here", "Being safe outside", "Having a say in what happens",
    ),
    "ar": (
        "المشي وركوب الدراجة", "الحافلات والقطارات", "المرور ومواقف السيارات", "الشوارع والساحات",
        "الطبيعة والأماكن الخضراء", "اللعب والترفيه", "العناية بالمكان", "المتجر والطبيب والمدرسة",
        "العمل القريب", "المساكن هنا", "أماكن للقاء الآخرين", "الانتماء إلى المكان", "الأمان في الخارج",
        "التأثير فيما يحدث",
    ),
}  # fmt: skip


def _radar(language: str, kind: Kind) -> Radar:
    heading = _said(
        language,
        "Natur er det beste ved stedet, og påvirkning det svakeste",
        "Nature is the best about the place, and having a say the weakest",
        "الطبيعة أفضل ما في المكان، والتأثير أضعفه",
    )
    if kind == "empty":
        return Radar(heading, ())
    few, protected = HIDDEN[language]
    if kind == "easy":
        means = (5.3, 4.8, 3.2, 4.1, 6.1, 4.4, 3.6, 5.0, 3.3, 4.2, 3.9, None, 4.7, 2.6)
        return Radar(
            heading,
            tuple(
                Theme(name, not_shown(few) if v is None else _around(v, 0.4, 88 + k % 5, least=1, most=7))
                for k, (name, v) in enumerate(zip(THEMES[language], means, strict=True))
            ),
        )
    themes = []
    for k, name in enumerate(_many(language, 20)):
        value = (1.0, 7.0, 4.0, 6.96, 1.04)[k % 5]
        figure = not_shown((few, protected)[k % 2]) if k % 6 == 2 else Measured(value, 1.0, 7.0, 5)
        themes.append(Theme(name, figure))
    return Radar(heading, tuple(themes))


def _quadrants(language: str, kind: Kind) -> Quadrants:
    heading = _said(
        language,
        "Det haster mest med å bli hørt",
        "Being heard is the most urgent",
        "الأكثر إلحاحًا هو أن يُسمع صوت السكان",
    )
    result_is = _said(language, "Gode svar", "Good answers", "إجابات جيدة")
    weight_is = _said(
        language,
        "Hvor sterkt det går sammen med helheten",
        "How strongly it goes with the whole",
        "مدى ارتباطه بالرضا العام",
    )
    things: list[Thing] = []
    few, protected = HIDDEN[language]
    if kind == "easy":
        points = ((0.31, 0.52), (0.78, 0.47), (0.64, 0.18), (0.38, 0.12), (0.52, 0.36), (0.83, 0.14))
        things = [
            Thing(name, _around(x, 0.06, 92), _around(y, 0.06, 90))
            for name, (x, y) in zip(THEMES[language], points, strict=False)
        ]
        things.append(Thing(THEMES[language][8], not_shown(few), _around(0.3, 0.1, 90)))
    if kind == "extreme":
        for k, name in enumerate(_many(language, 40)):
            x, y = ((0.0, 0.0), (1.0, 1.0), (0.5, 0.25), (0.51, 0.26), (0.2, 0.9))[k % 5]
            hidden = k % 9 == 4
            result = not_shown((few, protected)[k % 2]) if hidden else Measured(x, 0.0, 1.0, 5)
            things.append(Thing(name, result, Measured(y, 0.0, 1.0, 5)))
    return Quadrants(heading, tuple(things), 0.5, 0.25, result_is, weight_is)


def _stack(language: str, kind: Kind) -> Stack:
    heading = _said(
        language,
        "De fleste er trygge ute, færre blir hørt",
        "Most are safe outside, fewer are heard",
        "معظمهم آمنون خارجًا، وأقل منهم يُسمع صوتهم",
    )
    answers = {
        "nb": ("Helt uenig", "Litt uenig", "Verken enig eller uenig", "Litt enig", "Helt enig"),
        "en": ("Disagree", "Disagree a little", "Neither agree nor disagree", "Agree a little", "Agree"),
        "ar": ("لا أوافق أبدًا", "لا أوافق قليلاً", "لا أوافق ولا أعارض", "أوافق قليلاً", "أوافق تمامًا"),
    }[language]
    ends = answers[0], answers[-1]
    few, protected = HIDDEN[language]
    bars: list[Bar] = []
    if kind == "easy":
        for name, shares in zip(
            THEMES[language][11:],
            ((0.07, 0.12, 0.21, 0.36, 0.24), (0.04, 0.09, 0.15, 0.38, 0.34), (0.28, 0.27, 0.2, 0.15, 0.1)),
            strict=True,
        ):
            parts = tuple(Part(a, (k,), s) for k, (a, s) in enumerate(zip(answers, shares, strict=True)))
            bars.append(Bar(name, parts, _around(shares[3] + shares[4], 0.07, 92)))
        merged = (
            Part(f"{answers[0]} – {answers[2]}", (0, 1, 2), 0.44),
            Part(f"{answers[3]} – {answers[4]}", (3, 4), 0.56),
        )
        bars.append(Bar(THEMES[language][6], merged, _around(0.56, 0.12, 18)))
        bars.append(Bar(THEMES[language][7], (), not_shown(few)))
    if kind == "extreme":
        ends = LONG[language], LONG[language]
        for k, name in enumerate(_many(language, 40)):
            if k % 7 == 3:
                bars.append(Bar(name, (), not_shown((few, protected)[k % 2])))
            else:
                share = (0.0, 1.0, 0.004, 0.5)[k % 4]
                parts = (Part(answers[0], (0,), 1 - share), Part(answers[4], (4,), share))
                bars.append(Bar(name, parts, Measured(share, 0.0, 1.0, 12_345)))
    return Stack(heading, tuple(bars), 5, ends)


def _intervals(language: str, kind: Kind) -> Intervals:
    heading = _said(
        language,
        "Fjordgløtt ligger trolig over de andre",
        "Fjord View probably lies above the others",
        "إطلالة الفيورد على الأرجح أعلى من غيرها",
    )
    few, protected = HIDDEN[language]
    rows: list[Interval] = []
    if kind == "easy":
        values = (74, 58, 61, 49, None, 55)
        rows = [
            Interval(name, not_shown(few) if v is None else _around(v, 4 + k, 30 + 9 * k, most=100))
            for k, (name, v) in enumerate(zip(NAMES[language], values, strict=False))
        ]
    if kind == "extreme":
        for k, name in enumerate(_many(language, 40)):
            value = (0.0, 100.0, 50.0)[k % 3]
            hidden = k % 7 == 3
            rows.append(
                Interval(
                    name, not_shown((few, protected)[k % 2]) if hidden else Measured(value, 0, 100, 12_345)
                )
            )
    everywhere = _said(language, "Alle samlet", "All together", "الجميع معًا")
    return Intervals(heading, tuple(rows), SCORE, 60.0, everywhere)


def _coverage(language: str, kind: Kind) -> Coverage:
    heading = _said(language, "Fire av ti har svart", "Four in ten have answered", "أربعة من كل عشرة أجابوا")
    few, _ = HIDDEN[language]
    places: list[Covered] = []
    if kind == "easy":
        answered = (41, 17, 36, None, 12)
        places = [
            Covered(name, a, None if a is None else 60, few if a is None else "")
            for name, a in zip(NAMES[language], answered, strict=False)
        ]
    if kind == "extreme":
        for k, name in enumerate(_many(language, 40)):
            told = ((0, 12_345), (12_345, 12_345), (1, 9999), (13, 12))[k % 4]
            places.append(Covered(name, None, None, few) if k % 7 == 3 else Covered(name, *told))
    return Coverage(heading, tuple(places))


def _funnel(language: str, kind: Kind) -> Funnel:
    heading = _said(
        language,
        "To av åtte skiller seg trolig fra de andre",
        "Two of eight probably differ from the others",
        "اثنان من ثمانية يختلفان على الأرجح عن غيرهما",
    )

    def place(name: str, n: int, value: float) -> FunnelPlace:
        error = math.sqrt(0.25 / n)
        inner, outer = ((max(0.0, 0.55 - z * error), min(1.0, 0.55 + z * error)) for z in (1.96, 3.09))
        return FunnelPlace(name, n, value, inner, outer, not inner[0] <= value <= inner[1])

    places: list[FunnelPlace] = []
    if kind == "easy":
        drawn = (
            (92, 0.58),
            (24, 0.51),
            (61, 0.74),
            (40, 0.49),
            (18, 0.62),
            (75, 0.38),
            (33, 0.57),
            (50, 0.6),
        )
        places = [place(name, *own) for name, own in zip(NAMES[language], drawn, strict=True)]
    if kind == "extreme":
        sizes = (5, 5, 12_345, 600, 44)
        places = [
            place(name, sizes[k % 5], (0.0, 1.0, 0.55)[k % 3]) for k, name in enumerate(_many(language, 40))
        ]
    return Funnel(heading, tuple(places), 0.55, SHARE)


FIGURES: tuple[tuple[str, Callable[[str, Kind], Any], Callable[..., Markup], Callable[..., Table]], ...] = (
    ("stack", _stack, stack, stack_table),
    ("intervals", _intervals, intervals, intervals_table),
    ("heat", _heat, heat, heat_table),
    ("trend", _trend, trend, trend_table),
    ("funnel", _funnel, funnel_of_places, funnel_table),
    ("radar", _radar, radar, radar_table),
    ("quadrants", _quadrants, quadrants, quadrants_table),
    ("coverage", _coverage, coverage, coverage_table),
    ("tiles", _tiles, tile_map, tile_table),
)
