"""The comparison of two benchmark runs."""

import pytest

from tools.bench.compare import Change, changes
from tools.bench.counter_check import Exactness
from tools.bench.load import Load
from tools.bench.result import Counted, Measured, Memory, Result


def run(*ratios: float, title: str = "10 fields", errors: int = 0, twice: int = 0, rss: float = 80) -> Result:
    """Return a run whose rounds have these ratios."""
    rounds = {
        "empty route": [Load(1000, 1.0, 1.0, 2.0, 0, 0) for _ in ratios],
        "Spikecast": [Load(int(1000 * ratio), 1.0, 1.0, 2.0, errors, 0) for ratio in ratios],
    }
    return Result(
        {},
        [Measured("sqlite", title, title, "empty route", "Spikecast", 0.85, 3.0, rounds)],
        [Counted("sqlite", Exactness(9600, twice, 0))],
        [Memory("sqlite", [{"rss": rss, "pss": rss}])],
    )


def get_change(what: str, old: Result, new: Result) -> Change:
    return next(change for change in changes(old, new) if change.what.startswith(what))


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [((0.80, 0.86, 0.90), "same"), ((0.70, 0.71, 0.72), "WORSE"), ((0.97, 0.98, 0.99), "better")],
)
def test_a_ratio_changed_if_it_differs_by_more_than_its_spread(ratios, verdict):
    assert get_change("ratio", run(0.82, 0.85, 0.88), run(*ratios)).verdict == verdict


def test_a_change_within_the_larger_of_the_two_spreads_is_ignored():
    assert get_change("ratio", run(0.85, 0.85, 0.85), run(0.60, 0.75, 0.90)).verdict == "same"


def test_more_errors_and_values_served_twice_are_regressions():
    assert get_change("errors", run(0.85), run(0.85, errors=1)).is_regression
    assert get_change("counter", run(0.85), run(0.85, twice=1)).is_regression


@pytest.mark.parametrize(("rss", "verdict"), [(83, "same"), (90, "WORSE"), (70, "better")])
def test_a_small_change_of_memory_is_ignored(rss, verdict):
    assert get_change("MiB", run(0.85), run(0.85, rss=rss)).verdict == verdict


def test_only_cases_in_both_runs_are_compared():
    found = changes(run(0.85), run(0.10, title="1,000 fields"))
    assert not any(change.what.startswith("ratio") for change in found)
