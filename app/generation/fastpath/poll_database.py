"""The entrance of the fast path: everything that a poll asks of the database."""

from datetime import datetime

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from app.db.engine import configure
from app.db.session import db
from app.generation.authorization import Authorization, Clock, Grant, KeyHolder, PollRequest
from app.generation.counter_steps import CounterSteps, CounterValues
from app.generation.fastpath.connection import Database, ThreadLocalConnection
from app.generation.fastpath.counter_update import CounterUpdate
from app.generation.fastpath.grants import GrantLookup
from app.generation.fastpath.grants_cache import GrantsCache
from app.generation.fastpath.pg_session import SESSION_SETTINGS, PostgreSQL
from app.generation.fastpath.read_only import ReadOnlyRecovery
from app.generation.fastpath.sqlite_session import SQLite

_POOL_OPTIONS = ("pool_size", "max_overflow", "pool_timeout", "pool_pre_ping")


class PollDatabase:
    """Authorizes polls and advances counters. Knows no plan and no values."""

    def __init__(self, app: Flask) -> None:
        """Set up connections to the app's database; none is opened before it is needed."""
        with app.app_context():
            pooled = db.engine
        self.engine = _create_engine(app)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        """Whether the app and its database share a clock."""
        lock_timeout_s = app.config["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"].get("timeout", 0)
        database: Database = (
            SQLite(self.engine.url.database, lock_timeout_s) if self.is_sqlite else PostgreSQL()
        )
        self.connection = ThreadLocalConnection(self.engine, database, ReadOnlyRecovery(pooled))
        self.cache = GrantsCache()
        self._grants = GrantLookup(self.connection, is_sqlite=self.is_sqlite)
        self._counters = CounterUpdate(self.connection, is_sqlite=self.is_sqlite)

    def find_key(self, key_hash: str, now: Clock) -> KeyHolder:
        """Return a valid key and its owner, by the key's hash."""
        return self._grants.find_key(key_hash, now)

    def get_cached(self, request: PollRequest) -> Authorization | None:
        """Return the last authorization of a request, which may be stale, or None.

        Only for polls that advance counters: `advance_counters` validates it again.
        """
        return self.cache.get(request)

    def authorize(self, request: PollRequest, now: Clock) -> Authorization:
        """Return the present authorization of a request, from the cache if it is still fresh."""
        if self.is_sqlite:
            return self._grants.look_up(request, now)[1]
        if request in self.cache:
            revision, instant = self._grants.get_revision()
            cached = self.cache.get_fresh(request, revision)
            if cached is not None:
                return cached.check_again(instant)
        revision, authorization = self._grants.look_up(request, now)
        self.cache.put(request, authorization, revision)
        return authorization

    def cache_for_counters(self, request: PollRequest, authorization: Authorization) -> None:
        """Store an authorization for `get_cached`. PostgreSQL's are stored when they are looked up."""
        if self.is_sqlite and not self._is_cached(request, authorization):
            self.cache.put(request, authorization, None)

    def advance_counters(
        self, steps: CounterSteps, grant: Grant, since: datetime, until: datetime, *, in_spike: bool
    ) -> CounterValues | None:
        """Move each counter one step; return None, with nothing moved, if the grant or interval is stale."""
        return self._counters.advance(steps, grant, since, until, in_spike=in_spike)

    def _is_cached(self, request: PollRequest, authorization: Authorization) -> bool:
        """Return whether the cache has the same grant, which spares most writes to it."""
        cached = self.cache.get(request)
        return cached is not None and cached.grant == authorization.grant

    def connect(self) -> None:
        """Connect this thread to PostgreSQL at once, which tells other commands that a server runs."""
        if not self.is_sqlite:
            self.connection.connect()

    def close(self) -> None:
        """Close this thread's connection."""
        self.connection.close()


def _create_engine(app: Flask) -> Engine:
    """Return an engine without a pool: each thread holds on to its one connection."""
    options = {
        name: value
        for name, value in app.config["SQLALCHEMY_ENGINE_OPTIONS"].items()
        if name not in _POOL_OPTIONS
    }
    engine = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=NullPool, **options)
    configure(engine, app, SESSION_SETTINGS)
    return engine
