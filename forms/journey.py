"""The way through a questionnaire: a pure function of the questionnaire and the answers so far.

It exists so that no answer to a question that was never asked can count: the journey is worked out anew from
the answers on every page, and a condition sees only answers that are on the route themselves. Somebody who
goes back and changes an answer leaves the old branch, and what was said there falls away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forms.answers import Answer, Answers
from forms.errors import Fault, QuestionnaireFault, UnknownPage
from forms.logic import Words, compile_conditions, words
from forms.questionnaire import SPECIAL_CODES, Choice, Item, Matrix, Page, Questionnaire


@dataclass(frozen=True)
class VisiblePage:
    """A page on the route, with what is seen of it.

    `entries`: groups in order, (None, (item,)) for a question of its own and (matrix, rows) for a matrix.
    Items have only the choices that are seen; rows carry the scale of their matrix.
    """

    page: Page
    entries: tuple[tuple[Matrix | None, tuple[Item, ...]], ...]

    @property
    def id(self) -> str:
        return self.page.id

    @property
    def items(self) -> tuple[Item, ...]:
        """The questions seen, rows of matrices among them."""
        return tuple(item for _, items in self.entries for item in items)


class Journey:
    """The route of one tenant: pages, questions and choices in order, each seeing only what came before.

    QuestionnaireFault when a condition cannot be read or no page is left to show: a questionnaire that passed
    `check` has neither. ConditionFault when a condition breaks while it is evaluated.
    """

    def __init__(self, questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> None:
        self.questionnaire = questionnaire
        self._conditions = compile_conditions(questionnaire)
        self._route: Answers = {}
        self._seen: dict[str, Words] = {
            item.id: words(questionnaire, item, None) for item in questionnaire.items()
        }
        walked = (self._walk(page, answers) for page in questionnaire.pages)
        self.pages: tuple[VisiblePage, ...] = tuple(page for page in walked if page is not None)
        if not self.pages:
            raise QuestionnaireFault(
                [
                    Fault(
                        f"questionnaire '{questionnaire.id}'",
                        "no page is left to show",
                        "the tenant would get an empty form",
                        "let the first page stand without a condition",
                    )
                ]
            )

    @property
    def first(self) -> VisiblePage:
        return self.pages[0]

    def page(self, page_id: str) -> VisiblePage | None:
        """The page if it may be visited now; None when it is off the route or unknown."""
        return next((page for page in self.pages if page.id == page_id), None)

    def after(self, page_id: str) -> VisiblePage | None:
        """The next page on the route, None after the last. `page_id` itself may have left the route."""
        place = self._place(page_id)
        return next((page for page in self.pages if self._place(page.id) > place), None)

    def before(self, page_id: str) -> VisiblePage | None:
        """The page before on the route, None before the first."""
        place = self._place(page_id)
        return next((page for page in reversed(self.pages) if self._place(page.id) < place), None)

    def on_route(self) -> Answers:
        """Only the answers to questions and choices that are seen. Nothing else may be stored."""
        return dict(self._route)

    def _place(self, page_id: str) -> int:
        for place, page in enumerate(self.questionnaire.pages):
            if page.id == page_id:
                return place
        raise UnknownPage(page_id)

    def _walk(self, page: Page, answers: Mapping[str, Answer]) -> VisiblePage | None:
        if not self._holds(page.show_if):
            return None
        entries: list[tuple[Matrix | None, tuple[Item, ...]]] = []
        for entry in page.items:
            if not self._holds(entry.show_if):
                continue
            if isinstance(entry, Matrix):
                rows = tuple(self._walk_items(self.questionnaire.rows(entry), answers))
                if rows:
                    entries.append((entry, rows))
            else:
                entries.extend((None, (item,)) for item in self._walk_items((entry,), answers, asked=True))
        return VisiblePage(page, tuple(entries)) if entries else None

    def _walk_items(
        self, items: tuple[Item, ...], answers: Mapping[str, Answer], *, asked: bool = False
    ) -> Iterator[Item]:
        """The items that are seen, each noted with its answer. `asked`: their own condition held already."""
        for item in items:
            if not asked and not self._holds(item.show_if):
                continue
            seen = self._with_seen_choices(item)
            if seen is None:
                continue
            kept = _kept(seen, self.questionnaire.choices(seen), answers.get(item.id))
            if kept is not None:
                self._route[item.id] = kept
                self._seen[item.id] = words(self.questionnaire, item, kept)
            yield seen

    def _with_seen_choices(self, item: Item) -> Item | None:
        """The item with the choices that are seen; None when a closed question has none left."""
        choices = self.questionnaire.choices(item)
        seen = tuple(choice for choice in choices if self._holds(choice.show_if))
        if len(seen) == len(choices):
            return item
        return item.model_copy(update={"choices": seen}) if seen else None

    def _holds(self, source: str | None) -> bool:
        return source is None or self._conditions[source].holds(self._seen)


def _kept(item: Item, choices: tuple[Choice, ...], answer: Answer | None) -> Answer | None:
    """What is left of an answer when choices that are not seen are taken out; None when nothing is."""
    if answer is None or item.kind == "text":
        return answer or None
    codes = {choice.code for choice in choices}
    if isinstance(answer, list):
        return [code for code in answer if code in codes] or None
    return answer if answer in codes or answer in SPECIAL_CODES.values() else None
