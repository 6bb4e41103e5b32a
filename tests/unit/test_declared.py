"""What a round declares is told in the reader's language, else in one it was written in, and says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from forms.influence import Signed, told, within
from reports import published
from reports.documents import landlord
from tests.samples import report_results as samples

SAID = {"nn": {"open": "Lys i gangen"}, "en": {"purpose": "To mend"}, "nb": {}}


def test_a_language_without_words_is_shown_another_with_its_name() -> None:
    assert told({}, "nb") is None and told({"nb": {"open": ""}}, "nb") is None
    found = told(SAID, "ar")
    assert found and (found.language, found.texts) == ("nn", (("open", "Lys i gangen"),))
    assert within(SAID, ("nb", "en")) == {"en": {"purpose": "To mend"}}


def test_the_methods_page_prints_what_tenants_read_and_kept_figures_stay_the_same() -> None:
    plain = samples.eksempelvik()
    results = replace(plain, declared=SAID, declared_grade=5)
    page = landlord.web(results, "nb")
    assert '<td lang="nn">Lys i gangen</td>' in page and "Formål og handlingsrom" in page
    assert 'id="handlingsrom"' not in landlord.web(plain, "nb")
    figures = published.figures(published.to_text(replace(plain, declared=SAID)))
    assert published.digest(figures) == published.digest(published.figures(published.to_text(plain)))
    assert published.from_text(published.to_text(results), results.questionnaire).declared == SAID


def test_the_methods_page_prints_the_sign_off_and_says_when_it_was_of_another_version() -> None:
    signed = Signed("Beboerrådet på Havna", "Kari", date(2025, 3, 4), "ab12cd34", True)
    results = replace(samples.eksempelvik(), signed=signed)
    assert "Beboerrådet på Havna, Kari, 4. mars 2025 (innhold ab12cd34)." in landlord.web(results, "nb")
    other = landlord.web(replace(results, signed=replace(signed, same=False, person="")), "nb")
    assert "Beboerrådet på Havna, 4. mars 2025" in other and "gjaldt en annen versjon" in other
    assert published.from_text(published.to_text(results), results.questionnaire).signed == signed
