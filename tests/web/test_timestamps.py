"""Timestamps as input: one strict ISO 8601 grammar for bodies and query strings."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.timestamps import parse_timestamp
from tests.support.iso8601 import read_instant
from tests.support.problems import faults
from tools.fuzz.corpus import timestamps

SHAPE = "must be a date and time in ISO 8601, such as 2026-11-27T08:00:00Z"


def parsed(text: str) -> datetime | None:
    try:
        return parse_timestamp(text)
    except ValueError:
        return None


_numbers = st.integers(0, 99).map("{:02}".format)
_years = st.integers(1969, 9999).map(str) | st.sampled_from(["0000", "1969", "1970", "9998", "9999"])
_fractions = st.text("0123456789", max_size=12).map(".{}".format) | st.sampled_from(["", ",5", "."])
_offsets = st.sampled_from(
    ["", "Z", "z", "+00:00", "-0000", "+0530", "-23:59", "+24:00", "+05", "+5:30", " Z", "+05:30:15"]
)


@st.composite
def nearly_valid_texts(draw) -> str:
    """Return a valid or nearly valid timestamp: each part in basic or extended format, or missing."""
    dash, colon = draw(st.sampled_from(["-", ""])), draw(st.sampled_from([":", ""]))
    date = dash.join([draw(_years), draw(_numbers), draw(_numbers)])
    parts = [draw(_numbers) for _ in range(draw(st.integers(1, 3)))]
    between = draw(st.sampled_from(["T", "t", " ", "", "  ", "_"]))
    return date + between + colon.join(parts) + draw(_fractions) + draw(_offsets)


right = st.datetimes(datetime(1970, 1, 2), datetime(9998, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
written = st.builds(
    lambda instant, form: form(instant),
    right,
    st.sampled_from(
        [
            lambda instant: instant.isoformat(),
            lambda instant: instant.strftime("%Y%m%dT%H%M%S,%fZ") if instant.year > 999 else "",
            lambda instant: instant.isoformat(" ", "minutes"),
        ]
    ),
)


@given(nearly_valid_texts() | written | st.text("0123456789-:.,TtZzW +", max_size=30))
@example("2026-11-27T08.5Z")
@example("20261127T080000123456789Z")
@example("2026-W48T08:00:00Z")
@example("2026-11-27T08:00:00Z\n")
def test_parse_timestamp_agrees_with_the_reference_parser(text):
    assert parsed(text) == read_instant(text)


@pytest.mark.parametrize("value", timestamps.values(), ids=str)
def test_the_corpus_is_parsed_like_the_reference_parser_does(value):
    assert parsed(value.text) == read_instant(value.text)


def test_the_reference_parser_agrees_with_the_standard_library():
    for days in range(0, 2_932_000, 997):
        instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days, microseconds=days)
        assert read_instant(instant.isoformat()) == instant


ACCEPTED = {
    "2026-12-27T08:00:00Z": "2026-12-27T08:00:00Z",
    "2026-12-27t08:00:00z": "2026-12-27T08:00:00Z",
    "2026-12-27 08:00": "2026-12-27T08:00:00Z",
    "20261227T0800": "2026-12-27T08:00:00Z",
    "20261227T080000+0100": "2026-12-27T07:00:00Z",
    "20261227T080000+01:00": "2026-12-27T07:00:00Z",
    "2026-12-27T08:00:00+0100": "2026-12-27T07:00:00Z",
    "2026-12-27T08:00-23:59": "2026-12-28T07:59:00Z",
    "2026-12-27T08:00:00.5Z": "2026-12-27T08:00:00.500000Z",
    "2026-12-27T08:00:00,25Z": "2026-12-27T08:00:00.250000Z",
    "2026-12-27T08:00:00.1234567Z": "2026-12-27T08:00:00.123456Z",
    "2026-12-27T08:00:00.999999999Z": "2026-12-27T08:00:00.999999Z",
}
REFUSED = [
    "2026-11-27T08.5Z",
    "2026-11-27T08,5",
    "2026-11-27T08:30.5Z",
    "2026-11-27T08",
    "2026-11-27",
    "2026-11",
    "20261127T0800001234567Z",
    "20261127T080000123456789Z",
    "20261127080000",
    "2026-W48-5T08:00:00Z",
    "2026-W48T08:00:00Z",
    "2026W485T080000Z",
    "2026-331T08:00:00Z",
    "2026331T080000Z",
    "2026-1127T08:00:00Z",
    "202611-27T08:00:00Z",
    "2026-11-27T0800Z",
    "20261127T08:00Z",
    "2026-11-27T08:0000Z",
    "2026-11-27T24:00:00Z",
    "2026-11-27T23:59:60Z",
    "2026-11-27T08:00:00+01",
    "2026-11-27T08:00:00+1",
    "2026-11-27T08:00:00+01:0",
    "2026-11-27T08:00:00+24:00",
    "2026-11-27T08:00:00+01:60",
    "2026-11-27T08:00:00+01:00:30",
    "2026-11-27T08:00:00 +01:00",
    "2026-11-27T08:00:00\u221201:00",
    "2026-11-27T08:00:00.Z",
    "2026-11-27T08:00:00.5.5Z",
    "2026-11-27T08:00:00UTC",
    "2026-11-27_08:00:00Z",
    "2026-11-27T 08:00:00Z",
    "2026-11-27T08:00:00Z\n",
    "2026-11-27T08:00:00Z\x00",
    "1795766400",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_an_accepted_timestamp_is_returned_in_utc(owner, text):
    # `expires_at` of an API key is a timestamp.
    made = owner.post("/api/api-keys", {"label": "x", "expires_at": text})
    assert (made.status_code, made.json["expires_at"]) == (201, ACCEPTED[text])


@pytest.mark.any_database
@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_an_invalid_timestamp_is_refused_in_every_body_and_query(owner, admin, make, text):
    collection = make.collection("Truck", {"name": "cpu"})
    later = "2027-01-01T00:00:00Z"
    spike = {"collection_id": collection["id"], "name": "x", "start_datetime": text, "end_datetime": later}
    assert faults(owner.post("/api/spike-schedules", spike)) == {"start_datetime": [SHAPE]}
    spike = spike | {"start_datetime": later, "end_datetime": text}
    assert faults(owner.post("/api/spike-schedules", spike)) == {"end_datetime": [SHAPE]}
    assert faults(owner.post("/api/api-keys", {"label": "x", "expires_at": text})) == {"expires_at": [SHAPE]}
    quoted = quote(text)
    for caller, path, name in (
        (owner, "/api/timeline", "from"),
        (owner, "/api/timeline", "to"),
        (admin, "/api/audit", "since"),
        (admin, "/api/audit", "until"),
    ):
        assert faults(caller.get(f"{path}?{name}={quoted}")) == {name: [SHAPE]}


@pytest.mark.any_database
def test_a_timestamp_with_an_unescaped_plus_in_a_query_is_refused(owner):
    """In a query string, an unescaped `+01:00` is decoded to ` 01:00`."""
    assert faults(owner.get("/api/timeline?from=2026-11-27T08:00:00+01:00")) == {"from": [SHAPE]}
    assert owner.get("/api/timeline?from=2026-11-27T08:00:00%2B01:00").status_code == 200
