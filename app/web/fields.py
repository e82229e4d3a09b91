"""The kinds of input and output, with what is wrong with them in words."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields

from app.core.errors import MAX_FAULTS
from app.core.text import TextTooLong, bounded_nfc
from app.core.timestamps import OutOfRange, format_iso, parse_instant
from app.db.session import MAX_ID
from app.models.mixins import LONGEST_NAME
from app.values import SETTINGS, CollectionType, Setting, Shape, exact, plain
from app.web import request_clock
from app.web.schema import OMITTED, count_messages

Messages = dict[str, str | list[Any] | dict[Any, Any]]
COMMON: Messages = {"required": "is required", "null": "must not be null"}
_as_it_is = fields.Field._serialize  # marshmallow's kinds convert once more what already is of their type
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Text(fields.String):
    """Any text but NUL, which no database takes."""

    default_error_messages = COMMON | {"invalid": "must be a text"}
    _serialize = _as_it_is

    def __init__(self, *, least: int = 0, most: int | None = None, **more: Any) -> None:
        bounds = {"minLength": least or None, "maxLength": most}
        shown = {key: value for key, value in bounds.items() if value is not None}
        super().__init__(**more | {"metadata": shown | more.get("metadata", {})})
        self.least, self.most = least, most

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        try:
            text = self.tidy(super()._deserialize(value, *args, **options))
        except TextTooLong as error:
            raise self._too_long(error.length) from None
        if self.most is not None and len(text) > self.most:
            raise self._too_long(len(text))
        if len(text) < self.least:
            few = f"must have at least {self.least} characters"
            raise ValidationError("must not be empty" if self.least == 1 else few)
        if "\0" in text:
            raise ValidationError("must not contain the character NUL")
        return text

    def _too_long(self, length: int) -> ValidationError:
        return ValidationError(f"must have at most {self.most} characters, not {length}")

    def tidy(self, text: str) -> str:
        """Return the text as it is stored. Raises TextTooLong before work that grows faster than it."""
        return text


_AS_KEPT = (
    "kept without space around it and in Unicode's composed form (NFC), as the answer shows it; "
    "it is found by its decomposed form too"
)


class Name(Text):
    """A name: 1 to 255 characters, trimmed, NFC, without control or bidirectional-override characters."""

    def __init__(self, **more: Any) -> None:
        super().__init__(least=1, most=LONGEST_NAME, **{"metadata": {"description": _AS_KEPT}} | more)

    def tidy(self, text: str) -> str:
        """Trimmed and in Unicode's composed form, so that twins are one."""
        return tidy_name(text)

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        text = super()._deserialize(value, *args, **options)
        if any(unicodedata.category(character) == "Cc" for character in text):
            raise ValidationError("must not contain control characters")
        if _OVERRIDES.search(text):
            raise ValidationError("must not contain characters that turn the direction of writing")
        return text


def tidy_name(text: str) -> str:
    """Return a name as it is stored, and as it is looked up. Raises TextTooLong where no name is so long."""
    return bounded_nfc(text.strip(), LONGEST_NAME)


class _Number(fields.Field[Any]):
    """A JSON number within bounds; neither a text nor a truth value."""

    default_error_messages = COMMON
    _serialize = _as_it_is
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
        shown = {key: value for key, value in bounds.items() if value is not None}
        super().__init__(**more | {"metadata": shown | more.get("metadata", {})})
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
        """The Python number that is worked with."""
        raise NotImplementedError


class Whole(_Number, fields.Integer):
    """An integer; 3.0 is one, as in JSON Schema."""

    word = "a whole number"

    def convert(self, value: int | float | Decimal) -> int:
        """An int; raises where there is a fraction."""
        if value != int(value):
            raise ValidationError("must be a whole number")
        return int(value)


class Float(_Number, fields.Float):
    """A finite double."""

    def convert(self, value: int | float | Decimal) -> float:
        """The double nearest to it, but no minus zero: only some databases keep that."""
        return float(value) + 0.0


