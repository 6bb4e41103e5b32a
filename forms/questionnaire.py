"""The model of a questionnaire: Questionnaire > Page > Item (or Matrix of Items) > Choice.

A questionnaire version is immutable once a round has opened with it. Every closed answer is stored as a
*code* (a small whole number); conditions and people read its *value* (a word). Codes 253, 254 and 255 are
the same in every questionnaire: won't say, don't know, not applicable; 0 is unanswered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    RootModel,
    Tag,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from forms import languages
from forms.house_names import house_name

UNANSWERED = 0
WONT_SAY = 253
DONT_KNOW = 254
NOT_APPLICABLE = 255
SPECIAL_CODES: dict[str, int] = {
    "vil_ikke_svare": WONT_SAY,
    "vet_ikke": DONT_KNOW,
    "ikke_aktuelt": NOT_APPLICABLE,
}
LANGUAGES = languages.WRITTEN
MAX_TEXT_ANSWER = 2000
"""Characters in one open answer; stated on the page beside the field."""
MAX_LINE_ANSWER = 200
"""The same of an answer that is given one line."""

PIPE = re.compile(r"\{([a-z][a-z0-9_]{0,63})\|([^{}|]*)\}")
"""An earlier answer in a text, and the word for whoever did not give it: see `piping`."""

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Special = Literal["vil_ikke_svare", "vet_ikke", "ikke_aktuelt"]
Facet = Literal["funksjonell", "sosial", "emosjonell"]
Level = Literal["individ", "kollektiv", "system"]
Month = Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$")]
Kind = Literal["choice", "multi", "rank", "text", "number", "month", "allocate", "info"]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Text(RootModel[dict[str, str]]):
    """One text in several languages, by language code ('nb', 'nn', 'en', ...)."""

    model_config = ConfigDict(frozen=True)

    def get(self, language: str) -> str:
        """The text in `language`, else in bokmål, else in whatever language there is.

        As it is said to nobody in particular: for answers that are to stand in it (see `piping`) their word.
        """
        words = self.root.get(language) or self.root.get("nb") or next(iter(self.root.values()), "")
        return PIPE.sub(r"\2", words) if "{" in words else words


class Choice(Model):
    """One closed answer. `score` is 0-100 for scored items, None where it does not count.

    `off_scale`: a full answer that has no place in the order of the others ('I did not want to take part');
    it is told beside the scale, never merged with a step of it and never weighed as good or bad.
    """

    code: Annotated[int, Field(ge=1, le=250)]
    value: Slug
    text: Text
    score: Annotated[float, Field(ge=0, le=100)] | None = None
    show_if: str | None = None
    exclusive: bool = False
    off_scale: bool = False
    number: float | None = None
    """What it is worth to conditions that reckon ('3 rooms' is 3). All steps of an item, or none."""
    picture: Slug | None = None
    """One of `pictures.NAMES`: a drawing of the house, never a file of anybody's."""


class Ends(Model):
    """What the first and the last step of a scale mean, where the steps themselves are only numbers."""

    low: Text
    high: Text


MOST_CHOICES = 250
"""Answers to one question; codes above are those that mean the same in every questionnaire."""


def _not_too_many(choices: Any) -> Any:
    """Said once, and not of each answer whose code is beyond the last that there is."""
    if isinstance(choices, list | tuple) and len(choices) > MOST_CHOICES:
        raise PydanticCustomError(
            "choices_many",
            "{n} choices, and {most} at most: ask for a number or a word, or put choices together",
            {"n": len(choices), "most": MOST_CHOICES},
        )
    return choices


Choices = Annotated[tuple[Choice, ...], BeforeValidator(_not_too_many)]


class Scale(Model):
    """Choices shared by many items. `favourable`: codes that count as a good result when not reversed."""

    id: Slug
    choices: Choices
    ordinal: bool = True
    favourable: tuple[int, ...] = ()
    ends: Ends | None = None

    @property
    def steps(self) -> tuple[Choice, ...]:
        """The choices that stand in order, without those off the scale."""
        return tuple(choice for choice in self.choices if not choice.off_scale)

    def end(self, choice: Choice) -> Text | None:
        """What this step means, when it is the first or the last and the scale tells."""
        if self.ends is None or len(self.steps) < 2:
            return None
        return {self.steps[0].code: self.ends.low, self.steps[-1].code: self.ends.high}.get(choice.code)


class Scoring(Model):
    """Where an item counts in the 4 x 3 index matrix."""

    object: Slug
    facet: Facet
    reversed: bool = False


class Must(Model):
    """What an answer has to fit, and what is said when it does not: 'People who live here: 1 or more.'

    `condition` reads the answer itself and those before it. It is tried when the page is sent, and only when
    it can be decided: nobody has to answer. It helps who types; imports and later changes pass it by.
    """

    condition: str
    text: Text


