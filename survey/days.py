"""A day as people write it: see `forms.days`, where documents find it too."""

from forms.days import long_date

__all__ = ["long_date"]
