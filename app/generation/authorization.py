"""Who may poll what: the key, its owner and the collection.

The rules here are shared by the fast path, which reads the rows by its own SQL, and by the reference.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from app.core import key_format
from app.core.errors import DomainError, NotFound, Unauthenticated
from app.core.text import TextTooLong, normalize_name
from app.models import Actor
from app.models.mixins import MAX_NAME_LENGTH
from app.values import CollectionType

Clock = Callable[[], datetime]


class CollectionRef(NamedTuple):
    """The collection that a poll asks for: by its name or by its id."""

    name: str | None = None
    id: int | None = None

    @classmethod
    def by_name(cls, name: str) -> "CollectionRef":
        """Return the reference to a name in any composition of Unicode.

        A text that no collection can be named (too long, or with NUL) refers to id 0, which none has.
        """
        try:
            normalized = normalize_name(name, MAX_NAME_LENGTH)
        except TextTooLong:
            return cls(id=0)
        return cls(id=0) if "\0" in normalized else cls(name=normalized)


class PollRequest(NamedTuple):
    """What a poll asks for, and the hash of the key that it sends."""

    key_hash: str
    collection: CollectionRef
    collection_type: CollectionType


class KeyHolder(NamedTuple):
    """A valid key and its owner."""

    key_id: int
    actor: Actor


class Grant(NamedTuple):
    """The rows that allow a poll, as they were read: key, owner and collection.

    The statement that moves counters compares them with the database and moves nothing if one has changed.
    """

    key_hash: str
    key_id: int
    expires_at: Any
    """As the database driver returns it."""
    user_id: int
    role: str
    collection_type: str
    collection_id: int
    collection_name: str
    owner_id: int
    revision: int


class Authorization(NamedTuple):
    """An authorized request: its grant, when the key expires (None: never), and when it was checked.

    Both times are in UTC. On PostgreSQL `checked_at` is the server's time, on SQLite this machine's.
    """

    grant: Grant
    expires_at: datetime | None
    checked_at: datetime

    def check_again(self, instant: datetime) -> "Authorization":
        """Return the same grant as of a later instant. Raises Unauthenticated if the key has expired."""
        require_unexpired(self.expires_at, instant)
        return Authorization(self.grant, self.expires_at, instant)


def get_key_hash(key: str) -> str:
    """Return the key's lookup hash.

    Raises:
        Unauthenticated: the key is missing, or its checksum is wrong. No query is needed to tell.
    """
    if not key:
        raise key_rejected("Send an API key: X-API-Key: <key>")
    if not key_format.is_well_formed(key):
        raise key_rejected("Invalid API key (checksum mismatch). Copy the whole key.")
    return key_format.hash_secret(key)


def key_revoked() -> DomainError:
    """Return the refusal of a revoked key."""
    return key_rejected("The API key has been revoked.")


def require_unexpired(expires_at: datetime | None, instant: datetime) -> None:
    """Check that a key has not expired at `instant`.

    Raises:
        Unauthenticated: the key has expired.
    """
    if expires_at is not None and expires_at <= instant:
        raise key_rejected("The API key has expired.")


def unknown_key() -> DomainError:
    """Return the refusal of a key that the database does not have."""
    return key_rejected("Unknown API key.")


def key_rejected(detail: str) -> DomainError:
    """Return the refusal of a key (401), with the scheme to send one by."""
    return Unauthenticated(detail, headers={"WWW-Authenticate": 'Bearer realm="Spikecast data"'})


def collection_not_found() -> NotFound:
    """Return the refusal of a collection that does not exist, or that the key may not read (404)."""
    return NotFound(NOT_FOUND_DETAIL)


def nothing_to_serve(collection_name: str, collection_type: CollectionType) -> NotFound:
    """Return the refusal of a type of a collection that has no fields (404)."""
    return NotFound(f"{collection_name!r} has no {collection_type} fields.")


NOT_FOUND_DETAIL = "There is no such collection for this API key."
"""The same for both cases, so that a key does not reveal which collections exist."""
