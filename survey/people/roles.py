"""What each role may do. A right is named after what the person does, not after a page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from survey.people.errors import NotAllowed


class Role(StrEnum):
    OFFICER = "officer"
    READER = "reader"
    RESEARCHER = "researcher"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    READ_RESULTS = "read_results"
    RUN_ROUNDS = "run_rounds"
    KEEP_REGISTER = "keep_register"
    RELEASE_DATA = "release_data"
    READ_AUDIT = "read_audit"
    SHARE_RESULTS = "share_results"
    WRITE_QUESTIONNAIRES = "write_questionnaires"
    ANSWER_FINDINGS = "answer_findings"
    PUBLISH_REPORTS = "publish_reports"
    READ_OPEN_ANSWERS = "read_open_answers"
    APPROVE_QUOTES = "approve_quotes"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.READER: frozenset({Right.READ_RESULTS}),
    Role.RESEARCHER: frozenset({Right.READ_RESULTS, Right.RELEASE_DATA}),
    Role.ANALYST: frozenset({Right.READ_RESULTS, Right.READ_OPEN_ANSWERS}),
    Role.OFFICER: frozenset(Right) - {Right.READ_AUDIT, Right.READ_OPEN_ANSWERS},
    Role.ADMINISTRATOR: frozenset(Right) - {Right.READ_OPEN_ANSWERS},
}
"""Nobody who runs rounds reads what tenants wrote in their own words: who does, does nothing else."""


@dataclass(frozen=True)
class Staff:
    """A signed-in person, with the organisation they act for."""

    id: UUID
    name: str
    role: Role
    organisation_id: UUID
    organisation: str
    fictitious: bool
    csrf_secret: bytes

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]

    def require(self, right: Right) -> None:
        """Raises NotAllowed when the role lacks the right."""
        if not self.may(right):
            raise NotAllowed()
