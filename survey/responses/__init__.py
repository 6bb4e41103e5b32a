"""Answers from elsewhere: a file of rows is read, checked against a questionnaire, stored as a closed round."""
