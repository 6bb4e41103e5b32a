"""All that is sealed for one questionnaire is as long: how long it is must not tell how much somebody wrote.

A ballot that is longer than its neighbours is found again by its length, in the box and, mixed, among the
answers. So documents are compressed and filled up to a room that follows from the questionnaire alone, and
has place for all its texts as long as they may be.
"""

from __future__ import annotations

import zlib

from forms.questionnaire import Questionnaire

BLOCK = 4096
"""Bytes. A room is a whole number of these."""
RESERVE = 768
"""Bytes for what is in every document: version, language, a pseudonym's seed, the place of the draft."""
PER_ITEM = 12
"""Bytes, compressed, of an answer that is none of words, with its name."""
PER_CHARACTER = 0.9
"""Bytes, compressed, of one character of a text. Measured on 2,000 at a time of our own: bokmål 0.52,
Arabic and Ukrainian 0.68, Tigrinya 0.87. What takes more (a page of emoji) may have to be shortened."""
MOST = 400_000
"""Bytes of a document, unpacked."""

_COMPRESSED = 1 << 31
"""Set in the length of what is compressed; older drafts and ballots are not."""


def room(questionnaire: Questionnaire) -> int:
    """Bytes that every document sealed for it has before it is sealed."""
    items = [item for item in questionnaire.items() if item.stored]
    characters = sum(item.most_characters for item in items if item.kind == "text")
    needed = _besides_words(questionnaire) + int(PER_CHARACTER * characters)
    return -(-needed // BLOCK) * BLOCK


def fits(questionnaire: Questionnaire, document: bytes) -> bool:
    """Whether there is place for it, and for all answers that are none of words."""
    return len(_compressed(document)) + _besides_words(questionnaire) <= room(questionnaire)


def _besides_words(questionnaire: Questionnaire) -> int:
    return RESERVE + PER_ITEM * sum(item.kind != "text" for item in questionnaire.items() if item.stored)


def pack(document: bytes, room: int) -> bytes:
    """Compressed and filled up to `room`. What is too long all the same is filled up to a multiple of it:
    an answer that is not lost is worth more."""
    packed = _compressed(document)
    return pad(packed, room, len(packed) | _COMPRESSED)


def pad(document: bytes, block: int, length: int | None = None) -> bytes:
    """Four bytes of length, the document, zeros up to a whole number of blocks."""
    told = len(document) if length is None else length
    return told.to_bytes(4, "big") + document + bytes(-(len(document) + 4) % block)


def unpad(padded: bytes) -> bytes:
    """The inverse of `pad` and of `pack`. ValueError for what is neither."""
    length = int.from_bytes(padded[:4], "big")
    if not length & _COMPRESSED:
        return padded[4 : 4 + length]
    try:
        return zlib.decompressobj(-15).decompress(padded[4 : 4 + (length ^ _COMPRESSED)], MOST)
    except zlib.error as error:
        raise ValueError("damaged") from error


def _compressed(document: bytes) -> bytes:
    squeezed = zlib.compressobj(6, zlib.DEFLATED, -15)
    return squeezed.compress(document) + squeezed.flush()
