"""Passwords: hashed with argon2id, and as slow to check for an account that is not there."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app

from app.auth.password_rule import MAX_LENGTH
from app.text import TextTooLong, bounded_nfc


def init_app(app: Flask) -> None:
    """Set the cost: 19 MiB, two passes, one lane (OWASP), unless the app is configured otherwise."""
    memory, passes = app.config.get("ARGON2_KIBIBYTES", 19_456), app.config.get("ARGON2_PASSES", 2)
    hasher = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=1)
    app.extensions["passwords"] = (hasher, hasher.hash("nobody has this password"))


def hashed(password: str) -> str:
    """The hash that is stored."""
    return _hasher().hash(normalized(password))


def normalized(password: str) -> str:
    """Return the password in NFC, so that it does not matter which keyboard composes its letters.

    What is longer than any password can be stays as it is.
    """
    try:
        return bounded_nfc(password, MAX_LENGTH)
    except TextTooLong:
        return password


def matches(password: str, stored: str | None) -> bool:
    """Whether `password` is the stored one; without a stored one it takes as long and is not.

    Hashes from before passwords were normalized may be of the text as it is typed: where that is another
    text, it is tried second, whether or not there is a stored one.
    """
    spellings = dict.fromkeys((normalized(password), password))
    return any(_verifies(each, stored) for each in spellings)


def _verifies(password: str, stored: str | None) -> bool:
    hasher, decoy = current_app.extensions["passwords"]
    try:
        hasher.verify(stored or decoy, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str, password: str) -> bool:
    """Whether the stored hash may be of a text that is not normalized, or has other costs than today's."""
    return password != normalized(password) or _hasher().check_needs_rehash(stored)


def _hasher() -> PasswordHasher:
    hasher: PasswordHasher = current_app.extensions["passwords"][0]
    return hasher
