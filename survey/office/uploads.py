"""A form with a file, checked like every form of the console."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from survey.office.door import Form, TheStaff, checked_form
from survey.office.errors import FileTooLarge, Unreadable
from survey.office.pages import AnyRequest
from survey.people import csrf

LARGEST_UPLOAD = 3 * 1024 * 1024
"""Bytes of the whole form; what a file may have is for its reader to say."""


LONGEST_NAME = 100


@dataclass(frozen=True)
class Upload:
    form: Form
    file: bytes
    """Empty when none was chosen."""
    name: str = ""
    """Of the file, without folders, as people are told of it."""


TheUpload = NamedDependency[Upload]


async def checked_upload(request: AnyRequest, staff: TheStaff) -> Upload:
    """A form that came from a page of this session. Raises StaleForm, Unreadable, FileTooLarge."""
    if request.content_type[0] != "multipart/form-data":
        return Upload(await checked_form(request, staff), b"")
    try:
        fields = await request.form()
    except RequestEntityTooLarge as error:  # by what the browser says of it, or once so much has come
        page = request.url.path if request.url.path.endswith("/skjemaer/ny") else ""
        raise FileTooLarge(LARGEST_UPLOAD // 1024**2, page) from error
    except (ValueError, ClientException) as error:
        raise Unreadable() from error
    written: dict[str, list[str]] = {}
    file, called = b"", ""
    for name, value in fields.multi_items():
        if isinstance(value, UploadFile):
            file, called = await value.read(), _called(value.filename)
        elif isinstance(value, str):
            written.setdefault(name, []).append(value)
    form = Form(written)
    csrf.check(staff.csrf_secret, form.one(csrf.FIELD))
    return Upload(form, file, called)


def _called(name: str) -> str:
    own = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in own if sign.isprintable())[:LONGEST_NAME]
