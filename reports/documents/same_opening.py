"""Sentences of a list that open alike: what they share is said once, above them.

'At most half probably give a good answer ("agree" or "agree a little") to' is the same of ten questions; who
reads, or listens, wants the ten questions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reports.documents.blocks import Block, Points, Text
from reports.documents.words import Words

OPENS = ("strong", "weak")
"""Variants of `reports.findings.sentences` that claim a share of one question."""
SCOPE, PART, LIKELY, ANSWERS, ITEM, REST = (f"\ue000{number}\ue001" for number in range(6))


def blocks(words: Words, texts: Sequence[str]) -> list[Block]:
    """`texts`, in order but for those that open as one before them does: they follow it."""
    alike: dict[str, list[str]] = {}
    for text in texts:
        alike.setdefault(opening(words, text) or text, []).append(text)
    made: list[Block] = []
    alone: list[str] = []
    for start, own in alike.items():
        if len(own) == 1:
            alone += own
            continue
        if alone:
            made.append(Points(tuple(alone)))
            alone = []
        made.append(Text(f"{start.rstrip()}:", "opens"))
        made.append(Points(tuple(text.removeprefix(start) for text in own)))
    return [*made, Points(tuple(alone))] if alone else made


def opening(words: Words, text: str) -> str:
    """All that stands before the question that a sentence without its place is about; '' of another kind."""
    for variant in OPENS:
        said = words.t(
            f"said.{variant}",
            scope=SCOPE,
            part=PART,
            likely=LIKELY,
            answers=ANSWERS,
            item=ITEM,
            **dict.fromkeys(("figure", "everybody", "about", "n"), REST),
        )
        start = said.partition(ITEM)[0].partition(f"{SCOPE}: ")[2]
        pattern = re.escape(start)
        for sign, some in ((PART, r"[^(]+?"), (LIKELY, r"[^(]*?"), (ANSWERS, r".+?")):
            pattern = pattern.replace(re.escape(sign), some)
        quote = re.escape(words.quote("")[:1])
        if found := re.match(f"{pattern}(?={quote})", text):
            return found.group()
    return ""
