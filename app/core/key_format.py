"""The format of API keys: `spk_`, 32 random characters, and a checksum that detects typos offline."""

import hashlib
import re
import secrets
import string
import zlib

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
PREFIX_LENGTH = 12
"""How many characters of a key stay visible, to tell keys apart."""

_BASE62_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
"""Two digits of base 62 at a time: each poll computes a checksum, so that should be fast."""
_PATTERN = re.compile(r"spk_([0-9A-Za-z]{32})([0-9A-Za-z]{6})")


def generate() -> str:
    """Return a new key."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(32))
    return f"spk_{body}{checksum(body)}"


def checksum(body: str) -> str:
    """Return the CRC-32 of the 32 characters in base 62: six digits of `0-9A-Za-z`."""
    rest, last = divmod(zlib.crc32(body.encode()), len(_BASE62_PAIRS))
    first, middle = divmod(rest, len(_BASE62_PAIRS))
    return _BASE62_PAIRS[first] + _BASE62_PAIRS[middle] + _BASE62_PAIRS[last]


def is_well_formed(key: str) -> bool:
    """Return whether the text has the format of a key, with the right checksum."""
    form = _PATTERN.fullmatch(key)
    return form is not None and secrets.compare_digest(checksum(form[1]), form[2])


def hash_secret(key: str) -> str:
    """Return the SHA-256 of a random secret (API key, token, recovery code), in hexadecimal.

    A key has 190 random bits, so a plain hash cannot be reversed.
    """
    return hashlib.sha256(key.encode()).hexdigest()
