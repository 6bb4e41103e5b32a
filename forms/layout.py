"""Closed answers as bytes: the `codes` column that every count is read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from forms.errors import AnswerFault, Fault, at
from forms.questionnaire import SPECIAL_CODES, UNANSWERED, Item, Questionnaire
from forms.shuffling import ORDER, ORDERS, any_shuffled

Answer = int | list[int] | str | dict[str, str]
Answers = dict[str, Answer]
SlotKind = Literal["choice", "state", "mask", "rank", "share"]
_ANSWERED = 1
_SPECIAL = frozenset(SPECIAL_CODES.values())


@dataclass(frozen=True)
class Slot:
    """One byte of `codes`. `index`: mask byte (0..), place of the rank (1..) or choice (1..); else 0."""

    name: str
    item_id: str
    kind: SlotKind
    index: int


@dataclass(frozen=True)
class _Place:
    """Where an item lies in the bytes. `codes`: its choices in order, for the bit mask of a multi.

    `alone`: the codes that are an answer by themselves. `step`: of an amount that is shared out.
    """

    kind: str
    start: int
    width: int
    codes: tuple[int, ...]
    alone: frozenset[int]
    step: int = 1


@dataclass(frozen=True)
class Layout:
    """The fixed order of bytes that a version of a questionnaire gives its closed answers.

    choice  1 byte `id`
    multi   state byte `id` (0 unanswered, 1 answered, 253-255), then ceil(n / 8) mask bytes `id__m0`, ...;
            bit i of the mask (lowest first) is the i-th choice in order
    rank    `rank_size` bytes `id__r1`, ...; 0 where fewer were ranked; a special code stands in the first
    allocate  state byte `id` as of multi, then a byte `id__s1`, ... for each choice: its part in steps

    Last, where anything is shuffled: 1 byte `order`, which of the orders it was shown in, 0 when not known.
    """

    slots: tuple[Slot, ...]
    _places: Mapping[str, _Place]
    _others: frozenset[str]
    """Items whose answers are words, numbers or months: stored as they are, and not packed."""

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> Layout:
        slots: list[Slot] = []
        places: dict[str, _Place] = {}
        for item in questionnaire.items():
            if not item.counted and item.kind != "allocate":
                continue
            codes = tuple(choice.code for choice in questionnaire.choices(item))
            own = _slots(item, len(codes))
            alone = _SPECIAL | set(codes if item.kind == "choice" else ())
            places[item.id] = _Place(item.kind, len(slots), len(own), codes, alone, item.step)
            slots.extend(own)
        if any_shuffled(questionnaire):
            places[ORDER] = _Place("choice", len(slots), 1, (), frozenset(range(1, ORDERS + 1)))
            slots.append(Slot(ORDER, ORDER, "choice", 0))
        others = frozenset(item.id for item in questionnaire.stored() if item.id not in places)
        return cls(tuple(slots), places, others)

    @property
    def width(self) -> int:
        """Bytes a response takes."""
        return len(self.slots)

    def pack(self, answers: Mapping[str, Answer]) -> bytes:
        """The closed answers as bytes; the others are left out. AnswerFault when the answers do not fit."""
        packed = bytearray(self.width)
        for name, answer in answers.items():
            place = self._places.get(name)
            if place is None:
                if name in self._others:
                    continue
                raise AnswerFault([unknown_item(name)])
            if type(answer) is int and answer in place.alone:  # nearly all are: not worth a call each
                packed[place.start] = answer
                continue
            written = _written(place, answer)
            if written is None:
                raise AnswerFault([_unpackable(name, answer)])
            packed[place.start : place.start + len(written)] = written
        return bytes(packed)

    def unpack(self, packed: bytes) -> Answers:
        """The closed answers back from bytes. AnswerFault when the width is that of another version."""
        if len(packed) != self.width:
            values = {"bytes": len(packed), "expected": self.width}
            raise AnswerFault([Fault.error(at(codes=""), "codes_unfit", **values)])
        answers: Answers = {}
        for name, place in self._places.items():
            answer = _read(place, packed[place.start : place.start + place.width])
            if answer is not None:
                answers[name] = answer
        return answers


def _slots(item: Item, choices: int) -> list[Slot]:
    if item.kind == "rank":
        return [Slot(f"{item.id}__r{n}", item.id, "rank", n) for n in range(1, item.rank_size + 1)]
    if item.kind == "choice":
        return [Slot(item.id, item.id, "choice", 0)]
    if item.kind == "allocate":
        shares = [Slot(f"{item.id}__s{n}", item.id, "share", n) for n in range(1, choices + 1)]
        return [Slot(item.id, item.id, "state", 0), *shares]
    masks = [Slot(f"{item.id}__m{n}", item.id, "mask", n) for n in range((choices + 7) // 8)]
    return [Slot(item.id, item.id, "state", 0), *masks]


def _written(place: _Place, answer: Answer) -> bytes | None:
    """The bytes of one answer; None when it has the wrong shape for its item."""
    if isinstance(answer, int) and not isinstance(answer, bool):
        return bytes((answer,)) if answer in place.alone else None
    if place.kind == "allocate":
        return _written_shares(place, answer)
    if not isinstance(answer, list) or place.kind == "choice" or not set(answer) <= set(place.codes):
        return None
    if place.kind == "rank":
        return bytes(answer) if len(answer) <= place.width else None
    mask = sum(1 << place.codes.index(code) for code in set(answer))
    return bytes([_ANSWERED if answer else UNANSWERED]) + mask.to_bytes(place.width - 1, "little")


def _written_shares(place: _Place, answer: Answer) -> bytes | None:
    if not isinstance(answer, dict) or not answer.keys() <= {str(code) for code in place.codes}:
        return None
    try:
        parts = [divmod(int(answer.get(str(code), "0")), place.step) for code in place.codes]
        return None if any(rest for _, rest in parts) else bytes([_ANSWERED, *(steps for steps, _ in parts)])
    except ValueError:  # no number, or more steps than a byte holds
        return None


def _read(place: _Place, own: bytes) -> Answer | None:
    first = own[0]
    if first == UNANSWERED:
        return None
    if place.kind == "choice" or first in SPECIAL_CODES.values():
        return first
    if place.kind == "rank":
        return [code for code in own if code != UNANSWERED]
    if place.kind == "allocate":
        parts = zip(place.codes, own[1:], strict=True)
        return {str(code): str(steps * place.step) for code, steps in parts if steps}
    mask = int.from_bytes(own[1:], "little")
    return sorted(code for i, code in enumerate(place.codes) if mask >> i & 1)


def _unpackable(name: str, answer: object) -> Fault:
    return Fault.error(at(item=name), "answer_unpackable", answer=f"{answer!r:.60}")


def unknown_item(name: str) -> Fault:
    return Fault.error(at(item=name[:80]), "answer_item_unknown")
