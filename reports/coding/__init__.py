"""What free text is worked with: what is masked in it, what it is coded with, and whether it was said before.

No database, no clock: texts go in, spans, codes and likeness come out.
"""
