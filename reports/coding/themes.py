"""The codebook for free text: theme > code, as `forms/data/free_text_codes.yaml` has it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

import forms

FILE = Path(forms.__file__).parent / "data" / "free_text_codes.yaml"


@dataclass(frozen=True)
class Code:
    """What somebody wrote about, good or bad. `id` is never translated or used again; `labels` by 'nb', 'nn'
    and 'en'."""

    id: str
    theme: str
    labels: dict[str, str]


@dataclass(frozen=True)
class Theme:
    id: str
    labels: dict[str, str]
    codes: tuple[Code, ...]


@cache
def themes() -> tuple[Theme, ...]:
    """In the order of the codebook."""
    with FILE.open(encoding="utf-8") as file:
        read = yaml.safe_load(file)["themes"]
    return tuple(
        Theme(id, own["name"], tuple(Code(code, id, labels) for code, labels in own["codes"].items()))
        for id, own in read.items()
    )


@cache
def codes() -> dict[str, Code]:
    """Every code by its id."""
    return {code.id: code for theme in themes() for code in theme.codes}


def label(id: str, language: str) -> str:
    """What a theme or a code is called; the id itself, when the codebook does not know it any more."""
    known = {theme.id: theme.labels for theme in themes()} | {id: code.labels for id, code in codes().items()}
    return known[id][language] if id in known else id
