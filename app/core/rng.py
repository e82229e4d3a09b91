"""The only source of randomness for generated values."""

import os
import random

rng = random.Random()  # noqa: S311 - made-up measurements, not secrets

# A forked worker would otherwise draw the same numbers as its siblings.
os.register_at_fork(after_in_child=rng.seed)
