"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from app.values import Exact, to_exact


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: stored in UTC, given back aware. A naive value is refused, for nobody knows its zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactNumber(TypeDecorator[Decimal]):
    """A decimal number to ten decimals, exact on both engines: NUMERIC, or text where SQLite has none."""

    impl = sa.Numeric(26, 10).with_variant(sa.String(40), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | str | None:
        if value is None:
            return None
        return number_to_text(to_exact(value)) if dialect.name == "sqlite" else to_exact(value)

    def process_result_value(self, value: Decimal | str | None, _dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class SpaceSeparated(TypeDecorator[list[str]]):
    """A few words, kept as one text with spaces between, so that both engines can compare them."""

    impl = sa.String(255)
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, _dialect: Dialect) -> str | None:
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> list[str] | None:
        return None if value is None else value.split()


def number_to_text(number: Exact) -> str:
    """How SQLite stores an exact number."""
    return str(number) if isinstance(number, int) else format(number.normalize(), "f")


def number_from_text(text: str) -> Exact:
    """The exact number that SQLite stores so. Whole ones are as exact as integers, and counted faster."""
    return Decimal(text) if "." in text else int(text)
