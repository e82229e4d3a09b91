"""Passwords: hashed with argon2id, and as slow to check for an account that is not there."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app

SHORTEST, LONGEST = 8, 128


def init_app(app: Flask) -> None:
    """Set the cost: 19 MiB, two passes, one lane (OWASP), unless the app is configured otherwise."""
    memory, passes = app.config.get("ARGON2_KIBIBYTES", 19_456), app.config.get("ARGON2_PASSES", 2)
    hasher = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=1)
    app.extensions["passwords"] = (hasher, hasher.hash("nobody has this password"))


def hashed(password: str) -> str:
    """The hash that is stored."""
    return _hasher().hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether `password` is the stored one; without a stored one it takes as long and is not."""
    hasher, decoy = current_app.extensions["passwords"]
    try:
        hasher.verify(stored or decoy, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the stored hash was made with other costs than today's."""
    return _hasher().check_needs_rehash(stored)


def _hasher() -> PasswordHasher:
    hasher: PasswordHasher = current_app.extensions["passwords"][0]
    return hasher
