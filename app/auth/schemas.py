"""What people, sign-ins and keys look like in JSON."""

import re
from typing import Any

from marshmallow import Schema as PlainSchema
from marshmallow import ValidationError, validate, validates_schema

from app.auth.password_rule import MAX_LENGTH, MIN_LENGTH, find_weakness
from app.auth.two_factor.schemas import Code, PresentPassword
from app.core.characters import is_invisible
from app.core.text import TextTooLong, bounded_nfc
from app.models import Actor, Role, SignIn
from app.models.mixins import LONGEST_NAME
from app.values import CollectionType
from app.web.access import current_actor
from app.web.fields import COMMON, Choice, Flag, Id, Instant, ListOf, Name, Nested, Status, Text, Whole
from app.web.schema import Schema


class Email(Text):
    """An e-mail address, in lower case."""

    default_error_messages = COMMON

    def __init__(self, **more: Any) -> None:
        super().__init__(least=1, most=255, validate=_must_be_email, **more)

    def tidy(self, text: str) -> str:
        """Trimmed and in lower case: letter case does not tell addresses apart."""
        trimmed = text.strip()
        if len(trimmed) > LONGEST_NAME:
            raise TextTooLong(len(trimmed))
        return trimmed.lower()


def _must_be_email(text: str) -> None:
    """Raise ValidationError unless this is an e-mail address; its host may be a name without a dot."""
    _, at, host = text.rpartition("@")
    is_plain_name = at and re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", host)
    _EMAIL(f"{text}.example" if is_plain_name else text)


_EMAIL = validate.Email(error="must be an e-mail address, such as ada@example.org")


class Username(Name):
    """A user name; without @, so that it cannot be taken for an e-mail address, and without look-alikes of
    other names that differ by what cannot be seen."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        text = super()._deserialize(value, *args, **options)
        if "@" in text:
            raise ValidationError("must not contain @")
        if any(map(is_invisible, text)):
            raise ValidationError("must not contain characters that cannot be seen")
        if "  " in text:
            raise ValidationError("must not contain two spaces in a row")
        return text


class Login(Text):
    """An e-mail address or a user name, as it is typed to sign in."""

    def __init__(self, **more: Any) -> None:
        super().__init__(least=1, most=LONGEST_NAME, **more)

    def tidy(self, text: str) -> str:
        """Return it composed (NFC): its length counts as that of the user name does."""
        return bounded_nfc(text, LONGEST_NAME)


class Password(Text):
    """A password that is being set, in NFC. Nothing is trimmed."""

    def __init__(self, **more: Any) -> None:
        super().__init__(least=MIN_LENGTH, most=MAX_LENGTH, load_only=True, **more)

    def tidy(self, text: str) -> str:
        """Return it composed (NFC): its length counts as it is hashed."""
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
    has_two_factor = Flag()
    created_at = Instant()
    updated_at = Instant()


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


REVOKES_KEYS = {"description": "with a new password, also revoke the API keys of this user"}


class UserPatch(Schema):
    """What changes about a user."""

    email = Email()
    username = Username()
    password = Password()
    revoke_api_keys = Flag(metadata=REVOKES_KEYS)
    role = Choice(Role)

    @validates_schema
    def _keys_end_with_a_password(self, values: dict[str, Any], **_options: Any) -> None:
        if values.get("revoke_api_keys") and "password" not in values:
            raise ValidationError("goes with a new password alone", "revoke_api_keys")


class LoginIn(Schema):
    """E-mail or user name, and password; with two-factor sign-in also a code."""

    login = Login(required=True)
    password = Text(required=True, least=1, most=1024, load_only=True)
    code = Code()


class AccessTokenOut(PlainSchema):
    """A fresh access token."""

    access_token = Text(required=True)
    token_type = Text(required=True)
    expires_in = Whole(required=True, metadata={"description": "seconds"})


class TokensOut(AccessTokenOut):
    """The tokens of a new sign-in."""

    refresh_token = Text(required=True)
    user = Nested(UserOut, required=True)


class SignInOut(Schema):
    """A sign-in: where and since when."""

    id = Text()
    created_at = Instant()
    expires_at = Instant()
    address = Text()
    user_agent = Text()
    is_this_one = Flag(metadata={"description": "the one that this request came with"})

    def get_attribute(self, obj: tuple[SignIn, Actor], attr: str, default: Any) -> Any:
        """What a sign-in is, as seen by an actor."""
        sign_in, actor = obj
        return sign_in.id == actor.sign_in_id if attr == "is_this_one" else getattr(sign_in, attr, default)


class SignInsOut(Schema):
    """One's own sign-ins, the newest first."""

    items = ListOf(Nested(SignInOut))


class ChangePasswordIn(Schema):
    """The password that is, and the one to be; with two-factor sign-in also a code."""

    current_password = PresentPassword()
    new_password = Password(required=True)
    code = Code()
    revoke_api_keys = Flag(load_default=False, metadata={"description": "also revoke your API keys"})


class ChangeEmailIn(Schema):
    """The password, and the e-mail address to be; with two-factor sign-in also a code."""

    current_password = PresentPassword()
    email = Email(required=True)
    code = Code()


class KeyLimitIn(Schema):
    """One collection that a key may read; without a type, both of its types."""

    collection_id = Id(required=True)
    collection_type = Choice(CollectionType, allow_none=True, load_default=None)


class KeyLimitOut(Schema):
    """One collection that a key may read; without a type, both of its types."""

    collection_id = Id()
    collection_type = Choice(CollectionType, allow_none=True)
    collection_name = Text()


class KeyPatch(Schema):
    """What changes about a key."""

    label = Name()
    expires_at = Instant(allow_none=True, metadata={"description": "null: never"})
    allowed_collections = ListOf(
        Nested(KeyLimitIn),
        allow_none=True,
        least=1,
        most=1000,
        size_error="must name 1 to 1000 collections; null means all that you may read",
        metadata={"description": "null: all that its owner may read"},
    )


class KeyIn(KeyPatch):
    """A new key."""

    label = Name(required=True)


class ReadableLimits(ListOf):
    """Those of a key's limits whose collections the caller may read: what was given away is not named."""

    def _serialize(self, value: Any, attr: Any, obj: Any, **options: Any) -> Any:
        actor = current_actor()
        readable = None if value is None else [each for each in value if actor.may_read(each.owner_id)]
        return super()._serialize(readable, attr, obj, **options)


class KeyOut(Schema):
    """A key without its text."""

    id = Id()
    user_id = Id()
    username = Text(attribute="user.username")
    label = Text()
    prefix = Text()
    status = Status("valid", "revoked", "expired")
    allowed_collections = ReadableLimits(
        Nested(KeyLimitOut),
        allow_none=True,
        metadata={"description": "null: all that its owner may read; of a list, what you may read"},
    )
    created_at = Instant()
    expires_at = Instant(allow_none=True)
    revoked_at = Instant(allow_none=True)
    last_used_at = Instant(allow_none=True)


class KeyCreatedOut(KeyOut):
    """A new key with its text, which is shown this once."""

    key = Text(required=True)
