"""The report on an area, made of what the reports on its estates show and of nothing else.

Whoever holds those reports could reckon all of it, so that it gives nobody away that they do not
(`tests/attack/test_areas.py`). An estate that hides a figure is left out of it; where too many do, the area
does not tell it. `report.py` puts it together from `items.py` (questions), `scores.py` (the index and its
parts) and `answered.py` (who answered); `inside.py` sets the estates of an area beside one another.
"""
