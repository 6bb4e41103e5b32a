"""Promises about words in another language than the document: marked wherever they stand, for who listens."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import lxml.html
import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from reports.documents import council_case, landlord, plan_annex, plan_docx, tongues
from reports.loop import Edition, Loop, Quote
from tests.samples import planning

ENGLISH = "We have repaired the roof, and that was all we could do this year."


@cache
def _loop() -> Loop:
    """Of everything that is said something; one reply in English."""
    loop = planning.loop()
    first, *others = loop.replies
    replies = {first: replace(loop.replies[first], text=ENGLISH), **{id: loop.replies[id] for id in others}}
    return replace(loop, replies=replies, edition=_edition())


def _edition() -> Edition:
    return Edition(2, planning.whole_round().whole.results_on, erratum="Tallet på side 4 var feil.")


def _own_words(loop: Loop) -> Iterator[str]:
    for reply in loop.replies.values():
        yield from (reply.text, reply.alternative)
    for known in loop.knowledge.values():
        yield from (known.residents, known.practice, known.research)
    for measure in loop.measures:
        yield from (measure.title, measure.hoped)
    for tie in loop.ties:
        yield tie.reasoning
    yield from (quote.text for quote in loop.quotes)
    assert loop.edition is not None
    yield loop.edition.erratum


def _pages(language: str) -> dict[str, str]:
    every, found, loop = planning.whole_round(), planning.found(), _loop()
    of_all = [one for one in found.findings if one.place.level == "all"]
    annex = every.whole, every.estates, found, loop, planning.PLAN, language
    return {
        "report": landlord.html(every.whole, language, loop, of_all),
        "report on the web": landlord.web(every.whole, language, loop, of_all),
        "annex": plan_annex.html(*annex),
        "annex on the web": plan_annex.web(*annex),
        "case": council_case.html(every.whole, found, loop, "eldre", language),
        "case on the web": council_case.web(every.whole, found, loop, "eldre", language),
    }


def _languages(page: str) -> Iterator[tuple[str, str]]:
    """Every piece of text that is read, with the language that a screen reader is told."""
    for node in lxml.html.fromstring(page).iter():
        if not isinstance(node.tag, str) or node.tag in ("style", "title"):
            continue
        for text, of in ((node.text, node), (node.tail, node.getparent())):
            if text and text.strip() and of is not None:
                told = next((one.get("lang") for one in (of, *of.iterancestors()) if one.get("lang")), "")
                yield " ".join(text.split()), told


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_what_the_office_and_tenants_wrote_is_read_in_the_language_it_is_in(language: str) -> None:
    for kind, page in _pages(language).items():
        assert tongues.without(page) == page, "no signs are left"
        told = list(_languages(page))
        seen = 0
        for own in map(str.strip, _own_words(_loop())):
            for text, marked in told:
                if own and own in text:
                    seen += 1
                    wanted = "en" if own == ENGLISH else language if language == "nn" else "nb"
                    assert marked == wanted, (kind, own)
        assert seen > (0 if kind.startswith("case") else 3), kind


def test_a_word_processor_is_told_as_well() -> None:
    every = planning.whole_round()
    content = plan_docx.docx(every.whole, every.estates, planning.found(), _loop(), planning.PLAN, "en")
    document = Document(io.BytesIO(content))
    runs = {
        "".join(text.text or "" for text in run.iter(qn("w:t"))): mark.get(qn("w:val"))
        for run in document.element.iter(qn("w:r"))
        if (mark := run.find(f"{qn('w:rPr')}/{qn('w:lang')}")) is not None
    }
    assert set(runs.values()) == {"nb-NO"}
    for tie in _loop().ties:
        if tie.goal is None or planning.PLAN.has(tie.goal):
            assert any(tie.reasoning in text for text in runs), tie.reasoning
    said = "".join(text.text or "" for text in document.element.iter(qn("w:t")))
    assert tongues.without(said) == said and ENGLISH in said and ENGLISH not in "".join(runs)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Vi tetter vinduene i år.", "nb"),
        ("Vedlikehold 2027, post 4400", "nb"),
        ("Me tettar vindauga, og det blir betre.", "nb"),
        (ENGLISH, "en"),
        ("الشقة باردة في الشتاء", "ar"),
        ("У квартирі холодно", "uk"),
        ("እቲ ገዛ ቆራሪ እዩ", "ti"),
        ("", "nb"),
    ],
)
def test_a_text_is_known_by_its_letters_and_smallest_words(text: str, language: str) -> None:
    assert tongues.spoken(text) == language


@given(st.text(alphabet="ab <&\"'>\ue100\ue101\ue102\n", max_size=30), st.sampled_from(["nb", "nn", "en"]))
def test_whatever_was_written_the_page_stays_a_page_and_nothing_is_lost(text: str, language: str) -> None:
    own = tongues.said(text, language)
    assert tongues.without(own) == tongues.without(text)
    escaped = str(landlord.environment().from_string("<p title='{{ own }}'>{{ own }}</p>").render(own=own))
    for printed in (True, False):
        page = tongues.spans(escaped, printed=printed)
        (paragraph,) = lxml.html.fragments_fromstring(page)
        assert " ".join(paragraph.text_content().split()) == " ".join(tongues.without(text).split())


def test_a_quote_that_was_cut_still_ends() -> None:
    quote = Quote(
        "vedlikehold", "Det trekker fra vinduene, og det har det gjort lenge.", False, "apent_bedre"
    )
    own = tongues.said(quote.text, "en")
    assert tongues.closed(own[:20]).endswith(own[-1]) and tongues.closed(own) == own
