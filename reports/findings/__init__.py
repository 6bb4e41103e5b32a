"""What the answers say, in words: every finding is read off figures that a report may show.

`headlines.py` makes the few that a report prints large. `listing.py` makes the whole list of a round for its
estates, areas and the landlord, from the protected reports that `everywhere.py` gathers. Its leads
(`leads.py`) are of four sorts: what the report on a place tells (`of_reports.py`), what matters most
(`importance.py`), the grade felt beside the one declared (`grades.py`), and areas (`areas.py`, from figures
of estates that `places.py` pools). `model.py` is the machine form that replies, measures and plans hang on;
`sentences.py` says it.
"""
