"""Questionnaires that the office writes itself: drafts, the steps of their making, and freezing them."""
