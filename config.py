"""Settings: read from the environment, each with a working default, loudly wrong when wrong."""

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "SPIKECAST_"
HERE = Path(__file__).resolve().parent
SHORTEST_SECRET = 32
EXAMPLE_SECRETS = {"change-me", "changeme", "secret", "please-change-this-secret-key-now!"}

KNOWN = {
    "DATABASE_URL": "where the data lives: sqlite:///file or postgresql+psycopg://user:password@host/name",
    "SECRET_KEY": "signs the tokens; at least 32 bytes",
    "ADMIN_EMAIL": "e-mail of the first Admin, made where there is no user yet",
    "ADMIN_USERNAME": "user name of the first Admin",
    "ADMIN_PASSWORD": "password of the first Admin, 8 to 128 characters",
    "BIND": "where gunicorn listens: host:port or unix:/path",
    "WORKERS": "how many gunicorn workers serve",
    "INSTANCE": "the folder for the SQLite file and the secret key",
    "SQLITE_SYNCHRONOUS": "FULL survives a power cut, NORMAL is faster",
    "CACHED_FIELDS": "how many fields a worker keeps at hand; 100,000 take about 40 MB",
    "AUDIT_ENTRIES": "how many entries the audit log keeps",
    "TRUSTED_PROXIES": "how many reverse proxies stand in front",
}
FOR_TESTS = {"TEST_POSTGRES_URL", "TEST_REQUIRE"}


class BadSetting(Exception):
    """A setting that cannot work; the message names it and says what would."""

    def __init__(self, name: str, says: str) -> None:
        super().__init__(f"{PREFIX}{name} {says}")


@dataclass(frozen=True)
class FirstAdmin:
    """Who is made the first Admin where there is no user yet."""

    email: str
    username: str
    password: str


@dataclass(frozen=True)
class Settings:
    """All that the environment decides."""

    instance: Path
    database_url: URL
    secret_key: str | None
    bind: str
    workers: int
    sqlite_synchronous: str
    cached_fields: int
    trusted_proxies: int
    audit_entries: int
    first_admin: FirstAdmin | None

    @property
    def address(self) -> str:
        """Where it is reached from this machine; empty where that is a socket."""
        return "" if self.bind.startswith("unix:") else f"http://{self.bind}"

    @property
    def serving_lock(self) -> Path | None:
        """The file that a server of a SQLite database holds locked, so that nobody restores below it."""
        url = self.database_url
        return Path(f"{url.database}.serving") if url.get_backend_name() == "sqlite" else None


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings in `environ`; raises BadSetting with a sentence that names the wrong one."""
    given = {
        name.removeprefix(PREFIX): value.strip()
        for name, value in environ.items()
        if name.startswith(PREFIX) and value.strip()
    }
    _refuse_unknown(given)
    _refuse_other_bytes(given)
    instance = Path(given.get("INSTANCE", HERE / "instance")).absolute()
    return Settings(
        instance=instance,
        database_url=_database_url(given.get("DATABASE_URL", f"sqlite:///{instance / 'spikecast.db'}")),
        secret_key=_secret_key(given.get("SECRET_KEY")),
        bind=_bind(given.get("BIND", "127.0.0.1:8088")),
        workers=_whole("WORKERS", given.get("WORKERS", "3"), 1, 256),
        sqlite_synchronous=_one_of("SQLITE_SYNCHRONOUS", given.get("SQLITE_SYNCHRONOUS", "FULL")),
        cached_fields=_whole("CACHED_FIELDS", given.get("CACHED_FIELDS", "150000"), 0, 10**8),
        trusted_proxies=_whole("TRUSTED_PROXIES", given.get("TRUSTED_PROXIES", "0"), 0, 10),
        audit_entries=_whole("AUDIT_ENTRIES", given.get("AUDIT_ENTRIES", "100000"), 1000, 10_000_000),
        first_admin=_first_admin(given),
    )


def _refuse_unknown(given: Mapping[str, str]) -> None:
    for name in sorted(given.keys() - KNOWN.keys() - FOR_TESTS):
        near = difflib.get_close_matches(name, KNOWN, n=1)
        meant = f"; did you mean {PREFIX}{near[0]}?" if near else f"; known: {', '.join(KNOWN)}"
        raise BadSetting(name, f"is not a setting of Spikecast{meant}")


def _refuse_other_bytes(given: Mapping[str, str]) -> None:
    for name, value in given.items():
        if not value.isprintable():
            raise BadSetting(name, "holds bytes that are not printable text in UTF-8")


def _database_url(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BadSetting("DATABASE_URL", "is not a database URL; it looks like " + _URLS) from None
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite":
        if not url.database or url.database == ":memory:":
            raise BadSetting("DATABASE_URL", "must name a file; every worker would have its own data")
        return url.set(database=str(Path(url.database).absolute()))
    if url.drivername != "postgresql+psycopg":
        raise BadSetting("DATABASE_URL", f"has the scheme {url.drivername!r}; it looks like " + _URLS)
    return url


def without_secrets(url: URL) -> str:
    """The database's URL for people to read: neither its password nor one among its parameters."""
    hidden = {name: "hidden" for name in url.query if "password" in name}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


_URLS = "sqlite:////var/lib/spikecast/spikecast.db or postgresql+psycopg://user:password@host/name"


def _secret_key(text: str | None) -> str | None:
    if text is None:
        return None
    if text.lower() in EXAMPLE_SECRETS or len(set(text)) < 8:
        raise BadSetting("SECRET_KEY", "is an example or too simple; make one with: openssl rand -hex 32")
    if len(text.encode()) < SHORTEST_SECRET:
        raise BadSetting("SECRET_KEY", f"needs at least {SHORTEST_SECRET} bytes; try: openssl rand -hex 32")
    return text


def _bind(text: str) -> str:
    if text.startswith("unix:") and len(text) > len("unix:"):
        return text
    host, _, port = text.rpartition(":")
    host_is_right = re.fullmatch(r"[\w.-]+|\[[0-9a-fA-F:.]+\]", host)
    if not host_is_right or not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise BadSetting("BIND", f"must be host:port or unix:/path, not {text!r}")
    return text


def _whole(name: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise BadSetting(name, f"must be a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _one_of(name: str, text: str, choices: tuple[str, ...] = ("FULL", "NORMAL")) -> str:
    if text.upper() not in choices:
        raise BadSetting(name, f"must be {' or '.join(choices)}, not {text!r}")
    return text.upper()


def _first_admin(given: Mapping[str, str]) -> FirstAdmin | None:
    names = ("ADMIN_EMAIL", "ADMIN_USERNAME", "ADMIN_PASSWORD")
    missing = [name for name in names if name not in given]
    if len(missing) == len(names):
        return None
    if missing:
        raise BadSetting(missing[0], "is missing: the first Admin needs e-mail, user name and password")
    return FirstAdmin(*(given[name] for name in names))
