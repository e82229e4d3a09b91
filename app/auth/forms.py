"""The forms that must work before there is a token."""

from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired


class SignInForm(FlaskForm):
    """E-mail or user name, and password."""

    login = StringField("E-mail or user name", [DataRequired("Type your e-mail or user name.")])
    password = PasswordField("Password", [DataRequired("Type your password.")])


class CodeForm(FlaskForm):
    """The code of a second factor."""

    code = StringField("Code", [DataRequired("Type the code.")])


class SetUpForm(FlaskForm):
    """The first Admin."""

    token = StringField("Token", [DataRequired("Type the token from the server's log.")])
    email = StringField("E-mail", [DataRequired("Type an e-mail address.")])
    username = StringField("User name", [DataRequired("Type a user name.")])
    password = PasswordField("Password", [DataRequired("Type a password of 8 characters or more.")])


def safe_next(target: str | None, fallback: str) -> str:
    """Where to go after signing in: an address below the fallback, which is the dashboard, or that itself.

    A browser takes `//evil`, `/\\evil` and a tab or newline in between for another host.
    """
    if not target or not target.startswith(fallback) or any(character < " " for character in target):
        return fallback
    parts = urlsplit(target.replace("\\", "/"))
    return fallback if parts.scheme or parts.netloc or target[1:2] in {"/", "\\"} else target
