"""Text as input and output, with what is wrong with it in words."""

import re
import unicodedata
from typing import Any

from marshmallow import ValidationError, fields

from app.core.text import TextTooLong, bounded_nfc
from app.models.mixins import LONGEST_NAME
from app.web.fields import COMMON, as_it_is

_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Text(fields.String):
    """Any text but NUL, which no database takes."""

    default_error_messages = COMMON | {"invalid": "must be a text"}
    _serialize = as_it_is

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
