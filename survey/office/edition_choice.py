"""Which documents of a round can be chosen, and which files a choice comes to."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from forms.languages import SPOKEN
from reports.findings.model import Level
from survey.loop import editions
from survey.loop.dossiers import TELLS, Dossier
from survey.loop.editions import DocumentKind, Wanted
from survey.loop.plans import Plan
from survey.office.pages import LANGUAGES

OFFERED: tuple[DocumentKind, ...] = editions.DOCUMENTS
FOR_TENANTS: tuple[DocumentKind, ...] = ("beboer", "bilder", "oppslag")
"""In the drafted languages as well."""
CHOSEN: tuple[DocumentKind, ...] = ("utleier", "beboer", "oppslag")
PLACES = ("all", "areas", "estates")
LEVELS: dict[str, Level] = {"all": "all", "areas": "area", "estates": "estate"}
ANNEXES: tuple[DocumentKind, ...] = ("plangrunnlag", "plangrunnlag_docx")
"""One for each plan that a finding is tied to."""
OF_THE_WHOLE: tuple[DocumentKind, ...] = (*ANNEXES, "radssak", "tall")
"""There is none of a single estate; of an area the annexes."""
OF_AREAS: tuple[DocumentKind, ...] = ("utleier", "beboer", "bilder", *ANNEXES)
"""A notice hangs in a house and leads to its page; councils and the workbook are of the whole."""
COUNCILS = ("eldre", "ungdom", "funksjon")
BY_ITSELF = tuple(one for one in OFFERED if one not in ANNEXES)
"""When a round is closed nothing is tied to a plan yet."""


def files_for(
    documents: Collection[str],
    languages: Collection[str],
    places: Collection[str],
    dossier: Dossier,
    tied: Sequence[Plan],
) -> list[Wanted]:
    """Every document in every language it has for every place that was chosen, those of a place together.
    Annexes: one for each plan that a finding of the round is tied to; cases: one for each council. Of an area
    that can show nothing there is none."""
    chosen_documents = [one for one in OFFERED if one in documents]
    tongues = [one for one in SPOKEN if one in languages]
    levels = [LEVELS[one] for one in PLACES if one in places]
    wanted = []
    for summary in dossier.head.places:
        place = summary.place
        if place.level not in levels or (place.level == "area" and summary.reason not in TELLS):
            continue
        for document in chosen_documents:
            if place.level == "estate" and document in OF_THE_WHOLE:
                continue
            if place.level == "area" and document not in OF_AREAS:
                continue
            abouts: Sequence[str] = ("",)
            if document in ANNEXES:
                abouts = [str(plan.id) for plan in tied]
            elif document == "radssak":
                abouts = COUNCILS
            wanted += [
                Wanted(document, language, place.level, place.id, place.name, about)
                for about in abouts
                for language in tongues
                if language in LANGUAGES or document in FOR_TENANTS
            ]
    return wanted
