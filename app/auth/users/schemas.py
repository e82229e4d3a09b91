"""Users in JSON."""

import re
from typing import Any

from marshmallow import ValidationError, validate, validates_schema

from app.auth.password_rule import MAX_LENGTH, MIN_LENGTH, find_weakness
from app.core.characters import is_invisible
from app.core.text import TextTooLong, bounded_nfc
from app.models import Role
from app.models.mixins import MAX_NAME_LENGTH
from app.web.fields import COMMON_MESSAGES, Choice, StrictBool, Timestamp
from app.web.number_fields import Id
from app.web.schema import Schema
from app.web.text_fields import Name, Text


class Email(Text):
    """An e-mail address, in lower case."""

    default_error_messages = COMMON_MESSAGES

    def __init__(self, **more: Any) -> None:
        super().__init__(min_length=1, max_length=255, validate=_must_be_email, **more)

    def normalize(self, text: str) -> str:
        """Return the address trimmed and in lower case.

        Raises:
            TextTooLong: It is longer than any address.
        """
        trimmed = text.strip()
        if len(trimmed) > MAX_NAME_LENGTH:
            raise TextTooLong(len(trimmed))
        return trimmed.lower()


def _must_be_email(text: str) -> None:
    """Raise ValidationError unless this is an e-mail address. Its host may be a name without a dot."""
    _, at, host = text.rpartition("@")
    is_plain_name = at and re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", host)
    _EMAIL(f"{text}.example" if is_plain_name else text)


_EMAIL = validate.Email(error="must be an e-mail address, such as ada@example.org")


class Username(Name):
    """A user name without `@`, invisible characters or double spaces.

    So it cannot be taken for an e-mail address, or look like another name.
    """

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        text = super()._deserialize(value, *args, **options)
        if "@" in text:
            raise ValidationError("must not contain @")
        if any(map(is_invisible, text)):
            raise ValidationError("must not contain invisible characters")
        if "  " in text:
            raise ValidationError("must not contain two spaces in a row")
        return text


class Password(Text):
    """A new password, in NFC and not trimmed."""

    def __init__(self, **more: Any) -> None:
        super().__init__(min_length=MIN_LENGTH, max_length=MAX_LENGTH, load_only=True, **more)

    def normalize(self, text: str) -> str:
        """Return the text in NFC, as it is counted and hashed."""
        return bounded_nfc(text, MAX_LENGTH)

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        text = super()._deserialize(value, *args, **options)
        if weakness := find_weakness(text):
            raise ValidationError(weakness)
        return text


class UserOut(Schema):
    """A user."""

    id = Id()
    email = Text()
    username = Text()
    role = Choice(Role)
    has_two_factor = StrictBool()
    created_at = Timestamp()
    updated_at = Timestamp()


class UserIn(Schema):
    """A new user."""

    email = Email(required=True)
    username = Username(required=True)
    password = Password(required=True)
    role = Choice(Role, required=True)

    @validates_schema
    def _password_is_no_name(self, values: dict[str, Any], **_options: Any) -> None:
        if weakness := find_weakness(values["password"], (values["username"], values["email"])):
            raise ValidationError(weakness, "password")


REVOKES_KEYS = {"description": "Also revoke the API keys of this user. Requires a new `password`."}


class UserPatch(Schema):
    """Changes to a user."""

    email = Email()
    username = Username()
    password = Password()
    revoke_api_keys = StrictBool(metadata=REVOKES_KEYS)
    role = Choice(Role)

    @validates_schema
    def _keys_end_with_a_password(self, values: dict[str, Any], **_options: Any) -> None:
        if values.get("revoke_api_keys") and "password" not in values:
            raise ValidationError("requires a new password", "revoke_api_keys")
