"""Receipts: polls that are counted and merged, whichever worker answered them."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.generation import receipts
from app.generation.receipts import MAX_MINUTES, MAX_TIMES, Receipt, Tally, pick

START = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
NAMES = ("cpu",)
START_MS = int(START.timestamp() * 1000)


def count(*polls):
    """Return the receipt of these polls: each a time in seconds and the value of cpu."""
    tally = Tally()
    for seconds, value in polls:
        tally.add(START + timedelta(seconds=seconds), NAMES, {"cpu": value, "plate": "x"})
    return tally.take()


def total(*parts):
    merged, *others = parts
    for other in others:
        merged.merge(other)
    return merged


def test_polls_are_counted_with_their_times_and_extremes():
    receipt = count((3, 95), (18, 91), (33, 99))
    assert receipt == Receipt(
        first=START + timedelta(seconds=3),
        last=START + timedelta(seconds=33),
        polls=3,
        times=[START_MS + 3000, START_MS + 18_000, START_MS + 33_000],
        served={"cpu": [91, 99, 99]},
    )


def test_polls_after_the_first_ones_are_counted_by_minute():
    receipt = count(*((number, 1) for number in range(MAX_TIMES + 60)))
    assert (receipt.polls, len(receipt.times)) == (MAX_TIMES + 60, MAX_TIMES)
    start = START_MS // 60_000
    assert receipt.minutes == {start + 3: 40, start + 4: 20}


def test_the_last_value_is_that_of_the_last_poll_even_if_it_was_counted_first():
    assert count((30, 5), (10, 7)).served == {"cpu": [5, 7, 5]}
    assert total(count((30, 5)), count((10, 7))).served == {"cpu": [5, 7, 5]}


def test_a_receipt_without_polls_only_brings_what_came_after():
    late = Receipt(START + timedelta(hours=1), START + timedelta(hours=1), after={"cpu": 7})
    for merged in (total(count((3, 95)), late), total(late, count((3, 95)))):
        assert merged == Receipt(
            START + timedelta(seconds=3),
            START + timedelta(seconds=3),
            1,
            [START_MS + 3000],
            served={"cpu": [95, 95, 95]},
            after={"cpu": 7},
        )


def test_the_first_report_of_what_came_after_is_kept():
    first, second = count((1, 1)), count((2, 2))
    first.after, second.after = {"cpu": 7}, {"cpu": 8}
    assert total(first, second).after == {"cpu": 7}


def test_the_number_of_minutes_is_limited_to_the_earliest():
    polls = [(60 * number, 1) for number in range(MAX_TIMES + MAX_MINUTES + 10)]
    for receipt in (count(*polls), total(count(*polls[::2]), count(*polls[1::2])), count(*polls[::-1])):
        assert receipt.polls == len(polls)
        start = START_MS // 60_000
        assert sorted(receipt.minutes) == [start + MAX_TIMES + n for n in range(MAX_MINUTES)]


@st.composite
def split_polls(draw):
    """Draw polls at different times, and to which of several hand-overs each of them belongs."""
    times = draw(st.lists(st.integers(0, 5_000_000), unique=True, min_size=1, max_size=40))
    polls = [(time / 1000, draw(st.integers(-5, 5))) for time in times]
    parts = draw(st.lists(st.integers(0, 4), min_size=len(polls), max_size=len(polls)))
    order = draw(st.permutations(sorted(set(parts))))
    return polls, [[poll for poll, part in zip(polls, parts, strict=True) if part == each] for each in order]


@given(split_polls(), st.integers(1, 8), st.integers(1, 4), st.integers(1, 50))
def test_any_split_into_hand_overs_and_workers_gives_the_same_receipt(split, times, minutes, batch):
    polls, parts = split
    before = receipts.MAX_TIMES, receipts.MAX_MINUTES, receipts.BATCH
    receipts.MAX_TIMES, receipts.MAX_MINUTES, receipts.BATCH = times, minutes, batch
    try:
        whole = count(*sorted(polls))
        merged = total(*(count(*part) for part in parts))
    finally:
        receipts.MAX_TIMES, receipts.MAX_MINUTES, receipts.BATCH = before
    assert merged == whole
    kept = sorted(START_MS + round(time * 1000) for time, _ in polls)
    assert whole.times == kept[:times]
    beyond = Counter(time // 60_000 for time in kept[times:])
    assert whole.minutes == {minute: beyond[minute] for minute in sorted(beyond)[:minutes]}


def test_polls_with_other_overridden_fields_are_counted_as_well():
    tally = Tally()
    for second, names in enumerate([("cpu",), ("cpu", "load"), ("load",), ()]):
        tally.add(START + timedelta(seconds=second), names, {"cpu": second, "load": 10 * second})
    receipt = tally.take()
    assert receipt.polls == 4
    assert receipt.served == {"cpu": [0, 1, 1], "load": [10, 20, 20]}


def test_a_tally_without_polls_has_no_receipt():
    assert Tally().take() is None


def test_only_numbers_that_are_still_served_are_picked():
    data = {"cpu": 7, "plate": "x", "load": 0.5}
    assert pick(data, ("cpu", "plate", "gone", "load")) == {"cpu": 7, "load": 0.5}
