"""Promises about the figures that stand alone: nothing leaves them, nothing meets, all they say is true."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from reports.documents.landlord import STYLESHEET
from reports.documents.typefaces import FOLDER as TYPEFACES
from reports.errors import BadFigure
from reports.figures.canvas import PAPER, PHONE
from reports.figures.covered import Coverage, Covered, coverage, coverage_table
from reports.figures.funnels import Funnel, FunnelPlace, funnel_of_places, funnel_table
from reports.figures.gallery_cases import LONG, UNBROKEN, Case, cases
from reports.figures.heat import Heat, HeatRow, heat, heat_table
from reports.figures.intervals import Interval, Intervals, intervals, intervals_table
from reports.figures.letters import from_the_right, width_of, wrapped
from reports.figures.palette import ACCENT, HEAT, HIDDEN, LIKERT, WARN, Colour
from reports.figures.quadrants import Quadrants, Thing, quadrants, quadrants_table
from reports.figures.radar import Radar, Theme, radar, radar_table
from reports.figures.stacked import Bar, Part, Stack, stack, stack_table
from reports.figures.tiles import Tile, TileMap, tile_map, tile_table
from reports.figures.trend import Trend, WavePoint, trend, trend_table
from reports.figures.values import Measured, not_shown
from reports.figures.voice import MESSAGES, SCORE, SEVEN, SHARE, STRENGTH, Measure, Voice
from tests import golden_figures

SVG = "{http://www.w3.org/2000/svg}"
NB = Voice.of("nb")
RISE, FALL = 0.78, 0.24
"""Over and under the line that letters stand on: what they take of their size."""
MANY = [*cases("nb"), *cases("en"), *cases("ar")]
WIDTHS = (PHONE, PAPER, 280.0, 480.0)


@dataclass(frozen=True)
class Drawn:
    """A drawing, read back: its texts with the room that each takes in the widest typeface."""

    root: ElementTree.Element

    @classmethod
    def of(cls, markup: Markup) -> Drawn:
        return cls(ElementTree.fromstring(markup))

    @property
    def size(self) -> tuple[float, float]:
        _, _, width, height = map(float, (self.root.get("viewBox") or "").split())
        return width, height

    @property
    def title(self) -> str:
        return self.root.findtext(f"{SVG}title") or ""

    @property
    def texts(self) -> list[tuple[str, float, float, float, float]]:
        """(words, left, right, top, foot)"""
        found = []
        for text in self.root.iter(f"{SVG}text"):
            words, size = text.text or "", float(text.get("font-size", "0"))
            width = width_of(words, size, text.get("font-weight") == "700")
            x, y = float(text.get("x", "0")), float(text.get("y", "0"))
            left = x - {"start": 0.0, "middle": width / 2, "end": width}[text.get("text-anchor", "start")]
            found.append((words, left, left + width, y - RISE * size, y + FALL * size))
        return found

    def words(self) -> list[str]:
        return [words.strip("\u2067\u2069") for words, *_ in self.texts]

    def marks(self, tag: str, **wanted: str) -> list[ElementTree.Element]:
        own = {name.replace("_", "-"): value for name, value in wanted.items()}
        return [
            mark
            for mark in self.root.iter(f"{SVG}{tag}")
            if all(mark.get(name) == value for name, value in own.items())
        ]


def fits_and_never_meets(drawn: Drawn) -> None:
    width, height = drawn.size
    texts = drawn.texts
    for words, left, right, top, foot in texts:
        assert left >= -0.02 and right <= width + 0.02, f"{words!r} leaves its figure at the side"
        assert top >= -0.02 and foot <= height + 0.02, f"{words!r} leaves its figure above or below"
    # Sorted by where they begin, so that 300 texts are not 45,000 pairs.
    texts.sort(key=lambda text: text[3])
    for place, (words, left, right, _, foot) in enumerate(texts):
        for other, left_, right_, top_, _ in itertools.islice(texts, place + 1, None):
            if top_ >= foot:
                break
            assert left_ >= right - 0.02 or right_ <= left + 0.02, f"{words!r} lies on {other!r}"


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(colour: Colour) -> float:
    light, dark = sorted((_luminance(colour.fill), _luminance(colour.text)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# --- The drawings as they were looked at -------------------------------------------------------------------


@pytest.mark.parametrize("name", golden_figures.drawings())
def test_a_figure_is_drawn_as_it_was_looked_at(name: str) -> None:
    """To the byte. `python -m tests.golden_figures` writes the drawings anew."""
    case, width = golden_figures.drawings()[name]
    assert f"{case.drawing(width)}\n" == (golden_figures.FOLDER / name).read_text(encoding="utf-8")


def test_no_golden_drawing_is_left_of_a_figure_that_is_gone() -> None:
    assert {path.name for path in golden_figures.FOLDER.iterdir()} == set(golden_figures.drawings())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("case", MANY, ids=lambda case: case.key)
def test_no_words_leave_a_figure_or_lie_on_others(case: Case, width: float) -> None:
    """Names of more than sixty letters, forty rows, numbers at both ends, and from the right as well."""
    fits_and_never_meets(Drawn.of(case.drawing(width)))


@pytest.mark.parametrize("case", MANY, ids=lambda case: case.key)
def test_every_figure_has_a_role_a_title_a_description_and_no_styles(case: Case) -> None:
    drawn = Drawn.of(case.drawing())
    assert drawn.root.get("role") == "img"
    labels = (drawn.root.get("aria-labelledby") or "").split()
    assert labels == [drawn.root.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")]
    assert "style" not in case.drawing()
    assert "class" not in re.sub(r'^<svg [^>]*class="bm-fig"', "", case.drawing())


@pytest.mark.parametrize("case", MANY, ids=lambda case: case.key)
def test_the_title_holds_every_number_of_the_table_beside_the_figure(case: Case) -> None:
    title = Drawn.of(case.drawing()).title
    numbers = re.compile(r"\d+(?:[.,]\d+)?")
    in_title = set(numbers.findall(title.replace("\xa0", "")))
    limits = {"funnel": 3}.get(case.figure, 99)
    rows = case.table().rows
    if case.figure == "funnel":  # of those that differ; the others are counted
        rows = [row for row, place in zip(rows, case.data.places, strict=True) if place.differs]
    for row in rows:
        for cell in row[:limits]:
            assert set(numbers.findall(cell.replace("\xa0", ""))) <= in_title, (row, cell)


@pytest.mark.parametrize("case", MANY, ids=lambda case: case.key)
def test_the_table_has_a_cell_under_each_of_its_heads(case: Case) -> None:
    table = case.table()
    assert table.caption
    assert all(len(row) == len(table.heads) for row in table.rows)
    assert all(cell for row in table.rows for cell in row)


@pytest.mark.parametrize("case", [case for case in MANY if case.kind == "empty"], ids=lambda case: case.key)
def test_a_figure_of_nothing_says_that_there_is_nothing(case: Case) -> None:
    drawn = Drawn.of(case.drawing())
    said = Voice.of(case.language).t("nothing")
    assert " ".join(drawn.words()) == said
    assert said in drawn.title
    assert case.table().rows == ()


# --- How wide letters are ----------------------------------------------------------------------------------


def _fonts() -> list[Path]:
    found = [TYPEFACES / "NotoSansArabic-Regular.ttf", TYPEFACES / "NotoSansEthiopic-Regular.ttf"]
    for folder in ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".fonts")):
        for name in ("OpenSans-Regular.ttf", "OpenSans-Bold.ttf", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
            found += Path(folder).rglob(name)
    return found


def test_words_are_never_wider_than_they_are_taken_to_be() -> None:
    """In any typeface that a page names and that is here; the labels of all figures, and the alphabets."""
    texts = {words for case in MANY for words in Drawn.of(case.drawing()).words()}
    texts |= {"abcdefghijklmnopqrstuvwxyzæøå", "ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ", "0123456789 %–,.:;()/"}
    texts |= {"áčđŋšŧžÁČĐŊŠŦŽ", "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", UNBROKEN}
    for path in _fonts():
        font = TTFont(path)
        letters, advances = font.getBestCmap(), font["hmtx"]
        units, bold = font["head"].unitsPerEm, path.stem.endswith("Bold")
        for text in texts:
            own = [ord(letter) for letter in text]
            if all(letter in letters for letter in own) and (
                "Arabic" in path.stem or not from_the_right(text)
            ):
                real = sum(advances[letters[letter]][0] for letter in own) / units
                if "Arabic" in path.stem:
                    # Alone a letter is about twice as wide as joined to others: half of that is left here.
                    real *= 0.75
                assert real <= width_of(text, 1.0, bold) + 1e-9, (path.stem, text)


@given(st.text(max_size=120), st.floats(20, 300), st.integers(1, 5))
def test_lines_are_never_wider_than_their_room_and_nothing_is_lost_unseen(
    text: str, width: float, most: int
) -> None:
    lines = wrapped(text, width, 10.0, most=most)
    assert len(lines) <= most
    assert all(width_of(line, 10.0) <= width or len(line) <= 2 for line in lines)
    if not (lines and lines[-1].endswith("…")):
        assert "".join("".join(lines).split()) == "".join(text.split())


# --- Colours -----------------------------------------------------------------------------------------------


def test_each_step_of_heat_is_darker_in_greyscale_than_the_one_before() -> None:
    lightness = [116 * _luminance(colour.fill) ** (1 / 3) - 16 for colour in HEAT]
    assert all(before - after > 7 for before, after in itertools.pairwise(lightness))


def test_words_on_every_colour_have_a_contrast_of_four_and_a_half() -> None:
    for colour in (*HEAT, *LIKERT, HIDDEN):
        assert _contrast(colour) >= 4.5, colour
    for ink in (WARN, ACCENT):
        assert _contrast(Colour("#ffffff", ink)) >= 4.5


def test_the_heat_table_of_a_report_has_the_colours_of_the_figure() -> None:
    css = STYLESHEET.read_text(encoding="utf-8")
    for step, colour in enumerate(HEAT, 1):
        assert f".bm-heat-{step} {{ background: {colour.fill}; color: " in css


def test_the_figures_say_the_same_things_in_all_their_languages() -> None:
    from forms.catalogue import read_catalogue

    nb, *others = (read_catalogue(MESSAGES, language) for language in ("nb", "nn", "en", "ar"))
    for other in others:
        assert other.keys() == nb.keys()
        for key, text in nb.items():
            assert set(re.findall(r"{(\w+)[:}]", other[key])) == set(re.findall(r"{(\w+)[:}]", text)), key


# --- Whatever the data -------------------------------------------------------------------------------------

NAMES = st.one_of(
    st.text(st.characters(codec="utf-8", categories=("L", "N", "Zs")), min_size=1, max_size=90).filter(
        str.strip
    ),
    st.sampled_from([*LONG.values(), UNBROKEN, "Tunet", "A"]),
)
HIDDEN_WORDS = st.sampled_from(["Vises ikke: for få svar", "Vises ikke: verner enkeltpersoner"])


@st.composite
def measured(draw: st.DrawFn, measure: Measure) -> Measured:
    if draw(st.integers(0, 4)) == 0:
        return not_shown(draw(HIDDEN_WORDS))
    low, value, high = sorted(draw(st.lists(st.floats(measure.least, measure.most), min_size=3, max_size=3)))
    n = draw(st.one_of(st.none(), st.integers(5, 20_000)))
    return Measured(value, low, high, n) if draw(st.booleans()) else Measured(value, n=n)


def _shown(drawn: Drawn, measure: Measure, figures: list[Measured]) -> None:
    """Every number that is shown is in the title, as it is printed; of the hidden ones their reason."""
    for figure in figures:
        if figure.value is None:
            assert figure.hidden in drawn.title
            continue
        assert measure.said(NB, figure.value) in drawn.title
        if figure.interval:
            assert measure.between(NB, *figure.interval) in drawn.title


WIDE_OR_NOT = st.sampled_from([PHONE, PAPER, 280.0])


@given(st.lists(st.tuples(NAMES, measured(SCORE)), max_size=14), WIDE_OR_NOT)
def test_intervals_of_anything(rows: list[tuple[str, Measured]], width: float) -> None:
    data = Intervals("Overskrift", tuple(Interval(*row) for row in rows), SCORE, 60.0, "Alle samlet")
    drawn = Drawn.of(intervals(data, NB, key="k", width=width))
    fits_and_never_meets(drawn)
    _shown(drawn, SCORE, [figure for _, figure in rows])
    assert len(drawn.marks("circle")) == sum(figure.value is not None for _, figure in rows)
    assert len(intervals_table(data, NB).rows) == (len(rows) + 1 if rows else 0)


@given(st.integers(1, 9), st.data(), WIDE_OR_NOT)
def test_heat_of_anything(columns: int, data_: st.DataObject, width: float) -> None:
    field = measured(SCORE)
    row = st.builds(HeatRow, NAMES, st.tuples(*[field] * columns))
    heads = data_.draw(st.tuples(*[NAMES] * columns))
    rows = data_.draw(st.lists(row, max_size=6))
    data = Heat("Overskrift", heads, tuple(rows))
    drawn = Drawn.of(heat(data, NB, key="k", width=width))
    fits_and_never_meets(drawn)
    figures = [figure for row in rows for figure in row.fields]
    _shown(drawn, SCORE, figures)
    assert len(heat_table(data, NB).rows) == len(figures)
    values = [figure.value for figure in figures if figure.value is not None]
    bold = [text.text for text in drawn.marks("text", font_weight="700", text_anchor="middle")]
    for said in {SCORE.said(NB, value) for value in values}:
        assert bold.count(said) >= sum(SCORE.said(NB, value) == said for value in values)


@given(
    st.lists(st.tuples(NAMES, measured(SHARE), st.sampled_from(["", "ny skala", LONG["nb"]])), max_size=25),
    WIDE_OR_NOT,
)
def test_a_trend_of_anything_never_joins_waves_that_cannot_be_compared(
    waves: list[tuple[str, Measured, str]], width: float
) -> None:
    start = date(2001, 3, 4)
    data = Trend(
        "Overskrift",
        tuple(
            WavePoint(name, start + timedelta(days=40 * k + (k * k * 7) % 31), figure, broken)
            for k, (name, figure, broken) in enumerate(waves)
        ),
    )
    drawn = Drawn.of(trend(data, NB, key="k", width=width))
    fits_and_never_meets(drawn)
    _shown(drawn, SHARE, [figure for _, figure, _ in waves])
    dots = [float(dot.get("cx", "0")) for dot in drawn.marks("circle")]
    assert len(dots) == sum(figure.value is not None for _, figure, _ in waves)
    assert dots == sorted(dots)
    # Which dots a line joins: exactly the neighbours that are both shown and can be compared.
    joined = set()
    for line in drawn.marks("path", stroke=ACCENT, fill="none"):
        if line.get("stroke-opacity"):
            continue
        across = [float(x) for x in re.findall(r"[ML]([\d.]+) ", line.get("d", ""))]
        joined |= {tuple(dots.index(x) for x in pair) for pair in itertools.pairwise(across)}
    wanted, place, before = set(), -1, None
    for number, (_, figure, broken) in enumerate(waves):
        if figure.value is None:
            before = None
            continue
        place += 1
        if before is not None and not broken and number:
            wanted.add((before, place))
        before = place
    assert joined == wanted
    assert len(trend_table(data, NB).rows) == len(waves)


@given(st.lists(st.tuples(NAMES, measured(SEVEN)), max_size=24), WIDE_OR_NOT)
def test_a_radar_of_anything_leaves_hidden_themes_as_gaps(
    themes: list[tuple[str, Measured]], width: float
) -> None:
    data = Radar("Overskrift", tuple(Theme(*theme) for theme in themes))
    drawn = Drawn.of(radar(data, NB, key="k", width=width))
    fits_and_never_meets(drawn)
    _shown(drawn, SEVEN, [figure for _, figure in themes])
    shown = [figure.value is not None for _, figure in themes]
    assert len(drawn.marks("circle", fill=ACCENT)) == sum(shown)
    lines = "".join(path.get("d", "") for path in drawn.marks("path", stroke=ACCENT, stroke_width="1.6"))
    pairs = sum(a and b for a, b in zip(shown, [*shown[1:], *shown[:1]], strict=True))
    assert lines.count("M") == (pairs if len(shown) > 2 else 0)
    assert len(radar_table(data, NB).rows) == len(themes)


@given(st.lists(st.tuples(NAMES, measured(SHARE), measured(STRENGTH)), max_size=18), WIDE_OR_NOT)
def test_quadrants_of_anything_draw_nothing_that_is_hidden(
    things: list[tuple[str, Measured, Measured]], width: float
) -> None:
    data = Quadrants(
        "Overskrift", tuple(Thing(*t) for t in things), 0.5, 0.3, "Gode svar", "Hvor mye det betyr"
    )
    drawn = Drawn.of(quadrants(data, NB, key="k", width=width))
    fits_and_never_meets(drawn)
    whole = [t for t in things if t[1].value is not None and t[2].value is not None]
    urgent = sum(t[1].value < 0.5 and t[2].value >= 0.3 for t in whole)
    assert len(drawn.marks("circle")) == len(whole) - urgent
    _shown(drawn, SHARE, [result for _, result, _ in whole])
    _shown(drawn, STRENGTH, [weight for _, _, weight in whole])
    assert len(quadrants_table(data, NB).rows) == len(things)


@given(st.lists(st.tuples(NAMES, measured(SCORE)), max_size=30), WIDE_OR_NOT, st.booleans())
def test_tiles_of_anything(tiles: list[tuple[str, Measured]], width: float, placed: bool) -> None:
    spots = [(1 + k // 9, 1 + k % 9) if placed else (None, None) for k in range(len(tiles))]
    data = TileMap("Overskrift", tuple(Tile(*own, *spot) for own, spot in zip(tiles, spots, strict=True)))
    drawn = Drawn.of(tile_map(data, NB, key="k", width=width))
    fits_and_never_meets(drawn)
    _shown(drawn, SCORE, [figure for _, figure in tiles])
    assert len(tile_table(data, NB).rows) == len(tiles)


@given(
    st.lists(
        st.tuples(NAMES, st.lists(st.integers(0, 90), min_size=2, max_size=7), measured(SHARE)), max_size=12
    ),
    WIDE_OR_NOT,
    NAMES,
    NAMES,
)
def test_stacks_of_anything(
    bars: list[tuple[str, list[int], Measured]], width: float, worst: str, best: str
) -> None:
    made = []
    for name, counts, good in bars:
        whole = sum(counts)
        parts = (
            tuple(Part(f"svar {k}", (k,), count / whole) for k, count in enumerate(counts)) if whole else ()
        )
        if good.value is None or not whole:
            made.append(Bar(name, (), not_shown(good.hidden or "Vises ikke: for få svar")))
        else:
            made.append(Bar(name, parts, good))
    data = Stack("Overskrift", tuple(made), 7, (worst, best))
    drawn = Drawn.of(stack(data, NB, key="k", width=width))
    fits_and_never_meets(drawn)
    _shown(drawn, SHARE, [bar.good for bar in made])
    assert {row[0] for row in stack_table(data, NB).rows} == {bar.name for bar in made}


@given(st.lists(st.tuples(NAMES, st.integers(0, 20_000), st.integers(1, 20_000)), max_size=15), WIDE_OR_NOT)
def test_coverage_of_anything(places: list[tuple[str, int, int]], width: float) -> None:
    data = Coverage("Overskrift", tuple(Covered(*place) for place in places))
    drawn = Drawn.of(coverage(data, NB, key="k", width=width))
    fits_and_never_meets(drawn)
    for _, answered, invited in places:
        assert f"{NB.number(answered)} av {NB.number(invited)}" in drawn.title
    assert len(coverage_table(data, NB).rows) == len(places)


@given(
    st.lists(st.tuples(NAMES, st.integers(5, 3000), st.floats(0, 1), st.booleans()), max_size=20),
    WIDE_OR_NOT,
    st.booleans(),
)
def test_funnels_of_anything(places: list[tuple[str, int, float, bool]], width: float, near: bool) -> None:
    made = []
    for name, n, value, differs in places:
        inner, outer = (
            (max(0.0, 0.5 - z / math.sqrt(n)), min(1.0, 0.5 + z / math.sqrt(n))) for z in (0.98, 1.545)
        )
        made.append(FunnelPlace(name, n, value, inner, outer, differs))
    data = Funnel("Overskrift", tuple(made), 0.5, near=near)
    drawn = Drawn.of(funnel_of_places(data, NB, key="k", width=width))
    fits_and_never_meets(drawn)
    assert len(drawn.marks("circle")) == sum(not place.differs for place in made)
    assert len(drawn.marks("path", fill=WARN)) == len(data.differing)
    assert len(funnel_table(data, NB).rows) == len(places)


# --- What is refused ---------------------------------------------------------------------------------------

WRONG: list[Callable[[], Any]] = [
    lambda: Measured(math.nan),
    lambda: Measured(math.inf),
    lambda: Measured(0.5, 0.6, 0.7),
    lambda: Measured(0.5, 0.4, math.nan),
    lambda: Measured(0.5, 0.4),
    lambda: Measured(None),
    lambda: Measured(0.5, hidden="Vises ikke"),
    lambda: Measured(None, n=3, hidden="Vises ikke"),
    lambda: Measured(0.5, n=-1),
    lambda: Intervals("h", (Interval("a", Measured(101)),)),
    lambda: Heat("h", ("a", "b"), (HeatRow("r", (Measured(1),)),)),
    lambda: Trend("h", (WavePoint("a", date(2025, 1, 1), Measured(0.5)),) * 2),
    lambda: TileMap("h", (Tile("a", Measured(1), 1, 1), Tile("b", Measured(1), 1, 1))),
    lambda: TileMap("h", (Tile("a", Measured(1), 1),)),
    lambda: TileMap("h", (Tile("a", Measured(1), 1, 1), Tile("b", Measured(1)))),
    lambda: TileMap("h", (Tile("a", Measured(1), 0, 1),)),
    lambda: Radar("h", (Theme("a", Measured(0.5)),)),
    lambda: Quadrants("h", (), 1.0, 0.5, "a", "b"),
    lambda: Stack("h", (Bar("a", (Part("x", (0,), 0.4),), Measured(0.4)),), 5, ("a", "b")),
    lambda: Stack("h", (Bar("a", (Part("x", (0,), math.nan),), Measured(0.4)),), 5, ("a", "b")),
    lambda: Covered("a", 3, None),
    lambda: Covered("a", 3, 0),
    lambda: Funnel("h", (FunnelPlace("a", 5, 0.5, (0.4, math.nan), (0.3, 0.7), False),), 0.5),
    lambda: intervals(Intervals("h", ()), NB, key="k", width=math.nan),
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_drawn_is_refused(wrong: Callable[[], Any]) -> None:
    with pytest.raises(BadFigure):
        wrong()


def test_words_from_outside_cannot_become_markup() -> None:
    bad = '<script>alert(1)</script>"&'
    data = Intervals(bad, (Interval(bad, Measured(5)),), SCORE, 60.0, bad)
    chart = intervals(data, NB, key="k")
    assert "<script" not in chart
    ElementTree.fromstring(chart)


def test_a_point_that_may_lie_on_the_other_side_of_a_border_is_hollow_and_said_to_be_unsure() -> None:
    sure, unsure = Measured(0.2, 0.1, 0.3, 90), Measured(0.45, 0.35, 0.55, 90)
    much = Measured(0.6, 0.5, 0.7, 90)
    data = Quadrants("h", (Thing("a", sure, much), Thing("b", unsure, much)), 0.5, 0.3, "Gode svar", "Betyr")
    drawn = Drawn.of(quadrants(data, NB, key="k"))
    assert len(drawn.marks("path", fill=WARN)) == 1
    assert len(drawn.marks("path", fill="#ffffff", stroke=WARN)) == 1
    rows = {row[0]: row[-1] for row in quadrants_table(data, NB).rows}
    assert "usikkert" in rows["b"] and "usikkert" not in rows["a"]
