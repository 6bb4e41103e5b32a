"""WHAT THE ANSWERS SAY: functions on frames, from a sealed wave to a document. No HTTP."""

import os

# The matrices here are small. Where other processes want the same cores, threads of linear algebra wait for
# one another longer than all of the work takes: minutes for what one thread has in seconds.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
