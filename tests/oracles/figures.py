"""Figures of R for our estimators: made afresh where R is installed, else those stored, which R also made."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NEEDED = ("survey", "psych", "MASS", "laeken", "metafor", "jsonlite")


@cache
def has_r() -> bool:
    """R with all the packages that figures.R calls."""
    if shutil.which("Rscript") is None:
        return False
    ask = f"q(status = !all(sapply(c({', '.join(map(repr, NEEDED))}), requireNamespace, quietly = TRUE)))"
    return subprocess.run(["Rscript", "-e", ask], capture_output=True, timeout=120).returncode == 0


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


def oracle() -> dict[str, Any]:
    return fresh() if has_r() else stored()
