"""The CEL engine without its command line.

The package loads that too, and with it a toolkit for terminals: a third of a second of every start. An empty
stand-in keeps it out.
"""

import sys
from types import ModuleType

sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))

import cel  # noqa: E402

__all__ = ["cel"]
