"""The URL of the database: checking it, and showing it without its password."""

import os
import re
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from settings.errors import BadSetting

RESERVED_OPTIONS = {"timezone", "datestyle", "client_encoding", "default_transaction_isolation"}
"""PostgreSQL settings that Spikecast sets itself: with others, stored values would be misread."""
_HINT = "use a URL such as sqlite:////var/lib/spikecast/spikecast.db or postgresql+psycopg://user:password@host/name"
_OPTION = re.compile(r"(?:^|\s)(?:-c\s*|--)([A-Za-z_][\w.-]*)=((?:\\.|[^\s\\])*)")


def parse_database_url(text: str | None, instance: Path) -> URL:
    """Return the URL of the database; without one, that of `spikecast.db` in the instance folder.

    Raises:
        BadSetting: it is not a URL, has an unsupported scheme, or has parameters that would not work.
    """
    if text is None:
        return _check_sqlite_url(URL.create("sqlite", database=str(instance / "spikecast.db")))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BadSetting("DATABASE_URL", f"is not a database URL; {_HINT}") from None
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite":
        return _check_sqlite_url(url)
    if url.drivername != "postgresql+psycopg":
        raise BadSetting("DATABASE_URL", f"has the unsupported scheme {url.drivername!r}; {_HINT}")
    _check_postgresql_url(url)
    return url


def _check_sqlite_url(url: URL) -> URL:
    """Return the URL with the real path of its file.

    SQLite keeps its write-ahead log beside the real file, even if the path goes through symbolic links.
    Spikecast puts its own files there, too.

    Raises:
        BadSetting: it is more than the path of a file.
    """
    if url.host or url.username or url.password or url.port:
        raise BadSetting("DATABASE_URL", f"names a host, but SQLite has none; {_HINT}")
    if not url.database or url.database == ":memory:":
        problem = "must name a file: with a database in memory, every worker would have its own data"
        raise BadSetting("DATABASE_URL", problem)
    if url.query:
        problem = f"has the parameter {min(url.query)!r}, but SQLite URLs take none here"
        raise BadSetting("DATABASE_URL", f"{problem}; remove the ? and everything after it")
    return url.set(database=os.path.realpath(url.database))


def _check_postgresql_url(url: URL) -> None:
    """Check the parts that would otherwise be ignored silently or misread.

    Raises:
        BadSetting: one of them cannot work.
    """
    if "@" in f"{url.host}{url.database}":
        raise BadSetting("DATABASE_URL", "has one @ too many; in a user name or password, write @ as %40")
    # Imported here because SQLite needs no driver.
    from psycopg import pq

    libpq = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    for name, value in url.query.items():
        if name not in libpq:
            problem = f"has the unknown parameter {name!r}; use those of libpq, such as sslmode or options"
            raise BadSetting("DATABASE_URL", problem)
        if not isinstance(value, str) and name not in {"host", "port"}:
            raise BadSetting("DATABASE_URL", f"has the parameter {name!r} more than once")
    for name in RESERVED_OPTIONS & parse_options(url).keys():
        raise BadSetting(
            "DATABASE_URL", f"sets {name} in its options, but Spikecast sets it itself; remove it"
        )
    if url.query.get("client_encoding", "utf8").lower() not in {"utf8", "utf-8", "auto"}:  # type: ignore[union-attr]
        raise BadSetting("DATABASE_URL", "sets client_encoding, but only utf8 works; remove it")


def parse_options(url: URL) -> dict[str, str]:
    """Return the PostgreSQL settings in the URL's `options=-c name=value`, with names in lower case."""
    text = str(url.query.get("options", ""))
    return {name.lower().replace("-", "_"): value for name, value in _OPTION.findall(text)}


def redact_url(url: URL) -> str:
    """Return the URL for people to read, without any password.

    A password may contain an unescaped @, which parsers take for the end of the password. So everything up
    to the last @ is treated as the user's part.
    """
    hidden = {name: "hidden" for name in url.query if "password" in name.lower()}
    text = url.update_query_dict(hidden).render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite":
        return text
    before, query, parameters = text.partition("?")
    scheme, _, rest = before.partition("://")
    secret, at, host = re.fullmatch(r"(?:(.*)(@|%40))?(.*)", rest).groups("")  # type: ignore[union-attr]
    user = secret.partition(":")[0] + (":***" if ":" in secret else "")
    return f"{scheme}://{user}{at and '@'}{host}{query}{parameters}"
