"""The verdict of a soak: it passes only if there are no violations and every goal is reached."""

import random
from collections import Counter

import pytest

from tools.soak.fault_injection import schedule
from tools.soak.invariants import Checker
from tools.soak.outages import FaultKind, Outage
from tools.soak.verdict import Verdict
from tools.soak.violations import ViolationKind


def verdict(seconds=1.0, values=100, faults_left=0, windows=1, fault=None):
    """Return the verdict of a run with one injected fault and a recovery after `seconds`."""
    checker = Checker(1, [], clients=1)
    checker.values = values
    outage = checker.outages.begin(Outage(FaultKind.SERVER, frozenset({0, 1}), since=1000.0, gone=1000.0))
    outage.record_success(0, sent_at=1000.1, answered_at=1000.2)
    outage.record_success(1, sent_at=1000.2, answered_at=1000.0 + seconds)
    if fault:
        checker.violations.add(fault, "42")
    return Verdict(
        kind="sqlite",
        database="SQLite",
        nodes=2,
        goal_values=100,
        goal_windows=1,
        workers=4,
        seed=1,
        seconds=60,
        faults_left=faults_left,
        left_out=0,
        checker=checker,
        windows=windows,
        outcomes=Counter(made=1),
    )


def test_a_verdict_passes_without_violations_and_with_all_goals_reached():
    assert verdict().holds
    assert "PASSED" in str(verdict())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seconds": 5.1}, "5.1 s until all nodes served again"),
        ({"values": 99}, "the time was over before the goal"),
        ({"faults_left": 1}, "the time was over before the goal"),
        ({"windows": 0}, "the time was over before the goal"),
        ({"fault": ViolationKind.TWICE}, "1 violations"),
    ],
    ids=["slow recovery", "few values", "few faults", "few windows", "violation"],
)
def test_a_verdict_fails_and_states_the_reason(change, reason):
    assert not verdict(**change).holds
    assert f"FAILED: {reason}" in str(verdict(**change))


def test_a_verdict_lists_examples_of_violations():
    assert "values served twice, such as:\n    42" in str(verdict(fault=ViolationKind.TWICE))


def test_the_fault_schedule_spreads_over_the_values_and_depends_on_the_seed():
    due = schedule(1000, workers=10, servers=3, restarts=2, rng=random.Random(1))
    assert due == schedule(1000, workers=10, servers=3, restarts=2, rng=random.Random(1))
    assert due != schedule(1000, workers=10, servers=3, restarts=2, rng=random.Random(2))
    assert Counter(each.kind for each in due) == {
        FaultKind.WORKER: 8,
        FaultKind.WORKERS: 2,
        FaultKind.SERVER: 3,
        FaultKind.FAST: 1,
        FaultKind.IMMEDIATE: 1,
    }
    assert all(0 < each.values < 1000 for each in due)
    assert [each.values for each in due] == sorted(each.values for each in due)
