"""Whether the files of the demonstration are those that would be made now: then they are not made again.

Reports and research data follow from rounds that are sealed, and from the program. What they were made of
is noted beside them when the last of them is there, so a load that was broken off, or a file that was taken
away, leaves no note that holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from survey.settings import PROJECT

NOTE = ".made.json"
PROGRAM = ("forms", "reports", "survey")


def fingerprint(*made_of: object) -> str:
    """Of the program as it is, and of what else the files follow from."""
    found = hashlib.blake2b(repr(made_of).encode(), digest_size=16)
    for folder in PROGRAM:
        for path in sorted((PROJECT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                content = path.read_bytes()
                found.update(f"{path.relative_to(PROJECT)} {len(content)} ".encode() + content)
    return found.hexdigest()


def links(folder: Path, made_of: str) -> list[str]:
    """Links that were made with the files, where all files made of this are there, as long as they were; else
    none."""
    try:
        noted = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        sizes = {name: (folder / name).stat().st_size for name in noted["files"]}
        return list(noted["links"]) if (noted["made_of"], noted["files"]) == (made_of, sizes) else []
    except (OSError, ValueError, KeyError, TypeError):
        return []


def forget(folder: Path) -> None:
    """Before they are made anew."""
    (folder / NOTE).unlink(missing_ok=True)


def note(folder: Path, made_of: str, files: Iterable[Path], links: Iterable[str]) -> None:
    """When the last of them is there. `links`: some of those in the files, to try."""
    sizes = {path.name: path.stat().st_size for path in files}
    noted = {"made_of": made_of, "files": sizes, "links": list(links)}
    (folder / NOTE).write_text(json.dumps(noted), encoding="utf-8")
