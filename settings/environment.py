"""Reading settings from the environment, and from the files that it names."""

import difflib
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from settings.errors import PREFIX, BadSetting

SETTINGS = {
    "DATABASE_URL": "the database: sqlite:///file or postgresql+psycopg://user:password@host/name",
    "SECRET_KEY": "the key that signs tokens; at least 32 bytes",
    "ADMIN_EMAIL": "e-mail of the first Admin, who is created if there are no users",
    "ADMIN_USERNAME": "user name of the first Admin",
    "ADMIN_PASSWORD": "password of the first Admin, 8 to 128 characters",
    "BIND": "the address that gunicorn listens on: host:port or unix:/path",
    "WORKERS": "number of gunicorn workers",
    "INSTANCE": "folder of the SQLite file and the secret key",
    "SQLITE_SYNCHRONOUS": "FULL survives a power failure, NORMAL is faster",
    "CACHED_FIELDS": "how many fields each worker caches; 100,000 take about 40 MB",
    "FAST_POLLS": "1; 0 answers polls with slower code that works behind a pooler in transaction mode",
    "AUDIT_ENTRIES": "how many audit entries about collections, fields and spikes are kept",
    "AUDIT_PEOPLE_ENTRIES": "how many audit entries about users, sign-ins and keys are kept",
    "AUDIT_REFUSALS": "how many refused requests the audit log keeps, and how many refused polls",
    "ALERTS": "how many episodes of alerts are kept",
    "REHEARSALS": "how many records of past spikes are kept",
    "TRUSTED_PROXIES": "number of reverse proxies in front of Spikecast",
    "URL_PREFIX": "path below which everything is served, such as /spikecast",
    "COOKIE_NAME": "prefix of the cookies' names, if two instances share a host and port",
    "CORS_ORIGINS": "browser origins that may read data responses, such as https://dash.example.org, or *",
}
"""All settings, without the prefix."""
SECRETS = {"SECRET_KEY", "ADMIN_PASSWORD"}
"""Settings that are taken exactly as given, including spaces at either end."""
FILE_SETTINGS = {"DATABASE_URL", *SECRETS}
"""Settings that `SPIKECAST_<name>_FILE` may give instead: the path of a file that contains the value."""
TEST_SETTINGS = {"TEST_POSTGRES_URL", "TEST_REQUIRE"}
FILE_SUFFIX = "_FILE"
MAX_FILE_BYTES = 65_536


def read_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that are given, by name without the prefix.

    BadSetting is raised if one is unknown, is given twice, cannot be read from its file, or is not text.
    """
    environment = dict(_select_settings(environ))
    _refuse_unknown(environment)
    _read_files(environment)
    _refuse_unprintable(environment)
    return environment


# Variables that Kubernetes sets in every container for a Service called spikecast (or spikecast-web), and
# Docker for a link of that name:
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables and
# https://docs.docker.com/engine/network/links/#environment-variables
_SERVICE_VARIABLE = re.compile(
    r"(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_[0-9]+_(?:TCP|UDP|SCTP)(?:_\w+)?|ENV_.+)", re.DOTALL
)
# A name of these two forms could also be a mistyped setting, so the value has to match as well.
_SERVICE_PORT = re.compile(r"(?:\w+_)?PORT"), re.compile(r"(?:tcp|udp|sctp)://.+", re.DOTALL)
_LINK_NAME = re.compile(r"(?:\w+_)?NAME"), re.compile(r"/.+/.+", re.DOTALL)


def _select_settings(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the settings in `environ`, without the prefix. A blank value counts as not given."""
    for name, value in environ.items():
        if not name.startswith(PREFIX) or not value.strip():
            continue
        name = name.removeprefix(PREFIX)
        if name in SETTINGS or not _is_set_by_orchestrator(name, value):
            yield name, value if name in SECRETS else value.strip()


def _is_set_by_orchestrator(name: str, value: str) -> bool:
    if _SERVICE_VARIABLE.fullmatch(name):
        return True
    pairs = (_SERVICE_PORT, _LINK_NAME)
    return any(names.fullmatch(name) and values.fullmatch(value) for names, values in pairs)


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    """Check that all names are known.

    Raises:
        BadSetting: one is not; the message suggests the closest known name.
    """
    files = {f"{name}{FILE_SUFFIX}" for name in FILE_SETTINGS}
    for name in sorted(environment.keys() - SETTINGS.keys() - TEST_SETTINGS - files):
        unknown = "is not a setting of Spikecast"
        if name.removesuffix(FILE_SUFFIX) in SETTINGS:
            raise BadSetting(name, f"{unknown}; only these can be read from files: {_format_names(files)}")
        if name == "PORT":
            raise BadSetting(name, f"{unknown}; did you mean {PREFIX}BIND=host:port?")
        if similar := difflib.get_close_matches(name, [*SETTINGS, *sorted(files)], n=1):
            raise BadSetting(name, f"{unknown}; did you mean {PREFIX}{similar[0]}?")
        raise BadSetting(name, f"{unknown}; the settings are {_format_names(SETTINGS)}")


def _format_names(names: Iterable[str]) -> str:
    return ", ".join(f"{PREFIX}{name}" for name in sorted(names))


def _read_files(environment: dict[str, str]) -> None:
    """Replace each setting `<name>_FILE` by `<name>` with the content of the file.

    Raises:
        BadSetting: both are given.
    """
    for name in sorted(FILE_SETTINGS):
        path = environment.pop(f"{name}{FILE_SUFFIX}", None)
        if path is None:
            continue
        if name in environment:
            raise BadSetting(f"{name}{FILE_SUFFIX}", f"and {PREFIX}{name} are both set; set only one of them")
        value = _read_file(f"{name}{FILE_SUFFIX}", path)
        environment[name] = value if name in SECRETS else value.strip()


def _read_file(name: str, path: str) -> str:
    """Return the text of a file without the line break at its end.

    Raises:
        BadSetting: the file cannot be read, is too large, is empty, or is not UTF-8 text.
    """
    if not path.isprintable():
        raise BadSetting(name, _UNPRINTABLE)
    try:
        # A pipe would block the start, and would be empty at the second reading.
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise BadSetting(name, f"points to {path}, which is not a regular file")
        with open(path, "rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BadSetting(name, f"points to {path}, which cannot be read: {error.strerror}") from None
    if len(content) > MAX_FILE_BYTES:
        raise BadSetting(name, f"points to {path}, which is larger than {MAX_FILE_BYTES} bytes")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise BadSetting(name, f"points to {path}, which is not UTF-8 text") from None
    text = text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
    if not text.strip():
        raise BadSetting(name, f"points to {path}, which is empty")
    return text


_UNPRINTABLE = "contains bytes that are not printable UTF-8 text"


def _refuse_unprintable(environment: Mapping[str, str]) -> None:
    for name, value in environment.items():
        if name in SECRETS and value.endswith(("\n", "\r")):
            raise BadSetting(name, "ends with a line break, which would be part of the secret; remove it")
        if not value.isprintable():
            raise BadSetting(name, _UNPRINTABLE)
