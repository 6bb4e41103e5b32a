"""Rounds: from a template to a sealed wave, and how many have answered along the way (never who)."""
