"""What the landlord's own colour and logo do to a document: the cover, and the band at the head of a page.

The chapters keep the colours of the house: in figures they mean something.
"""

from __future__ import annotations

from typing import Literal

from markupsafe import Markup

from reports.livery import Livery

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
