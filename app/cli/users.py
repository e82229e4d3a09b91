"""Users, from the command line: the way in where nobody can sign in yet, or any more."""

from datetime import datetime

import click

from app.auth.api_keys import service as keys_service
from app.auth.users import service as users_service
from app.auth.users.schemas import UserIn, UserPatch
from app.cli.support import loaded, on_the_database, read_password
from app.core import clock
from app.core.text import shorten
from app.db.session import db
from app.domain import audit
from app.models import Role, User
from app.models.audit import Action

from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.command("create-user")
@click.argument("email")
@click.argument("username")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.EDITOR.value)
@from_stdin
@on_the_database
def create_user(email: str, username: str, role: str, password_stdin: bool) -> str:
    """Create a user; asks for the password."""
    password = read_password(from_stdin=password_stdin)
    given = {"email": email, "username": username, "role": role, "password": password}
    user = users_service.create_user(**loaded(UserIn(), given))
    return f"Created {user.role} {user.username} <{user.email}>."


@click.command("set-password")
@click.argument("login")
@click.option(
    "--revoke-keys/--keep-keys", default=None, help="Revoke their API keys, too. Without either, it asks."
)
@from_stdin
@on_the_database
def set_password(login: str, revoke_keys: bool | None, password_stdin: bool) -> str:
    """Give the user with this e-mail or user name a new password, and end their sign-ins."""
    now = clock.now()
    keys = _keys(_user(login), now)  # and nobody types a password for nobody
    if revoke_keys is None:
        revoke_keys = bool(keys and not password_stdin) and _asked_to_revoke(keys)
    given = {"password": read_password(from_stdin=password_stdin)}
    user = _user(login)
    users_service.set_password(user, loaded(UserPatch(), given)["password"], now, revoke_keys=revoke_keys)
    audit.record(Action.CHANGE_PASSWORD, user)
    said = f"{user.username} has a new password; their sign-ins have ended."
    if not keys:
        return said
    return f"{said} Their API keys ({keys}) {'are revoked' if revoke_keys else 'go on: see --revoke-keys'}."


def _keys(user: User, now: datetime) -> int:
    return keys_service.count_valid_keys(user.id, now)


def _asked_to_revoke(keys: int) -> bool:
    """Ask, outside of the transaction: an answer takes its time."""
    db.session.rollback()
    return click.confirm(f"They have API keys that count: {keys}. Revoke them, too?", default=False)


@click.command("reset-two-factor")
@click.argument("login")
@on_the_database
def reset_two_factor(login: str) -> str:
    """Turn off the two-factor sign-in of the user with this e-mail or user name, and end their sign-ins."""
    user = _user(login)
    if not user.has_two_factor:
        return f"{user.username} has no two-factor sign-in."
    users_service.reset_two_factor(user)
    return f"{user.username} signs in by password alone again; their sign-ins have ended."


def _user(login: str) -> User:
    user = User.by_login(login, locked=True)
    if user is None:
        raise click.ClickException(f"There is no user {shorten(login)!r}.")
    return user
