"""Who asks what there is to measure is told, and nothing is measured."""

from __future__ import annotations

import pytest

from bench.__main__ import ROWS, main


def test_help_says_what_there_is_and_measures_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    for asked in (["--help"], ["-h"], ["ballots", "--help"]):
        with pytest.raises(SystemExit) as ended:
            main(asked)
        said = capsys.readouterr().out
        assert not ended.value.code and all(name in said for name in [*ROWS, "faults", "--small"])


def test_what_there_is_not_is_refused_with_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in (["ballot"], ["tables", "nothing"], ["--smal"]):
        with pytest.raises(SystemExit) as ended:
            main(wrong)
        said = capsys.readouterr().err
        assert ended.value.code == 2 and wrong[-1] in said and all(name in said for name in [*ROWS, "faults"])
