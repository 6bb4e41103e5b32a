"""How sure we are: every estimator of the reports, one kind a module; `docs/methods.md` derives them.

    estimates     what they hand back            settings      the choices they share
    proportions   exact shares                   stratified    shares over estates
    strata        answers of estates, fpc        means         scores
    differences   between waves and estates
    ordinal       order without distances        multiplicity  many comparisons at once
    weighting     samples, register margins      reliability   alpha, omega, item by item
    shrinkage     very small estates             funnel        estates without ranks
    importance    what goes with satisfaction    models        ordered logit (fitted in `ordered`)
    clusters      estates as units               respondents   who answered, and how

Shares are 0..1, scores 0..100, levels two-sided.
"""

from reports.inference.differences import (
    difference,
    differences,
    differences_apart,
    each_from_rest,
    each_printed_from_rest,
    from_rest,
)
from reports.inference.estimates import Difference, Interval, Intervals
from reports.inference.means import (
    mean_interval,
    means_of_each,
    means_of_each_counted,
    shares_among_others,
)
from reports.inference.multiplicity import benjamini_hochberg, holm
from reports.inference.ordinal import gamma, superiority
from reports.inference.proportions import share_interval
from reports.inference.settings import LEVEL
from reports.inference.strata import (
    SomeStrata,
    Strata,
    Stratum,
    counted,
    standard_error,
    weights,
    weights_of_sizes,
)
from reports.inference.stratified import stratified_share

__all__ = [
    "LEVEL",
    "Difference",
    "Interval",
    "Intervals",
    "SomeStrata",
    "Strata",
    "Stratum",
    "benjamini_hochberg",
    "counted",
    "difference",
    "differences",
    "differences_apart",
    "each_from_rest",
    "each_printed_from_rest",
    "from_rest",
    "gamma",
    "holm",
    "mean_interval",
    "means_of_each",
    "means_of_each_counted",
    "share_interval",
    "shares_among_others",
    "standard_error",
    "stratified_share",
    "superiority",
    "weights",
    "weights_of_sizes",
]
