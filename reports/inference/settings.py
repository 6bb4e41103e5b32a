"""The choices behind every interval: one place, read by the code and by the pages that tell of them."""

from __future__ import annotations

LEVEL = 0.95
"""Two-sided level of every interval, and of every family of comparisons."""

RAKING_ROUNDS = 1000
"""Passes over all margins before the weights are given up."""
RAKING_TOLERANCE = 1e-10
"""How near a raked margin must come to the register, of its size."""
MOST_WEIGHT = 3.0
"""No answer counts for more than so many times what its estate's dwellings make it count for, nor for less
than as small a part of it."""
TRIMMING_ROUNDS = 50
"""Times that weights at the limit are held and the others fitted again."""
FEWEST_IN_MARGIN = 10
"""Answers of a group that is fitted to the register; with fewer it is put together with its neighbour."""
MARGINS_APART = 0.01
"""Margins of one register may differ in their sum by so much of it: registers round their own counts."""
TOO_HEAVY = 0.04
"""The most of a weighted total that one answer may make out; with a heavier one its share could be told."""

FEWEST_FOR_RELIABILITY = 20
"""People who answered both of any two items; with fewer, the intervals of alpha and omega say nothing."""
FEWEST_TO_PUBLISH_RELIABILITY = 50
"""On the methods page; of fewer the interval says next to nothing."""
RELIABILITY_MOVED = 0.05
"""Alpha or omega is told where five people who answer otherwise move it by no more (`reports/alphas.py`)."""
FEWEST_FOR_CORRELATION = 10
"""People who answered both questions."""
BOOTSTRAPS = 500
"""Redraws behind the interval of omega."""
SEED = 1976
"""Of every redraw: the same answers give the same report."""
FACTOR_TOLERANCE = 1e-10
"""No loading moves more than this in the last sweep."""
REDRAWN_TOLERANCE = 1e-4
"""The same where intervals are drawn: they are told to two decimals; without any factor it is slow."""

MOST_GROUPS = 20
"""A grouping with more says nothing that can be read, and gives people away."""
ANSWERS_PER_COEFFICIENT = 10
"""Fewer, and the odds of an ordered logit lean outwards (Peduzzi and others 1996)."""
MOST_FACTORS = 3
"""Questions in the model of a report: with more, hardly anybody gave each pair of answers."""
FEWEST_FOR_A_MODEL = 100
"""People who answered all of them; with fewer, odds may be a third or three times as high."""

FEWEST_UNITS = 3
"""Estates that can say how far they lie apart; of two nothing is said that is about more than one of them."""
FEW_UNITS = 10
"""With fewer estates the page says that the doubt is large."""
STRENGTH_STEP = 0.05
"""To what intervals of strengths are told, outwards: with few estates a finer one would tell of each."""
WIDTH_NOISE = 1.5
"""Divided by the number of estates: b of Laplace's noise in the logarithm of a width that rests on the table
of each. Up to five people who exchange answers in one estate move that logarithm by less than b three times
in four (`reports/widths.py`; measured, docs/methods.md)."""
FEWEST_ESTATES = 5
"""With fewer, nobody can tell how estates differ: no funnel, and nothing to lend."""
SMALL_ESTATE = 20
"""Estates with fewer answers have the estimate that lends from all estates beside their own."""
FUNNEL_LIMITS = (0.95, 0.998)
"""Two standard errors and three, as in all published funnels."""
FEWEST_OF_A_WAY = 10
"""Answers by one way (paper, a helper) before it is set beside the others."""
FEWEST_TO_TELL_A_WAY = 20
"""The same for a report: with fewer, the interval spans a third of the scale."""
