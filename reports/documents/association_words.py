"""How good answers to the overall question go with the answers to others, as rows and tables."""

from __future__ import annotations

from reports.documents.rows import Row, share_dot_row
from reports.documents.tables import ShareTable
from reports.documents.words import Words
from reports.inference.settings import FEW_UNITS
from reports.results import Association, Results


def association_rows(words: Words, association: Association, *, key: str) -> tuple[Row, ...]:
    """Share of good answers to the outcome, one row for each answer to the factor."""
    factor = words.questionnaire.item(association.factor)
    return tuple(
        share_dot_row(words, words.codes(factor, codes), estimate, key=f"{key}-{number}")
        for number, (codes, estimate) in enumerate(association.rows)
    )


def association_tables(words: Words, results: Results) -> tuple[ShareTable, ...]:
    """The strongest associations, for surveys without an index; with one, a finding tells of influence."""
    if results.questionnaire.index is not None:
        return ()
    tables = []
    for number, association in enumerate(of_all(results)[:3]):
        factor, outcome = (
            words.questionnaire.item(association.factor),
            words.questionnaire.item(association.outcome),
        )
        rows = association_rows(words, association, key=f"sam-{number}")
        title = words.t(
            "association.title",
            factor=words.quote(words.item(factor)),
            outcome=words.quote(words.item(outcome)),
        )
        tables.append(ShareTable(f"sam-{number}", title, rows, ""))
    return tuple(tables)


def of_all(results: Results) -> tuple[Association, ...]:
    """Those that stand on enough estates to speak of all, strongest first."""
    return tuple(association for association in results.associations if association.left_out != "many")


def about_rows(words: Words, results: Results, *, shown_only: bool = True) -> str:
    """The same beside a table of shares, whose intervals are about the people who live there."""
    several = sum(place.n is not None for place in results.coverage) > 1
    some = shown_only and any(own.left_out != "nobody" for own in of_all(results)[:3])
    told = about(words, results, shown_only=some)
    return f"{words.t('units.rows')} {told}" if several else told


def about(words: Words, results: Results, *, shown_only: bool) -> str:
    """Whom it is about that answers go together, and that estates are the units of the doubt.

    `results`: of the report on all estates. `shown_only`: some estates are not in it.
    """
    answered = words.t("units.sampled" if results.sampled else "units.answered")
    n = sum(place.n is not None for place in results.coverage)
    number = {1: "one", 2: "two"}.get(n, "few" if n < FEW_UNITS else "many")
    shown = [words.t("about.shown_only")] if shown_only else []
    return " ".join([answered, *shown, words.t(f"units.{number}", n=words.number(n))])
