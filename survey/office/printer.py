"""The process behind `printing`: reads its orders on standard input, writes the PDFs to standard output.

One order is answered by its PDF; a list of orders by a line of JSON with the lengths of the PDFs, and these
one behind the other. Who sets many pages at once spares the half second that it takes to begin.
"""

from __future__ import annotations

import json
import math
import os
import resource
import sys
import time
from collections.abc import Mapping

from reports.documents import pdf
from reports.errors import PdfUnavailable
from survey.office.printing import EXIT_FAILED, EXIT_PRINTER_MISSING, LONGEST_SECONDS


def limit(seconds: int = LONGEST_SECONDS) -> None:
    """End this process with SIGXCPU when it takes so many seconds of the processor from now on.

    Each page is given its own: one that never ends is not to have the time of all that were ordered with it.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time()) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard < 0 else min(soft, hard), hard))


def _write(order: Mapping[str, str]) -> bytes:
    limit()
    return pdf.write(order["html"], order["title"], order["language"])


def main() -> int:
    order = json.load(sys.stdin.buffer)
    orders = order if isinstance(order, list) else [order]
    try:
        made = [_write(one) for one in orders]
    except PdfUnavailable as error:
        print(error, file=sys.stderr)
        return EXIT_PRINTER_MISSING
    except Exception as error:  # the parent must learn that it failed, whatever it was
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return EXIT_FAILED
    if isinstance(order, list):
        sys.stdout.buffer.write(json.dumps([len(one) for one in made]).encode() + b"\n")
    for one in made:
        sys.stdout.buffer.write(one)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: taking the interpreter down unloads libraries whose threads may still run, which crashed.
    os._exit(code)
