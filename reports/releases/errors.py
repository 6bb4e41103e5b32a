"""What can go wrong when research data are made.

    ReleaseRefused              409  no files were made
    ├── NothingToRelease        409  too few answers remain when small estates are left out
    └── UnknownKeys             422  a declared key is not a closed question of the questionnaire

Each carries a message key of `reports/releases/messages` and its values.
"""

from __future__ import annotations


class ReleaseRefused(Exception):
    """No files were made. `key` and `values` word the reason."""

    status = 409

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(f"{key} {values}")


class NothingToRelease(ReleaseRefused):
    """Too few answers remain when small estates are left out."""


class UnknownKeys(ReleaseRefused):
    """A declared key is not a closed question of the questionnaire."""

    status = 422
