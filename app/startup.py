"""What is done once, before the workers: the folder, the secret, the schema, the first Admin."""

import fcntl
import logging
import os
import secrets
import shlex
import string
import sys
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
from app import database
from app.auth import first_admin
from app.auth.schemas import UserIn
from app.auth.users import service as users_service
from app.core import clock, file_ownership
from app.database import db
from app.generation.fastpath import connection as direct
from app.models import Role, User
from app.web.schema import by_path

MIGRATION_LOCK = 745_500_001  # any number that no other program on the database uses
SERVING_LOCK = direct.SERVING_LOCK
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
        file_ownership.make_folder(instance)
        if not place.exists():
            _make_secret(place)
        return _read_secret(place)
    except OSError as error:
        why = file_ownership.obstacle([instance, place]) or error.strerror
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
    handle = file_ownership.create_file(draft, os.O_WRONLY)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(MADE_DIGITS // 2))
            file.flush()
            os.fsync(handle)
        with suppress(FileExistsError):
            os.link(draft, place)
    finally:
        draft.unlink()
    file_ownership.sync(place.parent)


class CannotStart(Exception):
    """Something that Spikecast needs is not there; the message says what."""


def refuse_unusable_files() -> None:
    """Refuse, in words, files of a SQLite database that this user may not read and write."""
    url = db.engine.url
    if url.get_backend_name() != "sqlite":
        return
    place = Path(str(url.database))
    beside = [place.with_name(place.name + ending) for ending in ("", *_USED)]
    if why := file_ownership.obstacle([place.parent, *beside]):
        raise CannotStart(f"SPIKECAST_DATABASE_URL is {config.without_secrets(url)}, and {why}")


_USED = ("-wal", "-shm", "-journal", ".migrating", ".serving", ".turn")


def exposed_files(settings: config.Settings) -> list[str]:
    """Say which files and folders of the installation others on this machine may use."""
    paths = [] if settings.secret_key else [settings.instance, secret_file(settings.instance)]
    if settings.database_url.get_backend_name() == "sqlite":
        place = Path(str(settings.database_url.database))
        paths += [place.parent, *(place.with_name(place.name + ending) for ending in ("", *_USED))]
    return [said for said in map(file_ownership.exposed, dict.fromkeys(paths)) if said]


def prepare(app: Flask, *, serving: int | None = None, beside_servers: bool = False) -> list[str]:
    """Make the database ready to serve: its schema, and the first Admin where the settings name one.

    Return the lines that tell somebody what to do next. `serving` is the open file whose lock says that a
    server of a SQLite database runs; it is taken before anybody else may migrate.
    """
    with app.app_context():
        settings: config.Settings = app.config["SETTINGS"]
        try:
            if not settings.secret_key:
                app.config["SECRET_KEY"] = app.config["JWT_SECRET_KEY"] = kept_secret(settings.instance)
            refuse_unusable_files()
            with one_at_a_time():
                bring_up_to_date(beside_servers=beside_servers)
                if serving is not None and not _lock(serving, fcntl.LOCK_SH):
                    raise CannotStart(f"A restore of {_named()} is under way. Start again when it is done.")
                log.info("The database %s has the newest schema, %s.", _named(), schemas()[0])
                database.begin(writes=True)
                told = greet_first_admin(settings.first_admin)
                db.session.commit()
            for said in filter(None, [wrong_clock(), *exposed_files(settings)]):
                log.warning(said)
            return told
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


def _named() -> str:
    return config.without_secrets(db.engine.url)


def _lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def bring_up_to_date(*, beside_servers: bool = False) -> None:
    """Migrate the app's database, unless a server runs on it: that one would not know the new schema.

    Nobody else may migrate or start meanwhile: see `one_at_a_time`.
    """
    present = present_revision(db.engine)
    if present != schemas()[0] and not beside_servers:
        refuse_servers(present)
    upgrade(db.engine)


def present_revision(engine: sa.Engine) -> str | None:
    """Return the revision of the schema of a database; None where there is no schema, or no file."""
    if engine.dialect.name == "sqlite" and not os.path.exists(f"{engine.url.database}"):
        return None
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def refuse_servers(present: str | None) -> None:
    """Raise CannotStart while a server runs on the database; each holds a lock that this one asks for."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            schema: sa.ColumnElement[int] = sa.literal_column(direct.THIS_SCHEMA)
            lock = SERVING_LOCK, schema
            alone = connection.scalar(sa.select(sa.func.pg_try_advisory_lock(*lock)))
            if alone:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(*lock)))
            connection.rollback()
    else:
        place = Path(str(db.engine.url.database))
        file = file_ownership.open_file(place.with_name(f"{place.name}.serving"), os.O_RDWR, place)
        try:
            alone = _lock(file, fcntl.LOCK_EX)
        finally:
            os.close(file)
    if not alone:
        raise CannotStart(
            f"A server runs on {_named()}, whose schema is {present or 'not there'}, and this version would "
            f"bring it to {schemas()[0]}, which that server does not know. Stop it first, on every node; "
            "then start this version."
        )


def refuse_unready() -> None:
    """Raise CannotStart where the database is not there, or has another schema than this version's."""
    present = present_revision(db.engine)
    if present is None:
        raise CannotStart(
            f"There is no database of Spikecast at {_named()}. The first start makes it, or the command "
            "`prepare`; if it is there already, it is elsewhere: give this command the server's SPIKECAST_ "
            "settings, and run it as the server's user."
        )
    _refuse_newer(db.engine)
    if present != schemas()[0]:
        raise CannotStart(
            f"The database {_named()} has schema {present}, and this version needs {schemas()[0]}. Stop the "
            "server of the older version, then start this one, or run `prepare`."
        )


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
            file_ownership.make_folder(place.parent)
            handle = os.fdopen(file_ownership.open_file(file, os.O_RDWR, place), "w")
        except OSError as error:
            why = file_ownership.obstacle([place.parent, file]) or error.strerror
            url = config.without_secrets(db.engine.url)
            said = f"SPIKECAST_DATABASE_URL is {url}, where no file can be made: {why}"
            raise CannotStart(said) from error
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)  # released by the kernel, whatever happens
            yield


