"""The window of a new spike: accepted date formats, and which windows are valid."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.hypothesis_settings import talks_to_the_app
from tests.support.problems import faults
from tests.support.timestamps import at, format_utc

BAD_FORMAT = "must be a date and time in ISO 8601, such as 2026-11-27T08:00:00Z"
OUT_OF_RANGE = "must be within the years 1970 to 9998"


@pytest.fixture
def create(owner, make):
    """Return a function that creates a spike with the given times."""
    truck = make.collection("Truck 01", {"value_type": "NUMBER_RANGE", "name": "cpu"})
    body = {"collection_id": truck["id"], "name": "Black Friday"}
    return lambda **times: owner.post("/api/spike-schedules", body | times)


def window(response):
    assert response.status_code == 201, response.text
    return response.json["start_datetime"], response.json["end_datetime"]


# --- Date formats --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stored"),
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
        # In Berlin the first of these hours occurs twice and the second never; the offset makes both unique.
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
def test_a_date_with_any_utc_offset_is_stored_in_utc(owner, create, text, stored):
    response = create(start_datetime=text, end_datetime="9998-12-31T23:59:59.999999Z")
    assert window(response)[0] == stored
    assert owner.get(response.headers["Location"]).json["start_datetime"] == stored


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", BAD_FORMAT),
        ("now", BAD_FORMAT),
        ("tomorrow 8 am", BAD_FORMAT),
        ("2026-11-27", BAD_FORMAT),
        ("20261127", BAD_FORMAT),
        ("12:00:00", BAD_FORMAT),
        ("27.11.2026 12:00", BAD_FORMAT),
        ("11/27/2026 12:00", BAD_FORMAT),
        ("2026-11-27T12", BAD_FORMAT),
        ("2026-W48-5T12:00:00Z", BAD_FORMAT),
        ("2026-11-27T12:00:60Z", BAD_FORMAT),
        ("2026-11-27T12:60:00Z", BAD_FORMAT),
        ("2026-11-27T25:00:00Z", BAD_FORMAT),
        ("2026-13-01T12:00:00Z", BAD_FORMAT),
        ("2026-02-29T12:00:00Z", BAD_FORMAT),
        ("2026-11-31T12:00:00Z", BAD_FORMAT),
        ("0000-01-01T00:00:00Z", BAD_FORMAT),
        ("2026-11-27T12:00:00+25:00", BAD_FORMAT),
        ("2026-11-27T12:00:00Z ", BAD_FORMAT),
        (" 2026-11-27T12:00:00Z", BAD_FORMAT),
        ("2026-11-27T12:00:00 Europe/Berlin", BAD_FORMAT),
        ("\uff12\uff10\uff12\uff16-11-27T12:00:00Z", BAD_FORMAT),
        ("2026-11-27T12:00:0\u0660Z", BAD_FORMAT),
        ("-2026-11-27T12:00:00Z", BAD_FORMAT),
        ("+12026-11-27T12:00:00Z", BAD_FORMAT),
        (f"2026-11-27T12:00:00.{'0' * 1000}Z", BAD_FORMAT),
        (1795766400, BAD_FORMAT),
        (1795766400.5, BAD_FORMAT),
        (True, BAD_FORMAT),
        ([], BAD_FORMAT),
        ({}, BAD_FORMAT),
        (None, "must not be null"),
        ("1969-12-31T23:59:59.999999Z", OUT_OF_RANGE),
        ("1970-01-01T00:30:00+01:00", OUT_OF_RANGE),
        ("0001-01-01T00:00:00Z", OUT_OF_RANGE),
        ("0001-01-01T00:00:00+14:00", OUT_OF_RANGE),
        ("9999-01-01T00:00:00Z", OUT_OF_RANGE),
        ("9998-12-31T23:30:00-01:00", OUT_OF_RANGE),
        ("9999-12-31T23:59:59-14:00", OUT_OF_RANGE),
        ("9999-12-31T23:59:59+14:00", OUT_OF_RANGE),
    ],
    ids=lambda case: None if isinstance(case, str) and len(case) < 60 else str(type(case).__name__),
)
def test_an_invalid_date_is_refused(create, text, message):
    errors = faults(create(start_datetime=text, end_datetime="9998-12-31T00:00:00Z"))
    assert errors == {"start_datetime": [message]}
    assert faults(create(start_datetime=at(0), end_datetime=text)) == {"end_datetime": [message]}


instants = st.datetimes(
    datetime.fromisoformat("1970-01-02T00:00"), datetime.fromisoformat("9998-12-30T00:00")
)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(moment=instants, offset=offsets)
@talks_to_the_app
def test_a_date_is_stored_as_the_same_instant_whatever_its_offset(owner, create, moment, offset):
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
def test_start_and_end_may_have_different_offsets(create, start, end):
    assert window(create(start_datetime=start, end_datetime=end)) == (at(60), at(120))


# --- Valid windows -------------------------------------------------------------------------------------


def test_the_default_start_is_now(create):
    response = create(end_datetime=at(30))
    assert window(response) == (at(0), at(30))
    assert response.json["status"] == "active"


def test_a_duration_in_seconds_replaces_the_end(create):
    assert window(create(start_datetime=at(10), duration=90)) == (at(10), at(11.5))


def test_a_duration_without_a_start_counts_from_now(create):
    response = create(duration=300)
    assert window(response) == (at(0), at(5))
    assert response.json["status"] == "active"


def test_a_spike_with_a_start_in_the_past_is_active_at_once(create):
    response = create(start_datetime=at(-60), end_datetime=at(1))
    assert window(response) == (at(-60), at(1))
    assert response.json["status"] == "active"


def test_a_window_may_be_one_microsecond_long(create):
    start, end = "2026-11-27T09:00:00Z", "2026-11-27T09:00:00.000001Z"
    assert window(create(start_datetime=start, end_datetime=end)) == (start, end)


@pytest.mark.any_database
def test_end_and_duration_together_are_refused(create):
    errors = faults(create(start_datetime=at(0), end_datetime=at(60), duration=3600))
    assert errors == {"duration": ["give end_datetime or duration, not both"]}


@pytest.mark.any_database
def test_a_window_without_end_and_duration_is_refused(create):
    errors = faults(create(start_datetime=at(0)))
    assert errors == {"end_datetime": ["is required unless duration is given"]}


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
def test_an_invalid_duration_is_refused(create, given, message):
    assert faults(create(duration=given)) == {"duration": [message]}


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("start", "end"), [(at(60), at(60)), (at(60), at(59)), (at(60), at(-60)), (at(-60), at(-120))]
)
def test_a_window_that_does_not_end_after_its_start_is_refused(create, start, end):
    errors = faults(create(start_datetime=start, end_datetime=end))
    message = f"end_datetime must be after start_datetime ({end} is not after {start})"
    assert errors == {"end_datetime": [message]}


@pytest.mark.any_database
@pytest.mark.parametrize("end", [at(-1), at(0)])
def test_an_end_that_is_not_in_the_future_is_refused(create, end):
    errors = faults(create(start_datetime=at(-60), end_datetime=end))
    assert errors == {"end_datetime": [f"end_datetime must be in the future ({end} is in the past)"]}


def test_a_duration_that_ends_in_the_past_is_an_error_of_the_duration(create):
    errors = faults(create(start_datetime=at(-60), duration=60))
    assert errors == {"duration": [f"end_datetime must be in the future ({at(-59)} is in the past)"]}


def test_an_end_one_microsecond_in_the_future_is_accepted(create):
    assert create(start_datetime=at(-60), end_datetime="2026-11-27T08:00:00.000001Z").status_code == 201


@given(start=st.integers(-300, 300), end=st.integers(-300, 300))
@talks_to_the_app
def test_a_window_is_accepted_exactly_if_it_ends_after_its_start_and_after_now(owner, create, start, end):
    response = create(start_datetime=at(start), end_datetime=at(end))
    assert (response.status_code == 201) == (start < end and end > 0)
    if response.status_code == 201:
        assert response.json["status"] == ("active" if start <= 0 else "scheduled")
        owner.delete(response.headers["Location"])
    else:
        assert set(faults(response)) == {"end_datetime"}
