"""What the answers say, in words: every finding is read off figures that a report may show.

`headlines.py` makes the few that a report prints large. `listing.py` makes the whole list of a round for its
estates, areas and the landlord, from the protected reports that `everywhere.py` gathers; `places.py` pools
shown figures of estates into those of areas; `model.py` is the machine form that replies, measures and plans
hang on; `sentences.py` says it.
"""
