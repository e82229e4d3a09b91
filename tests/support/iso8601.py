"""An independent parser of ISO 8601 times, written by hand, without `re` or `datetime`."""

from datetime import UTC, datetime, timedelta

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _END = 0, 253_370_764_800 * 10**6  # the year 9999 begins


class _Wrong(Exception):
    """The text is not a valid time."""


class _Reader:
    """Reads a text from its beginning."""

    def __init__(self, text: str) -> None:
        self.rest = text

    def number(self, digits: int) -> int:
        taken, self.rest = self.rest[:digits], self.rest[digits:]
        if len(taken) != digits or any(character not in "0123456789" for character in taken):
            raise _Wrong
        return int(taken)

    def sign(self, *choices: str) -> str:
        """Return the next character if it is one of these."""
        if self.rest[:1] and self.rest[0] in choices:
            taken, self.rest = self.rest[0], self.rest[1:]
            return taken
        return ""

    def must(self, *choices: str) -> None:
        if not self.sign(*choices):
            raise _Wrong


def read_microseconds(text: str) -> int | None:
    """Return microseconds since 1970 in UTC, or None if the text is not a time within the accepted years."""
    if len(text) > 64:
        return None
    try:
        instant = _read(_Reader(text))
    except _Wrong:
        return None
    return instant if _FIRST <= instant < _END else None


def read_instant(text: str) -> datetime | None:
    """Return the time as a datetime, or None."""
    microseconds = read_microseconds(text)
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)


def _read(reader: _Reader) -> int:
    year = reader.number(4)
    is_extended = bool(reader.sign("-"))
    month = reader.number(2)
    if is_extended:
        reader.must("-")
    day = reader.number(2)
    reader.must("T", "t", " ")
    hour = reader.number(2)
    if is_extended:
        reader.must(":")
    minute = reader.number(2)
    second, microsecond = 0, 0
    if reader.sign(":") if is_extended else reader.rest[:1].isdigit():
        second = reader.number(2)
        if reader.sign(".", ","):
            microsecond = _fraction(reader)
    away = _offset(reader)
    if reader.rest or not (1 <= month <= 12 and hour <= 23 and minute <= 59 and second <= 59):
        raise _Wrong
    if year == 0 or not 1 <= day <= _DAYS[month - 1] + (month == 2 and _is_leap(year)):
        raise _Wrong
    days = sum(365 + _is_leap(each) for each in range(1970, year)) if year >= 1970 else -1_000_000
    days += sum(_DAYS[: month - 1]) + (month > 2 and _is_leap(year)) + day - 1
    if year == 1969 and (month, day) == (12, 31):
        days = -1
    minutes = days * 1440 + hour * 60 + minute - away
    return (minutes * 60 + second) * 10**6 + microsecond


def _fraction(reader: _Reader) -> int:
    digits = ""
    while reader.rest[:1] and reader.rest[0] in "0123456789":
        digits += str(reader.number(1))
    if not digits:
        raise _Wrong
    return int((digits + "000000")[:6])


def _offset(reader: _Reader) -> int:
    """Return the offset in minutes ahead of UTC.

    Raises:
        _Wrong: The text has no valid offset here.
    """
    if reader.sign("Z", "z") or not reader.rest:
        return 0
    sign = reader.sign("+", "-")
    if not sign:
        raise _Wrong
    hours = reader.number(2)
    reader.sign(":")
    minutes = reader.number(2)
    if hours > 23 or minutes > 59:
        raise _Wrong
    return (hours * 60 + minutes) * (1 if sign == "+" else -1)


def _is_leap(year: int) -> int:
    return int(year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
