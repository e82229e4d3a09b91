"""Text fields of schemas."""

import re
import unicodedata
from typing import Any

from marshmallow import ValidationError, fields

from app.core.text import TextTooLong, normalize_name
from app.models.mixins import MAX_NAME_LENGTH
from app.web.fields import COMMON_MESSAGES, dump_unchanged

_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Text(fields.String):
    """Any text without NUL, which no database stores."""

    default_error_messages = COMMON_MESSAGES | {"invalid": "must be a string"}
    _serialize = dump_unchanged

    def __init__(self, *, min_length: int = 0, max_length: int | None = None, **more: Any) -> None:
        bounds = {"minLength": min_length or None, "maxLength": max_length}
        metadata = {key: value for key, value in bounds.items() if value is not None}
        super().__init__(**more | {"metadata": metadata | more.get("metadata", {})})
        self.min_length, self.max_length = min_length, max_length

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        try:
            text = self.normalize(super()._deserialize(value, *args, **options))
        except TextTooLong as error:
            raise self._too_long(error.length) from None
        if self.max_length is not None and len(text) > self.max_length:
            raise self._too_long(len(text))
        if len(text) < self.min_length:
            too_short = f"must have at least {self.min_length} characters"
            raise ValidationError("must not be empty" if self.min_length == 1 else too_short)
        if "\0" in text:
            raise ValidationError("must not contain NUL characters")
        return text

    def _too_long(self, length: int) -> ValidationError:
        return ValidationError(f"must have at most {self.max_length} characters, not {length}")

    def normalize(self, text: str) -> str:
        """Return the text as it is stored. Overrides raise TextTooLong before any expensive work."""
        return text


_NAME_DESCRIPTION = (
    "Stored without surrounding spaces and in Unicode's composed form (NFC), as the response shows it. "
    "The decomposed form matches too."
)


class Name(Text):
    """A name: 1 to 255 characters, trimmed, NFC, without control or bidirectional override characters."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            min_length=1,
            max_length=MAX_NAME_LENGTH,
            **{"metadata": {"description": _NAME_DESCRIPTION}} | more,
        )

    def normalize(self, text: str) -> str:
        """Return the name trimmed and in NFC, so that lookalikes are equal."""
        return normalize_name(text, MAX_NAME_LENGTH)

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        text = super()._deserialize(value, *args, **options)
        if any(unicodedata.category(character) == "Cc" for character in text):
            raise ValidationError("must not contain control characters")
        if _OVERRIDES.search(text):
            raise ValidationError("must not contain bidirectional control characters")
        return text
