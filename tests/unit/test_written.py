"""A file that a command is told to write is where it was asked for, whole, and nothing else has changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from survey.written import write


def test_a_file_is_written_and_a_link_to_one_stays_a_link(tmp_path: Path) -> None:
    link = tmp_path / "lenke.txt"
    link.symlink_to(tmp_path / "fil.txt")
    for content in ("første", "andre"):
        write(link, content)
        assert link.is_symlink() and (tmp_path / "fil.txt").read_text("utf-8") == content
    assert len(list(tmp_path.iterdir())) == 2


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """`--output /dev/null`, given by root, put a file in its place."""
    sink = tmp_path / "sluk"
    sink.symlink_to("/dev/null")
    write(sink, "noe")
    assert Path("/dev/null").is_char_device() and list(tmp_path.iterdir()) == [sink]


def test_what_goes_to_a_pipe_arrives() -> None:
    program = "from pathlib import Path; from survey.written import write; write(Path('/dev/stdout'), 'noe')"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout == "noe"


@pytest.mark.parametrize("name", ["fil.txt/under.txt", "mappe", "borte/fil.txt"])
def test_a_place_that_cannot_be_written_is_named_as_it_was_given(tmp_path: Path, name: str) -> None:
    (tmp_path / "fil.txt").write_text("her")
    (tmp_path / "mappe").mkdir()
    with pytest.raises(OSError) as refused:
        write(tmp_path / name, "noe")
    assert refused.value.filename == str(tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == {"fil.txt", "mappe"}
