"""Replace `time.sleep` in programs that have this folder on their PYTHONPATH.

Python sleeps until a time of the monotonic clock, which libfaketime 0.9.10 misreads as wall-clock time and
rejects. `select` takes a duration instead.
"""

import select
import time

time.sleep = lambda seconds: select.select([], [], [], seconds)
