"""What the landlord's own colour and logo do to a document: the cover, and the band at the head of a page.

The chapters keep the colours of the house: in figures they mean something.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from markupsafe import Markup

from reports.documents.measuring import lines
from reports.documents.plain import shortened
from reports.livery import WHITE, Livery

PAD = 0.12
"""Of white around the logo, of its height."""


def styles(livery: Livery | None) -> str:
    """Rules that stand after those of the document; '' without a livery."""
    if livery is None:
        return ""
    colour, ink = livery.colour, livery.ink
    return (
        f"@page cover {{ background: {colour}; }}\n"
        f".bm-cover, .bm-cover .bm-over, .bm-cover .bm-sub, .bm-cover .bm-credit, .bm-cover-facts th,"
        f" .bp-head, .bp-head .bp-over, .bp-head .bp-sub, .sw-head, .sw-over, .sw-over .sw-second"
        f" {{ color: {ink}; }}\n"
        f".bm-cover-facts th, .bm-cover-facts td {{ border-top-color: {ink}; }}\n"
        f".bp-head, .sw-head {{ background: {colour}; }}\n"
        f".bm-case .bm-title {{ position: relative; }}\n"
        f'.bm-case .bm-title::before {{ content: ""; position: absolute; top: -4mm; left: 0; right: 0;'
        f" height: 2mm; background: {colour}; }}\n"
    )


def logo(
    livery: Livery | None,
    width: float,
    height: float,
    unit: Literal["mm", "pt"] = "mm",
    *,
    on_paper: bool = False,
) -> Markup:
    """As large as it can be in a frame, the white around it included; nothing where there is none.

    `on_paper`: it stands on white. One that is made to stand on the colour then takes a piece of that along.
    """
    if livery is None or livery.logo is None:
        return Markup("")
    ground = "#ffffff" if livery.plate else livery.colour if on_paper else ""
    pad = PAD * height if ground and not (on_paper and livery.plate) else 0.0
    wide, high = livery.logo.within(width - 2 * pad, height - 2 * pad)
    style = f"background: {ground}; padding: {pad:.2f}{unit}; " if pad else ""
    return Markup(
        '<p class="lv-logo" style="{}"><img src="{}" alt="{}" style="width: {:.2f}{}; height: {:.2f}{}"></p>'
    ).format(style, livery.logo.address, livery.logo.alt, wide, unit, high, unit)


TITLES = (38.1, 30.5, 24.4, 19.5, 15.6)
"""Sizes of the title of a cover, in points, of the one scale."""
LONGEST_NAME = 110
"""Signs of a name that stands on the cover besides the title."""
ROOM, TEXT, FACT = 842.0 - 74.0 - 153.0, 459.0, 351.0
"""Points: of the height, between what is above the landlord's name and what is beneath the facts; of the
width of the text, and of what is said of one fact."""
TOP, AROUND, ROW = 108.0, 125.0, 12.0


def short(name: str) -> str:
    """A name as it stands beside the title, which has it in full."""
    return shortened(name, LONGEST_NAME) if len(name) > LONGEST_NAME else name


def title_size(heading: str, sub: str, organisation: str, facts: Sequence[str]) -> float:
    """The largest in which all of a cover stands on its page, in points. The others as `short` has them."""
    brand = max(TOP, 19.5 * lines(short(organisation), 15.6, TEXT, bold=True))
    beside = AROUND + 23.0 * lines(short(sub), 15.6, TEXT)
    beside += sum(15.0 * lines(short(fact), 10.0, FACT, bold=True) + ROW for fact in facts)
    for size in TITLES[:-1]:
        if brand + beside + 1.12 * size * lines(heading, size, TEXT, bold=True) <= ROOM:
            return size
    return TITLES[-1]


def band(livery: Livery | None) -> Markup:
    """The landlord's colour and logo over a document on a screen; nothing without a livery. As drawings that
    hold all that they show: pages may have no styles of their own, and fetch nothing."""
    if livery is None:
        return Markup("")
    drawn = Markup(
        '<svg class="lv-band" aria-hidden="true" focusable="false" viewBox="0 0 100 1"'
        ' preserveAspectRatio="none"><rect width="100" height="1" fill="{}"/></svg>'
    ).format(livery.colour)
    if livery.logo is None:
        return drawn
    wide, high = livery.logo.within(*SCREEN)
    pad = PAD * SCREEN[1]
    ground = WHITE if livery.plate else livery.colour
    return drawn + Markup(
        '<svg class="lv-web" role="img" width="{0:.0f}" height="{1:.0f}" viewBox="0 0 {0:.0f} {1:.0f}">'
        '<title>{5}</title><rect width="100%" height="100%" fill="{4}"/>'
        '<image x="{6:.1f}" y="{6:.1f}" width="{2:.1f}" height="{3:.1f}" href="{7}"/></svg>'
    ).format(wide + 2 * pad, high + 2 * pad, wide, high, ground, livery.logo.alt, pad, livery.logo.address)


SCREEN = 220.0, 64.0
"""Pixels that a logo has on a screen."""
