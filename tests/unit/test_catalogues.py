"""Wording that is kept in several files is one catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from forms.catalogue import MessageTwice, read_catalogue, translator

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def _write(folder: Path, name: str, **messages: str) -> None:
    body = "".join(f'msgid "{key}"\nmsgstr "{text}"\n\n' for key, text in messages.items())
    (folder / name).write_text(HEAD + body, encoding="utf-8")


def test_each_part_of_a_room_may_keep_its_words_in_a_file_of_its_own(tmp_path: Path) -> None:
    _write(tmp_path, "nb.po", hus="Hus")
    _write(tmp_path, "nb.hage.po", hage="Hage")
    _write(tmp_path, "nn.hage.po", hage="Hage på nynorsk")
    assert read_catalogue(tmp_path, "nb") == {"hus": "Hus", "hage": "Hage"}
    assert translator(tmp_path, "nb")("hage") == "Hage"


def test_a_message_that_two_files_have_is_told(tmp_path: Path) -> None:
    _write(tmp_path, "nb.po", hus="Hus")
    _write(tmp_path, "nb.hage.po", hus="Hytte")
    with pytest.raises(MessageTwice, match="hus"):
        read_catalogue(tmp_path, "nb")
