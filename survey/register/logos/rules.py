"""Stylesheets of drawings, turned into attributes: what is kept of a drawing then holds no CSS at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import tinycss2  # type: ignore[import-untyped]

from survey.register.logos.errors import LogoRefused

LOOKS = frozenset(
    [
        "fill",
        "fill-rule",
        "fill-opacity",
        "stroke",
        "stroke-width",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "stroke-dasharray",
        "stroke-dashoffset",
        "stroke-opacity",
        "opacity",
        "clip-path",
        "clip-rule",
        "mask",
        "stop-color",
        "stop-opacity",
        "color",
        "display",
        "visibility",
    ]
)
"""How a shape may look; whatever else a stylesheet says is left out."""
SELECTOR = re.compile(r"(\*|[A-Za-z][\w-]*)?(\.-?[A-Za-z_][\w-]*|#[A-Za-z_][\w-]*)?")
ADDRESS = re.compile(r"url\s*\(\s*['\"]?\s*(?P<to>[^'\")]*)", re.IGNORECASE)
MOST_RULES = 2_000


@dataclass(frozen=True)
class Rule:
    """`name`: of an element, '' for all; `mark`: '.a' or '#a', '' for none."""

    name: str
    mark: str
    looks: tuple[tuple[str, str], ...]

    def fits(self, name: str, attributes: dict[str, str]) -> bool:
        if self.name and self.name != name:
            return False
        if self.mark.startswith("."):
            return self.mark[1:] in attributes.get("class", "").split()
        return not self.mark or attributes.get("id") == self.mark[1:]

    @property
    def weight(self) -> int:
        """Of two that say different things the heavier one counts, of two alike the later."""
        return {"": 0, ".": 10, "#": 100}[self.mark[:1]] + bool(self.name)


def read(css: str) -> list[Rule]:
    """Raises LogoRefused for rules that fetch, or reach for more than names, classes and ids."""
    found: list[Rule] = []
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule":
            raise LogoRefused("css", what=f"@{rule.at_keyword}")
        if rule.type != "qualified-rule":
            raise LogoRefused("css", what=css.strip()[:40])
        looks = tuple(declared(tinycss2.serialize(rule.content)))
        for selector in tinycss2.serialize(rule.prelude).split(","):
            parts = SELECTOR.fullmatch(selector.strip())
            if parts is None or not selector.strip():
                raise LogoRefused("css", what=selector.strip()[:40])
            found.append(Rule((parts[1] or "").replace("*", ""), parts[2] or "", looks))
    if len(found) > MOST_RULES:
        raise LogoRefused("parts", most=MOST_RULES)
    return found


def declared(style: str) -> list[tuple[str, str]]:
    """What a `style` attribute or a rule says, of LOOKS. Raises LogoRefused."""
    found = []
    for one in tinycss2.parse_declaration_list(style, skip_comments=True, skip_whitespace=True):
        if one.type == "at-rule":
            raise LogoRefused("css", what=f"@{one.at_keyword}")
        if one.type == "declaration":
            value = _value(one.value)
            check_value(value)
            if one.lower_name in LOOKS:
                found.append((one.lower_name, value))
    return found


def check_value(value: str) -> None:
    """Raises LogoRefused for an address that is not within the drawing, or a word written so that only a
    machine can read it."""
    if "\\" in value:
        raise LogoRefused("css", what=value[:40])
    for address in ADDRESS.finditer(value):
        if not address["to"].startswith("#"):
            raise LogoRefused("outside", what=address["to"][:60])


def applied(rules: Sequence[Rule], name: str, attributes: dict[str, str]) -> dict[str, str]:
    """The attributes of an element with all that rules and its own `style` say of it, as attributes."""
    looks = dict(attributes)
    for rule in sorted((one for one in rules if one.fits(name, attributes)), key=lambda one: one.weight):
        looks.update(rule.looks)
    looks.update(declared(attributes.get("style", "")))
    return looks


def _value(parts: Sequence[Any]) -> str:
    return str(tinycss2.serialize(parts)).strip()
