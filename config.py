"""Settings from the environment: each has a working default, and an invalid value is an error.

The package `settings` checks the values.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from settings.database_url import parse_database_url
from settings.environment import read_environment
from settings.errors import BadSetting
from settings.secret_key import parse_secret_key
from settings.values import (
    parse_bind,
    parse_choice,
    parse_cookie_name,
    parse_folder,
    parse_integer,
    parse_origins,
    parse_url_prefix,
)

__all__ = ["ROOT", "BadSetting", "FirstAdmin", "Settings", "load"]

ROOT = Path(__file__).resolve().parent
"""The folder of the installation."""
MAX_AUDIT_ENTRIES = 10_000_000
MAX_REHEARSALS = 10_000_000


@dataclass(frozen=True)
class FirstAdmin:
    """The Admin to create if there are no users yet."""

    email: str
    username: str
    password: str


@dataclass(frozen=True)
class Settings:
    """The validated settings of a server."""

    instance: Path
    database_url: URL
    secret_key: str | None
    bind: str
    workers: int
    sqlite_synchronous: str
    cached_fields: int
    fast_polls: int
    trusted_proxies: int
    url_prefix: str
    cookie_name: str
    cors_origins: tuple[str, ...]
    audit_entries: int
    audit_people_entries: int
    audit_refusals: int
    alerts: int
    rehearsals: int
    first_admin: FirstAdmin | None

    @property
    def address(self) -> str:
        """The server's URL on this machine; empty if it listens on a socket."""
        return "" if self.bind.startswith("unix:") else f"http://{self.bind}{self.url_prefix}"

    @property
    def serving_lock(self) -> Path | None:
        """The file that a server of a SQLite database keeps locked; None on PostgreSQL.

        The lock prevents a restore while the server runs.
        """
        url = self.database_url
        return Path(f"{url.database}.serving") if url.get_backend_name() == "sqlite" else None


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings in `environ`.

    An invalid setting raises BadSetting, whose message names the setting and describes valid values.
    """
    variables = read_environment(environ)

    def integer(name: str, default: int, minimum: int, maximum: int) -> int:
        return parse_integer(name, variables.get(name, str(default)), minimum, maximum)

    instance = parse_folder("INSTANCE", variables.get("INSTANCE", ROOT / "instance"))
    return Settings(
        instance=instance,
        database_url=parse_database_url(variables.get("DATABASE_URL"), instance),
        secret_key=parse_secret_key(variables.get("SECRET_KEY")),
        bind=parse_bind(variables.get("BIND", "127.0.0.1:8088")),
        workers=integer("WORKERS", 3, 1, 256),
        sqlite_synchronous=parse_choice(
            "SQLITE_SYNCHRONOUS", variables.get("SQLITE_SYNCHRONOUS", "FULL"), ("FULL", "NORMAL")
        ),
        cached_fields=integer("CACHED_FIELDS", 150_000, 0, 10**8),
        fast_polls=integer("FAST_POLLS", 1, 0, 1),
        trusted_proxies=integer("TRUSTED_PROXIES", 0, 0, 10),
        url_prefix=parse_url_prefix(variables.get("URL_PREFIX", "")),
        cookie_name=parse_cookie_name(variables.get("COOKIE_NAME", "")),
        cors_origins=parse_origins(variables.get("CORS_ORIGINS", "")),
        audit_entries=integer("AUDIT_ENTRIES", 100_000, 1000, MAX_AUDIT_ENTRIES),
        audit_people_entries=integer("AUDIT_PEOPLE_ENTRIES", 100_000, 1000, MAX_AUDIT_ENTRIES),
        audit_refusals=integer("AUDIT_REFUSALS", 20_000, 1000, MAX_AUDIT_ENTRIES),
        alerts=integer("ALERTS", 100_000, 1000, MAX_AUDIT_ENTRIES),
        rehearsals=integer("REHEARSALS", 10_000, 1000, MAX_REHEARSALS),
        first_admin=_parse_first_admin(variables),
    )


def _parse_first_admin(variables: Mapping[str, str]) -> FirstAdmin | None:
    """Return the first Admin, or None if none of their settings is given.

    Raises:
        BadSetting: only some of their settings are given.
    """
    names = ("ADMIN_EMAIL", "ADMIN_USERNAME", "ADMIN_PASSWORD")
    missing = [name for name in names if name not in variables]
    if len(missing) == len(names):
        return None
    if missing:
        problem = "is missing: the first Admin needs an e-mail, a user name and a password"
        raise BadSetting(missing[0], problem)
    return FirstAdmin(*(variables[name] for name in names))
