"""Figures of R for our estimators: made afresh where R is installed, else those stored, which R also made."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NEEDED = ("survey", "psych", "MASS", "laeken", "metafor", "jsonlite")


@cache
def has_r() -> bool:
    """R with all the packages that figures.R calls: looked for, not loaded."""
    return all_there(*NEEDED)


def all_there(*packages: str) -> bool:
    """R, and these with it."""
    if shutil.which("Rscript") is None:
        return False
    found = f"sapply(c({', '.join(map(repr, packages))}), function(name) nzchar(system.file(package = name)))"
    ask = ["Rscript", "-e", f"q(status = !all({found}))"]
    return subprocess.run(ask, capture_output=True, timeout=120).returncode == 0


@cache
def stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "figures.json").read_text(encoding="utf-8"))
    return found


@cache
def fresh() -> dict[str, Any]:
    made = subprocess.run(
        ["Rscript", str(HERE / "figures.R")], capture_output=True, check=True, text=True, timeout=300
    )
    found: dict[str, Any] = json.loads(made.stdout)
    return found


class Part(Mapping[str, Any]):
    """The figures, or the data they are of: made when a test first looks into them, never at import."""

    def __init__(self, name: str) -> None:
        self.name = name

    def _made(self) -> dict[str, Any]:
        found: dict[str, Any] = (fresh() if has_r() else stored())[self.name]
        return found

    def __getitem__(self, key: str) -> Any:
        return self._made()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made())

    def __len__(self) -> int:
        return len(self._made())


FIGURES, DATA = Part("figures"), Part("data")
