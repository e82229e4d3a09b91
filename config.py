"""Settings: read from the environment, each with a working default, loudly wrong when wrong."""

import difflib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "SPIKECAST_"
HERE = Path(__file__).resolve().parent
SHORTEST_SECRET = 32
EXAMPLE_SECRETS = {"change-me", "changeme", "secret", "please-change-this-secret-key-now!"}

MAX_FILE_BYTES = 65_536  # of a file that holds one setting
FROM_FILE = "_FILE"

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
    "AUDIT_ENTRIES": "how many entries the audit log keeps about collections, fields and spikes",
    "AUDIT_PEOPLE_ENTRIES": "how many entries the audit log keeps about people, sign-ins and keys",
    "AUDIT_REFUSALS": "how many refusals the audit log keeps, and as many of polls",
    "TRUSTED_PROXIES": "how many reverse proxies stand in front",
    "URL_PREFIX": "the path below which everything is served, such as /spikecast",
    "COOKIE_NAME": "what the names of cookies begin with, where two instances share a host and port",
    "CORS_ORIGINS": "whose browser pages may read data answers: origins as https://dash.example.org, or *",
}
EXACT = {"SECRET_KEY", "ADMIN_PASSWORD"}
"""Secrets: every character of them counts, also a space at an end."""
IN_FILES = {"DATABASE_URL", *EXACT}
"""Settings that SPIKECAST_<name>_FILE may give: the path of a file that holds the value."""
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
    url_prefix: str
    cookie_name: str
    cors_origins: tuple[str, ...]
    audit_entries: int
    audit_people_entries: int
    audit_refusals: int
    first_admin: FirstAdmin | None

    @property
    def address(self) -> str:
        """Where it is reached from this machine; empty where that is a socket."""
        return "" if self.bind.startswith("unix:") else f"http://{self.bind}{self.url_prefix}"

    @property
    def serving_lock(self) -> Path | None:
        """The file that a server of a SQLite database holds locked, so that nobody restores below it."""
        url = self.database_url
        return Path(f"{url.database}.serving") if url.get_backend_name() == "sqlite" else None


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings in `environ`; raises BadSetting with a sentence that names the wrong one."""
    given = dict(_given(environ))
    _refuse_unknown(given)
    _read_files(given)
    _refuse_other_bytes(given)
    instance = _instance(given.get("INSTANCE"))
    return Settings(
        instance=instance,
        database_url=_database_url(given.get("DATABASE_URL"), instance),
        secret_key=_secret_key(given.get("SECRET_KEY")),
        bind=_bind(given.get("BIND", "127.0.0.1:8088")),
        workers=_whole("WORKERS", given.get("WORKERS", "3"), 1, 256),
        sqlite_synchronous=_one_of("SQLITE_SYNCHRONOUS", given.get("SQLITE_SYNCHRONOUS", "FULL")),
        cached_fields=_whole("CACHED_FIELDS", given.get("CACHED_FIELDS", "150000"), 0, 10**8),
        trusted_proxies=_whole("TRUSTED_PROXIES", given.get("TRUSTED_PROXIES", "0"), 0, 10),
        url_prefix=_url_prefix(given.get("URL_PREFIX", "")),
        cookie_name=_cookie_name(given.get("COOKIE_NAME", "")),
        cors_origins=_cors_origins(given.get("CORS_ORIGINS", "")),
        audit_entries=_whole("AUDIT_ENTRIES", given.get("AUDIT_ENTRIES", "100000"), 1000, 10_000_000),
        audit_people_entries=_whole(
            "AUDIT_PEOPLE_ENTRIES", given.get("AUDIT_PEOPLE_ENTRIES", "100000"), 1000, 10_000_000
        ),
        audit_refusals=_whole("AUDIT_REFUSALS", given.get("AUDIT_REFUSALS", "20000"), 1000, 10_000_000),
        first_admin=_first_admin(given),
    )


# What Kubernetes puts into the environment of every container for a Service called spikecast (or
# spikecast-web), and Docker for a link of that name:
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables and
# https://docs.docker.com/engine/network/links/#environment-variables
_OF_A_SERVICE = re.compile(
    r"(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_[0-9]+_(?:TCP|UDP|SCTP)(?:_\w+)?|ENV_.+)", re.DOTALL
)
# These two could be mistyped settings, so what they say has to look like theirs, too.
_ADDRESS_OF_A_SERVICE = re.compile(r"(?:\w+_)?PORT"), re.compile(r"(?:tcp|udp|sctp)://.+", re.DOTALL)
_NAME_OF_A_LINK = re.compile(r"(?:\w+_)?NAME"), re.compile(r"/.+/.+", re.DOTALL)


def _given(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the settings in `environ`, without the prefix; a blank one counts as not given."""
    for name, value in environ.items():
        if not name.startswith(PREFIX) or not value.strip():
            continue
        name = name.removeprefix(PREFIX)
        if name in KNOWN or not _is_of_a_service(name, value):
            yield name, value if name in EXACT else value.strip()


