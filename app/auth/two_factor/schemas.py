"""Two-factor sign-in in JSON."""

from typing import Any

from marshmallow import Schema as PlainSchema

from app.web.fields import ListOf, StrictBool, Timestamp
from app.web.number_fields import Integer
from app.web.schema import Schema
from app.web.text_fields import Text


class SecondFactorCode(Text):
    """A code that proves the second factor."""

    def __init__(self, **more: Any) -> None:
        description = "Six digits from the authenticator app, or a recovery code."
        super().__init__(
            min_length=1, max_length=64, load_only=True, metadata={"description": description}, **more
        )


class CurrentPassword(Text):
    """The user's current password."""

    def __init__(self) -> None:
        super().__init__(required=True, min_length=1, max_length=1024, load_only=True)


class TwoFactorOut(Schema):
    """Whether two-factor sign-in is on."""

    is_on = StrictBool(attribute="has_two_factor")
    since = Timestamp(attribute="two_factor_since", allow_none=True)
    recovery_codes_left = Integer()
    is_readable = StrictBool(
        metadata={
            "description": "False after the server's secret key changed: then only recovery codes work."
        }
    )


class TwoFactorBeginIn(Schema):
    """The current password."""

    current_password = CurrentPassword()


class TwoFactorSecretOut(PlainSchema):
    """A secret for the authenticator app, shown only once."""

    secret = Text(required=True, metadata={"description": "Base32, to type into the app."})
    otpauth_uri = Text(required=True, metadata={"description": "The same secret as a URI that apps open."})
    qr_svg = Text(required=True, metadata={"description": "The URI as a QR code: an SVG document."})


class TwoFactorConfirmIn(Schema):
    """The first code of the app."""

    code = SecondFactorCode(required=True)


class TwoFactorProofIn(TwoFactorBeginIn):
    """The current password and a code."""

    code = SecondFactorCode(required=True)


class RecoveryCodesOut(PlainSchema):
    """Recovery codes, shown only once; each is valid once."""

    recovery_codes = ListOf(Text(), required=True)
