"""Wording that is kept in several files is one catalogue."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from forms import errors
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


def test_what_is_counted_has_the_word_for_one_and_the_word_for_many(tmp_path: Path) -> None:
    _write(tmp_path, "nb.po", sum="{homes:bolig|boliger} på {pages:side|sider} i {name}, {part:.1f} %")
    told = translator(tmp_path, "nb")
    assert told("sum", homes=1, pages=2, name="Nord", part=0.5) == "1 bolig på 2 sider i Nord, 0.5 %"
    assert told("sum", homes="0", pages="1", name="a|b", part=2) == "0 boliger på 1 side i a|b, 2.0 %"
    assert told("sum", homes="1 001", pages=11, name="", part=0) == "1 001 boliger på 11 sider i , 0.0 %"


def test_one_thing_at_the_beginning_of_a_sentence_is_written_as_a_word(tmp_path: Path) -> None:
    _write(tmp_path, "nb.po", sum="{n:=Én ting|ting} må rettes")
    told = translator(tmp_path, "nb")
    assert [told("sum", n=n) for n in (1, 2)] == ["Én ting må rettes", "2 ting må rettes"]


ROOMS = Path(errors.__file__).parents[1]


FOLDERS = sorted(
    file.parent for room in ("forms", "reports", "survey") for file in (ROOMS / room).rglob("messages/nb.po")
)


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_words_that_are_counted_have_both_forms_in_every_catalogue(folder: Path) -> None:
    for language in ("nb", "nn", "en"):
        for key, text in read_catalogue(folder, language).items():
            for field in re.findall(r"\{\w+:([^{}]*)\}", text):
                assert re.fullmatch(r"[^|]+\|[^|]+|[.,\d+a-z%]+", field), (key, field)
            # The same placeholders, whatever their forms.
            assert _names(text) == _names(read_catalogue(folder, "nb")[key]), key


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_nynorsk_keeps_to_one_of_its_forms(folder: Path) -> None:
    """'gi, gir, gitt' and 'svarer' throughout: who reads one page should not meet 'gjev' on the next."""
    for key, text in read_catalogue(folder, "nn").items():
        assert not re.search(r"\b\w*gjev|\bgje\b|\bsvarar\b", text, re.IGNORECASE), key
