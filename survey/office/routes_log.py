"""The log at the desk: administrators read what all have done, everybody else what they did themselves."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get

from survey.office.door import TheDatabase, TheStaff
from survey.office.pages import AnyRequest, render
from survey.people import audit
from survey.people.roles import Right


@get("/logg")
async def log_page(request: AnyRequest, database: TheDatabase, staff: TheStaff) -> Response[str]:
    before = _entry(request.query_params.get("for"))
    everybody = staff.may(Right.READ_AUDIT)
    async with database.registry(staff.organisation_id) as connection:
        page = await audit.page(connection, staff_id=None if everybody else staff.id, before=before)
    return render(
        request, "audit.html", staff=staff, page=page, everybody=everybody, older=before is not None
    )


def _entry(written: str | None) -> UUID | None:
    """The entry whose older ones are wanted; None, and thus the newest, for anything else."""
    try:
        return UUID(written) if written else None
    except ValueError:
        return None


handlers = [log_page]
