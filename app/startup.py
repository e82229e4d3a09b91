"""What is done once, before the workers: the folder, the secret, the schema, the first Admin."""

import fcntl
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import alembic.command
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

import config
from app import clock, database
from app.auth import setup, users_service
from app.auth.schemas import UserIn
from app.database import db
from app.models import Role, User
from app.web.schema import by_path

MIGRATION_LOCK = 745_500_001  # any number that no other program on the database uses
MOST_APART = 1.0  # seconds between this machine's clock and the database's
log = logging.getLogger(__name__)


def kept_secret(instance: Path) -> str:
    """The secret key that is kept in `instance`, made where there is none yet.

    Several processes may start at once: each writes a file of its own, and the first to link it into
    place wins.
    """
    place = instance / "secret_key"
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not place.exists():
            _make_secret(place)
        secret = place.read_text().strip()
    except OSError as error:
        said = f"is {instance}, where no secret key can be kept: {error.strerror}"
        raise config.BadSetting("INSTANCE", said) from error
    if len(secret) < config.SHORTEST_SECRET:
        said = f"holds a secret_key that is too short ({place}); remove it, and a new one is made"
        raise config.BadSetting("INSTANCE", said)
    return secret


def _make_secret(place: Path) -> None:
    draft = place.with_name(f".secret_key.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(draft, place)
    finally:
        draft.unlink()


class CannotStart(Exception):
    """Something that Spikecast needs is not there; the message says what."""


def prepare(app: Flask) -> None:
    """Make the database ready to serve: its schema, and the first Admin where the settings name one."""
    with app.app_context():
        try:
            with one_at_a_time():
                upgrade(db.engine)
                log.info("The database has the newest schema.")
                database.begin(writes=True)
                greet_first_admin(app.config["SETTINGS"].first_admin)
                db.session.commit()
            if said := wrong_clock():
                log.warning(said)
        except DBAPIError as error:
            url = config.without_secrets(db.engine.url)
            said = f"does not answer: {database.reason(error)}"
            raise CannotStart(f"SPIKECAST_DATABASE_URL is {url}, and that database {said}") from error
        finally:
            db.session.remove()
            db.engine.dispose()  # workers must not share this process's connections


def wrong_clock() -> str | None:
    """What is wrong with this machine's clock, if the database's says otherwise."""
    if db.engine.dialect.name == "sqlite":
        return None
    with db.engine.connect() as connection:
        before = clock.now()
        of_database = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        after = clock.now()
    instant = clock.of_database(of_database)
    ahead, behind = (before - instant).total_seconds(), (instant - after).total_seconds()
    if max(ahead, behind) <= MOST_APART:
        return None
    side = f"{ahead:.1f} seconds ahead of" if ahead > 0 else f"{behind:.1f} seconds behind"
    return (
        f"This machine's clock is {side} the database's. Polls go by the database's clock, sign-ins and "
        "all that pages show by this one: keep both in step, with NTP."
    )


def migrate() -> None:
    """Bring the schema up to date; of several nodes that start at once, one does it and the others wait."""
    with one_at_a_time():
        upgrade(db.engine)


def upgrade(engine: sa.Engine) -> None:
    """Bring the schema of this database up to date: whole, or not at all."""
    settings = current_app.extensions["migrate"].migrate.get_config()
    settings.attributes["engine"] = engine
    database.declare(writes=True)
    try:
        _refuse_moved(engine)
        database.make_file(engine)
        _refuse_newer(engine)
        alembic.command.upgrade(settings, "head")
    except (CommandError, RuntimeError) as error:
        raise CannotStart(f"The database could not be migrated: {error}") from error
    finally:
        database.declare(writes=False)


def _refuse_moved(engine: sa.Engine) -> None:
    """A log without its database: a new file in its place would make SQLite delete the log, too."""
    file, log_file = f"{engine.url.database}", f"{engine.url.database}-wal"
    if engine.dialect.name == "sqlite" and os.path.exists(log_file) and not os.path.exists(file):
        raise CannotStart(
            f"{file} is not there, but {log_file} is, which holds what was written last. Put the file back; "
            "or move the log away, too, to begin with an empty database."
        )


def _refuse_newer(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in schemas():
        known = f"its schema is {present}, and this version knows those up to {schemas()[0]}"
        raise CannotStart(f"The database was made by a newer version of Spikecast: {known}.")


def schemas() -> list[str]:
    """The schemas that this version knows, the newest first."""
    scripts = ScriptDirectory(str(config.HERE / "migrations"))
    return [script.revision for script in scripts.walk_revisions()]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold off every other start and command of this database: they wait until this is over."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            connection.execute(sa.text("SET lock_timeout = 0"))
            connection.execute(sa.select(sa.func.pg_advisory_lock(MIGRATION_LOCK)))
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(MIGRATION_LOCK)))
                connection.rollback()
    else:
        file = Path(f"{db.engine.url.database}.migrating")
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = file.open("w")
        except OSError as error:
            url = config.without_secrets(db.engine.url)
            said = f"SPIKECAST_DATABASE_URL is {url}, where no file can be made: {error.strerror}"
            raise CannotStart(said) from error
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)  # released by the kernel, whatever happens
            yield


def greet_first_admin(wanted: config.FirstAdmin | None) -> None:
    """Where nobody is there yet, make the Admin that the settings name, or say in the log how to."""
    if User.exists():
        return
    if wanted is None:
        token = setup.new_token(clock.now())
        log.warning(
            "There is no user yet. Make the first Admin within 24 hours at %s/setup?token=%s or with: "
            ".venv/bin/flask --app wsgi create-user --role Admin you@example.org you",
            current_app.config["SETTINGS"].address,
            token,
        )
        return
    users_service.create_user(**checked(wanted), is_set_up=True)
    log.info("Made the first Admin: %s", wanted.username)


def checked(wanted: config.FirstAdmin) -> dict[str, Any]:
    """The first Admin as the API would take them, or BadSetting."""
    given = {
        "email": wanted.email,
        "username": wanted.username,
        "password": wanted.password,
        "role": Role.ADMIN,
    }
    faults = UserIn().validate(given)
    for name, messages in by_path(faults).items() if faults else ():
        raise config.BadSetting(f"ADMIN_{name.upper()}", messages[0])
    values: dict[str, Any] = UserIn().load(given)
    return values
