"""The choices behind every interval: one place, read by the code and by the pages that tell of them."""

from __future__ import annotations

LEVEL = 0.95
"""Two-sided level of every interval, and of every family of comparisons."""

RAKING_ROUNDS = 1000
"""Passes over all margins before the weights are given up."""
RAKING_TOLERANCE = 1e-10
"""How near a raked margin must come to the register, of its size."""
