"""The report on an area gives nobody away beside those on its estates and on the landlord: all of it can be
worked out from them, and whoever solves all three in whole numbers knows no more than from two.

BOSTEMME_ATTACKS says how many landlords are drawn; see tests/attack/test_tables.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports import published
from reports.areas.errors import AreaNotTold
from reports.areas.report import area_report
from reports.areas.scores import cells_of
from reports.findings.everywhere import Everywhere, everywhere
from reports.results import Results
from reports.waves import Wave
from tests.attack.joint import HALF, WAYS, Reader, house
from tests.attack.test_joint import FORM, RANGE, draw
from tests.attack.test_tables import DRAWN
from tests.samples import areas as samples

drawn = settings(
    max_examples=DRAWN or 10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not DRAWN
)
NORTH, SOUTH = "Nord", "Sør"


def told_of(found: Everywhere) -> dict[str, Results]:
    reports = {}
    for area in found.areas:
        try:
            reports[area] = area_report(found, area)
        except AreaNotTold:
            continue
    return reports


@dataclass
class AreaReader(Reader):
    """He has the reports on the areas as well."""

    areas: bool = True
    told: int = 0

    def read(self, wave: Wave) -> Everywhere:
        found = super().read(wave)
        for area, report in told_of(found).items() if self.areas else ():
            inside = [i for i, estate in enumerate(wave.estates) if estate.area == area and i in self.seen]
            self._area(report, found, inside)
        return found

    def _area(self, report: Results, found: Everywhere, inside: list[int]) -> None:
        estates = list(found.estates.values())
        assert report.n == self.sizes[inside].sum()
        for way, n in report.modes.items():
            self.learn(self.of(self.where(inside, [WAYS.index(way)])), n, n)
        for name in self.ids:
            result = report.items[name]
            showing = [i for i in inside if estates[i].items[name].favourable.value is not None]
            share = (
                {i: w / float(self.sizes[i]) for i, w in self._weights(showing).items()} if showing else {}
            )
            edge, row = 0.0, np.zeros(self.people.shape)
            for part in result.segments:
                self.told += 1
                edge += part.share
                for i in showing:
                    row += share[i] * self.of(self.where([i], **{name: part.codes}))
                self.learn(row.copy(), edge - 1e-7, edge + 1e-7)
                self.learn(self.of(self.where(showing, **{name: part.codes})), part.n, part.n)
            if result.favourable.value is not None:
                good = round(sum(share[i] * self._good(estates[i], name) for i in showing), 9)
                assert abs(good - result.favourable.value) < 1e-6
        for key, cell in cells_of(report).items():
            made_of = self._made_of(*key)
            showing = [i for i in inside if cells_of(estates[i])[key].score.value is not None]
            if cell.score.value is not None and len(made_of) > 1:
                self.told += 1
                # Half a point of each estate's own, and half of the area's.
                row = self._mean(self._weights(showing), made_of)
                self.learn(row, cell.score.value - 2 * HALF, cell.score.value + 2 * HALF)

    def _good(self, report: Results, name: str) -> int:
        own = report.items[name].favourable
        return round((own.value or 0.0) * own.n)


def landlord(people: np.ndarray, invited: list[int | None], north: int) -> Wave:
    """The first `north` estates lie in one area, the others in another."""
    wave = house(FORM, people, invited)
    estates = tuple(
        replace(estate, area=NORTH if i < north else SOUTH) for i, estate in enumerate(wave.estates)
    )
    return replace(wave, estates=estates)


@drawn
@given(st.integers(3, 4), st.integers(0, 2**32 - 1))
def test_who_has_the_report_on_an_area_too_finds_nobody_he_did_not(estates: int, seed: int) -> None:
    people, invited = draw(seed, estates)
    wave = landlord(people, invited, 2)
    reader = AreaReader(FORM, invited, people)
    found = reader.read(wave)
    without = AreaReader(FORM, invited, people, areas=False)
    without.read(wave)
    wanted = list(reader.wanted(found))
    assert reader.found(wanted, RANGE) == without.found(wanted, RANGE) == []


def test_the_attacker_reads_what_the_area_tells() -> None:
    """He who learns nothing of it because nothing is told would prove nothing."""
    people, invited = draw(5, 4)
    reader = AreaReader(FORM, invited, people)
    reader.read(landlord(people, invited, 2))
    assert reader.told > 5


def test_a_total_of_all_answers_of_an_area_would_give_an_estate_away() -> None:
    """Why an estate that hides a figure is left out of it: added up with others it can be taken off."""
    people = np.zeros((3, len(WAYS), 5, 5, 5), np.int64)
    random = np.random.default_rng(2)
    for estate, n in enumerate((24, 24, 24)):
        codes = random.integers(0, 5, (2, n))
        overall = np.where(np.arange(n) < 2, 0, 3) if estate == 0 else random.integers(0, 5, n)
        np.add.at(people, (estate, np.zeros(n, int), overall, *codes), 1)
    reader = AreaReader(FORM, [None] * 3, people)
    wave = landlord(people, [None] * 3, 3)
    found = reader.read(replace(wave, estates=(*wave.estates[:2], replace(wave.estates[2], area=SOUTH))))
    bad = reader.where([0], helhet=[1, 2, 3])
    assert (reader.count(bad), reader.found([bad], RANGE)) == (2, [])
    assert found.estates["e0"].items["helhet"].favourable.value is None
    together = reader.where([0, 1], helhet=[1, 2, 3])
    reader.learn(reader.of(together), reader.count(together), reader.count(together))
    assert reader.found([bad], RANGE) == [(bad, 2, (2, 2))]


def from_documents(found: Everywhere) -> Everywhere:
    """What is kept of the published reports, and nothing that only who has the answers knows."""
    form = found.whole.questionnaire
    estates = {
        id: published.from_text(published.to_text(report), form) for id, report in found.estates.items()
    }
    whole = published.from_text(published.to_text(found.whole), form)
    return replace(found, whole=whole, estates=estates, drivers=(), together=None, changed={})


@drawn
@given(st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_an_area_is_worked_out_from_published_reports_alone(estates: int, seed: int) -> None:
    people, invited = draw(seed, estates)
    people[0] //= 4  # too few, or nearly
    found = everywhere(landlord(people, invited, 2))
    kept = from_documents(found)
    assert {area: published.to_text(report) for area, report in told_of(found).items()} == {
        area: published.to_text(report) for area, report in told_of(kept).items()
    }


def test_a_whole_questionnaire_of_two_years_is_worked_out_from_published_reports_alone() -> None:
    found = samples.found()
    kept = from_documents(found)
    for area in (samples.LARGE, samples.SMALL):
        assert published.to_text(area_report(kept, area)) == published.to_text(area_report(found, area))
