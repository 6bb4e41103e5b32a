"""Why a logo is not taken: a message key of the console and what goes into it."""

from __future__ import annotations


class LogoRefused(Exception):
    """`key`: 'problem.logo.script'; `values`: what was found, as `what`, and limits."""

    def __init__(self, why: str, **values: object) -> None:
        self.key = f"problem.logo.{why}"
        self.values = values
        super().__init__(self.key, values)
