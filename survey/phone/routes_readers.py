"""A draft of a questionnaire, shown to residents by a link: read page by page, and say what they think.

/les/{slug}            what it is about; which pages there are
/les/{slug}/{number}   a page as tenants would see it, and under each question what a reader thinks of it
/les/{slug}/takk       the end

The fields of the questions themselves belong to no form: whatever is tried in them is never sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from forms import languages, remarks
from forms.catalogue import Translate, translator
from forms.journey import VisiblePage
from forms.questionnaire import Matrix, Page, Questionnaire
from survey import asking
from survey.asking import unfinished
from survey.asking.questions import Group
from survey.phone.errors import UnknownLink
from survey.phone.house import TheHouse, shown_at
from survey.phone.limits import client_of
from survey.phone.reading import AnyRequest, Form, one, read_form
from survey.phone.rendering import Frame, go, reading_language, show
from survey.questionnaires import readers
from survey.questionnaires.readers import LONGEST_SUGGESTION, Reading, Said

WORDS = Path(__file__).parent / "readers" / "messages"
MOST_PAGE = 100


@dataclass(frozen=True)
class Asked:
    """One question with what is asked of it."""

    id: str
    groups: tuple[Group, ...]
    mark: str
    verdict: str
    suggestion: str
    too_long: int
    answered: Sequence[tuple[str, str]]


def words_of(language: str) -> Translate:
    return translator(WORDS, language)


@shown_at("/les/{slug:str}")
async def begin_reading(request: AnyRequest, slug: FromPath[str], house: TheHouse) -> Response[str]:
    reading = await _read(house, slug)
    if reading.questionnaire is None:
        return _closed(request, reading)
    return _shown(
        request,
        reading,
        "readers/begin.html",
        "readers.title",
        pages=reading.questionnaire.pages,
        kept_days=readers.KEPT_DAYS,
    )


@shown_at("/les/{slug:str}/takk")
async def read_through(request: AnyRequest, slug: FromPath[str], house: TheHouse) -> Response[str]:
    reading = await _read(house, slug)
    if reading.questionnaire is None:
        return _closed(request, reading)
    return _shown(request, reading, "readers/thanks.html", "readers.thanks", lost=_lost(request))


@shown_at("/les/{slug:str}/{number:int}")
async def read_page(
    request: AnyRequest, slug: FromPath[str], number: FromPath[int], house: TheHouse
) -> Response[str]:
    reading = await _read(house, slug)
    if reading.questionnaire is None:
        return _closed(request, reading)
    return _page(request, reading, reading.questionnaire, number, {})


@post("/les/{slug:str}/{number:int}", status_code=200)
async def say(
    request: AnyRequest, slug: FromPath[str], number: FromPath[int], house: TheHouse
) -> Response[str] | Redirect:
    """Keep what was said of the questions of this page. What was changed meanwhile is kept as said of other
    words; of a question that is gone it is told that nothing was kept."""
    house.read.count(client_of(request))
    form = await read_form(request)
    reading = await _read(house, slug)
    questionnaire = reading.questionnaire
    if questionnaire is None:
        return _closed(request, reading)
    sent = [said for said in _said(form) if not said.empty]
    if any(len(said.suggestion) > LONGEST_SUGGESTION for said in sent):
        typed = {said.entry_id: said for said in sent}
        return _page(request, reading, questionnaire, number, typed)
    language = _language(request, questionnaire, one(form, "sprak"))
    lost = 0
    if sent:
        async with house.database.phone() as connection:
            lost = await readers.keep(connection, reading, language, sent)
    on = "takk" if number >= len(questionnaire.pages) else str(number + 1)
    told = f"&borte={min(lost, 9)}" if lost else "&sendt=1" if sent else ""
    return go(f"/les/{reading.slug}/{on}?sprak={language}{told}")


def _said(form: Form) -> list[Said]:
    return [
        readers.said(
            name.removeprefix("sett-"),
            one(form, f"dom-{name.removeprefix('sett-')}"),
            one(form, f"forslag-{name.removeprefix('sett-')}"),
            one(form, name),
        )
        for name in form
        if name.startswith("sett-")
    ]


async def _read(house: TheHouse, slug: str) -> Reading:
    async with house.database.phone() as connection:
        reading = await readers.read(connection, slug)
    if reading is None:
        raise UnknownLink("no draft is shown by this link")
    return reading


def offered(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Languages of the house that the draft has: what is said around the questions is said in these."""
    return tuple(code for code in questionnaire.languages if code in languages.WRITTEN) or ("nb",)


