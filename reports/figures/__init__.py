"""Charts as SVG: Python works out the coordinates, templates draw, the same drawing serves web and PDF.

Every chart is `role="img"` with a title that holds its numbers in words (it becomes the alternative text in
the PDF) and a description of how to read it. Colours are attributes, never styles, so that a strict content
security policy lets them through.
"""

from reports.figures.charts import (
    WIDE,
    WIDTH,
    Bar,
    FunnelPoint,
    beside_bar,
    chart_height,
    coverage_bar,
    dot,
    funnel,
    likert,
    lines_under,
    share_bar,
    swatch,
)
from reports.figures.palette import heat_step, likert_colour
from reports.rounding import percent, whole

__all__ = [
    "WIDE",
    "WIDTH",
    "Bar",
    "FunnelPoint",
    "beside_bar",
    "chart_height",
    "coverage_bar",
    "dot",
    "funnel",
    "heat_step",
    "likert",
    "likert_colour",
    "lines_under",
    "percent",
    "share_bar",
    "swatch",
    "whole",
]
