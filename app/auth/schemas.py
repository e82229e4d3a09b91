"""Sign-ins and tokens in JSON."""

from typing import Any

from marshmallow import Schema as PlainSchema

from app.auth.two_factor.schemas import CurrentPassword, SecondFactorCode
from app.auth.users.schemas import Email, Password, UserOut
from app.core.text import bounded_nfc
from app.models import Actor, SignIn
from app.models.mixins import MAX_NAME_LENGTH
from app.web.fields import ListOf, Nested, StrictBool, Timestamp
from app.web.number_fields import Integer
from app.web.schema import Schema
from app.web.text_fields import Text


class Login(Text):
    """An e-mail address or a user name, as typed to sign in."""

    def __init__(self, **more: Any) -> None:
        super().__init__(min_length=1, max_length=MAX_NAME_LENGTH, **more)

    def normalize(self, text: str) -> str:
        """Return the text in NFC, so that its length counts as a user name's does."""
        return bounded_nfc(text, MAX_NAME_LENGTH)


class LoginIn(Schema):
    """E-mail or user name, password, and with two-factor sign-in a code."""

    login = Login(required=True)
    password = Text(required=True, min_length=1, max_length=1024, load_only=True)
    code = SecondFactorCode()


class AccessTokenOut(PlainSchema):
    """A new access token."""

    access_token = Text(required=True)
    token_type = Text(required=True)
    expires_in = Integer(required=True, metadata={"description": "Lifetime of the access token in seconds."})


class TokensOut(AccessTokenOut):
    """The tokens of a new sign-in."""

    refresh_token = Text(required=True)
    user = Nested(UserOut, required=True)


class SignInOut(Schema):
    """A sign-in: where from and since when."""

    id = Text()
    created_at = Timestamp()
    expires_at = Timestamp()
    address = Text()
    user_agent = Text()
    is_this_one = StrictBool(metadata={"description": "Whether this request was made with this sign-in."})

    def get_attribute(self, obj: tuple[SignIn, Actor], attr: str, default: Any) -> Any:
        """Return an attribute of the sign-in, or whether it is the actor's present one."""
        sign_in, actor = obj
        return sign_in.id == actor.sign_in_id if attr == "is_this_one" else getattr(sign_in, attr, default)


class SignInsOut(Schema):
    """The user's own sign-ins, newest first."""

    items = ListOf(Nested(SignInOut))


class ChangePasswordIn(Schema):
    """The current and the new password, and with two-factor sign-in a code."""

    current_password = CurrentPassword()
    new_password = Password(required=True)
    code = SecondFactorCode()
    revoke_api_keys = StrictBool(load_default=False, metadata={"description": "Also revoke your API keys."})


class ChangeEmailIn(Schema):
    """The current password, the new e-mail address, and with two-factor sign-in a code."""

    current_password = CurrentPassword()
    email = Email(required=True)
    code = SecondFactorCode()
