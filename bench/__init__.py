"""How fast, and against what. `make bench` prints our figure, the floor of the same run, and the ratio."""
