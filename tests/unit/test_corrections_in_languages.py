"""What a new version corrects is said in the language of the document, where somebody wrote it in that."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import docx
import pytest

from reports.documents import council_case, landlord, plan_annex, plan_docx, residents, stairwell
from reports.loop import Edition, Loop
from tests.samples import planning, tenants

WRITTEN = {
    "nb": "Tallene om støy var feil.",
    "nn": "Tala om støy var feil.",
    "en": "The noise figures were wrong.",
}
FULL = Edition(2, date(2026, 11, 1), "", WRITTEN["nb"], {"nn": WRITTEN["nn"], "en": WRITTEN["en"]})
BARE = Edition(2, date(2026, 11, 1), "", WRITTEN["nb"], {"nn": "", "en": "  "})


def _documents(edition: Edition, language: str) -> dict[str, str]:
    own, found = tenants.estate(), tenants.usual()
    every, listed = planning.whole_round(), planning.found()
    of_tenants = replace(tenants.loop(found), edition=edition)
    loop = replace(planning.loop(), edition=edition)
    made = {
        "residents": residents.html(own, found, of_tenants, language),
        "pictures": residents.html(own, found, of_tenants, language, pictures=True),
        "notice": stairwell.html(own, found, of_tenants, (language,)),
    }
    if language in WRITTEN:
        annexed = every.whole, every.estates, listed, loop, planning.PLAN, language
        typed = docx.Document(io.BytesIO(plan_docx.docx(*annexed)))
        made |= {
            "landlord": landlord.html(own, language, Loop(edition=edition)),
            "annex": plan_annex.html(*annexed),
            "docx": "\n".join(paragraph.text for paragraph in typed.paragraphs),
            "case": council_case.html(every.whole, listed, loop, "eldre", language),
        }
    return made


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_each_document_says_what_was_wrong_in_its_own_language(language: str) -> None:
    for kind, made in _documents(FULL, language).items():
        assert WRITTEN[language] in made, kind
        assert not any(text in made for code, text in WRITTEN.items() if code != language), kind


@pytest.mark.parametrize("language", ["nn", "en", "pl"])
def test_where_nobody_wrote_it_in_the_language_the_first_words_stand(language: str) -> None:
    for kind, made in _documents(BARE if language != "pl" else FULL, language).items():
        assert WRITTEN["nb"] in made, kind


def test_an_english_correction_is_not_read_aloud_as_norwegian() -> None:
    text = WRITTEN["en"]
    made = residents.html(
        tenants.estate(), tenants.usual(), replace(tenants.loop(tenants.usual()), edition=FULL), "en"
    )
    assert f'lang="no">{text}' not in made and f'lang="nb">{text}' not in made
