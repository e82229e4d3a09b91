"""Find a secret of ours in the Authorization header: an API key, or the token of an alert receiver."""

import base64
import binascii
import re

from app.core import key_format

_BEARER = re.compile(r"\s*bearer\s+(\S+)\s*", re.IGNORECASE)
_BASIC = re.compile(r"\s*basic\s+(\S+)\s*", re.IGNORECASE)
_BARE = re.compile(r"\s*([a-z]+_\S*)\s*")
"""A bare word that begins like a key is refused as a mistyped key; other words are not keys at all."""


def find_in_authorization(header: str, prefix: str) -> str:
    """Return the secret that the header carries, well-formed or not; empty where it carries none.

    Args:
        header: The value of the header.
        prefix: How secrets of the wanted kind begin.
    """
    if found := _BEARER.fullmatch(header):
        return found[1]
    if (found := _BARE.fullmatch(header)) and found[1].startswith(prefix):
        return found[1]
    if found := _BASIC.fullmatch(header):
        return _find_in_basic(found[1], prefix)
    return ""


def _find_in_basic(encoded: str, prefix: str) -> str:
    """Return the secret out of Basic credentials: the password, or else the user name.

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
        if key_format.is_well_formed(candidate, prefix):
            return candidate
    return password or username
