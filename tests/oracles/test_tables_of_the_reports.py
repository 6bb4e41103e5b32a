"""Tables printed in the reports that the product builds on, put through our own code; wrong ones as well."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forms.answers import Answers
from reports.compute import compute
from reports.rounding import percent
from reports.scope import Groundwork
from reports.waves import Estate, RegisterMargin, Wave
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

TENURE = item(
    "eie",
    scale=None,
    background=True,
    specials=[],
    choices=[
        {"code": c, "value": f"v{c}", "text": dict.fromkeys(("nb", "nn", "en"), word)}
        for c, word in enumerate(("eier", "andel", "leier"), 1)
    ],
)
FORM = questionnaire(scored("hjem"), scored("ute"), TENURE)
MUNICIPALITIES = {
    "Asker": (96_088, (84.6, 1.6, 13.7)),
    "Bodø": (53_066, (65.1, 16.4, 18.4)),
    "Kvæfjord": (2_876, (80.1, 2.5, 17.4)),
    "Lindesnes": (23_436, (85.8, 1.0, 13.3)),
    "Moss": (51_013, (62.4, 21.2, 16.5)),
    "Verdal": (14_971, (74.1, 11.9, 14.0)),
}
"""People, and per cent who own, have a share, rent (SSB 2021/22); the three come to 99.9 to 100.1."""


def _wave(people: int, tenure: tuple[float, ...]) -> Wave:
    """Those who rent answer oftener than they are many, and are less content."""
    answered = [max(12, round(200 * part / 100)) for part in tenure[:2]] + [90]
    answers: list[Answers] = [
        {"hjem": 1 + (k + 3 - group) % (6 - group), "ute": 1 + (k + 3 - group) % (6 - group), "eie": group}
        for group, n in enumerate(answered, 1)
        for k in range(n)
    ]
    margin = RegisterMargin("eie", tuple(((c,), round(people * p / 100)) for c, p in enumerate(tenure, 1)))
    wave = wave_of(FORM, [Estate("a", "A", "Nord", 1_000)], {"a": answers})
    return replace(wave, margins=(margin,))


@pytest.mark.parametrize("name", MUNICIPALITIES)
def test_totals_weighted_to_the_tenure_of_a_municipality_have_its_printed_shares(name: str) -> None:
    people, tenure = MUNICIPALITIES[name]
    wave = _wave(people, tenure)
    weights, told = Groundwork.of(wave).weighted
    assert weights is not None and told is not None and told.gap == 0.0
    # A gap is told in whole per cent: weights held at their limit leave less than half of one.
    near = 0.5 if told.trimmed else 0.15
    for group, printed in enumerate(tenure, 1):
        own = weights.of_rows[(wave.frame["eie"] == group).to_numpy()]
        assert 100 * own.sum() / weights.of_rows.sum() == pytest.approx(printed, abs=near)


@pytest.mark.parametrize(("name", "other"), [("Bodø", 52_803), ("Kvæfjord", 2_822), ("Kvæfjord", 3_100)])
def test_two_printed_populations_of_one_municipality_give_the_same_numbers(name: str, other: int) -> None:
    """The source prints both. A register is taken for its shares: which of the two stands under them moves no
    number by a whole per cent."""
    people, tenure = MUNICIPALITIES[name]
    one, two = (compute(_wave(n, tenure), None) for n in (people, other))
    assert one.weighting is not None and one.weighting.refused is None
    shares = [percent(report.items["hjem"].favourable.value or 0.0) for report in (one, two)]
    assert shares[0] == shares[1] > 0
    assert one.index is not None and two.index is not None
    assert one.index.score == two.index.score


CONTENT = {"Midtbyen": 76, "Østbyen": 76, "Lerkendal": 75, "Heimdal": 67}
"""Per cent of the young content with where they live. The city is printed as 73."""


@pytest.mark.parametrize(
    ("homes", "printed"), [((1_000, 1_000, 1_000, 1_000), 74), ((1_000, 1_000, 1_000, 1_300), 73)]
)
def test_a_total_over_districts_goes_by_how_many_live_there_and_not_by_how_many_districts(
    homes: tuple[int, ...], printed: int
) -> None:
    """Of districts alike in size the plain mean, 73.5, printed 74; with more in the last the city's 73."""
    assert sum(CONTENT.values()) / 4 == 73.5
    form = questionnaire(scored("hjem"), index=False)
    places = [Estate(name, name, name, n) for name, n in zip(CONTENT, homes, strict=True)]
    answers: dict[str, list[Answers]] = {
        name: [{"hjem": 5 if k < good else 1} for k in range(100)] for name, good in CONTENT.items()
    }
    wave = wave_of(form, places, answers)
    own = {name: compute(wave, name).items["hjem"].favourable.value for name in CONTENT}
    assert {name: percent(share or 0.0) for name, share in own.items()} == CONTENT
    total = compute(wave, None).items["hjem"].favourable
    assert total.value is not None and percent(total.value) == printed
