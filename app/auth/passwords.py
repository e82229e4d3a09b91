"""Passwords: hashed with argon2id, and as slow to check for an account that is not there."""

import ctypes
import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app

from app.auth.password_rule import MAX_LENGTH
from app.core.text import TextTooLong, bounded_nfc

MAX_CONCURRENT_HASHES = 2
"""How many passwords all workers of a server hash at the same time; each takes 19 MiB meanwhile."""


class ProcessSemaphore:
    """A context that so many of the processes forked from this one can be in at once, with one thread each.

    A slot is a byte of a file in memory, locked by the process that has it. The kernel lets go of the lock
    with the process, however that ends, so that nobody waits for a dead one.
    """

    def __init__(self, count: int) -> None:
        self._count, self._thread = count, threading.Lock()
        self._file = os.memfd_create("spikecast-passwords")

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a slot, and have it."""
        with self._thread:  # the kernel's lock belongs to the whole process
            slot = self._take()
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, slot)

    def _take(self) -> int:
        for slot in range(self._count):
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
            except OSError:
                continue
            return slot
        slot = os.getpid() % self._count
        fcntl.lockf(self._file, fcntl.LOCK_EX, 1, slot)
        return slot


def _return_large_blocks_to_os() -> None:
    """Have the C library return blocks of 4 MiB and more to the system as soon as they are free.

    Left alone, glibc keeps what was freed once, and each worker is 20 to 35 MiB larger for good from its
    first sign-in on.
    """
    with suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 4 << 20)


_M_MMAP_THRESHOLD = -3
_return_large_blocks_to_os()
_semaphore = ProcessSemaphore(MAX_CONCURRENT_HASHES)  # made once, before workers are forked


def init_app(app: Flask) -> None:
    """Set the cost: 19 MiB, two passes, one lane (OWASP), unless the app is configured otherwise."""
    memory, passes = app.config.get("ARGON2_KIBIBYTES", 19_456), app.config.get("ARGON2_PASSES", 2)
    hasher = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=1)
    app.extensions["passwords"] = (hasher, hasher.hash("nobody has this password"))


def hash_password(password: str) -> str:
    """The hash that is stored."""
    with _semaphore.taken():
        return _get_hasher().hash(normalize(password))


def normalize(password: str) -> str:
    """Return the password in NFC, so that it does not matter which keyboard composes its letters.

    What is longer than any password can be stays as it is.
    """
    try:
        return bounded_nfc(password, MAX_LENGTH)
    except TextTooLong:
        return password


def verify(password: str, stored: str | None) -> bool:
    """Whether `password` is the stored one; without a stored one it takes as long and is not.

    Hashes from before passwords were normalized may be of the text as it is typed: where that is another
    text, it is tried second, whether or not there is a stored one.
    """
    spellings = dict.fromkeys((normalize(password), password))
    return any(_verify_hash(each, stored) for each in spellings)


def _verify_hash(password: str, stored: str | None) -> bool:
    hasher, decoy = current_app.extensions["passwords"]
    try:
        with _semaphore.taken():
            hasher.verify(stored or decoy, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str, password: str) -> bool:
    """Whether the stored hash may be of a text that is not normalized, or has other costs than today's."""
    return password != normalize(password) or _get_hasher().check_needs_rehash(stored)


def _get_hasher() -> PasswordHasher:
    hasher: PasswordHasher = current_app.extensions["passwords"][0]
    return hasher
