"""Promises about the charts: what they draw is what they say, and everybody can read them."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.figures import Bar, coverage_bar, dot, heat_step, likert, likert_colour, share_bar
from reports.figures.charts import WIDTH, fitting
from reports.figures.palette import LIKERT

SVG = "{http://www.w3.org/2000/svg}"


def _five(shares: tuple[float, ...]) -> str:
    bars = [Bar((position,), share) for position, share in enumerate(shares)]
    return likert(
        bars,
        5,
        key="a",
        title="Svarene",
        description="Slik leses den",
        ends=("Aldri", "Alltid"),
        interval=(0.4, 0.6),
    )


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_chart_has_a_role_a_title_and_a_description() -> None:
    charts = [
        _five((0.1, 0.2, 0.3, 0.2, 0.2)),
        dot(0.5, 0.4, 0.6, key="b", title="Poeng", description="Slik leses den"),
        share_bar(0.5, 0.4, 0.6, key="c", title="Andel", description="Slik leses den"),
        coverage_bar(0.5, key="d", label="50 %", title="Dekning", description="Slik leses den"),
    ]
    for chart in charts:
        root = ElementTree.fromstring(chart)
        assert root.get("role") == "img"
        labels = (root.get("aria-labelledby") or "").split()
        ids = [root.find(f"{SVG}title").get("id"), root.find(f"{SVG}desc").get("id")]  # type: ignore[union-attr]
        assert labels == ids


def test_no_chart_needs_styles_that_a_strict_security_policy_refuses() -> None:
    assert "style" not in _five((0.2, 0.2, 0.2, 0.2, 0.2))


def test_words_from_outside_cannot_become_markup() -> None:
    chart = dot(0.5, 0.4, 0.6, key="b", title="<script>alert(1)</script>", description='"&')
    assert "<script>" not in chart
    ElementTree.fromstring(chart)


@given(st.lists(st.integers(0, 200), min_size=2, max_size=5).filter(lambda counts: sum(counts) > 0))
def test_a_bar_is_as_wide_as_its_shares_and_never_leaves_its_frame(counts: list[int]) -> None:
    shares = [count / sum(counts) for count in counts]
    chart = likert(
        [Bar((i,), s) for i, s in enumerate(shares)], len(counts), key="a", title="t", description="d"
    )
    root = ElementTree.fromstring(chart)
    rects = root.findall(f"{SVG}rect")
    edges = [(float(r.get("x", "0")), float(r.get("width", "0"))) for r in rects]
    assert all(x >= 0 and x + width <= WIDTH + 0.3 for x, width in edges)
    assert sum(width for _, width in edges) == pytest.approx(WIDTH, abs=1.1 * len(counts))


def test_a_segment_too_narrow_for_its_number_prints_none_but_says_it_in_words() -> None:
    chart = _five((0.01, 0.24, 0.25, 0.25, 0.25))
    root = ElementTree.fromstring(chart)
    printed = [text.text for text in root.findall(f"{SVG}text")]
    assert "1" not in printed
    assert printed.count("25") == 3


def test_the_bracket_stands_where_the_good_answers_begin() -> None:
    chart = _five((0.1, 0.2, 0.2, 0.3, 0.2))
    match = re.search(r'd="M([\d.]+) [\d.]+ v2.4 H([\d.]+)', chart)
    assert match
    assert float(match[1]) == pytest.approx(WIDTH * 0.4, abs=0.1)
    assert float(match[2]) == pytest.approx(WIDTH * 0.6, abs=0.1)


def test_text_on_every_colour_has_a_contrast_of_four_and_a_half() -> None:
    for colour in LIKERT:
        light, dark = sorted((_luminance(colour.fill), _luminance(colour.text)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, colour


def test_neighbours_differ_in_greyscale() -> None:
    shades = [_luminance(colour.fill) for colour in LIKERT]
    assert all(abs(a - b) > 0.1 for a, b in itertools.pairwise(shades))


@given(st.lists(st.integers(1, 3), min_size=2, max_size=5).filter(lambda sizes: sum(sizes) == 5))
def test_merged_segments_of_a_five_step_scale_never_share_a_colour(sizes: list[int]) -> None:
    start, colours = 0, []
    for size in sizes:
        colours.append(likert_colour(tuple(range(start, start + size)), 5).fill)
        start += size
    assert len(set(colours)) == len(colours)


@pytest.mark.parametrize(
    ("score", "step"), [(0, 1), (19.9, 1), (20, 2), (59.9, 3), (60, 4), (80, 5), (100, 5)]
)
def test_a_darker_field_is_a_higher_score(score: float, step: int) -> None:
    assert heat_step(score) == step


def test_words_under_the_ends_of_a_bar_never_meet_and_are_broken_between_words() -> None:
    long = "Jeg sa min mening og fikk et svar eller et annet forslag"
    assert fitting(("Nei", "Ja"), 210) == (["Nei"], ["Ja"])
    first, last = fitting((long, "Jeg bestemte alt"), 210)
    assert (" ".join(first), " ".join(last)) == (long, "Jeg bestemte alt")
    both = fitting((long, long), 210)
    assert [" ".join(end) for end in both] == [long, long]
    assert max(map(len, both[0])) + max(map(len, both[1])) <= 50


def test_a_name_that_takes_more_than_four_lines_is_cut_and_told_whole_in_the_title() -> None:
    endless = "svært misfornøyd eller " * 20
    first, last = fitting((endless, "Ja"), 210)
    assert len(first) == 4
    assert first[-1].endswith("…")
    assert last == ["Ja"]


def test_a_bar_of_bad_answers_alone_is_told_from_one_of_good_ones_without_colours() -> None:
    def drawn(position: int) -> str:
        made = likert([Bar((position,), 1.0)], 5, key="k", title="t", description="d")
        return re.sub(r"#[0-9a-f]{6}", "", made)

    worst, worse, middle, better, best = (drawn(position) for position in range(5))
    assert worst == worse != middle == better == best
