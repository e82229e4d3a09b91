"""Checks of single values. Each returns the value to use, or raises BadSetting."""

import re
from pathlib import Path

from settings.errors import BadSetting

OWN_PATHS = {
    "api",
    "api-keys",
    "audit",
    "collections",
    "dialogs",
    "help",
    "integrations",
    "profile",
    "receivers",
    "setup",
    "sign-in",
    "spikes",
    "static",
    "users",
}
"""The first segments of Spikecast's own paths: a URL prefix that began with one would be ambiguous."""
PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~-]+)*")
"""An empty or absolute path that is safe at any place of a URL.

It never begins with two slashes: browsers would take what follows for a host.
"""
MAX_PREFIX_LENGTH = 200
_HOST = re.compile(r"[\w.-]+|\[[0-9a-fA-F:.]+\]")
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://([a-z0-9_-][a-z0-9._-]*|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def parse_folder(name: str, text: str | Path) -> Path:
    """Return the absolute path of a folder, which need not exist.

    Raises:
        BadSetting: there is a file of that name.
    """
    folder = Path(text).absolute()
    try:
        is_other = folder.exists() and not folder.is_dir()
    except OSError:  # reported with its reason when the folder is used
        is_other = False
    if is_other:
        raise BadSetting(name, f"must be a folder, but {folder} is not one")
    return folder


def parse_integer(name: str, text: str, minimum: int, maximum: int) -> int:
    """Return a whole number from `minimum` to `maximum`.

    Raises:
        BadSetting: it is not one.
    """
    if not re.fullmatch(r"[0-9]{1,9}", text) or not minimum <= int(text) <= maximum:
        raise BadSetting(name, f"must be a whole number from {minimum} to {maximum}, not {text!r}")
    return int(text)


def parse_choice(name: str, text: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices, which are in upper case; `text` may be in any case.

    Raises:
        BadSetting: it is none of them.
    """
    if text.upper() not in choices:
        raise BadSetting(name, f"must be {' or '.join(choices)}, not {text!r}")
    return text.upper()


def parse_bind(text: str) -> str:
    """Return the address to listen on.

    Raises:
        BadSetting: it is neither host:port nor unix:/path.
    """
    if text.startswith("unix:") and len(text) > len("unix:"):
        return text
    host, _, port = text.rpartition(":")
    if not _HOST.fullmatch(host) or not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise BadSetting("BIND", f"must be host:port or unix:/path, not {text!r}")
    return text


def parse_url_prefix(text: str) -> str:
    """Return the URL prefix without a slash at its end.

    Raises:
        BadSetting: it is not a safe path, or begins with one of Spikecast's own paths.
    """
    prefix = text.rstrip("/")
    if not PATH.fullmatch(prefix) or len(prefix) > MAX_PREFIX_LENGTH:
        problem = f"must be a path such as /spikecast, made of letters, digits and . _ ~ -, not {text!r}"
        raise BadSetting("URL_PREFIX", problem)
    if prefix and prefix.split("/")[1] in OWN_PATHS:
        problem = f"begins with a path that Spikecast uses itself, {text!r}; choose another one"
        raise BadSetting("URL_PREFIX", problem)
    return prefix


def parse_cookie_name(text: str) -> str:
    """Return the prefix of the cookies' names.

    Raises:
        BadSetting: it contains characters that names of cookies must not have, or begins with `__`.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,40}", text, re.ASCII) or text.lower().startswith("__"):
        problem = f"must be up to 40 letters, digits, - and _, and must not begin with __; it is {text!r}"
        raise BadSetting("COOKIE_NAME", problem)
    return text


def parse_origins(text: str) -> tuple[str, ...]:
    """Return the origins as browsers send them: in lower case, without the scheme's default port.

    Raises:
        BadSetting: one is not an origin, or there are others beside `*`.
    """
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if "*" in words and len(words) > 1:
        raise BadSetting("CORS_ORIGINS", "must be either * or a list of origins, not both")
    return tuple(word if word == "*" else _parse_origin(word) for word in words)


def _parse_origin(text: str) -> str:
    match = _ORIGIN.fullmatch(text.lower())
    if not match or (match[3] and not 0 < int(match[3]) < 65536):
        problem = f"must be * or origins such as https://dash.example.org:3000, without a path, not {text!r}"
        raise BadSetting("CORS_ORIGINS", problem)
    scheme, host, port = match.groups()
    is_default = not port or int(port) == _DEFAULT_PORTS.get(scheme)
    return f"{scheme}://{host}" if is_default else f"{scheme}://{host}:{int(port)}"
