"""What is done once, before the workers start: secret key, schema, first Admin, warnings."""

import fcntl
import logging
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

import config
from app.auth import first_admin
from app.auth.users import service as users_service
from app.auth.users.schemas import UserIn
from app.core import clock, file_ownership
from app.core.errors import CannotStart
from app.core.secret_key import load_or_create_secret, secret_path
from app.core.shell_command import format_command
from app.db import transactions
from app.db.errors import reason
from app.db.locks import migration_lock, try_lock
from app.db.migrate import SQLITE_SUFFIXES, database_name, known_revisions, migrate, refuse_unusable_files
from app.db.session import db
from app.models import Role, User
from app.web.schema import flatten_errors
from settings.database_url import redact_url
from settings.errors import PREFIX

MAX_CLOCK_SKEW_S = 1.0  # between this machine's clock and the database's
log = logging.getLogger(__name__)


def find_exposed_files(settings: config.Settings) -> list[str]:
    """Return warnings about files and folders of the installation that others may use."""
    paths = [] if settings.secret_key else [settings.instance, secret_path(settings.instance)]
    if settings.database_url.get_backend_name() == "sqlite":
        file = Path(str(settings.database_url.database))
        paths += [file.parent, *(file.with_name(file.name + suffix) for suffix in ("", *SQLITE_SUFFIXES))]
    return [warning for warning in map(file_ownership.find_exposure, dict.fromkeys(paths)) if warning]


def prepare(app: Flask, *, serving: int | None = None, beside_servers: bool = False) -> list[str]:
    """Prepare the database to be served: its schema and the first Admin.

    Args:
        app: the app, whose secret key is loaded, or created, unless a setting gives it.
        serving: the open file whose lock says that a server of a SQLite database runs. It is locked while
            nobody else can migrate.
        beside_servers: migrate even if a server seems to run.

    Returns:
        lines that tell people what to do next.

    Raises:
        CannotStart: the database does not answer, cannot be migrated, or is being restored.
    """
    with app.app_context():
        settings: config.Settings = app.config["SETTINGS"]
        try:
            if not settings.secret_key:
                app.config["SECRET_KEY"] = app.config["JWT_SECRET_KEY"] = load_or_create_secret(
                    settings.instance
                )
            refuse_unusable_files()
            with migration_lock():
                migrate(beside_servers=beside_servers)
                if serving is not None and not try_lock(serving, fcntl.LOCK_SH):
                    raise CannotStart(
                        f"A restore of {database_name()} is in progress. Start again when it has ended."
                    )
                log.info("The database %s has the current schema, %s.", database_name(), known_revisions()[0])
                transactions.begin(writes=True)
                instructions = ensure_first_admin(settings.first_admin)
                db.session.commit()
            for warning in filter(None, [clock_skew_warning(), *find_exposed_files(settings)]):
                log.warning(warning)
            return instructions
        except DBAPIError as error:
            url = redact_url(db.engine.url)
            problem = f"{PREFIX}DATABASE_URL is {url}, and that database does not answer: {reason(error)}"
            raise CannotStart(problem) from error
        finally:
            db.session.remove()
            db.engine.dispose()  # workers must not share this process's connections


def clock_skew_warning() -> str | None:
    """Return a warning if this machine's clock differs from that of the database server."""
    if db.engine.dialect.name == "sqlite":
        return None
    with db.engine.connect() as connection:
        before = clock.now()
        database_time = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        after = clock.now()
    instant = clock.from_database(database_time)
    ahead, behind = (before - instant).total_seconds(), (instant - after).total_seconds()
    if max(ahead, behind) <= MAX_CLOCK_SKEW_S:
        return None
    side = f"{ahead:.1f} seconds ahead of" if ahead > 0 else f"{behind:.1f} seconds behind"
    return (
        f"This machine's clock is {side} the database's. Polls use the database's clock; sign-ins and pages "
        "use this machine's. Synchronize both with NTP."
    )


def ensure_first_admin(admin: config.FirstAdmin | None) -> list[str]:
    """Create the Admin of the settings if there are no users; without such settings, return instructions."""
    if User.exists():
        return []
    if admin is None:
        token = first_admin.create_setup_token(clock.now())
        settings: config.Settings = current_app.config["SETTINGS"]
        return [
            "There are no users yet. Create the first Admin with:",
            f"  {format_command(settings, 'create-user --role Admin you@example.org you')}",
            "or within 24 hours in a browser at:",
            f"{settings.address}/setup?token={token}",
        ]
    users_service.create_user(**validate_first_admin(admin), is_set_up=True)
    log.info("Created the first Admin: %s", admin.username)
    return []


def validate_first_admin(admin: config.FirstAdmin) -> dict[str, Any]:
    """Return the attributes of the first Admin, validated like those of any user.

    Raises:
        BadSetting: one of the three settings is invalid.
    """
    inputs = {
        "email": admin.email,
        "username": admin.username,
        "password": admin.password,
        "role": Role.ADMIN,
    }
    errors = UserIn().validate(inputs)
    for name, messages in flatten_errors(errors).items() if errors else ():
        raise config.BadSetting(f"ADMIN_{name.upper()}", messages[0])
    values: dict[str, Any] = UserIn().load(inputs)
    return values
