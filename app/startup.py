"""What is done once, before the workers: the folder, the secret, the schema, the first Admin."""

import fcntl
import logging
import os
import secrets
import string
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
from app import clock, database, ownership
from app.auth import setup, users_service
from app.auth.schemas import UserIn
from app.database import db
from app.models import Role, User
from app.web.schema import by_path

MIGRATION_LOCK = 745_500_001  # any number that no other program on the database uses
MOST_APART = 1.0  # seconds between this machine's clock and the database's
MADE_DIGITS, MAX_SECRET_BYTES = 64, 4096
log = logging.getLogger(__name__)


def secret_file(instance: Path) -> Path:
    """Return where the secret key of an installation is kept."""
    return instance / "secret_key"


def kept_secret(instance: Path) -> str:
    """Return the secret key that is kept in `instance`; create it where there is none yet.

    Several processes may start at once: each writes a file of its own, and the first to link it into
    place wins.
    """
    place = secret_file(instance)
    try:
        ownership.make_folder(instance)
        if not place.exists():
            _make_secret(place)
        return _read_secret(place)
    except OSError as error:
        why = ownership.obstacle([instance, place]) or error.strerror
        said = f"is {instance}, where no secret key can be kept: {why}"
        raise config.BadSetting("INSTANCE", said) from error


def existing_secret(instance: Path) -> str | None:
    """Return the kept secret key, or None where there is none. Create nothing."""
    return kept_secret(instance) if os.path.lexists(secret_file(instance)) else None


def _read_secret(place: Path) -> str:
    """Read the key and hold it to the same checks as the setting: a damaged file must not sign tokens."""
    if not place.is_file():
        raise _bad_secret(place, "is no file")
    with place.open("rb") as file:
        content = file.read(MAX_SECRET_BYTES + 1)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise _bad_secret(place, "is damaged: it is not text in UTF-8") from None
    secret = text.strip()
    if len(secret.encode()) < config.SHORTEST_SECRET:
        raise _bad_secret(place, "is too short")
    if len(content) > MAX_SECRET_BYTES or not secret.isprintable():
        raise _bad_secret(place, "is damaged: it holds bytes that are no printable text")
    if fault := config.weakness(secret):
        raise _bad_secret(place, f"is no good: it {fault}")
    if text == secret and len(text) < MADE_DIGITS and set(text) <= set(string.hexdigits):
        raise _bad_secret(place, f"is cut off: {len(text)} of {MADE_DIGITS} digits are left")
    return secret


def _bad_secret(place: Path, fault: str) -> config.BadSetting:
    said = f"holds a secret_key that {fault} ({place}); put a copy back, or remove it, and a new one is made"
    return config.BadSetting("INSTANCE", said)


def _make_secret(place: Path) -> None:
    draft = place.with_name(f".secret_key.{os.getpid()}.{secrets.token_hex(4)}")
    handle = ownership.create_file(draft, os.O_WRONLY)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(MADE_DIGITS // 2))
            file.flush()
            os.fsync(handle)
        with suppress(FileExistsError):
            os.link(draft, place)
    finally:
        draft.unlink()
    ownership.sync(place.parent)


class CannotStart(Exception):
    """Something that Spikecast needs is not there; the message says what."""


def refuse_unusable_files() -> None:
    """Refuse, in words, files of a SQLite database that this user may not read and write."""
    url = db.engine.url
    if url.get_backend_name() != "sqlite":
        return
    place = Path(str(url.database))
    beside = [place.with_name(place.name + ending) for ending in ("", *_USED)]
    if why := ownership.obstacle([place.parent, *beside]):
        raise CannotStart(f"SPIKECAST_DATABASE_URL is {config.without_secrets(url)}, and {why}")


_USED = ("-wal", "-shm", "-journal", ".migrating", ".serving", ".turn")


def exposed_files(settings: config.Settings) -> list[str]:
    """Say which files and folders of the installation others on this machine may use."""
    paths = [] if settings.secret_key else [settings.instance, secret_file(settings.instance)]
    if settings.database_url.get_backend_name() == "sqlite":
        place = Path(str(settings.database_url.database))
        paths += [place.parent, *(place.with_name(place.name + ending) for ending in ("", *_USED))]
    return [said for said in map(ownership.exposed, dict.fromkeys(paths)) if said]


def prepare(app: Flask) -> None:
    """Make the database ready to serve: its schema, and the first Admin where the settings name one."""
    with app.app_context():
        try:
            refuse_unusable_files()
            with one_at_a_time():
                upgrade(db.engine)
                log.info("The database has the newest schema.")
                database.begin(writes=True)
                greet_first_admin(app.config["SETTINGS"].first_admin)
                db.session.commit()
            for said in filter(None, [wrong_clock(), *exposed_files(app.config["SETTINGS"])]):
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


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the schema of this database up to date, or to `revision`: whole, or not at all."""
    settings = current_app.extensions["migrate"].migrate.get_config()
    settings.attributes["engine"] = engine
    database.declare(writes=True)
    try:
        _refuse_moved(engine)
        database.make_file(engine)
        _refuse_others_schema(engine)
        _refuse_newer(engine)
        alembic.command.upgrade(settings, revision)
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


def _refuse_others_schema(engine: sa.Engine) -> None:
    """Refuse tables that a search path finds beyond the schema in which it makes new ones."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        here, there = connection.execute(_SCHEMAS).one()
    if there is not None and here != there:
        said = f"search_path begins with the schema {here}, but finds the tables of Spikecast in {there}"
        raise CannotStart(
            f"{said}. Name one schema alone, or the data of another installation would be used."
        )


_SCHEMAS = sa.text(
    "SELECT current_schema(), (SELECT nspname FROM pg_namespace"
    " JOIN pg_class ON relnamespace = pg_namespace.oid WHERE pg_class.oid = to_regclass('alembic_version'))"
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
        place = Path(str(db.engine.url.database))
        file = place.with_name(f"{place.name}.migrating")
        try:
            ownership.make_folder(place.parent)
            handle = os.fdopen(ownership.open_file(file, os.O_RDWR, place), "w")
        except OSError as error:
            why = ownership.obstacle([place.parent, file]) or error.strerror
            url = config.without_secrets(db.engine.url)
            said = f"SPIKECAST_DATABASE_URL is {url}, where no file can be made: {why}"
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
