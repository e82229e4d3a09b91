"""Helper of tests that check a rule everywhere: the failure lists each place that breaks it."""

from collections.abc import Iterable

import pytest


def fail_if_any(offenders: Iterable[str], advice: str) -> None:
    """Fail the test with `advice` and one line per offender."""
    listed = list(offenders)
    if listed:
        pytest.fail("\n    ".join([f"{advice} {len(listed)} found:", *listed]), pytrace=False)
