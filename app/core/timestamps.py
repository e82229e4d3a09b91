"""Timestamps in ISO 8601, by a strict grammar.

`datetime.fromisoformat` accepts more than ISO 8601, and misreads some of it: `T08.5Z`, which means 08:30, as
half a second past 08:00, and a week without a day as its Monday.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

MAX_LENGTH = 64
MIN_TIMESTAMP = datetime(1970, 1, 1, tzinfo=UTC)
END_TIMESTAMP = datetime(9999, 1, 1, tzinfo=UTC)
"""Instants are from EARLIEST on and before LATEST."""


def _grammar(hyphen: str, colon: str) -> re.Pattern[str]:
    """Return the grammar of the extended format, or of the basic one, which has no separators."""
    date = hyphen.join(["([0-9]{4})", "([0-9]{2})", "([0-9]{2})"])
    time = rf"([0-9]{{2}}){colon}([0-9]{{2}})(?:{colon}([0-9]{{2}})(?:[.,]([0-9]+))?)?"
    offset = "(?:[Zz]|([+-])([01][0-9]|2[0-3]):?([0-5][0-9]))?"
    return re.compile(f"{date}[Tt ]{time}{offset}")


_EXTENDED, _BASIC = _grammar("-", ":"), _grammar("", "")


class TimestampOutOfRange(ValueError):
    """A timestamp outside the accepted years."""


def parse_timestamp(text: str) -> datetime:
    """Return the timestamp that `text` denotes, in UTC.

    Accepts a calendar date and a time of day with at least minutes, both in the extended or both in the basic
    format, with `T`, `t` or a space in between. Seconds may have a fraction after a point or a comma; digits
    beyond microseconds are dropped. Then `Z`, `z`, an offset (`±hh:mm` or `±hhmm`), or nothing, which means
    UTC.

    Raises:
        TimestampOutOfRange: It is outside the years 1970 to 9998.
        ValueError: The text has another format, or the day or time does not exist. Seconds end at 59.
    """
    match = None
    if len(text) <= MAX_LENGTH:
        match = _EXTENDED.fullmatch(text) or _BASIC.fullmatch(text)
    if match is None:
        raise ValueError("no instant in ISO 8601")
    *numbers, fraction, sign, hours, minutes = match.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    zone = timezone(-offset if sign == "-" else offset)
    microseconds = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        local = datetime(year, month, day, hour, minute, second, microseconds, tzinfo=zone)
        instant = local.astimezone(UTC)
    except OverflowError:
        raise TimestampOutOfRange from None
    if not MIN_TIMESTAMP <= instant < END_TIMESTAMP:
        raise TimestampOutOfRange
    return instant


def format_iso(instant: datetime) -> str:
    """Return an aware timestamp in ISO 8601, in UTC with `Z`."""
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return instant.isoformat()[: -len("+00:00")] + "Z"
