"""Whether an Origin, as a browser sends it, is this very host."""

import ipaddress
import re

_ORIGIN = re.compile(r"(https?)://([^/?#@]+)", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::([0-9]{1,5}))?")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_same_host(origin: str, host: str) -> bool:
    """Return whether `origin` names the host and port of a Host header.

    Browsers write hosts in lower case and leave out the scheme's own port; people and proxies do not.
    The scheme itself is not compared: behind a proxy that is not trusted it is not known here.
    """
    match = _ORIGIN.fullmatch(origin)
    if match is None:
        return False
    port = _DEFAULT_PORTS[match[1].lower()]
    own = _authority(host, port)
    return own is not None and _authority(match[2], port) == own


def _authority(text: str, default_port: int) -> tuple[str, int] | None:
    """Return host and port in one spelling; None where it is no such thing."""
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        return None
    name, port = match[1].lower().removesuffix("."), int(match[2] or default_port)
    if name.startswith("["):
        try:
            name = ipaddress.IPv6Address(name[1:-1]).compressed
        except ValueError:
            return None
    return name, port
