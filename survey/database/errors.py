"""What can go wrong between us and the database.

    DatabaseFault                 500  error.server
    ├── DatabaseUnreachable       503  error.unavailable
    ├── DatabaseUnsuitable        503  error.unavailable
    ├── DatabaseOfAnotherVersion  503  error.unavailable
    ├── DoorClosed                500  error.server
    ├── MigrationFailed           503  error.unavailable
    └── EmbeddedPostgresFault     503  error.unavailable

The sentence of the exception is for the operator; tenants read the message behind `key`.
"""

from __future__ import annotations

from survey.wording import MachineFault


class DatabaseFault(MachineFault):
    status = 500
    key = "error.server"


class DatabaseUnreachable(DatabaseFault):
    """Nobody answers at the address of the database, or it turns us away."""

    status = 503
    key = "error.unavailable"


class DatabaseUnsuitable(DatabaseFault):
    """A PostgreSQL that is too old, or a database that cannot hold every letter."""

    status = 503
    key = "error.unavailable"


class DatabaseOfAnotherVersion(DatabaseFault):
    """The database has been migrated by a newer Bostemme, or not migrated far enough for this one."""

    status = 503
    key = "error.unavailable"


class DoorClosed(DatabaseFault):
    """A process asked for a role that it was started without."""


class MigrationFailed(DatabaseFault):
    """A migration stopped; the database is as it was before that migration."""

    status = 503
    key = "error.unavailable"


class EmbeddedPostgresFault(DatabaseFault):
    """The embedded PostgreSQL could not be found, prepared, started or stopped."""

    status = 503
    key = "error.unavailable"
