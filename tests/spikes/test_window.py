"""The window that a schedule is given: which instants are read, and which windows are allowed."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.hypothesis_settings import talks_to_the_app
from tests.support.problems import faults
from tests.support.timestamps import at, format_utc

SHAPE = "must be a date and time in ISO 8601, such as 2026-11-27T08:00:00Z"
YEARS = "must be within the years 1970 to 9998"


@pytest.fixture
def create(owner, make):
    """Create a schedule with these times."""
    truck = make.collection("Truck 01", {"value_type": "NUMBER_RANGE", "name": "cpu"})
    body = {"collection_id": truck["id"], "name": "Black Friday"}
    return lambda **times: owner.post("/api/spike-schedules", body | times)


def window(response):
    assert response.status_code == 201, response.text
    return response.json["start_datetime"], response.json["end_datetime"]


# --- How instants are written --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2026-11-27T12:00:00Z", "2026-11-27T12:00:00Z"),
        ("2026-11-27T12:00:00+00:00", "2026-11-27T12:00:00Z"),
        ("2026-11-27T12:00:00-00:00", "2026-11-27T12:00:00Z"),
        ("2026-11-27T12:00:00", "2026-11-27T12:00:00Z"),
        ("2026-11-27 12:00", "2026-11-27T12:00:00Z"),
        ("20261127T120000Z", "2026-11-27T12:00:00Z"),
        ("2026-11-27T12:00:00+02:00", "2026-11-27T10:00:00Z"),
        ("2026-11-27T12:00:00+0200", "2026-11-27T10:00:00Z"),
        ("2026-11-27T12:00:00+05:45", "2026-11-27T06:15:00Z"),
        ("2026-11-27T12:00:00-03:30", "2026-11-27T15:30:00Z"),
        ("2026-11-27T12:00:00+14:00", "2026-11-26T22:00:00Z"),
        ("2026-11-27T12:00:00-12:00", "2026-11-28T00:00:00Z"),
        # Berlin's clocks show this hour twice, and skip that one; an offset tells which is meant.
        ("2027-10-31T02:30:00+02:00", "2027-10-31T00:30:00Z"),
        ("2027-10-31T02:30:00+01:00", "2027-10-31T01:30:00Z"),
        ("2027-03-28T02:30:00+01:00", "2027-03-28T01:30:00Z"),
        ("2027-03-28T02:30:00", "2027-03-28T02:30:00Z"),
        ("2028-02-29T12:00:00Z", "2028-02-29T12:00:00Z"),
        ("2026-11-27T12:00:00.000001Z", "2026-11-27T12:00:00.000001Z"),
        ("2026-11-27T12:00:00.5Z", "2026-11-27T12:00:00.500000Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("1969-12-31T23:00:00-02:00", "1970-01-01T01:00:00Z"),
        ("9998-12-31T23:59:59.999998Z", "9998-12-31T23:59:59.999998Z"),
        ("9999-01-01T00:00:00+01:00", "9998-12-31T23:00:00Z"),
    ],
)
def test_an_instant_is_read_with_its_offset_and_kept_in_utc(owner, create, text, kept):
    response = create(start_datetime=text, end_datetime="9998-12-31T23:59:59.999999Z")
    assert window(response)[0] == kept
    assert owner.get(response.headers["Location"]).json["start_datetime"] == kept


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", SHAPE),
        ("now", SHAPE),
        ("tomorrow 8 am", SHAPE),
        ("2026-11-27", SHAPE),
        ("20261127", SHAPE),
        ("12:00:00", SHAPE),
        ("27.11.2026 12:00", SHAPE),
        ("11/27/2026 12:00", SHAPE),
        ("2026-11-27T12", SHAPE),
        ("2026-W48-5T12:00:00Z", SHAPE),
        ("2026-11-27T12:00:60Z", SHAPE),
        ("2026-11-27T12:60:00Z", SHAPE),
        ("2026-11-27T25:00:00Z", SHAPE),
        ("2026-13-01T12:00:00Z", SHAPE),
        ("2026-02-29T12:00:00Z", SHAPE),
        ("2026-11-31T12:00:00Z", SHAPE),
        ("0000-01-01T00:00:00Z", SHAPE),
        ("2026-11-27T12:00:00+25:00", SHAPE),
        ("2026-11-27T12:00:00Z ", SHAPE),
        (" 2026-11-27T12:00:00Z", SHAPE),
        ("2026-11-27T12:00:00 Europe/Berlin", SHAPE),
        ("\uff12\uff10\uff12\uff16-11-27T12:00:00Z", SHAPE),
        ("2026-11-27T12:00:0\u0660Z", SHAPE),
        ("-2026-11-27T12:00:00Z", SHAPE),
        ("+12026-11-27T12:00:00Z", SHAPE),
        (f"2026-11-27T12:00:00.{'0' * 1000}Z", SHAPE),
        (1795766400, SHAPE),
        (1795766400.5, SHAPE),
        (True, SHAPE),
        ([], SHAPE),
        ({}, SHAPE),
        (None, "must not be null"),
        ("1969-12-31T23:59:59.999999Z", YEARS),
        ("1970-01-01T00:30:00+01:00", YEARS),
        ("0001-01-01T00:00:00Z", YEARS),
        ("0001-01-01T00:00:00+14:00", YEARS),
        ("9999-01-01T00:00:00Z", YEARS),
        ("9998-12-31T23:30:00-01:00", YEARS),
        ("9999-12-31T23:59:59-14:00", YEARS),
        ("9999-12-31T23:59:59+14:00", YEARS),
    ],
    ids=lambda case: None if isinstance(case, str) and len(case) < 60 else str(type(case).__name__),
)
def test_what_is_no_instant_is_refused(create, text, message):
    told = faults(create(start_datetime=text, end_datetime="9998-12-31T00:00:00Z"))
    assert told == {"start_datetime": [message]}
    assert faults(create(start_datetime=at(0), end_datetime=text)) == {"end_datetime": [message]}


instants = st.datetimes(
    datetime.fromisoformat("1970-01-02T00:00"), datetime.fromisoformat("9998-12-30T00:00")
)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(moment=instants, offset=offsets)
@talks_to_the_app
def test_the_same_instant_is_kept_whatever_its_offset(owner, create, moment, offset):
    moment = moment.replace(tzinfo=UTC)
    response = create(
        start_datetime=moment.astimezone(offset).isoformat(), end_datetime="9998-12-31T00:00:00Z"
    )
    assert window(response)[0] == format_utc(moment)
    assert owner.delete(response.headers["Location"]).status_code == 204


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-27T09:00:00", "2026-11-27T10:00:00Z"),
        ("2026-11-27T09:00:00", "2026-11-27T12:00:00+02:00"),
        ("2026-11-27T11:00:00+02:00", "2026-11-27T10:00:00"),
        ("2026-11-27T11:00:00+02:00", "2026-11-27T05:00:00-05:00"),
    ],
)
def test_start_and_end_may_be_written_differently(create, start, end):
    assert window(create(start_datetime=start, end_datetime=end)) == (at(60), at(120))


# --- Which windows -------------------------------------------------------------------------------------


def test_without_a_start_it_starts_now(create):
    response = create(end_datetime=at(30))
    assert window(response) == (at(0), at(30))
    assert response.json["status"] == "active"


def test_a_duration_in_seconds_stands_for_the_end(create):
    assert window(create(start_datetime=at(10), duration=90)) == (at(10), at(11.5))


def test_a_duration_without_a_start_counts_from_now(create):
    response = create(duration=300)
    assert window(response) == (at(0), at(5))
    assert response.json["status"] == "active"


def test_a_start_in_the_past_is_active_at_once(create):
    response = create(start_datetime=at(-60), end_datetime=at(1))
    assert window(response) == (at(-60), at(1))
    assert response.json["status"] == "active"


def test_the_shortest_window_is_a_microsecond(create):
    start, end = "2026-11-27T09:00:00Z", "2026-11-27T09:00:00.000001Z"
    assert window(create(start_datetime=start, end_datetime=end)) == (start, end)


@pytest.mark.any_database
def test_end_and_duration_together_are_refused(create):
    told = faults(create(start_datetime=at(0), end_datetime=at(60), duration=3600))
    assert told == {"duration": ["give end_datetime or duration, not both"]}


@pytest.mark.any_database
def test_neither_end_nor_duration_is_refused(create):
    told = faults(create(start_datetime=at(0)))
    assert told == {"end_datetime": ["is required unless duration is given"]}


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (0, "must be 1 or more"),
        (-60, "must be 1 or more"),
        (0.5, "must be 1 or more"),
        (1.5, "must be a whole number"),
        ("60", "must be a whole number"),
        ("PT1H", "must be a whole number"),
        (True, "must be a whole number"),
        (None, "must not be null"),
        (10**12, "must be 253864627200 or less"),
        (253_864_627_200, "must not reach past the year 9998"),
        (252_000_000_000, "must not reach past the year 9998"),
    ],
)
def test_a_duration_is_a_whole_number_of_seconds_within_the_calendar(create, given, message):
    assert faults(create(duration=given)) == {"duration": [message]}


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("start", "end"), [(at(60), at(60)), (at(60), at(59)), (at(60), at(-60)), (at(-60), at(-120))]
)
def test_a_window_that_does_not_end_after_its_start_is_refused(create, start, end):
    told = faults(create(start_datetime=start, end_datetime=end))
    said = f"end_datetime must be after start_datetime ({end} is not after {start})"
    assert told == {"end_datetime": [said]}


@pytest.mark.any_database
@pytest.mark.parametrize("end", [at(-1), at(0)])
def test_an_end_that_is_not_in_the_future_is_refused(create, end):
    told = faults(create(start_datetime=at(-60), end_datetime=end))
    assert told == {"end_datetime": [f"end_datetime must be in the future ({end} is in the past)"]}


def test_a_duration_that_ends_in_the_past_is_refused_beside_the_duration(create):
    told = faults(create(start_datetime=at(-60), duration=60))
    assert told == {"duration": [f"end_datetime must be in the future ({at(-59)} is in the past)"]}


def test_an_end_a_microsecond_ahead_is_in_the_future(create):
    assert create(start_datetime=at(-60), end_datetime="2026-11-27T08:00:00.000001Z").status_code == 201


@given(start=st.integers(-300, 300), end=st.integers(-300, 300))
@talks_to_the_app
def test_a_window_is_allowed_exactly_where_it_ends_after_its_start_and_after_now(owner, create, start, end):
    response = create(start_datetime=at(start), end_datetime=at(end))
    assert (response.status_code == 201) == (start < end and end > 0)
    if response.status_code == 201:
        assert response.json["status"] == ("active" if start <= 0 else "scheduled")
        owner.delete(response.headers["Location"])
    else:
        assert set(faults(response)) == {"end_datetime"}
