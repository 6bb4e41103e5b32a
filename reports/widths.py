"""How wide an interval is told that rests on the table of each estate: with noise, so that none follows.

An interval with estates as units rests on what each of them answered to several questions at once. A reader
who knows the bars of every estate and the tables of all looks for tables of the estates that would print the
same: with few estates he finds hardly any, however the interval is rounded, since every rounding has edges.
So its half is told times exp(X), X = shift + Laplace(b): no table is ruled out, and each is only so much less
likely. X is drawn for each figure from the answers themselves (`Lots`): the same wave prints the same, and
asking again averages nothing away. All else that is told follows from the printed figure and this width.

Source: Dwork, McSherry, Nissim and Smith 2006, TCC, LNCS 3876, 265-284 (noise by how far answers move a
figure); our own scale, measured, docs/methods.md; attacked in tests/attack/test_odds.py.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy
from scipy import special

from reports.inference.estimates import Floats
from reports.inference.settings import FEWEST_UNITS, LEVEL, WIDTH_NOISE

BITS = 63
NODES = 500
"""Of the law of the noise, for what is reckoned of all of it."""


@dataclass(frozen=True)
class Lots:
    """Numbers drawn by lot, always the same about the same thing; only who holds `secret` can draw them."""

    key: bytes

    @classmethod
    def of(cls, purpose: bytes, *secret: bytes) -> Lots:
        """`purpose`: 16 bytes at most.

        Source: keyed BLAKE2b (RFC 7693); nothing is estimated.
        """
        made = hashlib.blake2b(digest_size=32, person=purpose)
        for part in secret:
            made.update(part)
        return cls(made.digest())

    def number(self, about: object) -> int:
        """0..2^64 - 1, each as likely.

        Source: keyed BLAKE2b (RFC 7693); nothing is estimated.
        """
        drawn = hashlib.blake2b(repr(about).encode(), digest_size=8, key=self.key).digest()
        return int.from_bytes(drawn, "big")

    def laplace(self, about: object) -> float:
        """Of Laplace's law with mean 0 and scale 1; never cut off.

        Source: keyed BLAKE2b (RFC 7693); the inverse of the distribution.
        """
        drawn = self.number(about)
        away = -math.log(((drawn >> 1) + 1) / 2**BITS)
        return away if drawn & 1 else -away


@dataclass(frozen=True)
class Widths:
    lots: Lots

    def told(self, half: float, estates: int, about: object) -> float:
        """`half` of the interval of the figure `about`, as it is told; that of one estate rests on no other.

        Source: the law of this module.
        """
        return half * self.wider(estates, about)

    def wider(self, estates: int, about: object) -> float:
        """How many times as wide. Never cut off, neither above nor below: an edge rules tables out.

        Source: the law of this module.
        """
        if estates < FEWEST_UNITS:
            return 1.0
        return math.exp(shift(estates) + scale(estates) * self.lots.laplace(about))


def scale(estates: int) -> float:
    """b of Laplace's law of the logarithm of a width.

    Source: our own, measured, docs/methods.md.
    """
    return WIDTH_NOISE / estates


@cache
def shift(estates: int) -> float:
    """By how much all widths are larger, so that on the average over the noise they hold LEVEL.

    For a figure on the normal distribution, of which an interval that is now wider and now narrower by as
    much holds least.

    Source: the law of this module; our own.
    """
    law, quantile = _law(estates), _quantile(math.inf)

    def missed(more: float) -> float:
        return float(2 * special.ndtr(-quantile * np.exp(law + more)).mean()) - (1 - LEVEL)

    return float(scipy.optimize.brentq(missed, 0.0, 2.0, xtol=1e-12))


def on_average(estates: int) -> float:
    """How many times as wide, on the average over the noise: exp(shift) / (1 - b^2).

    Source: the moments of Laplace's law.
    """
    return math.exp(shift(estates)) / (1 - scale(estates) ** 2)


def p_of(distance: float, half: float, estates: int) -> float:
    """Two-sided p of a figure that lies so far from nothing at all, by the width that is told of it.

    The noise in the width reckoned with. Whether estates or people made it as wide as it is, is not told: the
    larger of the p on t with estates as units and that on the normal distribution. One estate: the latter.

    Source: see `inference.clusters.doubt`; the law of this module.
    """
    if half == 0 or math.isinf(half):
        return float(distance == 0 or half > 0)
    if estates < FEWEST_UNITS:
        return 2 * float(special.ndtr(-abs(distance) / half * _quantile(math.inf)))
    far = -abs(distance) / half * np.exp(_law(estates) + shift(estates))
    by_estates = special.stdtr(estates - 1, far * _quantile(estates - 1))
    return 2 * max(float(by_estates.mean()), float(special.ndtr(far * _quantile(math.inf)).mean()))


def _quantile(freedom: float) -> float:
    tail = 1 - (1 - LEVEL) / 2
    return float(special.ndtri(tail) if math.isinf(freedom) else special.stdtrit(freedom, tail))


@cache
def _law(estates: int) -> Floats:
    """Laplace(b) at equal steps of its distribution."""
    away = -np.log1p(-(np.arange(NODES) + 0.5) / NODES)
    found: Floats = scale(estates) * np.concatenate([-away[::-1], away])
    return found
