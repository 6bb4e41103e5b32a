"""The way through a questionnaire: a pure function of the questionnaire and the answers so far.

It exists so that no answer to a question that was never asked can count: the journey is worked out anew from
the answers on every page, and a condition sees only answers that are on the route themselves. Somebody who
goes back and changes an answer leaves the old branch, and what was said there falls away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from forms import computed, piping
from forms.answers import Answer, Answers, Problem
from forms.errors import Fault, QuestionnaireFault, UnknownPage, at
from forms.logic import Condition, compile_condition, seen_as
from forms.plan import PlannedEntry, PlannedItem, PlannedPage, VisiblePage, plan_of
from forms.questionnaire import SPECIAL_CODES, Item, Questionnaire, Text
from forms.shuffling import ORDER, order_in, shuffled

__all__ = ["Journey", "VisiblePage"]

_SPECIAL = tuple(SPECIAL_CODES.values())


class Journey:
    """The route of one tenant: pages, questions and choices in order, each seeing only what came before.

    QuestionnaireFault when a condition cannot be read or no page is left to show: a questionnaire that passed
    `check` has neither. ConditionFault when a condition breaks while it is evaluated.
    """

    def __init__(self, questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> None:
        """`answers` may hold the number of an order, for what is shuffled: see `shuffling`."""
        self.questionnaire = questionnaire
        self._plan = plan_of(questionnaire)
        self._order = order_in(answers) if self._plan.shuffled else 0
        self._route: Answers = {}
        self._answered = False
        self._seen = dict(self._plan.blank)
        walked = (self._walk(page, answers) for page in self._plan.pages)
        self.pages: tuple[VisiblePage, ...] = tuple(page for page in walked if page is not None)
        if not self.pages:
            raise QuestionnaireFault([Fault.error(at(questionnaire=questionnaire.id), "pages_all_hidden")])

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
        """Only the answers to questions and choices that are seen, what is computed from them, and the
        order in which they were seen. Nothing else may be stored."""
        return self._route | ({ORDER: self._order} if self._order else {})

    @property
    def answered(self) -> bool:
        """Whether anything on the route was said by somebody. What is computed may be there without."""
        return self._answered

    def unmet(self, items: Iterable[Item]) -> tuple[Problem, ...]:
        """What these answers do not fit: the first demand of each item that is answered and not met."""
        found = []
        for item in items:
            answer = self._route.get(item.id)
            if answer is None or (isinstance(answer, int) and answer in _SPECIAL):
                continue
            broken = (m for m in item.must if compile_condition(m.condition).outcome(self._seen) is False)
            if must := next(broken, None):
                found.append(Problem(item.id, "problem.must", {}, must.text))
        return tuple(found)

    def _place(self, page_id: str) -> int:
        if page_id not in self._plan.places:
            raise UnknownPage(page_id)
        return self._plan.places[page_id]

    def _walk(self, planned: PlannedPage, answers: Mapping[str, Answer]) -> VisiblePage | None:
        if not self._holds(planned.show_if):
            return None
        if planned.fixed is not None:
            for item in planned.items:
                answer = answers.get(item.id)
                if answer or item.computed is not None:
                    self._note(item, item.codes, item.alone, answer)
            return planned.fixed if planned.fixed.entries else None
        entries = tuple(
            (entry.matrix, items) for entry in planned.entries if (items := self._walk_entry(entry, answers))
        )
        if not entries:
            return None
        entries = shuffled(planned.page, entries, self._order)
        if not planned.piped:
            return VisiblePage(planned.page, entries)
        return VisiblePage(*piping.filled(planned.page, entries, self._said(planned.piped)))

    def _said(self, names: frozenset[str]) -> dict[str, Text]:
        """What was answered so far to these, in the words of the choices."""
        return {
            item.id: choice.text
            for item in self.questionnaire.items()
            if item.id in names and item.id in self._route
            for choice in self.questionnaire.choices(item)
            if choice.code == self._route[item.id]
        }

    def _walk_entry(self, planned: PlannedEntry, answers: Mapping[str, Answer]) -> tuple[Item, ...]:
        if not self._holds(planned.show_if):
            return ()
        walked = (self._walk_item(item, answers) for item in planned.items)
        return tuple(item for item in walked if item is not None)

    def _walk_item(self, planned: PlannedItem, answers: Mapping[str, Answer]) -> Item | None:
        """The item as it is seen, its answer noted; None when it, or all it offers, is hidden or computed."""
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
        self._note(planned, codes, alone, answers.get(item.id))
        return item if planned.computed is None else None

    def _note(
        self, planned: PlannedItem, codes: frozenset[int], alone: frozenset[int], answer: Answer | None
    ) -> None:
        """Take in what counts of an answer: words as they are, codes only of choices that are seen.

        What is computed is computed anew, whatever `answer` says.
        """
        if planned.computed is not None:
            answer = computed.value(self.questionnaire, planned.item, planned.computed, self._seen)
        if not answer or not planned.stored:
            return
        kept: Answer = answer
        if isinstance(answer, list):
            kept = [code for code in answer if code in codes]
            if not kept:
                return
        elif (planned.counted or not isinstance(answer, str | dict)) and answer not in alone:
            return
        self._route[planned.id] = kept
        self._answered = self._answered or planned.asks
        if planned.read and (seen := seen_as(self.questionnaire, planned.item, kept)) is not None:
            self._seen[planned.id] = seen

    def _holds(self, condition: Condition | None) -> bool:
        return condition is None or condition.holds(self._seen)