def _is_of_a_service(name: str, value: str) -> bool:
    """Return whether an orchestrator has put this variable there, for a Service of our name."""
    if _OF_A_SERVICE.fullmatch(name):
        return True
    pairs = (_ADDRESS_OF_A_SERVICE, _NAME_OF_A_LINK)
    return any(names.fullmatch(name) and values.fullmatch(value) for names, values in pairs)


def _instance(text: str | None) -> Path:
    """Return the folder for what Spikecast keeps; it need not be there yet."""
    folder = Path(text or HERE / "instance").absolute()
    try:
        is_something_else = folder.exists() and not folder.is_dir()
    except OSError:  # who looks into it next says what is wrong
        is_something_else = False
    if is_something_else:
        raise BadSetting("INSTANCE", f"must be a folder, and {folder} is none")
    return folder


def _refuse_unknown(given: Mapping[str, str]) -> None:
    files = {f"{name}{FROM_FILE}" for name in IN_FILES}
    for name in sorted(given.keys() - KNOWN.keys() - FOR_TESTS - files):
        if name.removesuffix(FROM_FILE) in KNOWN:
            raise BadSetting(name, f"is not a setting of Spikecast; from files come {_listed(files)}")
        if name == "PORT":
            raise BadSetting(name, f"is not a setting of Spikecast; did you mean {PREFIX}BIND=host:port?")
        near = difflib.get_close_matches(name, [*KNOWN, *sorted(files)], n=1)
        meant = f"; did you mean {PREFIX}{near[0]}?" if near else f"; known: {', '.join(KNOWN)}"
        raise BadSetting(name, f"is not a setting of Spikecast{meant}")


def _listed(names: set[str]) -> str:
    return ", ".join(f"{PREFIX}{name}" for name in sorted(names))


def _read_files(given: dict[str, str]) -> None:
    """Replace each setting `<name>_FILE` by what its file holds."""
    for name in sorted(IN_FILES):
        path = given.pop(f"{name}{FROM_FILE}", None)
        if path is None:
            continue
        if name in given:
            raise BadSetting(f"{name}{FROM_FILE}", f"is given beside {PREFIX}{name}: give one of the two")
        value = _content(f"{name}{FROM_FILE}", path)
        given[name] = value if name in EXACT else value.strip()