def _language(request: AnyRequest, questionnaire: Questionnaire, chosen: str = "") -> str:
    return reading_language(request, offered(questionnaire), chosen)


def _lost(request: AnyRequest) -> int:
    written = request.query_params.get("borte", "")
    return int(written) if written in tuple("123456789") else 0


def _page(
    request: AnyRequest,
    reading: Reading,
    questionnaire: Questionnaire,
    number: int,
    typed: Mapping[str, Said],
) -> Response[str]:
    if not 1 <= number <= len(questionnaire.pages):
        raise UnknownLink("the draft has no such page")
    page = questionnaire.pages[number - 1]
    language = _language(request, questionnaire, next(iter(request.query_params.getall("sprak", [])), ""))
    asked = tuple(_asked(reading, questionnaire, page, entry.id, language, typed) for entry in page.items)
    return _shown(
        request,
        reading,
        "readers/page.html",
        "readers.title",
        status=422 if any(one and one.too_long > LONGEST_SUGGESTION for one in asked) else 200,
        here=f"/les/{reading.slug}/{number}",
        page=page,
        asked=tuple(one for one in asked if one),
        number=number,
        pages=len(questionnaire.pages),
        f=translator(asking.MESSAGES, language),
        most=LONGEST_SUGGESTION,
        verdicts=readers.VERDICTS,
        sent="sendt" in request.query_params,
        lost=_lost(request),
    )


def _asked(
    reading: Reading,
    questionnaire: Questionnaire,
    page: Page,
    entry_id: str,
    language: str,
    typed: Mapping[str, Said],
) -> Asked | None:
    entry = next((one for one in readers.entries(page) if one.id == entry_id), None)
    if entry is None:
        return None
    whole = (entry, questionnaire.rows(entry)) if isinstance(entry, Matrix) else (None, (entry,))
    groups = unfinished.groups(
        questionnaire, VisiblePage(page, (whole,)), {}, (), language, translator(asking.MESSAGES, language)
    )
    said = typed.get(entry.id)
    return Asked(
        entry.id,
        groups,
        remarks.mark(remarks.shown(questionnaire, entry, language)),
        said.verdict if said else "",
        said.suggestion if said else "",
        len(said.suggestion) if said else 0,
        reading.answered.get(entry.id, ()),
    )


def _closed(request: AnyRequest, reading: Reading) -> Response[str]:
    language = reading_language(request, languages.WRITTEN)
    r = words_of(language)
    frame = Frame(
        language,
        r("readers.closed.title"),
        410,
        languages=languages.WRITTEN,
        organisation=reading.organisation,
        fictitious=reading.fictitious,
    )
    text = r("readers.closed.text")
    return show("error.html", frame, text=text, more="", go="", ask_code=False)


def _shown(
    request: AnyRequest,
    reading: Reading,
    template: str,
    title: str,
    *,
    status: int = 200,
    here: str = "",
    **values: object,
) -> Response[str]:
    questionnaire = reading.questionnaire
    assert questionnaire is not None  # noqa: S101 - for the types: closed ones have gone another way
    language = _language(request, questionnaire)
    r = words_of(language)
    name = questionnaire.title.get(language)
    frame = Frame(
        language,
        r(title, name=name),
        status,
        languages=offered(questionnaire),
        here=here,
        organisation=reading.organisation,
        fictitious=reading.fictitious,
    )
    return show(template, frame, r=r, name=name, home=f"/les/{reading.slug}", **values)


READER_HANDLERS = [begin_reading, read_through, read_page, say]
