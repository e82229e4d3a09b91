"""Hash and verify passwords with argon2id. An unknown account takes as long as a wrong password."""

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
    """A semaphore across the processes forked from this one; each holds at most one slot.

    A slot is a byte of an in-memory file, locked by its holder. The kernel releases the lock when the process
    ends, however it ends.
    """

    def __init__(self, count: int) -> None:
        self._count, self._thread = count, threading.Lock()
        self._file = os.memfd_create("spikecast-passwords")

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a slot, and hold it within the context."""
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
    """Make the C library return freed blocks of 4 MiB or more to the operating system at once.

    By default glibc keeps them, and each worker would stay 20 to 35 MiB larger after its first sign-in.
    """
    with suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 4 << 20)


_M_MMAP_THRESHOLD = -3
_return_large_blocks_to_os()
_semaphore = ProcessSemaphore(MAX_CONCURRENT_HASHES)  # made once, before workers are forked


def init_app(app: Flask) -> None:
    """Set the cost, by default 19 MiB, two passes and one lane (OWASP Password Storage Cheat Sheet)."""
    memory, passes = app.config.get("ARGON2_KIBIBYTES", 19_456), app.config.get("ARGON2_PASSES", 2)
    hasher = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=1)
    app.extensions["passwords"] = (hasher, hasher.hash("nobody has this password"))


def hash_password(password: str) -> str:
    """Return the hash to store."""
    with _semaphore.taken():
        return _get_hasher().hash(normalize(password))


def normalize(password: str) -> str:
    """Return the password in NFC, so that keyboards that compose letters differently agree.

    Text that is longer than any password is returned as it is.
    """
    try:
        return bounded_nfc(password, MAX_LENGTH)
    except TextTooLong:
        return password


def verify(password: str, stored: str | None) -> bool:
    """Return whether `password` matches the stored hash. Without a hash it takes as long, and returns False.

    Hashes from before passwords were normalized may be of the text as typed. If that differs, it is tried
    second, whether or not there is a hash.
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
    """Return whether the hash may be of unnormalized text, or has other costs than today's."""
    return password != normalize(password) or _get_hasher().check_needs_rehash(stored)


def _get_hasher() -> PasswordHasher:
    hasher: PasswordHasher = current_app.extensions["passwords"][0]
    return hasher
