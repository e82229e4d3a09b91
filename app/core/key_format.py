"""The format of secrets that people copy into tools: API keys, and tokens of alert receivers.

A prefix that says what it is, 32 random characters, and a checksum that detects typos offline.
"""

import hashlib
import re
import secrets
import string
import zlib

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
API_KEY, RECEIVER_TOKEN = "spk_", "sal_"
"""How each kind of secret begins."""
PREFIX_LENGTH = 12
"""How many characters of a secret stay visible, to tell secrets of one kind apart."""

_BASE62_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
"""Two digits of base 62 at a time: each poll computes a checksum, so that should be fast."""
_PATTERN = re.compile(r"([a-z]+_)([0-9A-Za-z]{32})([0-9A-Za-z]{6})")


def generate(prefix: str = API_KEY) -> str:
    """Return a new secret that begins with the prefix of its kind."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(32))
    return f"{prefix}{body}{checksum(body)}"


def checksum(body: str) -> str:
    """Return the CRC-32 of the 32 characters in base 62: six digits of `0-9A-Za-z`."""
    rest, last = divmod(zlib.crc32(body.encode()), len(_BASE62_PAIRS))
    first, middle = divmod(rest, len(_BASE62_PAIRS))
    return _BASE62_PAIRS[first] + _BASE62_PAIRS[middle] + _BASE62_PAIRS[last]


def is_well_formed(key: str, prefix: str = API_KEY) -> bool:
    """Return whether the text has the format of a secret of this kind, with the right checksum."""
    form = _PATTERN.fullmatch(key)
    return form is not None and form[1] == prefix and secrets.compare_digest(checksum(form[2]), form[3])


def hash_secret(key: str) -> str:
    """Return the SHA-256 of a random secret (API key, token, recovery code), in hexadecimal.

    A key has 190 random bits, so a plain hash cannot be reversed.
    """
    return hashlib.sha256(key.encode()).hexdigest()