class Item(Model):
    """One question. `meaning` survives wording fixes; it defaults to the id.

    `kind`: one choice, several, the most important ones in order, words, a number, a month of a year, an
    amount that is shared out between the choices, or information that asks nothing.

    `computed`: what is reckoned from earlier answers instead of being asked: an expression that comes to a
    number, or to the word of one of the choices. Nobody is shown it; conditions and reports read it.
    """

    id: Slug
    kind: Kind = "choice"
    text: Text
    meaning: Slug = ""
    help: Text | None = None
    scale: Slug | None = None
    choices: Choices = ()
    specials: tuple[Special, ...] = ()
    show_if: str | None = None
    computed: str | None = None
    must: tuple[Must, ...] = ()
    scoring: Scoring | None = None
    level: Level | None = None
    short: bool = False
    sensitive: bool = False
    """About drugs, health, prison, sexual orientation or origin: only from 20 answers, never by estate.
    Not for what is merely unpleasant to be asked: the office must be able to act on fear and cost."""
    background: bool = False
    retrospective: bool = False
    """Asks about one time that lies behind ('when you got your home'): between waves it can change only by
    who answers, so no change is ever reckoned of it."""
    role: Literal["overall", "participation_grade", "priority", "quote_consent"] | None = None
    """`quote_consent`: whether a few of one's own words may stand in a report, without a name. A choice of
    'ja' and 'nei' that opens nothing and is no result of anything: it is kept with the answer and never
    counted."""
    ref: str = ""
    tags: tuple[str, ...] = ()
    rank_size: Annotated[int, Field(ge=1, le=5)] = 3
    display: Literal["list", "scale", "select", "pictures"] = "list"
    """Of choice: one under the other, side by side as on a ruler, folded away ('where do you live'), or each
    with its drawing, for children."""
    shuffle: bool = False
    """Its choices come in another order for each tenant, so that none is favoured by being first."""
    consent: bool = False
    """A choice of 'ja' and 'nei', on a page before the questions that it opens."""
    lines: Annotated[int, Field(ge=1, le=10)] = 5
    """Of text: how many lines the field has. One line takes MAX_LINE_ANSWER characters."""
    unit: Text | None = None
    """Of number and allocate: what is counted, beside the field: 'rom', 'kr'."""
    minimum: float = 0
    maximum: float | None = None
    decimals: Annotated[int, Field(ge=0, le=2)] = 0
    earliest: Month | None = None
    latest: Month | None = None
    total: Annotated[int, Field(ge=1, le=100_000_000)] = 100
    """Of allocate: how much there is to share out, in whole `step`s."""
    step: Annotated[int, Field(ge=1)] = 10

    @property
    def asks(self) -> bool:
        """Whether there is something to answer."""
        return self.stored and self.computed is None

    @property
    def stored(self) -> bool:
        """Whether an answer to it is kept, given by somebody or computed."""
        return self.kind != "info"

    @property
    def counted(self) -> bool:
        """Whether its answers are codes, which are counted and released."""
        return self.coded and self.role != "quote_consent"

    @property
    def coded(self) -> bool:
        """Whether its answers are codes."""
        return self.kind in ("choice", "multi", "rank")

    @property
    def one_of(self) -> bool:
        """Whether it has one choice for an answer, which is counted."""
        return self.counted and self.kind == "choice"

    @property
    def most_characters(self) -> int:
        """Of text."""
        return MAX_LINE_ANSWER if self.lines == 1 else MAX_TEXT_ANSWER

    @model_validator(mode="before")
    @classmethod
    def _meaning_defaults_to_id(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("meaning") and "id" in data:
            return {**data, "meaning": data["id"]}
        return data


class Matrix(Model):
    """Several items under one stem; a card each on a phone. All rows share the scale of the matrix."""

    id: Slug
    kind: Literal["matrix"]
    text: Text
    scale: Slug
    rows: Annotated[tuple[Item, ...], Field(min_length=1)]
    show_if: str | None = None
    shuffle: bool = False

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Matrix:
        """A copy makes its own `scaled_rows`: its rows or scale may be others."""
        copy = super().model_copy(update=update, deep=deep)
        copy.__dict__.pop("scaled_rows", None)
        return copy

    @cached_property
    def scaled_rows(self) -> tuple[Item, ...]:
        """The rows, each with its scale; made once, since every page of every tenant walks over them."""
        return tuple(row if row.scale else row.model_copy(update={"scale": self.scale}) for row in self.rows)


def _entry_kind(entry: Any) -> str:
    kind = entry.get("kind") if isinstance(entry, dict) else getattr(entry, "kind", None)
    return "matrix" if kind == "matrix" else "item"


Entry = Annotated[
    Annotated[Item, Tag("item")] | Annotated[Matrix, Tag("matrix")],
    Discriminator(_entry_kind),
]
"""Told apart by `kind` before they are checked, so that a fault is reported where it is, and once."""


class Page(Model):
    id: Slug
    title: Text
    intro: Text | None = None
    module: Slug
    show_if: str | None = None
    shuffle: bool = False
    items: tuple[Entry, ...]


class IndexRules(Model):
    """The open scoring: mean of answered items when at least `min_answered` were answered."""

    objects: tuple[Slug, ...]
    facets: tuple[Facet, ...] = ("funksjonell", "sosial", "emosjonell")
    weights: dict[str, float] = {}
    min_answered: Annotated[float, Field(gt=0, le=1)] = 0.5


class Questionnaire(Model):
    id: Slug
    version: Annotated[str, Field(pattern=r"^\d+\.\d+(\.\d+)?$")]
    title: Text
    description: Text
    credit: Text
    """Origin and status, printed in every report: 'Boindeks-inspirert, ikke det offisielle instrumentet'."""
    languages: Annotated[tuple[str, ...], Field(min_length=1)]
    unchecked: tuple[str, ...] = ()
    """Languages whose texts are a draft until a person who speaks them has read them."""
    scales: tuple[Scale, ...] = ()
    index: IndexRules | None = None
    labels: dict[str, Text] = {}
    """Names people see for objects, facets, modules: 'bolig' -> 'Boligen'."""
    release_keys: tuple[Slug, ...] = ()
    """Background items declared as quasi-identifiers in research releases."""
    release_bands: dict[Slug, tuple[tuple[int, ...], ...]] = {}
    """Codes of a key that research releases put together: 'alder': [[1, 2]] makes one of the two youngest."""
    pages: Annotated[tuple[Page, ...], Field(min_length=1)]

    @field_validator("scales")
    @classmethod
    def _scale_ids_are_unique(cls, scales: tuple[Scale, ...]) -> tuple[Scale, ...]:
        ids = [scale.id for scale in scales]
        double = {i for i in ids if ids.count(i) > 1}
        if double:
            raise PydanticCustomError(
                "scale_twice", "scale {scales} is defined twice", {"scales": ", ".join(sorted(double))}
            )
        return scales

    def items(self) -> Iterator[Item]:
        """Every item in order, rows of matrices included, each with the scale of its matrix."""
        for page in self.pages:
            yield from self.page_items(page)

    def page_items(self, page: Page) -> Iterator[Item]:
        for entry in page.items:
            if isinstance(entry, Matrix):
                yield from self.rows(entry)
            else:
                yield entry

    def rows(self, matrix: Matrix) -> tuple[Item, ...]:
        """The rows of a matrix, each with its scale."""
        return matrix.scaled_rows

    def put_to_some(self) -> frozenset[str]:
        """Ids of the items that not everybody is asked: by a condition of their own, their matrix or page."""
        return frozenset(
            item.id
            for page in self.pages
            for entry in page.items
            for item in (entry.rows if isinstance(entry, Matrix) else (entry,))
            if page.show_if or entry.show_if or item.show_if
        )

    def questions(self) -> Iterator[Item]:
        """The items that ask something."""
        return (item for item in self.items() if item.asks)

    def stored(self) -> Iterator[Item]:
        """The items that have an answer: those that ask, and what is computed from them."""
        return (item for item in self.items() if item.stored)

    def item(self, item_id: str) -> Item:
        """The item with this id. KeyError when there is none."""
        for item in self.items():
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def scale(self, scale_id: str) -> Scale:
        for scale in self.scales:
            if scale.id == scale_id:
                return scale
        raise KeyError(scale_id)

    def choices(self, item: Item) -> tuple[Choice, ...]:
        """The choices of an item: its own, else those of its scale; empty for open text."""
        if item.choices:
            return item.choices
        return self.scale(item.scale).choices if item.scale else ()

    def steps(self, item: Item) -> tuple[Choice, ...]:
        """The choices of an item that stand in order, without those off the scale."""
        return tuple(choice for choice in self.choices(item) if not choice.off_scale)

    def told(self, item: Item, choice: Choice, language: str) -> str:
        """A choice in words that can stand alone: '10 – svært fornøyd' at the end of a scale of numbers."""
        end = self.scale(item.scale).end(choice) if item.scale and not item.choices else None
        text = choice.text.get(language)
        return f"{text} – {end.get(language)}" if end else text

    def label(self, key: str, language: str = "nb") -> str:
        """What people call an object, a facet or a module: the name it is given here, else that of the house.
        A module that has neither is called what the questionnaire is: nobody reads an id."""
        if key in self.labels:
            return self.labels[key].get(language)
        if house := house_name(key, language):
            return house
        return self.title.get(language) if any(page.module == key for page in self.pages) else key

    def short_form(self) -> Questionnaire:
        """The same questionnaire with only the items marked `short`, and of pages, scales, release keys
        and bands only those that still have an item."""
        pages: list[Page] = []
        for page in self.pages:
            kept: list[Item | Matrix] = []
            for entry in page.items:
                if isinstance(entry, Matrix):
                    rows = tuple(row for row in entry.rows if row.short)
                    if rows:
                        kept.append(entry.model_copy(update={"rows": rows}))
                elif entry.short:
                    kept.append(entry)
            if kept:
                pages.append(page.model_copy(update={"items": tuple(kept)}))
        short = self.model_copy(update={"id": f"{self.id}_kort", "pages": tuple(pages)})
        left = {item.id for item in short.items()}
        used = {item.scale for item in short.items()}
        return short.model_copy(
            update={
                "scales": tuple(scale for scale in self.scales if scale.id in used),
                "release_keys": tuple(key for key in self.release_keys if key in left),
                "release_bands": {key: bands for key, bands in self.release_bands.items() if key in left},
            }
        )
