"""Python sleeps until an instant of the clock since boot, which libfaketime 0.9.10 takes for one of the day
and refuses. So programs that have this folder on their PYTHONPATH sleep for a while instead."""

import select
import time

time.sleep = lambda seconds: select.select([], [], [], seconds)
