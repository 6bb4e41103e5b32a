"""Charts as SVG: Python works out the coordinates, templates draw, the same drawing serves web and PDF.

Every chart is `role="img"` with a title that holds its numbers in words (it becomes the alternative text in
the PDF) and a description of how to read it. Colours are attributes, never styles, so that a strict content
security policy lets them through.

Two kinds: small charts in the rows of a table (`charts`), whose words the caller gives; and figures that
stand alone, each a function of plain data with a `Voice` that says its numbers, and with a companion
that gives the same numbers as rows to print beside it:

    stack         stacked answers, n and interval      stacked.py
    intervals     dots with intervals                  intervals.py
    heat          rows by columns                      heat.py
    trend         waves, with breaks                   trend.py
    funnel_of_places                                   funnels.py
    radar         themes around a circle               radar.py
    quadrants     what matters beside what is good     quadrants.py
    coverage      who has answered                     covered.py
    tile_map      places as equal tiles                tiles.py

`python -m reports.figures.gallery FOLDER` shows them all.
"""

from reports.figures.charts import (
    WIDE,
    WIDTH,
    Bar,
    beside_bar,
    chart_height,
    coverage_bar,
    dot,
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
    "beside_bar",
    "chart_height",
    "coverage_bar",
    "dot",
    "heat_step",
    "likert",
    "likert_colour",
    "lines_under",
    "percent",
    "share_bar",
    "swatch",
    "whole",
]
