"""What invitations say: the catalogue's words, or the office's own, with blanks that are checked.

A blank is a name in braces, '{lenke}'. Filled by us and not by `str.format`: what an officer writes is text.
Every message ends with a sentence of ours that cannot be edited away: how to say no. In a language that
nobody has read an e-mail ends by saying so. Below the main language of a letter the others have few words
where they are many, and drafts have them always.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal
from uuid import UUID

from forms.catalogue import Translate, translator
from forms.languages import DRAFTED, direction
from survey.database.pool import Connection
from survey.delivery.safe import queries

Kind = Literal["letter", "email", "email_reminder", "sms", "sms_reminder"]
KINDS: tuple[Kind, ...] = ("letter", "email", "email_reminder", "sms", "sms_reminder")
WITH_SUBJECT = ("letter", "email", "email_reminder")
NEEDS_LINK = ("email", "email_reminder", "sms", "sms_reminder")
MOST_IN_FULL = 3
"""Languages that a letter has room for in full."""
LONGEST_SUBJECT, LONGEST_BODY, LONGEST_SMS = 150, 3000, 480

LEFT_TO_RIGHT = "\u200e"

_BLANK = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Text:
    subject: str
    body: str


@dataclass(frozen=True)
class Blanks:
    """What the blanks of a text stand for; the names are those that officers write."""

    organisasjon: str
    runde: str
    leiegard: str
    lenke: str
    frist: str
    resultater: str

    def within(self, language: str) -> Blanks:
        """As they stand in a text of `language`: in one from the right, names keep their own order."""
        if direction(language) == "ltr":
            return self
        return replace(
            self,
            organisasjon=from_left(self.organisasjon),
            runde=from_left(self.runde),
            leiegard=from_left(self.leiegard),
        )


def from_left(name: str) -> str:
    """'3B Havna' in a text from the right, where no markup can hold it together: between two marks that
    nobody sees. A name that is from the right itself is left alone."""
    kinds = (unicodedata.bidirectional(sign) for sign in name)
    first = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
    return f"{LEFT_TO_RIGHT}{name}{LEFT_TO_RIGHT}" if first == "L" else name


NAMES = tuple(field.name for field in fields(Blanks))


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a text: a message key of the office and its values."""

    key: str
    values: tuple[tuple[str, object], ...] = ()


def wording(language: str) -> Translate:
    """What tenants are told, in any of `languages.SPOKEN`; what is wrong with a list, in nb, nn and en."""
    return translator(Path(__file__).parent / "messages", language)


def short_letter(code: str, written_to: Sequence[str]) -> bool:
    """Whether a letter in these languages says little in `code`, so that all of them fit on its page."""
    return code in DRAFTED or (len(written_to) > MOST_IN_FULL and code != written_to[0])


def default(kind: Kind, language: str, written_to: Sequence[str] = ()) -> Text:
    """The catalogue's words. `written_to`: all languages of the round, the main one first."""
    t = wording(language)
    body = "letter.short" if kind == "letter" and short_letter(language, written_to) else f"{kind}.body"
    return Text(t(f"{kind}.subject") if kind in WITH_SUBJECT else "", t(body))


def faults(kind: Kind, text: Text) -> tuple[Fault, ...]:
    """What must be mended before a text can be kept."""
    found: list[Fault] = []
    whole = f"{text.subject}\n{text.body}"
    unknown = sorted({name for name in _BLANK.findall(whole) if name not in NAMES})
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in NAMES)
        found.append(Fault("problem.text.blank", (("blank", f"{{{unknown[0][:40]}}}"), ("names", names))))
    if set("{}") & set(_BLANK.sub("", whole)):
        found.append(Fault("problem.text.brace"))
    if kind in NEEDS_LINK and "{lenke}" not in text.body:
        found.append(Fault("problem.text.link", (("link", "{lenke}"),)))
    if kind == "letter" and "{lenke}" in whole:
        found.append(Fault("problem.text.letter_link", (("link", "{lenke}"),)))
    if not text.body.strip():
        found.append(Fault("problem.text.empty"))
    if kind in WITH_SUBJECT and not text.subject.strip():
        found.append(Fault("problem.text.subject"))
    longest = LONGEST_SMS if kind.startswith("sms") else LONGEST_BODY
    if len(text.body) > longest:
        found.append(Fault("problem.text.long", (("most", longest),)))
    if len(text.subject) > LONGEST_SUBJECT or "\n" in text.subject.strip():
        found.append(Fault("problem.text.subject_long", (("most", LONGEST_SUBJECT),)))
    return tuple(found)


def fill(text: Text, blanks: Blanks) -> Text:
    """The text with its blanks filled; names that are none stay as they stand."""

    def filled(written: str) -> str:
        return _BLANK.sub(lambda found: str(getattr(blanks, found[1], found[0])), written)

    return Text(" ".join(filled(text.subject).split()), filled(text.body).replace("\r\n", "\n").strip())


def message(kind: Kind, text: Text, language: str, blanks: Blanks, *, fictitious: bool) -> Text:
    """What is sent: the text, and below it what no office can leave out."""
    t = wording(language)
    filled = fill(text, blanks.within(language))
    ending = t("end.sms") if kind.startswith("sms") else t("end.email", lenke=blanks.lenke)
    if language in DRAFTED and not kind.startswith("sms"):
        ending += "\n\n" + t("draft")
    start = t("fictitious") + " " if fictitious else ""
    between = " " if kind.startswith("sms") else "\n\n"
    return Text(start + filled.subject if filled.subject else "", start + filled.body + between + ending)


async def own(connection: Connection, round_id: UUID) -> Mapping[tuple[str, str], Text]:
    """The office's own texts of a round by (kind, language)."""
    rows = [row async for row in queries.texts(connection, campaign_id=round_id)]
    return {(row["kind"], row["language"]): Text(row["subject"], row["body"]) for row in rows}


def chosen(
    own: Mapping[tuple[str, str], Text], kind: Kind, language: str, written_to: Sequence[str] = ()
) -> Text:
    return own.get((kind, language)) or default(kind, language, written_to)


async def keep(
    connection: Connection,
    organisation_id: UUID,
    round_id: UUID,
    kind: Kind,
    language: str,
    text: Text,
    written_to: Sequence[str] = (),
) -> None:
    """Keep the office's own text; the catalogue's words again when it is the same as those. Checked
    before.
    """
    if text == default(kind, language, written_to):
        await queries.drop_text(connection, campaign_id=round_id, kind=kind, language=language)
        return
    await queries.keep_text(
        connection,
        organisation_id=organisation_id,
        campaign_id=round_id,
        kind=kind,
        language=language,
        subject=text.subject,
        body=text.body,
    )
