"""WHAT IS ASKED: questionnaires, their logic, their answers and their scoring. Pure Python."""
