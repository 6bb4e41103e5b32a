"""Promises about a landlord's own colour and logo: text on it can be read, and only a picture comes along."""

from __future__ import annotations

import io
from itertools import product

import pytest
from PIL import Image, PngImagePlugin

from reports.livery import ENOUGH, Livery, colour_of, contrast
from survey.register.logos import reading, seeing
from survey.register.logos.errors import LogoRefused
from tests.samples.logos import DRAWN, raster, svg


def _refused(file: bytes) -> tuple[str, str]:
    with pytest.raises(LogoRefused) as refused:
        reading.read(file, "Logo")
    return refused.value.key.removeprefix("problem.logo."), str(refused.value.values.get("what", ""))


def test_text_can_be_read_on_every_colour_that_anybody_chooses() -> None:
    steps = [*range(0, 256, 15), 117, 118, 119]
    for red, green, blue in product(steps, steps, steps):
        livery = Livery(f"#{red:02x}{green:02x}{blue:02x}")
        assert livery.contrast >= ENOUGH, livery


def test_text_is_white_wherever_white_can_be_read() -> None:
    assert Livery("#0b5d66").ink == Livery("#c8102e").ink == "#ffffff"
    assert Livery("#ffcd00").ink == Livery("#ffffff").ink == Livery("#7a7a7a").ink == "#000000"
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(
        4.54, abs=0.005
    )  # the grey of the WCAG's own notes


@pytest.mark.parametrize("typed", ["", "teal", "#12345", "#gggggg", "rgb(1,2,3)", "#0b5d66;}", "url(#a)"])
def test_what_is_no_colour_is_none(typed: str) -> None:
    assert colour_of(typed) is None


def test_a_drawing_keeps_its_shapes_and_nothing_else_of_its_file() -> None:
    logo = reading.read(DRAWN, "Logoen til Eksempelvik")
    kept = logo.content.decode()
    assert (logo.media_type, logo.width, logo.height) == ("image/svg+xml", 300, 100)
    assert "M0 80L40 10L80 80z" in kept and 'fill="#8c1d40"' in kept and 'stop-color="#ffcd00"' in kept
    for left_out in ("style", "class", "title", "metadata", "Kari", "inkscape", "DOCTYPE", "w3.org/Graphics"):
        assert left_out not in kept
    assert reading.read(DRAWN, "Logoen til Eksempelvik") == logo
    assert reading.read(logo.content, "x").content == logo.content


def test_rules_of_a_stylesheet_count_as_in_a_browser() -> None:
    css = "<style>#x{fill:#000001} .a{fill:#000002} path{fill:#000003} .a{fill:#000004}</style>"
    drawn = reading.read(
        svg(f'{css}<path id="x" class="a" d="M1 1"/><path class="a" d="M2 2"/><path d="M3 3"/>'), ""
    )
    kept = drawn.content.decode()
    assert '<path d="M1 1" fill="#000001"' in kept
    assert '<path d="M2 2" fill="#000004"' in kept and '<path d="M3 3" fill="#000003"' in kept


