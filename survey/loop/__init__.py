"""What comes of findings: replies, measures, plans and ties, on top of the findings of a closed round."""
