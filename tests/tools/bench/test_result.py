"""Benchmark results: what is computed from the rounds, and their file."""

import pytest

from tools.bench.counter_check import Exactness, count
from tools.bench.load import Load
from tools.bench.result import Counted, Measured, Memory, Result, Unreadable, read


def load(per_second: int, p99_ms: float = 4, **errors: int) -> Load:
    return Load(per_second, 1.0, 2.0, p99_ms, **{"not_2xx": 0, "socket_errors": 0} | errors)


def measured(*pairs: tuple[Load, Load]) -> Measured:
    """Return a case with these rounds, each of the baseline and of Spikecast."""
    baseline, subject = map(list, zip(*pairs, strict=True))
    rounds = {"empty route": baseline, "Spikecast": subject}
    return Measured("sqlite", "10-fields", "10 fields", "empty route", "Spikecast", 0.85, 3.0, rounds)


def test_each_round_is_divided_by_the_baseline_of_the_same_round():
    assert measured((load(1000), load(900)), (load(2000), load(1000))).ratios() == [0.9, 0.5]


def test_a_goal_is_met_by_the_median():
    assert measured((load(100), load(90)), (load(100), load(86)), (load(100), load(10))).misses() == []


@pytest.mark.parametrize(
    ("spikecast", "misses"),
    [
        (load(84), ["ratio"]),
        (load(90, p99_ms=12.5), ["p99"]),
        (load(90, not_2xx=1), ["errors"]),
        (load(90, socket_errors=1), ["errors"]),
    ],
)
def test_a_missed_goal_is_named(spikecast, misses):
    assert measured((load(100), spikecast)).misses() == misses


def test_an_error_fails_the_run_and_a_missed_goal_does_not():
    assert not Result({}, [measured((load(100), load(10)))]).fails
    assert Result({}, [measured((load(100), load(90, not_2xx=1)))]).fails


def test_values_served_twice_or_never_are_counted():
    found = count({"up": [0, 5, 10, 10, 20], "down": [0, -1, -2]}, {"up": 5, "down": 1})
    assert found == Exactness(values=8, twice=1, missing=1)
    assert Result({}, counted=[Counted("sqlite", found)]).fails


def test_a_saved_result_is_read_back_unchanged(tmp_path):
    result = Result(
        {"Machine": "a small one"},
        [measured((load(100), load(90)), (load(110), load(95)))],
        [Counted("sqlite", Exactness(9600, 0, 0))],
        [Memory("sqlite", [{"rss": 81.0, "pss": 60.0}])],
    )
    result.save(tmp_path / "new" / "result.json")
    assert read(tmp_path / "new" / "result.json") == result


@pytest.mark.parametrize("text", ["", "[]", '{"format": 0}', '{"format": 1}'])
def test_a_file_without_a_result_raises_unreadable(tmp_path, text):
    file = tmp_path / "other.json"
    file.write_text(text)
    with pytest.raises(Unreadable):
        read(file)
