"""What a tenant can run into, each with its status and the page that says what to do.

    PhoneError
    ├── MalformedLink     404  error.malformed   not the shape of a link
    ├── UnknownLink       404  error.unknown     nobody was given this link
    ├── BetweenWaves      410  error.between     the same are asked again, and not just now
    ├── NoSuchPage        404  error.no_page     the questionnaire has no such page
    ├── NotOpenYet        403  error.not_yet     the round opens later
    ├── NotReady          503  error.not_ready   the round has no key to seal with: nothing is lost
    ├── RoundClosed       410  error.closed      the round is over
    ├── AlreadyAnswered   409  already           sent by a used link: the one thing that tells it is used
    ├── DraftGone         409  error.gone        a page of a draft that is sent or thrown away since
    ├── UnreadableForm    400  error.bad_form    not the fields of one of our forms
    ├── OtherForm         400  error.other_form  fields, but not those of this page
    ├── TooManyTries      429  error.too_many    codes are tried too fast: wait a little
    │   ├── TooManyBegun      error.begun      new devices begin too fast
    │   └── TooManyRead       error.read       readers of a draft send too fast
    └── TooLarge          413  error.too_large   more than the largest honest answer

Mistakes inside an answer (a text too long, two places for one choice) are not errors: the page comes back
with what was typed, status 422. `key` leads to `{key}.title` and `{key}.text` in the catalogue.
"""

from __future__ import annotations

from typing import ClassVar

from survey.ballots.rounds import Round


class PhoneError(Exception):
    status: ClassVar[int]
    key: ClassVar[str]


class MalformedLink(PhoneError):
    status = 404
    key = "error.malformed"


class UnknownLink(PhoneError):
    status = 404
    key = "error.unknown"


class BetweenWaves(PhoneError):
    """A new link would not help: the answers by it would be linked to none before."""

    status = 410
    key = "error.between"


class UnreadableForm(PhoneError):
    status = 400
    key = "error.bad_form"


class TooLarge(PhoneError):
    status = 413
    key = "error.too_large"


class TooManyTries(PhoneError):
    """`seconds`: until the next try is taken."""

    status = 429
    key = "error.too_many"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(self.key)


class Crowded(TooManyTries):
    """So many codes are being followed that this one would wait long."""

    key = "error.crowded"


class TooManyBegun(TooManyTries):
    key = "error.begun"


class TooManyRead(TooManyTries):
    key = "error.read"


class TooManyShared(TooManyTries):
    """Codes of documents that were sent to somebody: who has no letter is not led to the codes of letters."""


class RoundError(PhoneError):
    """Something about a round that the link did lead to. `language` is the reader's, '' when not known."""

    def __init__(self, token: str, round: Round, language: str = "") -> None:
        self.token = token
        self.round = round
        self.language = language
        super().__init__(self.key)


class NoSuchPage(RoundError):
    status = 404
    key = "error.no_page"


class OtherForm(RoundError):
    status = 400
    key = "error.other_form"


class NotOpenYet(RoundError):
    status = 403
    key = "error.not_yet"


class NotReady(RoundError):
    status = 503
    key = "error.not_ready"


class RoundClosed(RoundError):
    status = 410
    key = "error.closed"


class DraftGone(RoundError):
    """Of a link whose answer was sent, or thrown away, from another screen: the late page must not begin it
    anew."""

    status = 409
    key = "error.gone"


class AlreadyAnswered(RoundError):
    """`receipt`: of the page that sent the answer, when it is that page that sends again; else ''.

    `late`: what was sent was to replace an answer that is mixed by now.
    """

    status = 409
    key = "already"
    receipt = ""
    code = ""
    late = False
