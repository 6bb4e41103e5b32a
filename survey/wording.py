"""What the house says outside its rooms: on the command line, and when the machine is not fit to run it."""

from __future__ import annotations

from pathlib import Path

from forms.catalogue import Message, Translate, translator

MESSAGES = Path(__file__).parent / "messages"


def words(language: str) -> Translate:
    """The sentences of the house in `language` ('nb', 'nn' or 'en')."""
    return translator(MESSAGES, language)


class MachineFault(Exception):
    """Something that the operator can mend: a setting, a port, a database, a key.

    `message` is worded where it is told; `str(fault)` is English, for logs.
    """

    def __init__(self, key: str, /, **values: object) -> None:
        self.message = Message.of(key, **values)
        super().__init__(self.message.worded(words("en")))
