"""What can be said of a register's numbers as soon as they come in, before numbers of the round are told.

Only from what everybody may know: the sheet, the questionnaire and the homes of the round. Never from an
answer: a sheet is made as often as one likes, and what is said of it would tell what it was made to find out.
"""

from __future__ import annotations

from collections.abc import Iterator

from forms.questionnaire import Questionnaire
from reports.inference.settings import FEWEST_IN_MARGIN, MARGINS_APART
from reports.waves import RegisterMargin
from survey.campaigns.rounds import Round
from survey.responses.errors import Complaint


def notes(
    round: Round, questionnaire: Questionnaire, margins: tuple[RegisterMargin, ...]
) -> tuple[Complaint, ...]:
    """What the weights will make of these numbers, or why there may be none; nothing where all is as it
    should be. `round`: of its estates only how many homes they have."""
    if not margins:
        return ()
    return (*_homes(round, margins), *(note for own in margins for note in _groups(questionnaire, own)))


def _homes(round: Round, margins: tuple[RegisterMargin, ...]) -> Iterator[Complaint]:
    """Their sums beside the homes that the round is about."""
    unknown = [estate.name for estate in round.estates if estate.population is None]
    if unknown:
        yield Complaint.of("margins.note.unknown", names=", ".join(unknown[:12]), n=len(unknown))
        return
    homes = sum(estate.population or 0 for estate in round.estates)
    for margin in margins:
        whole = sum(number for _, number in margin.groups)
        if abs(whole - homes) > MARGINS_APART * max(whole, homes):
            key = "margins.note.fewer" if whole < homes else "margins.note.more"
            yield Complaint.of(key, name=margin.item, sum=whole, homes=homes)


def _groups(questionnaire: Questionnaire, margin: RegisterMargin) -> Iterator[Complaint]:
    codes = [choice.code for choice in questionnaire.steps(questionnaire.item(margin.item))]
    for own, number in margin.groups:
        places = [codes.index(code) for code in own if code in codes]
        name = "+".join(map(str, own))
        if places and max(places) - min(places) >= len(places):
            yield Complaint.of("margins.note.apart", name=margin.item, group=name)
        if number < FEWEST_IN_MARGIN:
            yield Complaint.of(
                "margins.note.few", name=margin.item, group=name, n=number, fewest=FEWEST_IN_MARGIN
            )
    told = {code for own, _ in margin.groups for code in own}
    if left := [str(code) for code in codes if code not in told]:
        yield Complaint.of("margins.note.left_out", name=margin.item, codes=", ".join(left))
