"""Whoever pipes the numbers of a command gets them, and nothing that a library says besides."""

from __future__ import annotations

import subprocess
import sys

SPEAKS = """
import ctypes, click
from survey import cli

@click.command()
def numbers():
    libc = ctypes.CDLL(None)
    libc.printf(b"HighsMipSolverData::transformNewIntegerFeasibleSolution tmpSolver.run();\\n")
    click.echo('{"places": 12, "gård": "å"}')
    libc.printf(b"and later\\n")

cli.House.get_command = lambda self, context, name: numbers
cli.main(["numbers"])
"""


def test_what_the_solver_writes_does_not_stand_in_the_numbers_of_a_command() -> None:
    done = subprocess.run([sys.executable, "-c", SPEAKS], capture_output=True, check=True)
    assert done.stdout.decode() == '{"places": 12, "gård": "å"}\n'
