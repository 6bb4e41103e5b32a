"""An amount shared out between choices: 'You have 100 000 kroner. What should they be used for?'

    {"1": "60000", "3": "40000"}     code of the choice -> its part as text, in the order of the choices

The parts are whole numbers of steps and come to the total; a choice without a part is left out. What does
not fit is told by one of these keys, which the pages of tenants word as `problem.<key>`:

    share_unreadable   a part is no whole number          (no placeholders)
    share_step         a part is not a number of steps    {step}
    share_left         something is not shared out yet    {left}
    share_over         more than there is                 {over}
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from forms.measures import Misfit
from forms.questionnaire import Item

Shares = dict[str, str]
_PART = re.compile(r"[0-9]{1,9}")
_GROUPS = re.compile(r"(?<=[0-9])[ .,\u00a0\u202f](?=[0-9]{3}(?![0-9]))")


def amount(typed: str) -> int | None:
    """A part as it was typed, None when it is no whole number. There are no decimals, so what stands before
    three digits parts thousands, be it a blank, a comma or a point."""
    bare = _GROUPS.sub("", typed.strip())
    return int(bare) if _PART.fullmatch(bare) else None


def shared(item: Item, typed: Mapping[str, str]) -> Shares | Misfit:
    """The parts as they are stored; {} when nothing was given to anything."""
    parts: dict[str, int] = {}
    for choice in item.choices:
        written = typed.get(str(choice.code), "").strip()
        part = amount(written) if written else 0
        if part is None:
            return Misfit("share_unreadable")
        if part % item.step:
            return Misfit("share_step", {"step": item.step})
        if part:
            parts[str(choice.code)] = part
    over = sum(parts.values()) - item.total
    if parts and over > 0:
        return Misfit("share_over", {"over": over})
    if parts and over < 0:
        return Misfit("share_left", {"left": -over})
    return {code: str(part) for code, part in parts.items()}


def given(typed: Mapping[str, str]) -> int:
    """How much is shared out so far, of what can be read."""
    return sum(amount(part) or 0 for part in typed.values())
