"""Answers from elsewhere: a file of rows, checked against a questionnaire, stored as a closed round."""