def greet_first_admin(wanted: config.FirstAdmin | None) -> list[str]:
    """Where nobody is there yet, make the Admin that the settings name, or return lines that say how to."""
    if User.exists():
        return []
    if wanted is None:
        token = first_admin.new_token(clock.now())
        settings: config.Settings = current_app.config["SETTINGS"]
        return [
            "There is no user yet. Make the first Admin with:",
            f"  {command_line(settings, 'create-user --role Admin you@example.org you')}",
            "or, within 24 hours, in the browser at:",
            f"{settings.address}/setup?token={token}",
        ]
    users_service.create_user(**checked(wanted), is_set_up=True)
    log.info("Made the first Admin: %s", wanted.username)
    return []


def command_line(settings: config.Settings, command: str) -> str:
    """Return the line for a shell that runs a command on this very database, as this very user.

    Secrets are left out: they are named instead.
    """
    given = {}
    if settings.instance != config.HERE / "instance":
        given["INSTANCE"] = str(settings.instance)
    url, missing = settings.database_url, ""
    if url.get_backend_name() != "sqlite":
        given["DATABASE_URL"] = config.without_secrets(url)
        if "***" in given["DATABASE_URL"] or "hidden" in given["DATABASE_URL"]:
            del given["DATABASE_URL"]
            missing = f"   # with {config.PREFIX}DATABASE_URL as the server has it"
    elif url.database != os.path.realpath(settings.instance / "spikecast.db"):
        given["DATABASE_URL"] = url.render_as_string()
    names = [f"{config.PREFIX}{name}={shlex.quote(value)}" for name, value in given.items()]
    flask = Path(sys.executable).with_name("flask")
    program = flask.relative_to(config.HERE) if config.HERE in flask.parents else flask
    parts = [*names, shlex.quote(str(program)), "--app wsgi", command]
    if sys.stderr.isatty():
        return " ".join(parts) + missing
    if os.geteuid() != 0 and not _is_container():
        parts = [f"runuser -u {file_ownership.user_name(os.geteuid())} -- env", *parts]
    return " ".join([f"cd {shlex.quote(str(config.HERE))} &&", *parts]) + missing


def _is_container() -> bool:
    marks = ("/.dockerenv", "/run/.containerenv")
    return any(map(os.path.exists, marks)) or "KUBERNETES_SERVICE_HOST" in os.environ


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