def _content(name: str, path: str) -> str:
    """Return the text of a file, without the line break at its end; raises BadSetting."""
    if not path.isprintable():
        raise BadSetting(name, "holds bytes that are not printable text in UTF-8")
    try:
        if not stat.S_ISREG(
            os.stat(path).st_mode
        ):  # a pipe would hang the start, and is empty the second time
            raise BadSetting(name, f"is {path}, which is not a regular file")
        with open(path, "rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BadSetting(name, f"is {path}, which cannot be read: {error.strerror}") from None
    if len(content) > MAX_FILE_BYTES:
        raise BadSetting(name, f"is {path}, which holds more than {MAX_FILE_BYTES} bytes")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise BadSetting(name, f"is {path}, which does not hold text in UTF-8") from None
    text = text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
    if not text.strip():
        raise BadSetting(name, f"is {path}, which is empty")
    return text


def _refuse_other_bytes(given: Mapping[str, str]) -> None:
    for name, value in given.items():
        if name in EXACT and value.endswith(("\n", "\r")):
            raise BadSetting(name, "ends with a line break, which would be a part of it: leave that out")
        if not value.isprintable():
            raise BadSetting(name, "holds bytes that are not printable text in UTF-8")


def _database_url(text: str | None, instance: Path) -> URL:
    if text is None:
        return _sqlite_url(URL.create("sqlite", database=str(instance / "spikecast.db")))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BadSetting("DATABASE_URL", "is not a database URL; it looks like " + _URLS) from None
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite":
        return _sqlite_url(url)
    if url.drivername != "postgresql+psycopg":
        raise BadSetting("DATABASE_URL", f"has the scheme {url.drivername!r}; it looks like " + _URLS)
    _check_postgresql_url(url)
    return url


def _sqlite_url(url: URL) -> URL:
    """Return the URL with the real path; raises BadSetting where it is more than the path of a file.

    SQLite keeps its log beside the real file, whatever links lead to it, and so does Spikecast.
    """
    if url.host or url.username or url.password or url.port:
        raise BadSetting("DATABASE_URL", "names a host, which SQLite has not; it looks like " + _URLS)
    if not url.database or url.database == ":memory:":
        raise BadSetting("DATABASE_URL", "must name a file; every worker would have its own data")
    if url.query:
        said = (
            f"has the parameter {min(url.query)!r}, but SQLite takes none here: leave out what follows the ?"
        )
        raise BadSetting("DATABASE_URL", said)
    return url.set(database=os.path.realpath(url.database))


def _check_postgresql_url(url: URL) -> None:
    """Raise BadSetting for what would be dropped in silence, or taken for something else."""
    if "@" in f"{url.host}{url.database}":
        raise BadSetting("DATABASE_URL", "has an @ too many; in a user name or password write it as %40")
    # Here, for SQLite does without the driver.
    from psycopg import pq

    libpq = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    for name, value in url.query.items():
        if name not in libpq:
            said = f"has the parameter {name!r}, which PostgreSQL's library does not know"
            raise BadSetting("DATABASE_URL", f"{said}; it takes those of libpq, such as sslmode or options")
        if not isinstance(value, str) and name not in {"host", "port"}:
            raise BadSetting("DATABASE_URL", f"has the parameter {name!r} more than once")
    for name in RESERVED_OPTIONS & user_options(url).keys():
        raise BadSetting("DATABASE_URL", f"sets {name} in its options, which Spikecast does itself")
    if url.query.get("client_encoding", "utf8").lower() not in {"utf8", "utf-8", "auto"}:  # type: ignore[union-attr]
        raise BadSetting("DATABASE_URL", "has the parameter 'client_encoding', and only utf8 works")


RESERVED_OPTIONS = {"timezone", "datestyle", "client_encoding", "default_transaction_isolation"}
"""PostgreSQL's settings without which what is stored would be read wrongly."""
_OPTION = re.compile(r"(?:^|\s)(?:-c\s*|--)([A-Za-z_][\w.-]*)=((?:\\.|[^\s\\])*)")


def user_options(url: URL) -> dict[str, str]:
    """Return what the URL's `options=-c name=value` sets of PostgreSQL's settings, names in lower case."""
    text = str(url.query.get("options", ""))
    return {name.lower().replace("-", "_"): value for name, value in _OPTION.findall(text)}


def without_secrets(url: URL) -> str:
    """Return the database's URL for people to read: without the password, wherever that is.

    A password with an @ in it reaches to the last one, whatever comes of the first for a parser.
    """
    hidden = {name: "hidden" for name in url.query if "password" in name.lower()}
    text = url.update_query_dict(hidden).render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite":
        return text
    before, query, parameters = text.partition("?")
    scheme, _, rest = before.partition("://")
    secret, at, where = re.fullmatch(r"(?:(.*)(@|%40))?(.*)", rest).groups("")  # type: ignore[union-attr]
    user = secret.partition(":")[0] + (":***" if ":" in secret else "")
    return f"{scheme}://{user}{at and '@'}{where}{query}{parameters}"


_URLS = "sqlite:////var/lib/spikecast/spikecast.db or postgresql+psycopg://user:password@host/name"


def _secret_key(text: str | None) -> str | None:
    if text is None:
        return None
    if fault := weakness(text):
        raise BadSetting("SECRET_KEY", fault)
    return text


def weakness(secret: str) -> str | None:
    """Say why a secret key must not sign tokens; None where it may."""
    if secret.lower() in EXAMPLE_SECRETS or len(set(secret)) < 8:
        return "is an example or too simple; make one with: openssl rand -hex 32"
    if len(secret.encode()) < SHORTEST_SECRET:
        return f"needs at least {SHORTEST_SECRET} bytes; try: openssl rand -hex 32"
    return None


def _bind(text: str) -> str:
    if text.startswith("unix:") and len(text) > len("unix:"):
        return text
    host, _, port = text.rpartition(":")
    host_is_right = re.fullmatch(r"[\w.-]+|\[[0-9a-fA-F:.]+\]", host)
    if not host_is_right or not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise BadSetting("BIND", f"must be host:port or unix:/path, not {text!r}")
    return text


OWN_PATHS = {
    "api",
    "api-keys",
    "audit",
    "collections",
    "integrations",
    "profile",
    "setup",
    "sign-in",
    "spikes",
    "static",
    "users",
}
PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~-]+)*")
"""A path that means the same wherever it is put into an address, or nothing. It never begins with two
slashes: what follows them would be another host."""


