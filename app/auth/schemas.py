"""What sign-ins and tokens look like in JSON."""

from typing import Any

from marshmallow import Schema as PlainSchema

from app.auth.two_factor.schemas import Code, PresentPassword
from app.auth.users.schemas import Email, Password, UserOut
from app.core.text import bounded_nfc
from app.models import Actor, SignIn
from app.models.mixins import LONGEST_NAME
from app.web.fields import Flag, Instant, ListOf, Nested
from app.web.number_fields import Whole
from app.web.schema import Schema
from app.web.text_fields import Text


class Login(Text):
    """An e-mail address or a user name, as it is typed to sign in."""

    def __init__(self, **more: Any) -> None:
        super().__init__(least=1, most=LONGEST_NAME, **more)

    def tidy(self, text: str) -> str:
        """Return it composed (NFC): its length counts as that of the user name does."""
        return bounded_nfc(text, LONGEST_NAME)


class LoginIn(Schema):
    """E-mail or user name, and password; with two-factor sign-in also a code."""

    login = Login(required=True)
    password = Text(required=True, least=1, most=1024, load_only=True)
    code = Code()


class AccessTokenOut(PlainSchema):
    """A fresh access token."""

    access_token = Text(required=True)
    token_type = Text(required=True)
    expires_in = Whole(required=True, metadata={"description": "Lifetime of the access token in seconds."})


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
    is_this_one = Flag(metadata={"description": "Whether this request was made with this sign-in."})

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
    revoke_api_keys = Flag(load_default=False, metadata={"description": "Also revoke your API keys."})


class ChangeEmailIn(Schema):
    """The password, and the e-mail address to be; with two-factor sign-in also a code."""

    current_password = PresentPassword()
    email = Email(required=True)
    code = Code()
