"""Questionnaires from and to the files of others: XLSForm, SurveyJS, and a codebook for people.

Pure like the rest of `forms`: a workbook is sheets of text here; `survey/questionnaire_files.py` knows files.
"""
