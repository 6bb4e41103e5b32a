"""The rounds' private keys: one small file each, in a folder that only the mixer's process can read.

The database knows the public halves. A key is made ahead and put in stock; a round takes one from the stock
when it opens, so that the web never holds a private key, not even for a moment. It is destroyed when the
round's wave is sealed. A lost key means that the ballots still waiting under it can never be read: back the
folder up (`bostemme keys backup`), apart from the database.

KeyFault
├── KeyMissing    the folder has no key for these ballots: put its backup back
└── KeyDamaged    a file is not a key, or not the key its name says
"""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nacl.public import PrivateKey

from survey.wording import MachineFault

SUFFIX = ".key"
RETIRED = ".gone"
HALF = ".half"
"""After the name of a key while it is written; one that stays was cut off, and goes with its key."""
HEX = frozenset("0123456789abcdef")

State = Literal["good", "missing", "damaged", "another"]
"""`damaged`: not 32 bytes in hexadecimal. `another`: the private half of another key than the name says."""


class KeyFault(MachineFault):
    """A private key that cannot be used. The sentence is for the operator."""


class KeyMissing(KeyFault):
    """No such file."""


class KeyDamaged(KeyFault):
    """Not 32 bytes in hexadecimal, or another key than the name says."""


class AnotherKey(KeyDamaged):
    """The private half of another key than the name says."""


@dataclass(frozen=True)
class KeyFolder:
    path: Path

    def make(self) -> bytes:
        """A new pair: the private half is on disk before the public one (32 bytes) is given away."""
        private = PrivateKey.generate()
        public = bytes(private.public_key)
        self.keep(public, bytes(private))
        return public

    def make_some(self, wanted: int) -> tuple[list[bytes], OSError | None]:
        """Several new pairs, and why there are fewer than wanted: those that were made are whole, and wait to
        be known to the database."""
        made: list[bytes] = []
        try:
            for _ in range(wanted):
                made.append(self.make())
        except OSError as error:
            return made, error
        return made, None

    def keep(self, public_key: bytes, private_key: bytes) -> None:
        """Write one key for good, readable by the mixer's user alone. It must not be here already.

        Under its name it is whole or not at all: a full disk leaves nothing. Raises OSError."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._file(public_key)
        half = file.with_name(file.name + HALF)
        try:
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as opened:
                opened.write(private_key.hex() + "\n")
                opened.flush()
                os.fsync(opened.fileno())
            os.link(half, file)  # unlike renaming, it takes nobody's place
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(file)) from error
        finally:
            half.unlink(missing_ok=True)
        self._sync()

    def load(self, public_key: bytes) -> PrivateKey:
        """Raises KeyMissing, KeyDamaged."""
        file = self._file(public_key)
        try:
            private = PrivateKey(bytes.fromhex(file.read_text(encoding="ascii").strip()))
        except FileNotFoundError as error:
            raise KeyMissing("fault.key.missing", key=file.name, folder=self.path) from error
        except Exception as error:  # whatever is wrong with the bytes
            raise KeyDamaged("fault.key.damaged", file=file) from error
        if bytes(private.public_key) != public_key:
            raise AnotherKey("fault.key.another", file=file)
        return private

    def state(self, public_key: bytes) -> State:
        """What lies under a key's name."""
        try:
            self.load(public_key)
        except KeyMissing:
            return "missing"
        except AnotherKey:
            return "another"
        except KeyDamaged:
            return "damaged"
        return "good"

    def set_aside(self, public_key: bytes) -> Path:
        """Keep a file that is not the key its name says as '<name>.key.set-aside-1', and leave the name free:
        it may be another round's only key."""
        file = self._file(public_key)
        free = (file.with_name(f"{file.name}.set-aside-{n}") for n in itertools.count(1))
        aside = next(path for path in free if not path.exists())
        file.rename(aside)
        self._sync()
        return aside

    def has(self, public_key: bytes) -> bool:
        return self._file(public_key).exists()

    def destroy(self, public_key: bytes) -> bool:
        """Overwrite and remove; copies of it under other names of the folder first. False when it is not
        here. Backups must follow: see docs/anonymity.md."""
        file = self._file(public_key)
        copies = [path for path in self.path.glob(f"*{SUFFIX}*") if path != file and _holds(path, public_key)]
        here = file.exists()
        for path in [*copies, file] if here else copies:
            _overwrite(path)
            self._sync()
        return here

    def here(self) -> list[bytes]:
        """The public halves of all keys in the folder, by the names of their files."""
        names = (file.stem for file in self.path.glob(f"*{SUFFIX}"))
        return [bytes.fromhex(name) for name in names if len(name) == 64 and set(name) <= HEX]

    def retire(self, public_key: bytes) -> bool:
        """Destroy, and remember it until `forget`: killed between the two, the next one still knows that the
        key is gone by our hand and not in another folder. False when it has never been here."""
        mark = self._file(public_key).with_suffix(RETIRED)
        if self.has(public_key):
            mark.touch(mode=0o600)
            self._sync()
            self.destroy(public_key)
        return mark.exists()

    def forget(self, public_key: bytes) -> None:
        """That a retired key is gone stands elsewhere now."""
        self._file(public_key).with_suffix(RETIRED).unlink(missing_ok=True)

    def _file(self, public_key: bytes) -> Path:
        return self.path / f"{public_key.hex()}{SUFFIX}"

    def _sync(self) -> None:
        """Make the folder's list of names durable."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _holds(file: Path, public_key: bytes) -> bool:
    """Whether it is the private half of this key, whatever the file is called."""
    try:
        private = PrivateKey(bytes.fromhex(file.read_text(encoding="ascii").strip()))
    except Exception:  # no key at all
        return False
    return bytes(private.public_key) == public_key


def _overwrite(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.write(os.urandom(file.stat().st_size))
        opened.flush()
        os.fsync(opened.fileno())
    file.unlink()
