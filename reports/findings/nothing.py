"""Why nothing is said of a place: what was looked at, and what of it could be shown at all.

'Nothing stands out' and 'it is hidden' are two things, and who reads must know which.
"""

from __future__ import annotations

from dataclasses import dataclass

from forms.questionnaire import Item, Questionnaire
from forms.scoring import favourable_codes
from reports.documents.words import Words
from reports.findings import places
from reports.findings.everywhere import Everywhere, headline_cells
from reports.findings.model import Place
from reports.left_out import LARGE_PART_OF_ANSWERS
from reports.results import Results
from reports.rounding import percent


def asked(form: Questionnaire) -> list[Item]:
    """Questions that a finding can be about."""
    return [item for item in form.items() if item.one_of and not item.background and not item.sensitive]


@dataclass(frozen=True)
class Seen:
    """`shown`: questions with good answers, of `asked`, whose share of these stands for the place. `before`,
    `rest`: whether anything of it was compared with the wave before, or with the other estates."""

    asked: int
    shown: int
    scores: bool
    """Whether a score is shown: of an area where those of its estates can be set beside one another."""
    before: bool
    rest: bool
    several: bool
    """The place is made of estates, not one of them."""

    @classmethod
    def of(cls, found: Everywhere, place: Place) -> Seen:
        form = found.whole.questionnaire
        names = [item.id for item in asked(form) if favourable_codes(form, item)]
        several = place.level != "estate" and len(found.estates) > 1
        if place.level == "area":
            reports = found.areas[place.id]
            shown = sum(places.share(reports, name) is not None for name in names)
            before = any(places.change(reports, name) is not None for name in names)
            rest = any(places.beside_the_rest(reports, name) for name in headline_cells(found.whole))
            return cls(len(names), shown, rest, before, rest, several)
        report = found.estates[place.id] if place.id else found.whole
        told = [result for name in names if (result := report.items.get(name)) is not None]
        stands = [r for r in told if r.favourable.value is not None and r.favourable.left_out != "many"]
        rest = any(row.estate_id == place.id for row in found.contrasts)
        scores = any(cell.score.value is not None for cell in headline_cells(report).values())
        return cls(len(names), len(stands), scores, _compared(report), rest, several)

    @property
    def anything(self) -> bool:
        return bool(self.shown) or self.scores

    def none(self, words: Words, place: Place, few: bool) -> str:
        """The sentence of a place without findings. `few`: too few have answered at all."""
        if few:
            return words.t("said.few", scope=place.name)
        against = [words.t("said.none_half")] if self.shown else []
        against += [words.t(f"said.none_{what}") for what in ("before", "rest") if getattr(self, what)]
        if not self.anything or not against:
            key = "said.protected_together" if self.several else "said.protected"
            said = [words.t(key, scope=place.name)]
        else:
            key = "said.none" if self.shown else "said.none_scores"
            *first, last = against
            from_what = f"{', '.join(first)} {words.t('text.or')} {last}" if first else last
            said = [words.t(key, scope=place.name, from_what=from_what)]
            if self.shown and (hidden := self.asked - self.shown):
                said.append(words.t("said.none_hidden", n=hidden, of=self.asked))
        if self.several and self.shown < self.asked:
            said.append(words.t("said.together", part=percent(LARGE_PART_OF_ANSWERS)))
        return " ".join(said)


def _compared(report: Results) -> bool:
    changes = [result.change for result in report.items.values()]
    changes += [cell.change for cell in headline_cells(report).values()]
    return any(change is not None for change in changes)