BOMB = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
TOLD = {
    "a program": (svg("<script>alert(1)</script>"), "script", "script"),
    "a program by another case": (svg("<SCRIPT/>"), "script", "SCRIPT"),
    "something that happens": (svg('<g onload="fetch(1)"/>'), "handler", "g onload"),
    "at the root": (svg("", attributes='viewBox="0 0 9 9" onclick="x()"'), "handler", "svg onclick"),
    "a page within": (
        svg("<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>"),
        "foreign",
        "foreignObject",
    ),
    "a page within what is left out": (svg("<metadata><script/></metadata>"), "script", "script"),
    "entities": (svg("<path d='&b;'/>", head=BOMB), "entity", "a"),
    "a file of this machine": (
        svg("", head='<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        "entity",
        "a",
    ),
    "an address elsewhere": (
        svg('<use xlink:href="http://evil.example/a.svg#b"/>'),
        "outside",
        "use: http://evil.example/a.svg#b",
    ),
    "an address as data": (
        svg('<use href="data:image/svg+xml;base64,AAAA"/>'),
        "outside",
        "use: data:image/svg+xml;base64,AAAA",
    ),
    "a link": (svg('<a href="javascript:alert(1)"/>'), "outside", "a: javascript:alert(1)"),
    "a picture": (svg('<image href="data:image/png;base64,AAAA"/>'), "picture", "image"),
    "a stylesheet elsewhere": (
        svg("", head='<?xml-stylesheet href="http://evil.example/a.css"?>'),
        "outside",
        "xml-stylesheet",
    ),
    "an import": (svg("<style>@import url(http://evil.example/a.css);</style>"), "css", "@import"),
    "a typeface": (svg("<style>@font-face{src:url(//evil.example)}</style>"), "css", "@font-face"),
    "an address in a style": (
        svg('<path style="fill:url(//evil.example/a)"/>'),
        "outside",
        "//evil.example/a",
    ),
    "an address in a rule": (
        svg("<style>path{mask:url('//evil.example/a')}</style>"),
        "outside",
        "//evil.example/a",
    ),
    "an address in disguise": (svg('<path fill="u\\72l(//evil.example)"/>'), "css", "u\\72l(//evil.example)"),
    "a disguise in a style": (
        svg('<path style="fill:u\\72l(//evil.example/a)"/>'),
        "css",
        "fill:u\\72l(//evil.example/a)",
    ),
    "letters": (svg("<text>Eksempelvik</text>"), "text", "text"),
    "what moves": (svg('<animate attributeName="x"/>'), "element", "animate"),
    "a circle": (svg('<g id="a"><use href="#a"/></g>'), "circle", "a"),
    "a circle of colours": (
        svg('<linearGradient id="a" href="#b"/><linearGradient id="b" href="#a"/>'),
        "circle",
        "a",
    ),
    "no size": (svg("", attributes=""), "frame", ""),
    "no size that can be printed": (svg("", attributes='viewBox="0 0 nan 9"'), "frame", ""),
    "no end": (svg("")[:-3], "broken", ""),
    "another root": (b'<html xmlns="http://www.w3.org/1999/xhtml"><svg/></html>', "kind", ""),
    "nothing to see": (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g/></svg>', "empty", ""),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_drawing_with_more_than_a_drawing_in_it_is_refused_and_told_what(name: str) -> None:
    file, why, what = TOLD[name]
    assert _refused(file) == (why, what)


def test_a_drawing_that_would_come_to_billions_of_parts_is_refused_at_once() -> None:
    levels = "".join(f'<g id="l{n}">' + f'<use href="#l{n - 1}"/>' * 10 + "</g>" for n in range(1, 40))
    assert _refused(svg(f'<g id="l0"><path d="M0 0"/></g>{levels}<use href="#l39"/>'))[0] == "parts"
    deep = "".join(f'<g id="d{n}"><use href="#d{n - 1}"/></g>' for n in range(1, 1_500))
    assert _refused(svg(f'<g id="d0"/>{deep}<use href="#d1499"/>'))[0] == "parts"
    assert _refused(svg("<g>" * 4_000 + "</g>" * 4_000))[0] == "parts"
    assert _refused(svg("<path/>" * 5_001))[0] == "parts"


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "RGBA"),
        ("PNG", "RGB"),
        ("PNG", "L"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
    ],
)
def test_a_picture_is_redrawn_without_what_was_written_in_it(kind: str, mode: str) -> None:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "Kari Nordmann")
    more: dict[str, object] = (
        {"pnginfo": said} if kind == "PNG" else {"exif": Image.Exif(), "comment": b"Kari"}
    )
    if mode in ("RGBA", "RGB"):
        file = raster(kind, mode=mode, **more)
    else:
        out = io.BytesIO()
        Image.open(io.BytesIO(raster("PNG", mode="RGB"))).convert(mode).save(out, kind, **more)
        file = out.getvalue()
    logo = reading.read(file, "Logo")
    assert b"Kari" not in logo.content
    shown = Image.open(io.BytesIO(logo.content))
    assert shown.format == kind and (logo.width, logo.height) == shown.size
    assert reading.read(file, "Logo").content == logo.content


def test_a_picture_is_kept_no_larger_than_paper_can_tell_and_without_empty_edges() -> None:
    logo = reading.read(raster(width=3_000, height=1_500), "Logo")
    assert logo.width <= 1_200 and logo.height <= 600
    assert logo.width / logo.height == pytest.approx((1500 - 333) / (1500 - 2 * 166), rel=0.02)


def test_a_picture_that_stands_on_its_head_is_set_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # a quarter to the right
    logo = reading.read(raster("JPEG", 300, 200, "RGB", exif=turned), "Logo")
    assert (logo.width, logo.height) == (200, 300)


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"", "none"),
        (b"GIF89a" + b"x" * 200, "kind"),
        (b"%PDF-1.7", "kind"),
        (b"x" * 1_000_001, "bytes"),
        (raster(width=3_001, height=9), "pixels"),
        (raster(mode="1", width=20_000, height=20_000), "pixels"),
        (raster(width=60, height=60), "few_pixels"),
        (raster()[:400], "broken"),
        (raster("JPEG", mode="RGB")[:400], "broken"),
        (b"\x89PNG\r\n\x1a\n", "broken"),
    ],
)
def test_a_file_that_cannot_be_a_logo_is_refused_with_the_reason(file: bytes, why: str) -> None:
    assert _refused(file)[0] == why


def test_a_picture_with_nothing_to_see_is_refused() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (200, 200), (255, 0, 0, 0)).save(out, "PNG")
    assert _refused(out.getvalue())[0] == "empty"


def _worn(file: bytes, colour: str, *, plate: bool = True) -> Livery:
    return Livery(colour, reading.read(file, "Logo"), plate)


def _lone(paint: str) -> bytes:
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    return f'{head}<path fill="{paint}" d="M0 0h9v9z"/></svg>'.encode()


@pytest.mark.parametrize(
    ("worn", "seen"),
    [
        (_worn(_lone("white"), "#0b5d66"), False),
        (_worn(_lone("#fff"), "#0b5d66", plate=False), True),
        (_worn(_lone("white"), "#ffcd00", plate=False), False),
        (_worn(_lone("rgb(250, 250, 250)"), "#0b5d66"), False),
        (_worn(DRAWN, "#ffffff"), True),
        (_worn(raster(), "#ffffff"), True),
        (_worn(raster(), "#c8102e", plate=False), False),
        (_worn(raster("JPEG", mode="RGB"), "#000000", plate=False), True),
    ],
)
def test_a_logo_that_can_hardly_be_seen_where_it_stands_is_known(worn: Livery, seen: bool) -> None:
    assert (seeing.strongest(worn) >= seeing.SEEN) is seen
