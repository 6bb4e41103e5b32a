"""The landlord report: one body of HTML, shown on the web as it is and wrapped for print."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.documents import (
    actions,
    association_words,
    chapters,
    cover,
    finding_words,
    funnels,
    loop_words,
    matrix_words,
    method_page,
    method_words,
    numbers,
    paging,
    participation_words,
    places_words,
    register_words,
    tongues,
    who,
)
from reports.documents.words import Words
from reports.figures import swatch
from reports.findings.model import FoundResult
from reports.loop import Loop
from reports.results import Results

HERE = Path(__file__).parent
STYLESHEET = HERE / "landlord.css"
"""Styles of the report body; the web serves this file, print embeds it together with print.css."""
PRINT_STYLESHEET = HERE / "print.css"
FORM_ROWS = 5
"""Rows of the reply form: the printed findings first, then blank ones."""


@cache
def environment() -> Environment:
    """The templates of all documents."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(swatch=swatch, logo=cover.logo, band=cover.band, title_size=cover.title_size)
    environment.filters["short"] = cover.short
    return environment


def title(results: Results, language: str) -> str:
    """Name of the document: 'Slik er det å bo i Nordlysgata 4-18 – Beboerundersøkelsen 2025'."""
    words = Words.of(results.questionnaire, language)
    return words.t("report.document_title", heading=_heading(words, results), campaign=results.campaign)


NOTHING = Loop()


def web(results: Results, language: str, loop: Loop = NOTHING, found: Sequence[FoundResult] = ()) -> str:
    """The report as a fragment for a page of the console: `<article>` with its own h1.

    `loop`: what came of the round's findings; `found`: those of the place. The page must load `STYLESHEET`;
    nothing in the fragment needs inline styles or scripts.
    """
    words = Words.of(results.questionnaire, language)
    tables = numbers.tables(words, results)
    return _render("web.html", results, language, loop, found, wide=False, number_tables=tables)


def html(results: Results, language: str, loop: Loop = NOTHING, found: Sequence[FoundResult] = ()) -> str:
    """The report as a whole document for print, stylesheets inside; hand it to `pdf.write`. Else as `web`."""
    return _render(
        "print.html",
        results,
        language,
        loop,
        found,
        wide=True,
        styles=STYLESHEET.read_text(encoding="utf-8")
        + PRINT_STYLESHEET.read_text(encoding="utf-8")
        + cover.styles(loop.livery),
        document_title=title(results, language),
    )


def _heading(words: Words, results: Results) -> str:
    place = results.place
    if place is not None and place.pool:
        return words.t("report.heading.pool", area=place.area)
    if results.estate_id:
        key = "report.heading.estate"
    elif results.area is not None:
        key = "report.heading.area"
    else:
        # What others once collected may be long ago: it does not tell what it is like to rent there today.
        key = "report.heading.imported" if _imported(results) else "report.heading.all"
    return words.t(key, scope=results.scope)


def _imported(results: Results) -> bool:
    return set(results.modes) == {"import"}


def _render(
    template: str,
    results: Results,
    language: str,
    loop: Loop,
    found: Sequence[FoundResult],
    *,
    wide: bool,
    **more: object,
) -> str:
    """`wide`: charts under text take the width of paper; on a telephone they would be too small to read."""
    words, loop = Words.of(results.questionnaire, language), tongues.marked(loop, language)
    headlines = finding_words.headlines(words, results, wide=wide)
    to_answer = [headline for headline in headlines if not headline.good]
    objects = chapters.object_chapters(words, results)
    # Where hardly any question may be shown, a short report: no pages of nothing but hidden rows.
    brief = bool(objects) and all(chapter.closed for chapter in objects)
    return tongues.spans(
        environment()
        .get_template(template)
        .render(
            **method_page.values(words, results, loop),
            heading=_heading(words, results),
            good_answers=method_words.good_answers_named(words),
            lead=who.lead(words, results),
            lead_missing=who.lead_missing(words, results),
            elsewhere=who.elsewhere(words, results),
            missing=who.missing(results),
            overfull=who.overfull_said(words, results),
            imported=_imported(results),
            brief=brief,
            folding=not wide,
            between=who.between_said(words, results),
            everybody=words.number(who.everybody(results)),
            nobody_silent=bool(who.everybody(results)),
            few=who.few(words, results),
            modes=who.modes(words, results),
            way_tables=who.way_tables(words, results),
            ways_text=who.ways_text(words, results),
            to_talk_about=chapters.to_talk_about(words, results, objects) if brief else (),
            untold=chapters.untold(words, results, objects) if brief else "",
            coverage=who.coverage(words, results, wide=wide),
            outside=who.outside(results),
            background=register_words.background_tables(words, results),
            background_note=register_words.background_note(words, results),
            register=register_words.register_tables(words, results),
            register_lead=register_words.register_lead(words, results),
            register_figure=register_words.register_figure(words, results),
            headlines=headlines,
            further=finding_words.further(words, results, headlines) if wide else (),
            overall=chapters.overall_row(words, results, wide=wide),
            whole=matrix_words.heat_cell(words, results.index) if results.index else None,
            estates=matrix_words.estate_rows(words, results),
            lent_text=matrix_words.lent_text(words, results),
            estate_funnel=None if results.estate_id else funnels.of_index(words, results),
            weighted_beside=register_words.weighted_beside(words, results),
            weighted_by=register_words.weighted_by(words, results),
            objects=[chapter for chapter in objects if not (brief and chapter.closed)],
            others=chapters.other_groups(words, results),
            places=places_words.places(words, results, wide=wide),
            participation=paging.pages_of(
                participation_words.participation_groups(words, results), paging.WHOLE_PAGE
            ),
            participation_lead=participation_words.participation_lead(words, results),
            participation_tables=participation_words.participation_tables(words, results),
            declared_apart=participation_words.declared_apart(words, results),
            participation_closed=() if brief else participation_words.participation_closed(words, results),
            associations=association_words.association_tables(words, results),
            associations_sure=any(own.distinguishable for own in association_words.of_all(results)[:1]),
            associations_about=association_words.about_rows(words, results),
            # The finding says itself which estates it is about.
            influence_about=association_words.about_rows(words, results, shown_only=False),
            actions=actions.actions(words, results),
            actions_from_answers=bool(actions.weakest(results)),
            # Answers from elsewhere may have no day of their own on which they are presented.
            shown_later=results.results_on > results.closes_on and not loop.past(results.results_on),
            languages=[words.t(f"language.{code}") for code in results.languages],
            to_answer=to_answer,
            came=loop_words.chapter(words, loop, found, results),
            blank_rows=max(FORM_ROWS - len(to_answer), 2),
            **more,
        ),
        printed=wide,
    )
