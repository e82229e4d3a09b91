"""What the commands share: a database that is ready, and refusals in words."""

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


def tells_refusals(command: Callable[..., str]) -> Callable[..., None]:
    """Run the command: say on which database, and then what it returns, or in words why it refuses."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        click.echo(f"Database: {redact_url(db.engine.url)}", err=True)
        try:
            said = command(*args, **options)
        except DomainError as error:
            raise click.ClickException(in_words(error.detail, error.errors or {})) from None
        except CannotStart as error:
            raise click.ClickException(str(error)) from None
        except DBAPIError as error:
            raise click.ClickException(f"The database does not answer: {reason(error)}") from None
        except UnicodeError:
            raise click.ClickException("What was given is not text in UTF-8.") from None
        click.echo(said)

    return run


def on_the_database(command: Callable[..., str]) -> Callable[..., None]:
    """Run the command on a database with its schema, in one transaction, and tell refusals in words.

    What the command returns is told when it is committed.
    """

    @with_appcontext
    @tells_refusals
    @wraps(command)
    def run(*args: Any, **options: Any) -> str:
        refuse_unusable_files()
        refuse_unready()
        transactions.begin(writes=True)
        with audit.from_command_line():
            said = command(*args, **options)
        db.session.commit()
        return said

    return run


def loaded(schema: marshmallow.Schema, values: Mapping[str, Any]) -> Any:
    """The values as the API would take them, or a refusal that names what is wrong."""
    try:
        return schema.load(values)
    except marshmallow.ValidationError as error:
        messages = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise click.ClickException(in_words("That does not work:", flatten_errors(messages))) from None


def in_words(detail: str, faults: Mapping[str, Any]) -> str:
    """A refusal and its faults, a line each."""
    return "\n".join([detail, *(f"  {path} {'; '.join(said)}" for path, said in faults.items())])


def read_password(*, from_stdin: bool) -> str:
    """A new password: typed twice, or a line of the standard input.

    Typing takes its time, so the command's transaction ends before it, and another one begins after it.
    """
    db.session.rollback()
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", type=str, hide_input=True, confirmation_prompt=True)
    transactions.begin(writes=True)
    return password
