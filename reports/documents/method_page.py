"""The page of methods: the same in every document of a round (`templates/method.html`)."""

from __future__ import annotations

from reports.documents import loop_words, matrix_words, method_words, register_words, who
from reports.documents.words import Words
from reports.loop import Loop
from reports.results import Results


def values(words: Words, results: Results, loop: Loop) -> dict[str, object]:
    """All that the page needs."""
    return {
        "results": results,
        "words": words,
        "t": words.t,
        "language": words.language,
        "credit": results.questionnaire.credit.get(words.language),
        "heat": matrix_words.heat(words, results),
        "sampled": who.sampled(words, results),
        "answered": who.answered(words, results),
        "weighting": register_words.weighting_text(words, results),
        "scales": method_words.scale_rows(words, results),
        "scales_text": method_words.scales_text(words, results),
        "made_with": method_words.method_values(words, results),
        "made": method_words.made(words, results),
        "declared": method_words.declared_rows(words, results),
        "asked_by": method_words.asked_by(words, results),
        "widths": method_words.widths_text(words, results),
        "status": loop_words.status_of(words, loop),
        "corrected": loop_words.corrected(words, loop),
        "edition_rows": loop_words.edition_rows(words, loop),
        "hash": hash_of(results),
        "livery": loop.livery,
    }


def hash_of(results: Results) -> str:
    """The seal of the answers, in parts that can be read."""
    return " ".join(results.wave_hash[i : i + 8] for i in range(0, len(results.wave_hash), 8))
