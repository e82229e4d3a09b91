"""The text of API keys: `spk_`, 32 random characters, and a checksum that tells a mistyped one offline."""

import hashlib
import re
import secrets
import string
import zlib

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
SHOWN = 12
"""How many characters of a key stay visible, to tell keys apart."""

_FORM = re.compile(r"spk_([0-9A-Za-z]{32})([0-9A-Za-z]{6})")


def make() -> str:
    """A new key."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(32))
    return f"spk_{body}{checksum(body)}"


def checksum(body: str) -> str:
    """CRC-32 of the 32 characters in base 62, six digits, `0-9A-Za-z`."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = ALPHABET[digit] + digits
    return digits


def is_well_formed(key: str) -> bool:
    """Whether it can be a key at all."""
    form = _FORM.fullmatch(key)
    return form is not None and secrets.compare_digest(checksum(form[1]), form[2])


def hashed(key: str) -> str:
    """What is stored. A key has 190 random bits: a plain hash cannot be turned back."""
    return hashlib.sha256(key.encode()).hexdigest()
