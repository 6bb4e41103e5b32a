"""Numbers by group, asked for one table at a time: each is judged by all that was told before it.

`asking.py` reads what is asked, `cost.py` says what that takes from later tables, `people.py` counts it,
`ledger.py` judges it, `writing.py` writes it down.
"""
