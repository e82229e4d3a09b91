"""What is done once, before the workers: the folder, the secret, the schema, the first Admin."""

import fcntl
import logging
import os
import shlex
import sys
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


def exposed_files(settings: config.Settings) -> list[str]:
    """Say which files and folders of the installation others on this machine may use."""
    paths = [] if settings.secret_key else [settings.instance, secret_path(settings.instance)]
    if settings.database_url.get_backend_name() == "sqlite":
        place = Path(str(settings.database_url.database))
        paths += [place.parent, *(place.with_name(place.name + ending) for ending in ("", *SQLITE_SUFFIXES))]
    return [said for said in map(file_ownership.find_exposure, dict.fromkeys(paths)) if said]


def prepare(app: Flask, *, serving: int | None = None, beside_servers: bool = False) -> list[str]:
    """Make the database ready to serve: its schema, and the first Admin where the settings name one.

    Return the lines that tell somebody what to do next. `serving` is the open file whose lock says that a
    server of a SQLite database runs; it is taken before anybody else may migrate.
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
                        f"A restore of {database_name()} is under way. Start again when it is done."
                    )
                log.info("The database %s has the newest schema, %s.", database_name(), known_revisions()[0])
                transactions.begin(writes=True)
                told = ensure_first_admin(settings.first_admin)
                db.session.commit()
            for said in filter(None, [clock_skew_warning(), *exposed_files(settings)]):
                log.warning(said)
            return told
        except DBAPIError as error:
            url = redact_url(db.engine.url)
            said = f"does not answer: {reason(error)}"
            raise CannotStart(f"SPIKECAST_DATABASE_URL is {url}, and that database {said}") from error
        finally:
            db.session.remove()
            db.engine.dispose()  # workers must not share this process's connections


def clock_skew_warning() -> str | None:
    """What is wrong with this machine's clock, if the database's says otherwise."""
    if db.engine.dialect.name == "sqlite":
        return None
    with db.engine.connect() as connection:
        before = clock.now()
        of_database = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        after = clock.now()
    instant = clock.from_database(of_database)
    ahead, behind = (before - instant).total_seconds(), (instant - after).total_seconds()
    if max(ahead, behind) <= MAX_CLOCK_SKEW_S:
        return None
    side = f"{ahead:.1f} seconds ahead of" if ahead > 0 else f"{behind:.1f} seconds behind"
    return (
        f"This machine's clock is {side} the database's. Polls go by the database's clock, sign-ins and "
        "all that pages show by this one: keep both in step, with NTP."
    )


def ensure_first_admin(wanted: config.FirstAdmin | None) -> list[str]:
    """Where nobody is there yet, make the Admin that the settings name, or return lines that say how to."""
    if User.exists():
        return []
    if wanted is None:
        token = first_admin.create_setup_token(clock.now())
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
    if settings.instance != config.ROOT / "instance":
        given["INSTANCE"] = str(settings.instance)
    url, missing = settings.database_url, ""
    if url.get_backend_name() != "sqlite":
        given["DATABASE_URL"] = redact_url(url)
        if "***" in given["DATABASE_URL"] or "hidden" in given["DATABASE_URL"]:
            del given["DATABASE_URL"]
            missing = f"   # with {PREFIX}DATABASE_URL as the server has it"
    elif url.database != os.path.realpath(settings.instance / "spikecast.db"):
        given["DATABASE_URL"] = url.render_as_string()
    names = [f"{PREFIX}{name}={shlex.quote(value)}" for name, value in given.items()]
    flask = Path(sys.executable).with_name("flask")
    program = flask.relative_to(config.ROOT) if config.ROOT in flask.parents else flask
    parts = [*names, shlex.quote(str(program)), "--app wsgi", command]
    if sys.stderr.isatty():
        return " ".join(parts) + missing
    if os.geteuid() != 0 and not _is_container():
        parts = [f"runuser -u {file_ownership.get_user_name(os.geteuid())} -- env", *parts]
    return " ".join([f"cd {shlex.quote(str(config.ROOT))} &&", *parts]) + missing


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
    for name, messages in flatten_errors(faults).items() if faults else ():
        raise config.BadSetting(f"ADMIN_{name.upper()}", messages[0])
    values: dict[str, Any] = UserIn().load(given)
    return values
