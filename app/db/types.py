"""Column types that behave alike on SQLite and PostgreSQL."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from app.values import Exact, SettingKind, all_settings, to_exact


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: stored in UTC, returned aware. Naive values are refused, because their zone is unknown."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert the value for the database: SQLite stores naive values in UTC.

        Raises:
            ValueError: the value is naive.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Convert the value from the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactNumber(TypeDecorator[Decimal]):
    """A decimal number with ten decimals, exact on both engines: NUMERIC on PostgreSQL, text on SQLite."""

    impl = sa.Numeric(26, 10).with_variant(sa.String(40), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | str | None:
        """Convert the value for the database."""
        if value is None:
            return None
        return number_to_text(to_exact(value)) if dialect.name == "sqlite" else to_exact(value)

    def process_result_value(self, value: Decimal | str | None, _dialect: Dialect) -> Decimal | None:
        """Convert the value from the database."""
        return None if value is None else Decimal(value)


class SpaceSeparated(TypeDecorator[list[str]]):
    """A few words, stored as one text with spaces, so that both engines can compare them."""

    impl = sa.String(255)
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, _dialect: Dialect) -> str | None:
        """Convert the value for the database."""
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> list[str] | None:
        """Convert the value from the database."""
        return None if value is None else value.split()


class CanonicalJson(TypeDecorator[Any]):
    """JSON as a text with sorted keys, so that equal values are equal texts."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Convert the value for the database."""
        return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        """Convert the value from the database."""
        return None if value is None else orjson.loads(value)


class Parameters(TypeDecorator[dict[str, Any]]):
    """The settings of a field that have no column of their own, as a JSON object by name.

    Exact numbers are stored as text: JSON readers would round them.
    """

    impl = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, _dialect: Dialect) -> dict[str, Any] | None:
        """Convert the value for the database."""
        return None if value is None else encode_parameters(value)

    def process_result_value(self, value: dict[str, Any] | None, _dialect: Dialect) -> dict[str, Any] | None:
        """Convert the value from the database."""
        return None if value is None else decode_parameters(value)


def encode_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters as they are stored, in the order of their names."""
    return {
        name: number_to_text(to_exact(value)) if isinstance(value, Decimal) else value
        for name, value in sorted(parameters.items())
    }


def decode_parameters(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters from what `encode_parameters` made of them."""
    return {name: _decode_parameter(name, value) for name, value in stored.items()}


def _decode_parameter(name: str, stored: Any) -> Any:
    setting = all_settings().get(name)
    if stored is None or setting is None:  # of a value type that this version does not have
        return stored
    if setting.kind is SettingKind.EXACT:
        return to_exact(Decimal(stored))
    return float(stored) if setting.kind is SettingKind.FLOAT else stored


def number_to_text(number: Exact) -> str:
    """Return the text in which SQLite stores an exact number."""
    return str(number) if isinstance(number, int) else format(number.normalize(), "f")


def number_from_text(text: str) -> Exact:
    """Return the exact number that SQLite stores as this text: an int if it is whole, which is faster."""
    return Decimal(text) if "." in text else int(text)
