"""WHAT THE ANSWERS SAY: functions on frames, from a sealed wave to a document. No HTTP."""
