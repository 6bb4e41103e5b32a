"""What can go wrong between staff and the door.

PeopleError
├── NotSignedIn         401  no session, an expired one, or one that was revoked
├── WrongCredentials    422  e-mail and password do not belong together (never says which)
├── TooManyAttempts     429  too many wrong passwords from here or for this e-mail
├── NotAllowed          403  the role may not do this
├── StaleForm           403  the form lacks a valid CSRF token
├── EmailTaken          409  another account has this e-mail
├── PasswordTooShort    422  under the shortest length we accept
├── BadEmail            422  not an e-mail address
└── NoSuchAccount       404  no account with this e-mail

`key` is a message id in the catalogue of the room that shows it; `values` fill its placeholders.
"""

from __future__ import annotations


class PeopleError(Exception):
    status: int = 400
    key: str = "error.people"

    def __init__(self, **values: object) -> None:
        super().__init__(self.key, values)
        self.values = values


class NotSignedIn(PeopleError):
    status, key = 401, "error.people.not_signed_in"


class WrongCredentials(PeopleError):
    status, key = 422, "error.people.wrong_credentials"


class TooManyAttempts(PeopleError):
    status, key = 429, "error.people.too_many_attempts"


class NotAllowed(PeopleError):
    status, key = 403, "error.people.not_allowed"


class StaleForm(PeopleError):
    status, key = 403, "error.people.stale_form"


class EmailTaken(PeopleError):
    status, key = 409, "error.people.email_taken"


class PasswordTooShort(PeopleError):
    status, key = 422, "error.people.password_too_short"


class BadEmail(PeopleError):
    status, key = 422, "error.people.bad_email"


class NoSuchAccount(PeopleError):
    status, key = 404, "error.people.no_such_account"
