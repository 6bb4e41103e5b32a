"""What can go wrong when the demonstration is loaded.

DemoFault            500  the demonstration cannot be loaded
└── NotADemo         409  an organisation of that name exists that is not the demonstration's
"""

from __future__ import annotations


class DemoFault(Exception):
    """The demonstration cannot be loaded. `key` and `values` word the reason."""

    status = 500

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(f"{key} {values}")


class NotADemo(DemoFault):
    """An organisation of that name exists that is not made up: its data are left alone."""

    status = 409
