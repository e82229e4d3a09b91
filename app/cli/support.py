"""Decorators and helpers for commands: database transactions, error messages and input."""

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import click
import marshmallow
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from app.core.errors import CannotStart, DomainError
from app.db import transactions
from app.db.errors import reason
from app.db.migrate import refuse_unready, refuse_unusable_files
from app.db.session import db
from app.domain import audit
from app.web.schema import flatten_errors
from settings.database_url import redact_url


def with_error_messages(command: Callable[..., str]) -> Callable[..., None]:
    """Make a command print the URL of its database, and then its result or error message.

    Raises:
        ClickException: the command raised a known error; the message tells the reason.
    """

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        click.echo(f"Database: {redact_url(db.engine.url)}", err=True)
        try:
            output = command(*args, **options)
        except DomainError as error:
            raise click.ClickException(format_errors(error.detail, error.errors or {})) from None
        except CannotStart as error:
            raise click.ClickException(str(error)) from None
        except DBAPIError as error:
            raise click.ClickException(f"The database does not answer: {reason(error)}") from None
        except UnicodeError:
            raise click.ClickException("The arguments and the input must be UTF-8 text.") from None
        click.echo(output)

    return run


def with_database(command: Callable[..., str]) -> Callable[..., None]:
    """Make a command run in one transaction, on a database with the current schema.

    The result of the command is printed after the commit.
    """

    @with_appcontext
    @with_error_messages
    @wraps(command)
    def run(*args: Any, **options: Any) -> str:
        refuse_unusable_files()
        refuse_unready()
        transactions.begin(writes=True)
        with audit.from_command_line():
            output = command(*args, **options)
        db.session.commit()
        return output

    return run


def load_input(schema: marshmallow.Schema, values: Mapping[str, Any]) -> Any:
    """Return the values, validated like those of the API.

    Raises:
        ClickException: some are invalid; the message names them.
    """
    try:
        return schema.load(values)
    except marshmallow.ValidationError as error:
        messages = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise click.ClickException(format_errors("Invalid input:", flatten_errors(messages))) from None


def format_errors(detail: str, errors: Mapping[str, Any]) -> str:
    """Return `detail` and the errors with their paths, one per line."""
    return "\n".join([detail, *(f"  {path} {'; '.join(messages)}" for path, messages in errors.items())])


def read_password(*, from_stdin: bool) -> str:
    """Return a new password: typed twice, or the first line of the standard input.

    The transaction of the command is rolled back first, so that none is open while the user types.
    """
    db.session.rollback()
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", type=str, hide_input=True, confirmation_prompt=True)
    transactions.begin(writes=True)
    return password
