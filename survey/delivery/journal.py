"""What became of the messages of batches under way: a file beside the keys, for the sender alone. No address.

A line is a batch, a message, a channel, and what became of it:

    sent, failed     it is over
    later:<second>   tried, and not taken; each such line is a try
    doubt:<second>   not taken at its first try, and nobody can tell whether for the address or the channel
    given:<second>   handed over whole, and no answer came
    rests:<second>   its channel rests, and it cannot wait for long

Seconds are those of the clock on the wall (Unix time): they outlive the machine's being started anew. A clock
may have been wrong when a line was written, so who reads them decides what to believe.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from uuid import UUID

from survey.delivery.channels import ChannelName

Outcome = str
"""'sent' or 'failed'."""
Moment = Literal["later:", "doubt:", "given:", "rests:"]
LATER: Moment = "later:"
DOUBT: Moment = "doubt:"
GIVEN: Moment = "given:"
RESTS: Moment = "rests:"
NOBODY = "0" * 32
"""In the place of batch and message: the channel took something, of a batch that is over."""
_WRITTEN = re.compile(r"sent|failed|(?:later|doubt|given|rests):[0-9]+\.")

_Line = tuple[str, str, ChannelName, str]


class Journal:
    """On disk before the next message is sent."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[_Line] = []
        if path.exists():
            for line in path.read_text(encoding="ascii").splitlines():
                match line.split():
                    case [batch, id, ("email" | "sms") as channel, word] if _WRITTEN.fullmatch(word):
                        self._lines.append((batch, id, channel, word))  # a line cut short says nothing

    def outcomes(self, batch: UUID) -> list[tuple[str, ChannelName, Outcome]]:
        return [
            (id, channel, word)
            for of, id, channel, word in self._lines
            if of == batch.hex and word in ("sent", "failed")
        ]

    def times(self, batch: UUID, kind: Moment) -> dict[tuple[str, ChannelName], list[float]]:
        """Seconds of the lines of one kind, in their order, by message and channel."""
        found: dict[tuple[str, ChannelName], list[float]] = {}
        for of, id, channel, word in self._lines:
            if of == batch.hex and word.startswith(kind):
                found.setdefault((id, channel), []).append(float(word.removeprefix(kind)))
        return found

    def in_a_row(self, channel: ChannelName) -> set[str]:
        """Messages not taken at their first try since the channel last took one."""
        found: set[str] = set()
        for _, id, of, word in self._lines:
            if of == channel and word == "sent":
                found.clear()
            elif of == channel and word.startswith(DOUBT):
                found.add(id)
        return found

    def probe(self) -> None:
        """Raises OSError when nothing can be written: no message may be sent that cannot be noted."""
        _write(self._path, "a", [()])

    def note(self, batch: UUID, id: UUID, channel: ChannelName, word: str) -> None:
        self._lines.append((batch.hex, id.hex, channel, word))
        _write(self._path, "a", self._lines[-1:])

    def note_time(self, batch: UUID, id: UUID, channel: ChannelName, kind: Moment, at: float) -> None:
        self.note(batch, id, channel, f"{kind}{max(0, int(at))}.")

    def forget(self, batch: UUID) -> None:
        """The batch is over. That a channel took something of it stays, for those who still doubt it."""
        kept: list[_Line] = []
        doubted: set[ChannelName] = set()
        for of, id, channel, word in self._lines:
            line: _Line = (of, id, channel, word)
            if of == batch.hex:
                if word != "sent":
                    continue
                line = (NOBODY, NOBODY, channel, word)
            if line[0] == NOBODY and channel not in doubted:
                continue
            if word == "sent":
                doubted.discard(channel)
            elif word.startswith(DOUBT):
                doubted.add(channel)
            kept.append(line)
        self._lines = kept
        draft = self._path.with_suffix(".new")
        _write(draft, "w", self._lines)
        draft.replace(self._path)


def _write(path: Path, mode: Literal["a", "w"], lines: Sequence[tuple[str, ...]]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if mode == "a" else os.O_TRUNC)
    with os.fdopen(os.open(path, flags, 0o600), "a", encoding="ascii") as file:
        file.writelines(" ".join(line) + "\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