def _url_prefix(text: str) -> str:
    prefix = text.rstrip("/")
    if not PATH.fullmatch(prefix) or len(prefix) > 200:
        said = f"must be a path such as /spikecast, of letters, digits and . _ ~ -, not {text!r}"
        raise BadSetting("URL_PREFIX", said)
    if prefix.split("/")[1:2] and prefix.split("/")[1] in OWN_PATHS:
        raise BadSetting("URL_PREFIX", f"begins with a path of Spikecast's own, {text!r}; choose another one")
    return prefix


def _cookie_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,40}", text, re.ASCII) or text.lower().startswith("__"):
        said = f"must be up to 40 letters, digits, - and _, and not begin with __; it is {text!r}"
        raise BadSetting("COOKIE_NAME", said)
    return text


def _whole(name: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise BadSetting(name, f"must be a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _one_of(name: str, text: str, choices: tuple[str, ...] = ("FULL", "NORMAL")) -> str:
    if text.upper() not in choices:
        raise BadSetting(name, f"must be {' or '.join(choices)}, not {text!r}")
    return text.upper()


_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://([a-z0-9_-][a-z0-9._-]*|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")


def _cors_origins(text: str) -> tuple[str, ...]:
    """Return the origins as browsers write them: in lower case, without the scheme's own port."""
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if "*" in words and len(words) > 1:
        raise BadSetting("CORS_ORIGINS", "is either * or a list of origins, not both")
    return tuple(word if word == "*" else _origin(word) for word in words)


def _origin(text: str) -> str:
    found = _ORIGIN.fullmatch(text.lower())
    if not found or (found[3] and not 0 < int(found[3]) < 65536):
        raise BadSetting(
            "CORS_ORIGINS",
            f"must be * or origins such as https://dash.example.org:3000, without a path, not {text!r}",
        )
    scheme, host, port = found.groups()
    is_usual = not port or int(port) == {"http": 80, "https": 443}.get(scheme)
    return f"{scheme}://{host}" if is_usual else f"{scheme}://{host}:{int(port)}"


def _first_admin(given: Mapping[str, str]) -> FirstAdmin | None:
    names = ("ADMIN_EMAIL", "ADMIN_USERNAME", "ADMIN_PASSWORD")
    missing = [name for name in names if name not in given]
    if len(missing) == len(names):
        return None
    if missing:
        raise BadSetting(missing[0], "is missing: the first Admin needs e-mail, user name and password")
    return FirstAdmin(*(given[name] for name in names))