class Exact(_Number, fields.Decimal):
    """A number that is kept to ten decimals."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.places, self.rounding, self.allow_nan, self.as_string = None, None, False, False

    def convert(self, value: int | float | Decimal) -> Decimal:
        """The Decimal; a step that rounds to nothing is refused."""
        number = exact(value)
        if self.above is not None and number <= self.above:
            raise ValidationError("must be 0.0000000001 or more")
        return number

    def _serialize(self, value: Any, *_args: Any, **_options: Any) -> Any:
        return None if value is None else plain(value)


class Flag(fields.Boolean):
    """true or false, and nothing that merely looks like it."""

    default_error_messages = COMMON | {"invalid": "must be true or false"}
    _serialize = _as_it_is

    def __init__(self, **more: Any) -> None:
        super().__init__(truthy={True}, falsy={False}, **more)

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return super()._deserialize(value, *args, **options)


class Id(Whole):
    """The id of something."""

    def __init__(self, **more: Any) -> None:
        super().__init__(minimum=1, maximum=MAX_ID, **more)


class Choice(fields.Enum[Any]):
    """One of an enumeration of texts."""

    default_error_messages = COMMON | {"unknown": "must be one of {choices}"}
    _serialize = _as_it_is  # as a text: JSON has no enumerations

    def __init__(self, enum: type[StrEnum], **more: Any) -> None:
        super().__init__(enum, by_value=fields.String, **more)

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> Any:
        if not isinstance(value, str) or len(value) > LONGEST_NAME:
            raise self.make_error("unknown", choices=self.choices_text)
        try:
            return self.enum(value)
        except ValueError:
            raise self.make_error("unknown", choices=self.choices_text) from None


class TypeWord(fields.String):
    """A collection type in a URL, where letter case does not matter."""

    default_error_messages = COMMON | {"unknown": f"must be one of {', '.join(CollectionType)}"}

    def __init__(self, **more: Any) -> None:
        described = {"metadata": {"enum": list(CollectionType), "description": "in any letter case"}}
        super().__init__(**described | more)

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        found = CollectionType.from_word(super()._deserialize(value, *args, **options))
        if found is None:
            raise self.make_error("unknown")
        return found


class Instant(fields.DateTime):
    """An instant in ISO 8601; without an offset it means UTC, and it leaves with a Z."""

    default_error_messages = COMMON | {
        "invalid": "must be a date and time in ISO 8601, such as 2026-11-27T08:00:00Z",
        "range": "must lie in the years 1970 to 9998",
    }

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)

    def _serialize(self, value: datetime | None, *_args: Any, **_options: Any) -> str | None:
        return None if value is None else format_iso(value)

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            return parse_instant(value)
        except OutOfRange:
            raise self.make_error("range") from None
        except ValueError:
            raise self.make_error("invalid") from None


class Status(fields.String):
    """What `status(now)` of a row says at this moment."""

    def __init__(self, *words: str) -> None:
        super().__init__(dump_only=True, metadata={"enum": list(words)})

    def _serialize(self, value: Any, *_args: Any, **_options: Any) -> str:
        return str(value(request_clock.now()))


class Duration(Whole):
    """A length of time in whole seconds."""

    LONGEST = 8028 * 366 * 86400  # from 1970 to the end of 9998

    def __init__(self, **more: Any) -> None:
        super().__init__(minimum=1, maximum=self.LONGEST, **more)

    def convert(self, value: int | float | Decimal) -> timedelta:  # type: ignore[override]
        """A timedelta."""
        return timedelta(seconds=super().convert(value))


class ListOf(fields.List[Any]):
    """A JSON array of `least` to `most` entries: how many there are is looked at before any of them."""

    default_error_messages = COMMON | {"invalid": "must be a list"}

    def __init__(
        self,
        inner: fields.Field[Any],
        *,
        least: int = 0,
        most: int | None = None,
        size_error: str = "",
        **more: Any,
    ) -> None:
        bounds = {"minItems": least or None, "maxItems": most}
        shown = {key: value for key, value in bounds.items() if value is not None}
        super().__init__(inner, **more | {"metadata": shown | more.get("metadata", {})})
        self.least, self.most, self.size_error = least, most, size_error

    def _deserialize(self, value: Any, *_args: Any, **options: Any) -> list[Any]:
        """Load every entry. The messages of the first MAX_FAULTS bad ones are kept, others are counted."""
        if not isinstance(value, list | tuple):
            raise self.make_error("invalid")
        if len(value) < self.least or (self.most is not None and len(value) > self.most):
            said = f"must have at most {self.most:,} entries, not {len(value):,}"
            raise ValidationError(self.size_error or said)
        loaded: list[Any] = []
        faults: dict[Any, Any] = {}
        omitted = 0
        for index, each in enumerate(value):
            try:
                loaded.append(self.inner.deserialize(each, **options))
            except ValidationError as error:
                if error.valid_data is not None:
                    loaded.append(error.valid_data)
                if len(faults) < MAX_FAULTS:
                    faults[index] = error.messages
                else:
                    omitted += count_messages(error.messages)
        if omitted:
            faults[OMITTED] = [omitted]
        if faults:
            raise ValidationError(faults, valid_data=loaded)
        return loaded


class Nested(fields.Nested):
    """A JSON object within another."""

    default_error_messages = COMMON | {"type": "must be a JSON object"}

    def _serialize(self, value: Any, *_args: Any, **_options: Any) -> Any:  # type: ignore[override]
        return None if value is None else self.schema._serialize(value)

    def deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        """The object; in a list a null keeps its place, so that the faults of others are told at theirs."""
        if value is None:
            raise ValidationError(self.error_messages["null"], valid_data={})
        return super().deserialize(value, *args, **options)


_SHAPES: Mapping[Shape, type[_Number]] = {
    Shape.WHOLE: Whole,
    Shape.FLOAT: Float,
    Shape.EXACT: Exact,
}


def setting_fields() -> dict[str, fields.Field[Any]]:
    """A schema field for each value column, with the catalogue's bounds."""
    return {name: _setting_field(setting) for name, setting in SETTINGS.items()}


def _setting_field(setting: Setting) -> fields.Field[Any]:
    metadata = {"description": setting.says}
    if setting.shape is Shape.TEXT:
        return Text(most=int(setting.maximum or 0), allow_none=True, metadata=metadata)
    return _SHAPES[setting.shape](
        minimum=setting.minimum,
        maximum=setting.maximum,
        above=setting.above,
        allow_none=True,
        metadata=metadata,
    )
