"""A landlord's own colour and logo, as the covers of documents carry them.

Text on the colour is white, or black where white could not be read: of the two one always reaches 4.5 to 1,
whatever the colour (the worst is a grey that gives each 4.58).
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Literal

WHITE, BLACK = "#ffffff", "#000000"
ENOUGH = 4.5
"""Contrast of text: WCAG 2.2, 1.4.3."""
COLOUR = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)

LogoType = Literal["image/png", "image/jpeg", "image/svg+xml"]


@dataclass(frozen=True)
class Logo:
    """A picture that was read and written anew by us. `width`, `height`: only how they go together counts.
    `alt`: what is said of it to those who do not see it. `content_hash`: SHA-256 in hexadecimal."""

    content: bytes = field(repr=False)
    media_type: LogoType
    width: float
    height: float
    alt: str
    content_hash: str

    @property
    def address(self) -> str:
        """The whole picture, as a document that fetches nothing holds it."""
        return f"data:{self.media_type};base64,{b64encode(self.content).decode()}"

    def within(self, width: float, height: float) -> tuple[float, float]:
        """As large as it can be in a frame."""
        scale = min(width / self.width, height / self.height)
        return self.width * scale, self.height * scale


@dataclass(frozen=True)
class Livery:
    """`colour`: '#0b5d66'. `plate`: the logo stands on white, not on the colour itself."""

    colour: str
    logo: Logo | None = None
    plate: bool = True

    @property
    def ink(self) -> str:
        return ink_on(self.colour)

    @property
    def contrast(self) -> float:
        """Of the text on the colour, 4.5 at least."""
        return contrast(self.ink, self.colour)


def colour_of(typed: str) -> str | None:
    """'#0b5d66' of what people write for it; None for what is no colour.

    >>> colour_of(' 0B5D66 '), colour_of('#fc0'), colour_of('teal')
    ('#0b5d66', '#ffcc00', None)
    """
    found = COLOUR.fullmatch(typed.strip())
    if found is None:
        return None
    digits = found[1].lower()
    return f"#{digits if len(digits) == 6 else ''.join(digit * 2 for digit in digits)}"


def ink_on(colour: str) -> str:
    """White where that can be read, else black."""
    return WHITE if contrast(WHITE, colour) >= ENOUGH else BLACK


def contrast(one: str, other: str) -> float:
    """Between two colours, 1 to 21: WCAG 2.2, contrast ratio."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance; '#rrggbb'."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
