"""How long a text message is, as the networks count: 3GPP TS 23.038 (alphabets) and 23.040 (parts).

A message with but letters of the default alphabet takes 160 of them, or 153 in each part of a longer one. One
sign that is not among them, '«' or 'ą' as well as any Arabic one, and the whole is sent in UCS-2: 70, or 67.
"""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = frozenset("\f^{}\\[~]|€")
"""Of the default alphabet's extension: each takes the room of two."""


@dataclass(frozen=True)
class SmsLength:
    """`signs`: as they are counted, some as two. `wide`: in UCS-2. `alone`, `each`: signs that one message
    takes, and each of several."""

    signs: int
    parts: int
    wide: bool
    alone: int
    each: int


def sms_length(text: str) -> SmsLength:
    wide = not set(text) <= DEFAULT | TWICE
    alone, each = (70, 67) if wide else (160, 153)
    widths = [2 if (sign > "\uffff" if wide else sign in TWICE) else 1 for sign in text]
    if sum(widths) <= alone:
        return SmsLength(sum(widths), 1, wide, alone, each)
    parts, room = 1, each
    for width in widths:  # what takes two is not parted
        if width > room:
            parts, room = parts + 1, each
        room -= width
    return SmsLength(sum(widths), parts, wide, alone, each)
