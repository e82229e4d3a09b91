"""Who polls, and what they may read: the key and its collection."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from flask import Flask

from app.core import clock, key_format
from app.core.errors import DomainError, NotFound, Unauthenticated
from app.core.text import TextTooLong
from app.generation.fastpath.connection import Direct, Row
from app.generation.fastpath.counter_update import IS_LISTED, Granted
from app.generation.fastpath.grants_cache import STATE
from app.models import Actor, Role
from app.values import CollectionType
from app.web.text_fields import normalize_name

Clock = Callable[[], datetime]


class Wanted(NamedTuple):
    """The collection that a poll asks for: by its name, or by its id."""

    name: str | None = None
    id: int | None = None

    @classmethod
    def by_name(cls, name: str) -> "Wanted":
        """The collection of this name, composed or not. None is so long or holds NUL that no name does."""
        try:
            tidied = normalize_name(name)
        except TextTooLong:
            return cls(id=0)
        return cls(id=0) if "\0" in tidied else cls(name=tidied)


class Ask(NamedTuple):
    """What a poll asks for, and with which key."""

    key_hash: str
    wanted: Wanted
    collection_type: CollectionType


class Poller(NamedTuple):
    """What was granted, until when the key counts, and the database's instant, where it has a clock."""

    granted: Granted
    expires_at: datetime | None
    instant: datetime


class Pollers:
    """What was granted last for what moves counters: whoever moves them looks whether it still holds."""

    def __init__(self) -> None:
        self._last: dict[Ask, Poller] = {}

    def find(self, ask: Ask) -> Poller | None:
        """The last one."""
        return self._last.get(ask)

    def keep(self, ask: Ask, poller: Poller) -> None:
        """Keep this one."""
        if len(self._last) >= MOST_KEPT:
            self._last.clear()
        self._last[ask] = poller

    def __len__(self) -> int:
        return len(self._last)


def init_app(app: Flask) -> None:
    """Keep such pollers for this app."""
    app.extensions["pollers"] = Pollers()


MOST_KEPT = 20_000
"""Some 15 MB of a worker's memory."""

_COLUMNS = """
SELECT {instant}, api_keys.revoked_at, api_keys.expires_at,
    api_keys.id, api_keys.user_id, users.role"""
_KEY = """
FROM api_keys JOIN users ON users.id = api_keys.user_id"""
_COLLECTION = f""",
    collections.id, collections.name, collections.owner_id, collections.revision, {IS_LISTED}"""
_JOINED = """
LEFT JOIN collections ON collections.{column} = :wanted"""
_WHERE = """
WHERE api_keys.key_hash = :key_hash"""


def _statements(shape: str) -> dict[bool, str]:
    """By whether it is for SQLite, which runs on the app's machine and shares its clock."""
    instant = {True: "NULL, NULL", False: f"{STATE}, statement_timestamp()"}
    return {is_sqlite: shape.format(instant=columns) for is_sqlite, columns in instant.items()}


_FIND_KEY = _statements(_COLUMNS + _KEY + _WHERE)
_FIND = {
    column: _statements(_COLUMNS + _COLLECTION + _KEY + _JOINED.replace("{column}", column) + _WHERE)
    for column in ("id", "name")
}


class Holder(NamedTuple):
    """A key that counts, and the person who owns it."""

    key_id: int
    actor: Actor


def check_key(direct: Direct, key_hash: str, now: Clock) -> Holder:
    """Return who holds a key. One that does not count is refused before anything else is said."""
    rows = direct.read(_FIND_KEY[direct.is_sqlite], {"key_hash": key_hash})
    _instant, _expires_at, (_expires, key_id, user_id, role) = _alive(direct, rows, now)
    return Holder(key_id, _actor(user_id, role))


def hash_of(key: str) -> str:
    """By what the key is found. What cannot be one is told so without asking the database."""
    if not key:
        raise refused("Send an API key: X-API-Key: <key>")
    if not key_format.is_well_formed(key):
        raise refused("This is no API key, or a mistyped one: its checksum is wrong.")
    return key_format.hash_secret(key)


def _alive(direct: Direct, rows: Sequence[Row], now: Clock) -> tuple[datetime, datetime | None, Row]:
    """The instant, when the key expires, and the row of a key that counts.

    Where the database has no clock, the instant is taken after the look: what was deleted by then, as
    expired, had expired before it.
    """
    if not rows:
        raise refused("The API key is not known here.")
    of_database, revoked_at, expires = rows[0][1:4]
    if revoked_at is not None:
        raise refused("The API key has been revoked.")
    instant = clock.from_database(of_database) if of_database else now()
    expires_at = None if expires is None else direct.instant(expires)
    _refuse_expired(expires_at, instant)
    return instant, expires_at, rows[0][3:]


def _refuse_expired(expires_at: datetime | None, instant: datetime) -> None:
    if expires_at is not None and expires_at <= instant:
        raise refused("The API key has expired.")


def identify(direct: Direct, ask: Ask, now: Clock) -> Poller:
    """Check key and collection, in one query, or a shorter one where nothing of it can have changed since."""
    recalled = direct.recall(ask)
    if recalled is None:
        return _looked_up(direct, ask, now)
    of_database, (granted, expires_at, _) = recalled
    instant = clock.from_database(of_database)
    _refuse_expired(expires_at, instant)
    return Poller(granted, expires_at, instant)


def _looked_up(direct: Direct, ask: Ask, now: Clock) -> Poller:
    key_hash, (name, id_), collection_type = ask
    column, wanted = ("id", id_) if name is None else ("name", name)
    parameters = {"key_hash": key_hash, "wanted": wanted, "collection_type": collection_type.name}
    rows = direct.read(_FIND[column][direct.is_sqlite], parameters)
    instant, expires_at, row = _alive(direct, rows, now)
    expires, key_id, user_id, role, collection_id, *collection, is_listed = row
    if collection_id is None or not is_listed or not _actor(user_id, role).may_read(collection[1]):
        raise gone()
    who = (key_hash, key_id, expires, user_id, role)
    poller = Poller(Granted(*who, collection_type.name, collection_id, *collection), expires_at, instant)
    direct.keep(ask, rows[0][0], poller)
    return poller


@lru_cache
def _actor(user_id: int, role: str) -> Actor:
    return Actor(user_id, Role[role])


def refused(why: str) -> DomainError:
    """The refusal of a key."""
    return Unauthenticated(why, headers={"WWW-Authenticate": 'Bearer realm="Spikecast data"'})


def gone() -> NotFound:
    """The refusal of a collection that does not exist for a key."""
    return NotFound(GONE)


GONE = "There is no such collection for this API key."
