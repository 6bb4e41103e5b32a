"""What can go wrong while a table is protected.

DisclosureError     500  the engine was used wrongly, or cannot vouch for what it made
├── NotATable       422  the numbers are no table that could be protected
└── CannotProtect   409  what is told already leaves no way to hide what must be hidden
    └── TooMuchWork      it was not found out: proving it would take longer than anybody waits
"""

from __future__ import annotations


class DisclosureError(Exception):
    status = 500


class NotATable(DisclosureError):
    status = 422


class CannotProtect(DisclosureError):
    status = 409


class TooMuchWork(CannotProtect):
    """Nothing may be told, as if it could not be protected."""
