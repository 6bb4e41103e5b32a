"""Whether a logo can be seen where it stands: told to the office, never refused, for a logo may be pale.

Of a drawing every paint counts, however little is painted with it: this errs on the side of silence.
"""

from __future__ import annotations

import io

from PIL import Image, ImageColor

from reports.livery import WHITE, Livery, contrast
from survey.register.logos import drawing

SEEN = 2.0
"""Contrast below which it is told. WCAG asks 3 of signs that mean something, and nothing of logos."""
THINNEST = 4.0
"""Millimetres of the shorter side below which it is told."""
LOOKED_AT = 120
"""Pixels of the longer side: enough to tell what is seen from what is not."""
A_TENTH = 16
"""Steps of a colour that are told apart."""
FEW = 0.02
"""Of the pixels that are not clear: what only so many are painted with is no logo."""


def strongest(livery: Livery) -> float:
    """The contrast of what stands out most in the logo, with what it stands on; 1 to 21."""
    logo = livery.logo
    if logo is None:
        return 1.0
    ground = WHITE if livery.plate else livery.colour
    if logo.media_type == "image/svg+xml":
        painted = {_colour(paint) for paint in drawing.paints(logo.content)}
        return max((contrast(ground, colour) for colour in painted if colour), default=1.0)
    return _of_pixels(logo.content, ground)


def _colour(paint: str) -> str | None:
    """'#rrggbb'; None of what is no colour we know."""
    try:
        return "#{:02x}{:02x}{:02x}".format(*ImageColor.getrgb(paint)[:3])
    except ValueError:
        return "#000000" if paint == "currentColor" else None


def _of_pixels(content: bytes, ground: str) -> float:
    with Image.open(io.BytesIO(content)) as picture:
        picture.draft("RGB", (LOOKED_AT, LOOKED_AT))
        small = picture.convert("RGBA")
    small.thumbnail((LOOKED_AT, LOOKED_AT))
    laid = Image.new("RGBA", small.size, ground)
    laid.alpha_composite(small)
    coarse = laid.convert("RGB").point(lambda value: min(round(value / A_TENTH) * A_TENTH, 255))
    clear = small.getchannel("A").point(lambda value: 255 if value > A_TENTH else 0)
    there = sum(count for count, value in clear.getcolors(LOOKED_AT**2) or [] if value)
    found = [
        contrast(ground, "#{:02x}{:02x}{:02x}".format(*colour))
        for count, colour in coarse.getcolors(LOOKED_AT**2) or []
        if count >= max(FEW * there, 1) and isinstance(colour, tuple)
    ]
    return max(found, default=1.0)
