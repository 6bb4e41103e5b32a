"""How fast, and against what. `make bench` prints our figure, the floor of the same run, and the ratio."""

import reports  # noqa: F401 - before numpy: linear algebra has one thread, as in the product
