"""The one cookie of the tenant's room: whose device a draft belongs to.

It is set when somebody begins (or finds what they sent, by its receipt), holds a random number and nothing
about its bearer, goes back to the pages of its own link alone, and ends after 60 days or with the round,
whichever is later: deadlines are moved. Who hands out the links has the link, but not this. Strictly
necessary for what was asked for (ekomloven § 3-15): no consent is asked. It is the same in everything but
its number for every link of a round.

A browser that takes no cookies brings none back: its draft lies under the link, and its pages say so.
"""

from __future__ import annotations

from typing import TypeVar

from litestar import Response
from litestar.datastructures import Cookie
from litestar.response import Redirect

from survey.ballots import tokens
from survey.ballots.rounds import Round
from survey.phone.house import House
from survey.phone.limits import client_of
from survey.phone.reading import AnyRequest
from survey.phone.visits import read_device

COOKIE = "bostemme_enhet"
DAY_SECONDS = 24 * 3600
LEAST_DAYS = 60

Answer = TypeVar("Answer", Response[str], Redirect)


def brought(request: AnyRequest) -> str:
    """What the browser brought, not yet read; '' for nothing."""
    return request.cookies.get(COOKIE, "")


def known(answer: Answer, request: AnyRequest, house: House, token: str, round: Round) -> Answer:
    """The answer with the cookie of this device: the one it has, or a new one.
    Raises TooManyBegun when too many new ones were asked for from one address."""
    device = read_device(house.secret_key, token, brought(request))
    if device is None:
        house.begun.count(client_of(request))
        device = tokens.new_device(house.secret_key, token)
    days = max(LEAST_DAYS, (round.closes_on - round.today).days + 1)
    answer.cookies.append(
        Cookie(
            key=COOKIE,
            value=device,
            max_age=days * DAY_SECONDS,
            path=f"/s/{token}",
            httponly=True,
            samesite="lax",
            secure=house.secure,
        )
    )
    return answer
