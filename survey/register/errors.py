"""What can be wrong with the register.

RegisterError
├── NoSuchOrganisation     404  no organisation with this name
├── OrganisationExists     409  the name is taken
├── UnknownKind            422  not a kind of organisation we know
├── NoSuchEstate           404  no estate with this id in this organisation
├── EstateExists           409  the area has an estate of this name
├── EstateChanged          409  the estate is another than the one the form was filled in from
├── BadDwellings           422  an estate has 1 to 10,000 dwellings
└── LiveryChanged          409  somebody else changes the colour or logo at this moment
"""

from __future__ import annotations


class RegisterError(Exception):
    status: int = 400
    key: str = "error.register"

    def __init__(self, **values: object) -> None:
        super().__init__(self.key, values)
        self.values = values


class NoSuchOrganisation(RegisterError):
    status, key = 404, "error.register.no_such_organisation"


class OrganisationExists(RegisterError):
    status, key = 409, "error.register.organisation_exists"


class UnknownKind(RegisterError):
    status, key = 422, "error.register.unknown_kind"


class NoSuchEstate(RegisterError):
    status, key = 404, "error.not_found"


class EstateExists(RegisterError):
    status, key = 409, "error.register.estate_exists"


class EstateChanged(RegisterError):
    status, key = 409, "error.register.estate_changed"


class BadDwellings(RegisterError):
    status, key = 422, "error.register.bad_dwellings"


class LiveryChanged(RegisterError):
    status, key = 409, "error.register.livery_changed"
