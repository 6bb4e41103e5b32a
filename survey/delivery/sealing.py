"""Contacts and links under the round's contact key (libsodium sealed box): the database alone knows no
address.

The web seals and cannot open; the private half is a file in the sender's folder. Padded, so that the length
of what is sealed tells nothing about it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from uuid import UUID

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from survey.ballots.padding import pad, unpad

CONTACT_BLOCK, CODE_BLOCK, LETTER_BLOCK = 512, 64, 2048
"""Bytes. An e-mail address has 254 at most: every contact is one block."""


class UnreadableContact(Exception):
    """Not sealed with this key, or damaged."""


GMAIL = ("gmail.com", "googlemail.com")
"""Two names of one house, in which dots do not count."""


@dataclass(frozen=True)
class Contact:
    """How one household or person is reached; '' where there is no address. `phone`: '+4791234567'."""

    email: str
    phone: str
    language: str

    @property
    def mailboxes(self) -> tuple[str, ...]:
        """Where its messages end up: the same for 'Kari+2@b.no' and 'kari@b.no'.

        Dots tell mailboxes apart, but not at Gmail, where 'k.ari@googlemail.com' is 'kari@gmail.com'.
        """
        local, _, domain = self.email.lower().rpartition("@")
        local = local.partition("+")[0] or local
        if domain in GMAIL:
            local, domain = local.replace(".", ""), GMAIL[0]
        email = f"{local}@{domain}" if domain else ""
        return tuple(mailbox for mailbox in (email, self.phone) if mailbox)


def seal_contact(public_key: bytes, contact: Contact) -> bytes:
    document = json.dumps([contact.email, contact.phone, contact.language], ensure_ascii=False)
    return _seal(public_key, document.encode(), CONTACT_BLOCK)


def known_by(secret_key: bytes, contact: Contact) -> bytes:
    """32 bytes by which an address is known in a later list, if its holder does not wish to be asked again.

    Keyed: without the server's secret no address can be tried against it.
    """
    address = (contact.email or contact.phone).lower()
    return hashlib.blake2b(
        address.encode(), key=secret_key, person=b"bostemme.known", digest_size=32
    ).digest()


def mailbox_hash(secret_key: bytes, round_id: UUID, mailbox: str) -> bytes:
    """32 bytes by which homes with the same mailbox are counted, within one round alone."""
    person = b"bostemme.mailbox"
    return hashlib.blake2b(
        mailbox.encode(), key=secret_key, salt=round_id.bytes, person=person, digest_size=32
    ).digest()


def open_contact(private_key: PrivateKey, sealed: bytes) -> Contact:
    """The inverse of `seal_contact`. Raises UnreadableContact."""
    try:
        email, phone, language = json.loads(unpad(_open(private_key, sealed)))
    except (ValueError, TypeError) as error:
        raise UnreadableContact("the contact is damaged") from error
    return Contact(email, phone, language)


def seal_token(public_key: bytes, token: str) -> bytes:
    return _seal(public_key, token.encode(), CODE_BLOCK)


def open_token(private_key: PrivateKey, sealed: bytes) -> str:
    """The inverse of `seal_token`. Raises UnreadableContact."""
    return unpad(_open(private_key, sealed)).decode()


def seal_letter(public_key: bytes, document: bytes) -> bytes:
    return _seal(public_key, document, LETTER_BLOCK)


def open_letter(private_key: PrivateKey, sealed: bytes) -> bytes:
    """The inverse of `seal_letter`. Raises UnreadableContact."""
    return unpad(_open(private_key, sealed))


def _seal(public_key: bytes, document: bytes, block: int) -> bytes:
    return bytes(SealedBox(PublicKey(public_key)).encrypt(pad(document, block)))


def _open(private_key: PrivateKey, sealed: bytes) -> bytes:
    try:
        return bytes(SealedBox(private_key).decrypt(sealed))
    except (CryptoError, ValueError) as error:
        raise UnreadableContact("sealed with another key, or damaged") from error
