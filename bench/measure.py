"""Measuring: medians of five, ours and the floor by turns, so that a busy moment of the machine hits both."""

from __future__ import annotations

import os
import platform
import re
import resource
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

REPEATS = 5


@dataclass(frozen=True)
class Line:
    """One row of the result. `ratio` says how ours relates to the floor, `target` what it should be."""

    work: str
    ours: str
    floor: str = ""
    ratio: str = ""
    target: str = ""

    def __str__(self) -> str:
        return f"{self.work:<46} {self.ours:>16} {self.floor:>34} {self.ratio:>8}  {self.target}"


def heading(small: bool) -> str:
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, medians of {REPEATS}"
    if small:
        machine += ", small sizes: try-out, not a measurement"
    return f"{machine}\n{Line('work', 'ours', 'floor in the same run', 'ratio', 'target')}"


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def by_turns(*works: Callable[[], object]) -> list[float]:
    """Median seconds of each, after one run to warm up."""
    for work in works:
        work()
    taken = [[seconds(work) for work in works] for _ in range(REPEATS)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def processor_seconds(work: Callable[[], object]) -> float:
    """Median of what this process works, whatever else the machine does."""
    taken = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def peak_megabytes() -> float:
    """The most memory this process has held; what getrusage says may be the peak of its parent."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
        if found:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def growth(work: str, sizes: tuple[int, ...], times: list[float], of: str = "answers") -> Line:
    """How much longer the last size took than the first."""
    more = sizes[-1] / sizes[0]
    return Line(f"  {work}: x{more:.0f} {of}", f"x{times[-1] / times[0]:.1f} time", "", "", f"<= x{more:.0f}")
