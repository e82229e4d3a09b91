"""Commands for users, which also work when no Admin can sign in."""

from datetime import datetime

import click

from app.auth.api_keys import service as keys_service
from app.auth.users import service as users_service
from app.auth.users.schemas import UserIn, UserPatch
from app.cli.support import load_input, read_password, with_database
from app.core import clock
from app.core.text import shorten
from app.db.session import db
from app.domain import audit
from app.models import Role, User
from app.models.audit_actions import Action

from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.command("create-user")
@click.argument("email")
@click.argument("username")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.EDITOR.value)
@from_stdin
@with_database
def create_user(email: str, username: str, role: str, password_stdin: bool) -> str:
    """Create a user. Asks for the password."""
    password = read_password(from_stdin=password_stdin)
    values = {"email": email, "username": username, "role": role, "password": password}
    user = users_service.create_user(**load_input(UserIn(), values))
    return f"Created {user.role} {user.username} <{user.email}>."


@click.command("set-password")
@click.argument("login")
@click.option(
    "--revoke-keys/--keep-keys",
    default=None,
    help="Whether to revoke their API keys, too. Default: ask.",
)
@from_stdin
@with_database
def set_password(login: str, revoke_keys: bool | None, password_stdin: bool) -> str:
    """Set a new password for the user with this e-mail or user name, and end their sign-ins."""
    now = clock.now()
    keys = _count_keys(_get_user(login), now)  # fails for an unknown user before the password is typed
    if revoke_keys is None:
        revoke_keys = bool(keys and not password_stdin) and _confirm_revocation(keys)
    values = {"password": read_password(from_stdin=password_stdin)}
    user = _get_user(login)
    users_service.set_password(
        user, load_input(UserPatch(), values)["password"], now, revoke_keys=revoke_keys
    )
    audit.record(Action.CHANGE_PASSWORD, user)
    message = f"{user.username} has a new password. Their sign-ins have ended."
    if not keys:
        return message
    state = "are revoked" if revoke_keys else "stay valid; use --revoke-keys to revoke them"
    return f"{message} Their API keys ({keys}) {state}."


def _count_keys(user: User, now: datetime) -> int:
    return keys_service.count_valid_keys(user.id, now)


def _confirm_revocation(keys: int) -> bool:
    """Ask whether to revoke the keys. No transaction stays open while the question waits."""
    db.session.rollback()
    return click.confirm(f"They have valid API keys: {keys}. Revoke them, too?", default=False)


@click.command("reset-two-factor")
@click.argument("login")
@with_database
def reset_two_factor(login: str) -> str:
    """Turn off two-factor sign-in for the user with this e-mail or user name, and end their sign-ins."""
    user = _get_user(login)
    if not user.has_two_factor:
        return f"{user.username} does not use two-factor sign-in."
    users_service.reset_two_factor(user)
    return f"{user.username} now signs in by password alone. Their sign-ins have ended."


def _get_user(login: str) -> User:
    """Return the user with this e-mail or user name, locked.

    Raises:
        ClickException: there is none.
    """
    user = User.by_login(login, locked=True)
    if user is None:
        raise click.ClickException(f"There is no user {shorten(login)!r}.")
    return user
