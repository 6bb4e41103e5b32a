"""Lots that fall the same way when they are drawn again, what was drawn, and what was taken back: beside the
mixer's keys alone.

A batch that is stopped before it is committed has been written all the same, into the log and the files of
the database; so has one of a timeline that was lost and restored. Drawn otherwise the second time, what the
two batches have in common would tell single answers. So the order of a draw is that of a secret; and while a
round is open, when more ballots come between two tries, the very ballots are drawn that were drawn before.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from uuid import UUID

LENGTH = 32
FOLDER = "lots"
SECRET = "secret"  # noqa: S105 - the name of a file
SUFFIX = ".drawn"
TAKEN_BACK = "taken-back"
MARK = "mark"


@dataclass(frozen=True)
class Lots:
    """`folder`: of the mixer's keys."""

    folder: Path

    def secret(self) -> bytes:
        """32 bytes, made the first time. Lost, lots fall otherwise from then on. Raises OSError."""
        file = self._path / SECRET
        try:
            found = file.read_bytes()
        except FileNotFoundError:
            found = b""
        if len(found) != LENGTH:
            found = os.urandom(LENGTH)
            self._write(file, found)
        return found

    def order(self, *about: object) -> Random:
        """A generator that is the same for the same things to decide. Raises OSError."""
        words = "|".join(map(str, about)).encode()
        return Random(hashlib.blake2b(words, key=self.secret(), person=b"bostemme.lots").digest())

    def drawn(self, campaign_id: UUID, estate_id: UUID) -> list[frozenset[UUID]]:
        """Batches with ballots of the estate that were once opened, oldest first; a line cut off is none."""
        try:
            lines = self._file(campaign_id, estate_id).read_text(encoding="ascii").split("\n")[:-1]
        except FileNotFoundError:
            return []
        return [frozenset(map(UUID, line.split())) for line in lines]

    def note(self, campaign_id: UUID, estate_ids: Iterable[UUID], ids: frozenset[UUID]) -> None:
        """These are one batch, for good: on the disk when this returns. Raises OSError."""
        for estate_id in estate_ids:
            if ids not in self.drawn(campaign_id, estate_id):
                self._append(self._file(campaign_id, estate_id), ids)

    def rounds(self) -> list[UUID]:
        """All of which something is noted."""
        try:
            names = [entry.name for entry in os.scandir(self._path) if entry.is_dir()]
        except FileNotFoundError:
            return []
        return sorted(map(UUID, names))

    def all_drawn(self, campaign_id: UUID) -> set[UUID]:
        """Every ballot of the round that was in a batch once."""
        files = (self._path / str(campaign_id)).glob(f"*{SUFFIX}")
        batches = [batch for file in files for batch in self.drawn(campaign_id, UUID(file.stem))]
        return set().union(*batches)

    def taken_back(self, campaign_id: UUID) -> dict[bytes, str]:
        """Hashes of receipts whose answers were withdrawn or changed, and which of the two."""
        try:
            lines = self._of_round(campaign_id).read_text(encoding="ascii").split("\n")
        except FileNotFoundError:
            return {}
        return {
            bytes.fromhex(written): state for written, _, state in (line.partition(" ") for line in lines)
        }

    def note_taken_back(self, campaign_id: UUID, states: Mapping[bytes, str]) -> None:
        """These are all there are, in no order of time: on the disk when this returns. Raises OSError."""
        lines = sorted(f"{receipt_hash.hex()} {state}" for receipt_hash, state in states.items())
        self._write(self._of_round(campaign_id), "\n".join(lines).encode("ascii"))

    def mark(self) -> bytes | None:
        """Up to where anything was noted; None before it was."""
        try:
            return (self._path / MARK).read_bytes()
        except FileNotFoundError:
            return None

    def new_mark(self) -> bytes:
        """Another one, before something is noted: a database that was dumped before has the former."""
        mark = os.urandom(LENGTH)
        self._write(self._path / MARK, mark)
        return mark

    def _append(self, file: Path, ids: frozenset[UUID]) -> None:
        line = " ".join(sorted(id.hex for id in ids)) + "\n"
        known = file.exists()
        descriptor = os.open(self._made(file), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as opened:
            # What a full disk cut off is overwritten by the next line.
            whole = opened.read().rfind(b"\n") + 1
            opened.seek(whole)
            opened.write(line.encode("ascii"))
            opened.truncate()
            opened.flush()
            os.fsync(opened.fileno())
        if not known:
            self._sync(file.parent)

    def forget(self, campaign_id: UUID) -> None:
        """The round is sealed: nothing of it is drawn again."""
        folder = self._path / str(campaign_id)
        for file in [*folder.glob(f"*{SUFFIX}"), *folder.glob(f"{TAKEN_BACK}*")]:
            file.unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            folder.rmdir()

    @property
    def _path(self) -> Path:
        return self.folder / FOLDER

    def _of_round(self, campaign_id: UUID) -> Path:
        return self._path / str(campaign_id) / TAKEN_BACK

    def _file(self, campaign_id: UUID, estate_id: UUID) -> Path:
        """One an estate: the mixer reads it before each of the estate's batches."""
        return self._path / str(campaign_id) / f"{estate_id}{SUFFIX}"

    def _made(self, file: Path) -> Path:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return file

    def _write(self, file: Path, content: bytes) -> None:
        half = self._made(file).with_suffix(".half")
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        half.rename(file)
        self._sync(file.parent)

    def _sync(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
