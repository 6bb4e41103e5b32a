"""Where the embedded database keeps its things: all in one folder of ours, but sockets with long names."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from survey.database.errors import EmbeddedPostgresFault

USER = "bostemme"
DATABASE = "bostemme"
PORT = 5432  # names the socket file; nothing listens on the network
CONTROL_SOCKET = "supervisor.sock"
LONGEST_SOCKET = 100  # the kernel allows 107 bytes (103 on macOS)


@dataclass(frozen=True)
class Places:
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def start_lock(self) -> Path:
        return self.folder / "start.lock"

    @property
    def running_lock(self) -> Path:
        return self.folder / "running.lock"

    @cached_property
    def sockets(self) -> Path:
        """Our folder, or a private temporary one when its name is too long for a socket."""
        if len(os.fsencode(self.folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET:
            return self.folder
        name = hashlib.sha256(os.fsencode(self.folder.resolve())).hexdigest()[:12]
        private = Path(tempfile.gettempdir()) / f"bostemme-{os.getuid()}-{name}"
        private.mkdir(mode=0o700, exist_ok=True)
        found = private.lstat()
        # Anybody may have made a folder of this name before us: then it is not a private one.
        # Root hands it to the id that PostgreSQL runs as, which then owns our own folder too.
        ours = {os.getuid()} | ({self.folder.stat().st_uid} if self.folder.exists() else set())
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours or found.st_mode & 0o077:
            raise EmbeddedPostgresFault("fault.postgres.folder", folder=private)
        return private

    def forget_sockets(self) -> None:
        """Remove the private folder outside ours, if there is one."""
        if self.sockets != self.folder:
            shutil.rmtree(self.sockets)

    def make(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
