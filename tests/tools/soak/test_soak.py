"""A short soak: counters and windows stay correct while workers, servers and the database are killed."""

import pytest

from tools.soak.run import Goal, control, soak
from tools.soak.violations import ViolationKind

SHORT = Goal(values=10_000, worker_kills=2, server_kills=1, restarts=2, windows=3, minutes=10, seed=1)

pytestmark = pytest.mark.e2e


def test_a_soak_with_killed_processes_finds_no_violations(kind):
    verdict = soak(kind, SHORT)
    assert not verdict.checker.violations, f"\n{verdict}"
    assert verdict.is_reached, f"\n{verdict}"


def test_a_soak_detects_counters_that_are_not_updated_atomically(kind):
    checker = control(kind, Goal(values=1_000, minutes=10))
    assert checker.violations.count[ViolationKind.TWICE]
