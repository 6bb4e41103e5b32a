"""The way through a questionnaire: a pure function of the questionnaire and the answers so far.

It exists so that no answer to a question that was never asked can count: the journey is worked out anew from
the answers on every page, and a condition sees only answers that are on the route themselves. Somebody who
goes back and changes an answer leaves the old branch, and what was said there falls away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forms.answers import Answer, Answers
from forms.errors import Fault, QuestionnaireFault, UnknownPage
from forms.logic import Condition, words
from forms.plan import PlannedEntry, PlannedItem, PlannedPage, plan_of
from forms.questionnaire import Item, Matrix, Page, Questionnaire


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
        self._plan = plan_of(questionnaire)
        self._route: Answers = {}
        self._seen = dict(self._plan.blank)
        walked = (self._walk(page, answers) for page in self._plan.pages)
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
        if page_id not in self._plan.places:
            raise UnknownPage(page_id)
        return self._plan.places[page_id]

    def _walk(self, planned: PlannedPage, answers: Mapping[str, Answer]) -> VisiblePage | None:
        if not self._holds(planned.show_if):
            return None
        entries = tuple(
            (entry.matrix, items) for entry in planned.entries if (items := self._walk_entry(entry, answers))
        )
        return VisiblePage(planned.page, entries) if entries else None

    def _walk_entry(self, planned: PlannedEntry, answers: Mapping[str, Answer]) -> tuple[Item, ...]:
        if not self._holds(planned.show_if):
            return ()
        walked = (self._walk_item(item, answers) for item in planned.items)
        return tuple(item for item in walked if item is not None)

    def _walk_item(self, planned: PlannedItem, answers: Mapping[str, Answer]) -> Item | None:
        """The item as it is seen, its answer noted; None when it or all its choices are hidden."""
        if not self._holds(planned.show_if):
            return None
        item, codes, alone = planned.item, planned.codes, planned.alone
        if planned.hideable:
            seen = tuple(choice for choice, condition in planned.choices if self._holds(condition))
            if not seen:
                return None
            if len(seen) < len(planned.choices):
                item = item.model_copy(update={"choices": seen})
                hidden = codes - {choice.code for choice in seen}
                codes, alone = codes - hidden, alone - hidden
        kept = _kept(item, codes, alone, answers.get(item.id))
        if kept is not None:
            self._route[item.id] = kept
            if planned.read:
                self._seen[item.id] = words(self.questionnaire, planned.item, kept)
        return item

    def _holds(self, condition: Condition | None) -> bool:
        return condition is None or condition.holds(self._seen)


def _kept(item: Item, codes: frozenset[int], alone: frozenset[int], answer: Answer | None) -> Answer | None:
    """What is left of an answer when choices that are not seen are taken out; None when nothing is."""
    if answer is None or item.kind == "text":
        return answer or None
    if isinstance(answer, list):
        return [code for code in answer if code in codes] or None
    return answer if answer in alone else None
