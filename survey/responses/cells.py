"""From one cell to one answer. A cell may hold the code, the value word or the label in any language.

    3            the code
    fornoyd      the value word
    Fornøyd      the label in bokmål, nynorsk or English; capitals and double blanks do not matter
    a|c          several answers (multiple choice; for a ranking the order counts)
    lys:60|lek:40   an amount shared out: each part after the code or word of its choice
    (empty), 0   unanswered; of a number only (empty), for 0 is a number
    2,5  2024-05 a number, a month; "don't know" and the like by word only, since codes are numbers

A word that could mean two different answers is refused, never guessed.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from forms.answers import Answer, clean_text
from forms.measures import Misfit, month, number, written
from forms.questionnaire import SPECIAL_CODES, UNANSWERED, Item, Questionnaire
from forms.shares import shared
from survey.responses.errors import Complaint, wording

SEPARATOR = "|"
AMBIGUOUS = -1


def key(word: str) -> str:
    """How words are compared: composed, lower case, single blanks, straight apostrophes."""
    return " ".join(unicodedata.normalize("NFKC", word).replace("’", "'").casefold().split())


@dataclass(frozen=True)
class CellReader:
    """Reads the cells of one item. `words`: word -> code, AMBIGUOUS where two answers share a word."""

    item: Item
    words: dict[str, int]
    exclusive: frozenset[int]

    @classmethod
    def of(cls, questionnaire: Questionnaire, item: Item) -> CellReader:
        meanings: dict[str, set[int]] = defaultdict(set)
        if item.coded:
            meanings["0"].add(UNANSWERED)
        choices = questionnaire.choices(item)
        for choice in choices:
            for word in (str(choice.code), choice.value, *choice.text.root.values()):
                meanings[key(word)].add(choice.code)
        for special in item.specials:
            code = SPECIAL_CODES[special]
            labels = [wording(language)(f"special.{special}") for language in ("nb", "nn", "en")]
            for word in (*([str(code)] if item.coded else []), special, *labels):
                meanings[key(word)].add(code)
        words = {
            word: next(iter(codes)) if len(codes) == 1 else AMBIGUOUS for word, codes in meanings.items()
        }
        return cls(item, words, frozenset(choice.code for choice in choices if choice.exclusive))

    def read(self, cell: str) -> Answer | Complaint | None:
        """The answer, None when unanswered, or a Complaint saying what is wrong with the cell."""
        if not cell:
            return None
        if self.item.kind == "text":
            return self._text(cell)
        if self.item.kind == "allocate":
            return self.words.get(key(cell)) or self._shared(cell)
        if not self.item.coded:
            return self.words.get(key(cell)) or self._measured(cell)
        if self.item.kind == "choice":
            found = self._code(cell)
            return found if isinstance(found, Complaint) else found or None
        return self._several(cell)

    def _code(self, cell: str) -> int | Complaint:
        word = key(cell)
        whole, _, zeros = word.partition(".")
        if zeros and not zeros.strip("0") and whole.isdigit():
            word = whole  # spreadsheets write 3 as 3.0
        code = self.words.get(word)
        if code is None:
            return Complaint.of("cell.unknown", allowed=self._allowed())
        if code == AMBIGUOUS:
            return Complaint.of("cell.ambiguous")
        return code

    def _several(self, cell: str) -> Answer | Complaint | None:
        codes: list[int] = []
        for part in cell.split(SEPARATOR):
            code = self._code(part)
            if isinstance(code, Complaint):
                return code
            codes.append(code)
        if codes == [UNANSWERED]:
            return None
        alone = self.exclusive | {UNANSWERED, *SPECIAL_CODES.values()}
        if len(codes) > 1 and any(code in alone for code in codes):
            return Complaint.of("cell.exclusive")
        if len(set(codes)) < len(codes):
            return Complaint.of("cell.twice")
        if codes[0] in SPECIAL_CODES.values():
            return codes[0]
        if self.item.kind == "rank":
            if len(codes) > self.item.rank_size:
                return Complaint.of("cell.too_many", limit=self.item.rank_size)
            return codes
        return sorted(codes)

    def _measured(self, cell: str) -> str | Complaint:
        item = self.item
        if item.kind == "month":
            when = month(item, cell)
            return Complaint.of("cell.month") if isinstance(when, Misfit) else when
        read = number(item, cell.removesuffix(".0"))  # spreadsheets write 3 as 3.0
        if not isinstance(read, Misfit):
            return read
        limits: dict[str, object] = {"least": written(item.minimum), "decimals": item.decimals}
        if item.maximum is None:
            return Complaint.of("cell.number", **limits)
        return Complaint.of("cell.number_between", most=written(item.maximum), **limits)

    def _shared(self, cell: str) -> Answer | Complaint | None:
        typed: dict[str, str] = {}
        for part in cell.split(SEPARATOR):
            word, _, share = part.rpartition(":")
            code = self._code(word)
            if isinstance(code, Complaint):
                return code
            if str(code) in typed:
                return Complaint.of("cell.twice")
            typed[str(code)] = share
        read = shared(self.item, typed)
        if isinstance(read, Misfit):
            return Complaint.of("cell.shares", total=self.item.total, step=self.item.step)
        return read or None

    def _text(self, cell: str) -> str | Complaint:
        most = self.item.most_characters
        if len(cell) > most:
            return Complaint.of("cell.too_long", found=len(cell), limit=most)
        if any(unicodedata.category(ch) == "Cc" and ch not in "\n\r\t" for ch in cell):
            return Complaint.of("cell.control")
        return clean_text(cell)

    def _allowed(self) -> str:
        """The codes and words to choose from, at most a dozen, for the refusal."""
        numbers = sorted({code for code in self.words.values() if code > 0})
        shown: list[str] = []
        for code in numbers[:12]:
            slug = next(
                (w for w, c in self.words.items() if c == code and w.isascii() and not w.isdigit()), ""
            )
            shown.append(f"{code} {slug}".strip())
        return ", ".join(shown) + (" …" if len(numbers) > 12 else "")
