"""What a browser sends, read with care: one of our forms, or its fields as JSON from the script."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from litestar import Request
from litestar.exceptions import HTTPException

from survey.faults import POSTED
from survey.phone.errors import TooLarge, UnreadableForm

Form = Mapping[str, Sequence[str]]
AnyRequest = Request[Any, Any, Any]

LARGEST_FORM = 200_000
"""Bytes. Three open answers of 2,000 four-byte characters, percent-encoded, are 72 kB."""
MOST_FIELDS = 1000


async def read_form(request: AnyRequest) -> Form:
    """The fields of a posted form. UnreadableForm when it is anything else, TooLarge when it is too long."""
    body = await _body(request)
    kind = request.content_type[0]
    if kind != "application/x-www-form-urlencoded" and (kind or body):  # a form without fields has neither
        raise UnreadableForm("not a form")
    try:
        form = parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=False,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:  # bytes that are not ASCII, not UTF-8 once unquoted, or too many fields
        raise UnreadableForm("the fields cannot be read") from error
    if _from_here(request):
        request.scope["state"][POSTED] = form
    return form


def _from_here(request: AnyRequest) -> bool:
    """Whether one of our own pages sent it. Browsers of before 2023 may not say; then our cookie tells, which
    none brings from another site."""
    told = request.headers.get("sec-fetch-site")
    return told == "same-origin" if told else bool(request.cookies)


async def read_autosave(request: AnyRequest) -> Form:
    """The same fields as JSON: {"name": ["value", ...], ...}."""
    if request.content_type[0] != "application/json":
        raise UnreadableForm("not JSON")
    try:
        document = json.loads(await _body(request))
    except (ValueError, RecursionError) as error:
        raise UnreadableForm("the JSON cannot be read") from error
    if not isinstance(document, dict) or not all(_texts(values) for values in document.values()):
        raise UnreadableForm("not fields with lists of texts")
    return document


def one(form: Form, name: str) -> str:
    """The last value of a field, '' when it was not sent: hidden fields and buttons have one."""
    values = form.get(name, ())
    return values[-1] if values else ""


def whole(text: str) -> int:
    """A number of at most three digits; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0


async def _body(request: AnyRequest) -> bytes:
    try:
        body = await request.body()
    except HTTPException as error:
        if error.status_code == 413:
            raise TooLarge("the form is too long") from error
        raise
    if len(body) > LARGEST_FORM:
        raise TooLarge("the form is too long")
    return body


def _texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
