"""Base fields of schemas: booleans, choices, timestamps, statuses, lists and nested objects."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields

from app.core.errors import MAX_ERRORS
from app.core.timestamps import TimestampOutOfRange, format_iso, parse_timestamp
from app.models.mixins import MAX_NAME_LENGTH
from app.values import CollectionType
from app.web import request_clock
from app.web.schema import OMITTED, count_messages

Messages = dict[str, str | list[Any] | dict[Any, Any]]
COMMON_MESSAGES: Messages = {"required": "is required", "null": "must not be null"}
dump_unchanged = (
    fields.Field._serialize
)  # marshmallow's kinds convert once more what already is of their type


class StrictBool(fields.Boolean):
    """JSON true or false; texts and numbers are refused."""

    default_error_messages = COMMON_MESSAGES | {"invalid": "must be true or false"}
    _serialize = dump_unchanged

    def __init__(self, **more: Any) -> None:
        super().__init__(truthy={True}, falsy={False}, **more)

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return super()._deserialize(value, *args, **options)


class Choice(fields.Enum[Any]):
    """A member of a StrEnum."""

    default_error_messages = COMMON_MESSAGES | {"unknown": "must be one of {choices}"}
    _serialize = dump_unchanged  # as a text: JSON has no enumerations

    def __init__(self, enum: type[StrEnum], **more: Any) -> None:
        super().__init__(enum, by_value=fields.String, **more)

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> Any:
        if not isinstance(value, str) or len(value) > MAX_NAME_LENGTH:
            raise self.make_error("unknown", choices=self.choices_text)
        try:
            return self.enum(value)
        except ValueError:
            raise self.make_error("unknown", choices=self.choices_text) from None


class CollectionTypeParam(fields.String):
    """A collection type in a URL, in any letter case."""

    default_error_messages = COMMON_MESSAGES | {"unknown": f"must be one of {', '.join(CollectionType)}"}

    def __init__(self, **more: Any) -> None:
        described = {"metadata": {"enum": list(CollectionType), "description": "Case-insensitive."}}
        super().__init__(**described | more)

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        collection_type = CollectionType.from_word(super()._deserialize(value, *args, **options))
        if collection_type is None:
            raise self.make_error("unknown")
        return collection_type


class Timestamp(fields.DateTime):
    """A timestamp in ISO 8601: UTC if it has no offset, and written with `Z`."""

    default_error_messages = COMMON_MESSAGES | {
        "invalid": "must be a date and time in ISO 8601, such as 2026-11-27T08:00:00Z",
        "range": "must be within the years 1970 to 9998",
    }

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)

    def _serialize(self, value: datetime | None, *_args: Any, **_options: Any) -> str | None:
        return None if value is None else format_iso(value)

    def _deserialize(self, value: Any, *_args: Any, **_options: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            return parse_timestamp(value)
        except TimestampOutOfRange:
            raise self.make_error("range") from None
        except ValueError:
            raise self.make_error("invalid") from None


class Status(fields.String):
    """The status of a row at the time of the request: what its `status(now)` returns."""

    def __init__(self, *words: str, **more: Any) -> None:
        super().__init__(dump_only=True, metadata={"enum": list(words)}, **more)

    def _serialize(self, value: Any, *_args: Any, **_options: Any) -> str:
        return str(value(request_clock.now()))


class ListOf(fields.List[Any]):
    """A JSON array of `min_items` to `max_items` entries; the length is checked before any entry."""

    default_error_messages = COMMON_MESSAGES | {"invalid": "must be a list"}

    def __init__(
        self,
        inner: fields.Field[Any],
        *,
        min_items: int = 0,
        max_items: int | None = None,
        size_error: str = "",
        **more: Any,
    ) -> None:
        bounds = {"minItems": min_items or None, "maxItems": max_items}
        metadata = {key: value for key, value in bounds.items() if value is not None}
        super().__init__(inner, **more | {"metadata": metadata | more.get("metadata", {})})
        self.min_items, self.max_items, self.size_error = min_items, max_items, size_error

    def _deserialize(self, value: Any, *_args: Any, **options: Any) -> list[Any]:
        """Load every entry; keep the messages of the first MAX_ERRORS bad ones, and count the others.

        Raises:
            ValidationError: It is no list, its length is out of bounds, or entries are invalid.
        """
        if not isinstance(value, list | tuple):
            raise self.make_error("invalid")
        if len(value) < self.min_items or (self.max_items is not None and len(value) > self.max_items):
            message = f"must have at most {self.max_items:,} entries, not {len(value):,}"
            raise ValidationError(self.size_error or message)
        loaded: list[Any] = []
        errors: dict[Any, Any] = {}
        omitted = 0
        for index, each in enumerate(value):
            try:
                loaded.append(self.inner.deserialize(each, **options))
            except ValidationError as error:
                if error.valid_data is not None:
                    loaded.append(error.valid_data)
                if len(errors) < MAX_ERRORS:
                    errors[index] = error.messages
                else:
                    omitted += count_messages(error.messages)
        if omitted:
            errors[OMITTED] = [omitted]
        if errors:
            raise ValidationError(errors, valid_data=loaded)
        return loaded


class Nested(fields.Nested):
    """A nested JSON object."""

    default_error_messages = COMMON_MESSAGES | {"type": "must be a JSON object"}

    def _serialize(self, value: Any, *_args: Any, **_options: Any) -> Any:  # type: ignore[override]
        return None if value is None else self.schema._serialize(value)

    def deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        """Load the object. In a list, null keeps its place, so that errors have the right index.

        Raises:
            ValidationError: The value is null or invalid.
        """
        if value is None:
            raise ValidationError(self.error_messages["null"], valid_data={})
        return super().deserialize(value, *args, **options)
