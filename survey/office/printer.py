"""The process behind `printing`: reads one order on standard input, writes the PDF to standard output."""

from __future__ import annotations

import json
import os
import resource
import sys

from reports.documents import pdf
from reports.errors import PdfUnavailable
from survey.office.printing import EXIT_FAILED, EXIT_PRINTER_MISSING, LONGEST_SECONDS


def limit(seconds: int = LONGEST_SECONDS) -> None:
    """End this process with SIGXCPU when it has taken so many seconds of the processor."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))


def main() -> int:
    limit()
    order = json.load(sys.stdin.buffer)
    try:
        written = pdf.write(order["html"], order["title"], order["language"])
    except PdfUnavailable as error:
        print(error, file=sys.stderr)
        return EXIT_PRINTER_MISSING
    except Exception as error:  # the parent must learn that it failed, whatever it was
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return EXIT_FAILED
    sys.stdout.buffer.write(written)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: taking the interpreter down unloads libraries whose threads may still run, which crashed.
    os._exit(code)
