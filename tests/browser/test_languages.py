"""The tenant's pages in languages that await a person, from the left and from the right, in a browser."""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from forms import languages
from forms.drafted import short_form
from survey.database.pool import Database
from survey.phone.rendering import messages
from tests.browser.test_tenant_pages import FIRST_PAGE, NARROW, PHONE, _sound
from tests.servers import Server
from tests.tenants import Invited, invite, stored_answers

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
FORM = short_form()
ALL = FORM.languages
WIDE = {"width": 1280, "height": 900}
TURNED = """() => [...document.querySelectorAll('main *')].filter(e => {
  const s = getComputedStyle(e);
  return s.display !== 'none' && s.direction !== document.documentElement.dir && !e.closest('[dir]');
}).map(e => e.outerHTML.slice(0, 80))"""
MIRRORED = """() => {
  const middle = (e) => { const b = e.getBoundingClientRect(); return b.left + b.width / 2; };
  const option = document.querySelector('main .option');
  return middle(option.querySelector('input')) - middle(option.querySelector('span'));
}"""
"""Where the mark of an option stands beside its words: below 0 on the left."""
LIKE_POLISH = ("se",)
"""Set with the same letters and from the same side: of its pages those are looked at that have least room."""
NARROWEST = ("/side/medvirkning_innflytting", "/side/medvirkning_tema")


@pytest_asyncio.fixture(loop_scope="session")
async def tenant(database: Database, server: Server) -> Invited:
    return await invite(
        database, server.settings.secret_key, questionnaire=FORM, tenants=len(ALL) + 2, languages=ALL
    )


async def _phone(browser: Browser, server: Server, **options: object) -> BrowserContext:
    chosen = {"viewport": PHONE, "locale": "nb-NO", "base_url": server.url, **options}
    return await browser.new_context(**chosen)  # type: ignore[arg-type]


async def _press(page: Page, language: str, key: str) -> None:
    name = messages(language)(key)
    await page.locator("main").get_by_role("button", name=name, exact=True).click()


async def _walk(page: Page, link: str, language: str) -> None:
    """Answers the whole short form the same way in every language: by what stands where, not by words."""
    await page.goto(link)
    if language != "nb":
        await page.locator(f'.languages button[lang="{language}"]').click()
    await expect(page.locator("html")).to_have_attribute("dir", languages.direction(language))
    await _press(page, language, "start.go")
    for number, shown in enumerate(FORM.pages):
        await expect(page.get_by_role("heading", level=1)).to_have_text(shown.title.root[language])
        await expect(page.get_by_text(messages(language)("site.unchecked"))).to_have_count(
            1 if language in FORM.unchecked else 0
        )
        for place, item in enumerate(FORM.page_items(shown)):
            if item.kind == "text":
                await page.locator(f"#felt-{item.id}").fill("Mer lys i oppgangen")
            elif item.kind == "rank":
                for rank, code in enumerate((3, 1, 8), start=1):
                    await page.locator(f"#{item.id}-plass-{rank}").select_option(str(code))
            else:
                codes = [choice.code for choice in FORM.choices(item)]
                code = codes[(number + place) % len(codes)]
                group = page.get_by_role("group", name=item.text.root[language], exact=True)
                words = next(c.text for c in FORM.choices(item) if c.code == code).root[language]
                await group.get_by_label(words, exact=True).check()
        await _press(page, language, "page.next" if number < len(FORM.pages) - 1 else "page.last")
    await expect(page.get_by_role("heading", level=1)).to_have_text(messages(language)("review.title"))
    await _press(page, language, "review.send")
    await expect(page.get_by_role("heading", level=1)).to_have_text(messages(language)("thanks.title"))


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_short_form_gives_the_same_answers_in_arabic_as_in_bokmal(
    browser: Browser, server: Server, tenant: Invited, database: Database, scripts: bool
) -> None:
    for link, language in zip(tenant.tokens, ("nb", "ar"), strict=False):
        context = await _phone(browser, server, java_script_enabled=scripts)
        page = await context.new_page()
        await _walk(page, f"/s/{link}", language)
        one_line = "e => e.getBoundingClientRect().height < 2 * parseFloat(getComputedStyle(e).fontSize)"
        if scripts:
            assert await page.locator(".code").evaluate(one_line)
        assert await page.locator(".code bdi").get_attribute("dir") == "ltr"
        await context.close()
    first, second = await stored_answers(database, tenant, server.settings.keys)
    assert first == second and len(first) == 20


