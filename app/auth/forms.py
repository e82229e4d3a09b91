"""Forms for users without a token: sign-in, code and set-up."""

from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from app.core.text import MAX_EXPANSION
from app.models.mixins import MAX_NAME_LENGTH

_TOO_LONG = "must have at most %(max)d characters"
MAX_LOGIN = MAX_EXPANSION * MAX_NAME_LENGTH  # decomposed, a name of 255 characters has up to so many
MAX_PASSWORD, MAX_CODE, MAX_TOKEN = 1024, 64, 255


def _password_validators(says: str) -> list[InputRequired | Length]:
    """Return the validators of a password. Blanks are part of it, as in the API."""
    return [InputRequired(says), Length(max=MAX_PASSWORD, message=f"This {_TOO_LONG}.")]


def _text_validators(says: str, max_length: int) -> list[DataRequired | Length]:
    """Return the validators of a required text. Its length is checked before anything else."""
    return [DataRequired(says), Length(max=max_length, message=f"This {_TOO_LONG}.")]


class SignInForm(FlaskForm):
    """E-mail or user name, and password."""

    login = StringField("E-mail or user name", _text_validators("Type your e-mail or user name.", MAX_LOGIN))
    password = PasswordField("Password", _password_validators("Type your password."))


class CodeForm(FlaskForm):
    """The code of a second factor."""

    code = StringField("Code", _text_validators("Type the code.", MAX_CODE))


class SetUpForm(FlaskForm):
    """The account of the first Admin."""

    token = StringField("Token", _text_validators("Type the token from the server's log.", MAX_TOKEN))
    email = StringField("E-mail", _text_validators("Type an e-mail address.", MAX_LOGIN))
    username = StringField("User name", _text_validators("Type a user name.", MAX_LOGIN))
    password = PasswordField("Password", _password_validators("Type a password of 8 characters or more."))


MAX_NEXT = 2048


def safe_next(target: str | None, fallback: str) -> str:
    r"""Return where to go after signing in: `target` if it is a path below `fallback`, else `fallback`.

    Browsers take `//evil`, `/\evil` and one with a tab or newline in between for another host.
    """
    if not target or len(target) > MAX_NEXT or not target.startswith(fallback):
        return fallback
    if any(character < " " for character in target):
        return fallback
    parts = urlsplit(target.replace("\\", "/"))
    return fallback if parts.scheme or parts.netloc or target[1:2] in {"/", "\\"} else target
