"""Find the API key in the headers of a poll."""

import base64
import binascii
import re
from typing import Any

from app.core import key_format

_BEARER = re.compile(r"\s*bearer\s+(\S+)\s*", re.IGNORECASE)
_BASIC = re.compile(r"\s*basic\s+(\S+)\s*", re.IGNORECASE)
_BARE = re.compile(r"\s*(spk_\S*)\s*")
"""A bare word that begins like a key is refused as a mistyped key; other words are not keys at all."""


def find_key(environ: dict[str, Any]) -> str:
    """Return the API key that a WSGI request carries, well-formed or not; empty where it carries none.

    Each place is looked at only where the one before is absent: `X-API-Key`, then `Authorization` with the
    scheme Bearer, with the scheme Basic, or with the key alone. The query is never looked at: addresses end
    up in logs.
    """
    key: str = environ.get("HTTP_X_API_KEY", "").strip()
    return key or _find_in_authorization(environ.get("HTTP_AUTHORIZATION", ""))


def _find_in_authorization(header: str) -> str:
    if found := _BEARER.fullmatch(header) or _BARE.fullmatch(header):
        return found[1]
    if found := _BASIC.fullmatch(header):
        return _find_in_basic(found[1])
    return ""


def _find_in_basic(encoded: str) -> str:
    """Return the key out of Basic credentials: the password, or else the user name.

    Some tools insist on a user name, others on a password. The part with the format of a key is taken, the
    password first. If neither has it, the part that is there is returned, so that the error can say that the
    key is mistyped.
    """
    try:
        # Latin-1 takes any byte; a key is ASCII, and other characters make it a mistyped one.
        text = base64.b64decode(encoded, validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""
    username, _, password = (part.strip() for part in text.partition(":"))
    for candidate in (password, username):
        if key_format.is_well_formed(candidate):
            return candidate
    return password or username