@pytest.mark.parametrize("language", languages.DRAFTED)
async def test_every_page_is_sound_in_every_language_and_runs_its_own_way(
    browser: Browser, server: Server, tenant: Invited, language: str
) -> None:
    context = await _phone(browser, server, viewport=NARROW)
    page = await context.new_page()
    way = languages.direction(language)
    asks = f"?sprak={language}"
    addresses = [f"/{asks}", f"/personvern{asks}", f"/kvittering{asks}", tenant.link + asks,
                 f"{tenant.link}/angre{asks}", f"{tenant.link}/igjen{asks}",
                 *(f"{tenant.link}/side/{one.id}{asks}" for one in FORM.pages)]  # fmt: skip
    if language in LIKE_POLISH:
        addresses = [f"{tenant.link}{where}{asks}" for where in ("", *NARROWEST)]
    for address in addresses:
        await page.goto(address)
        await _sound(page)
        assert await page.locator("html").get_attribute("lang") == language
        assert await page.locator("html").get_attribute("dir") == way
        assert await page.evaluate(TURNED) == [], address
        assert await page.get_by_text(messages(language)("site.unchecked")).count() == 1, address
    await context.close()


async def test_what_stands_on_the_left_stands_on_the_right_in_arabic(
    browser: Browser, server: Server, tenant: Invited
) -> None:
    for viewport in (PHONE, WIDE):
        context = await _phone(browser, server, viewport=viewport)
        page = await context.new_page()
        for language, sign in (("nb", -1), ("ar", 1)):
            await page.goto(f"{tenant.link}/side/bolig_praktisk?sprak={language}")
            assert sign * await page.evaluate(MIRRORED) > 0
            filled = "e => new DOMMatrix(getComputedStyle(e).transform).a"
            assert await page.locator(".progress svg").evaluate(filled) == -sign
        await context.close()


async def test_each_language_stands_by_its_own_name_and_the_pages_stay_light(
    browser: Browser, server: Server, tenant: Invited
) -> None:
    context = await _phone(browser, server, locale="ar-SY")
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(tenant.link, wait_until="networkidle")
    await expect(page.locator("html")).to_have_attribute("lang", "ar")
    shown = page.locator(".languages button")
    assert await shown.all_inner_texts() == [languages.name(code) for code in ALL]
    for code, button in zip(ALL, await shown.all(), strict=True):
        assert await button.get_attribute("lang") == code
        assert await button.get_attribute("dir") == languages.direction(code)
        assert await button.is_visible(), "unfolded where one begins"
    await _press(page, "ar", "start.go")
    await expect(page.get_by_role("heading", level=1)).to_have_text(FORM.pages[0].title.root["ar"])
    await page.wait_for_load_state("networkidle")
    assert sum(received) <= FIRST_PAGE
    await expect(shown.first).to_be_hidden()  # folded where one answers
    await page.locator(".fold summary").click()
    await page.locator('.languages button[lang="nb"]').click()
    await expect(page.locator("html")).to_have_attribute("dir", "ltr")
    named = [url for url in asked if url.endswith(".woff2")]
    assert {*named} <= {f"{server.url}/static/app/tigrinya.woff2"}, "four letters, for its own name"
    for address in (f"{tenant.link}?sprak=ti", "/finnes-ikke?sprak=ti"):
        await page.goto(address)
        faces = await page.evaluate("document.fonts.ready.then(all => [...all].map(one => one.status))")
        assert "loaded" in faces
    assert f"{server.url}/static/app/ethiopic.woff2" in asked
    await context.close()
