"""Number fields of schemas."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from app.db.session import MAX_ID
from app.values import to_exact, to_json_number
from app.web.fields import COMMON_MESSAGES, dump_unchanged


class Number(fields.Field[Any]):
    """A JSON number within bounds; texts and booleans are refused."""

    default_error_messages = COMMON_MESSAGES
    _serialize = dump_unchanged
    word = "a number"

    def __init__(
        self,
        *,
        minimum: float | None = None,
        maximum: float | None = None,
        above: float | None = None,
        **more: Any,
    ) -> None:
        bounds = {"minimum": minimum, "maximum": maximum, "exclusiveMinimum": above}
        metadata = {key: value for key, value in bounds.items() if value is not None}
        super().__init__(**more | {"metadata": metadata | more.get("metadata", {})})
        self.minimum, self.maximum, self.above = minimum, maximum, above

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise ValidationError(f"must be {self.word}")
        # Bounds before conversion: Decimal compares 1E+999999999 at once, int() would write it out.
        if self.above is not None and value <= self.above:
            raise ValidationError(f"must be greater than {self.above}")
        if self.minimum is not None and value < self.minimum:
            raise ValidationError(f"must be {self.minimum} or more")
        if self.maximum is not None and value > self.maximum:
            raise ValidationError(f"must be {self.maximum} or less")
        return self.convert(value)

    def convert(self, value: int | float | Decimal) -> Any:
        """Return the number as its Python type."""
        raise NotImplementedError


class Integer(Number, fields.Integer):
    """An integer; 3.0 is one, as in JSON Schema."""

    word = "a whole number"

    def convert(self, value: int | float | Decimal) -> int:
        """Return an int.

        Raises:
            ValidationError: The number has a fraction.
        """
        if value != int(value):
            raise ValidationError("must be a whole number")
        return int(value)


class Float(Number, fields.Float):
    """A finite double."""

    def convert(self, value: int | float | Decimal) -> float:
        """Return the nearest double. Minus zero becomes zero, because some databases do not store it."""
        return float(value) + 0.0


class FixedDecimal(Number, fields.Decimal):
    """A number with up to ten decimals."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.places, self.rounding, self.allow_nan, self.as_string = None, None, False, False

    def convert(self, value: int | float | Decimal) -> Decimal:
        """Return a Decimal.

        Raises:
            ValidationError: A number that must be positive rounds to zero.
        """
        number = to_exact(value)
        if self.above is not None and number <= self.above:
            raise ValidationError("must be 0.0000000001 or more")
        return number

    def _serialize(self, value: Any, *_args: Any, **_options: Any) -> Any:
        return None if value is None else to_json_number(value)


class Id(Integer):
    """The id of a row."""

    def __init__(self, **more: Any) -> None:
        super().__init__(minimum=1, maximum=MAX_ID, **more)


class Duration(Integer):
    """A duration in whole seconds."""

    MAX_SECONDS = 8028 * 366 * 86400  # from 1970 to the end of 9998

    def __init__(self, **more: Any) -> None:
        super().__init__(minimum=1, maximum=self.MAX_SECONDS, **more)

    def convert(self, value: int | float | Decimal) -> timedelta:  # type: ignore[override]
        """Return a timedelta."""
        return timedelta(seconds=super().convert(value))
