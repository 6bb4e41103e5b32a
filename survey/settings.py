"""What the operator decides, read once from the environment.

    DATABASE_URL          a PostgreSQL 15 or newer; without it an embedded one is run inside BOSTEMME_HOME
    BOSTEMME_SECRET_KEY   at least 32 characters, for who serves; without it (embedded database only) one is
                          made and kept
    BOSTEMME_BASE_URL     how tenants reach the service, no slash at the end; default http://localhost:8000
    BOSTEMME_HOME         folder for the embedded database and the kept key; default .bostemme beside the code
    BOSTEMME_KEYS         folder of the rounds' private keys, for the mixer alone; default 'keys' in the above
    BOSTEMME_CONTACT_KEYS folder of the rounds' contact keys, for the sender; default 'contact-keys' there
    BOSTEMME_ONLY         'tenants' or 'office': serve that side alone; default both
    BOSTEMME_DEMO         1: a demonstration, with made-up data

What the sender alone needs (mail server, SMS gateway) is in `survey/delivery/channels.py`.

Errors: SettingsFault, a sentence that names the variable and how to mend it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from survey.wording import MachineFault

PROJECT = Path(__file__).resolve().parent.parent
MINIMUM_KEY_LENGTH = 32
SIDES = ("tenants", "office")


class SettingsFault(MachineFault):
    """A variable of the environment that is missing or cannot be used."""

    status = 500
    key = "error.server"


@dataclass(frozen=True)
class Settings:
    database_url: str | None  # None: run the embedded database
    secret: bytes | None  # 32 bytes, derived from what the operator gave; None: not given
    base_url: str
    home: Path
    demo: bool = False
    keys_folder: Path | None = None  # None: beside the embedded database
    only: str | None = None  # 'tenants', 'office'; None: both

    contact_keys_folder: Path | None = None  # likewise

    @property
    def secret_key(self) -> bytes:
        """32 bytes that links hang on: for who serves, not for mixer or sender. Raises SettingsFault."""
        if self.secret is None:
            raise SettingsFault("fault.secret_key.missing", least=MINIMUM_KEY_LENGTH)
        return self.secret

    @property
    def contact_keys(self) -> Path:
        """Folder of the rounds' private contact keys."""
        return self.contact_keys_folder or self.home / "contact-keys"

    @property
    def keys(self) -> Path:
        """Folder of the rounds' private keys."""
        return self.keys_folder or self.home / "keys"

    @property
    def secure(self) -> bool:
        """Whether tenants reach us over https: cookies and HSTS follow."""
        return self.base_url.startswith("https://")

    @staticmethod
    def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
        environ = os.environ if environ is None else environ
        only = environ.get("BOSTEMME_ONLY") or None
        if only not in (None, *SIDES):
            raise SettingsFault("fault.only", given=only, sides=", ".join(SIDES))
        home = Path(environ.get("BOSTEMME_HOME") or PROJECT / ".bostemme").absolute()
        database_url = environ.get("DATABASE_URL") or None
        base_url = (environ.get("BOSTEMME_BASE_URL") or "http://localhost:8000").rstrip("/")
        if not base_url.startswith(("http://", "https://")):
            raise SettingsFault("fault.base_url", given=base_url)
        return Settings(
            database_url=database_url,
            secret=_secret_key(environ.get("BOSTEMME_SECRET_KEY"), home, kept=database_url is None),
            base_url=base_url,
            home=home,
            keys_folder=_folder(environ, "BOSTEMME_KEYS"),
            contact_keys_folder=_folder(environ, "BOSTEMME_CONTACT_KEYS"),
            only=only,
            demo=environ.get("BOSTEMME_DEMO", "") in ("1", "true", "yes"),
        )


def _folder(environ: Mapping[str, str], name: str) -> Path | None:
    return Path(environ[name]).absolute() if environ.get(name) else None


def _secret_key(given: str | None, home: Path, *, kept: bool) -> bytes | None:
    if given is None:
        if not kept:
            return None
        given = _kept_key(home / "secret-key")
    if len(given) < MINIMUM_KEY_LENGTH:
        raise SettingsFault("fault.secret_key.short", length=len(given), least=MINIMUM_KEY_LENGTH)
    return hashlib.blake2b(given.encode(), digest_size=32, person=b"bostemme-secret").digest()


def _kept_key(file: Path) -> str:
    """The key of this folder, made at first use; two processes starting at once end up with the same one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    if not file.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text(encoding="ascii").strip()
