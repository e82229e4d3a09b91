"""Answer a poll: who asks, what is served at this instant, and its values."""

import random
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from app.core import clock
from app.core.errors import DomainError, Unavailable
from app.generation.authorization import (
    Authorization,
    Clock,
    KeyHolder,
    PollRequest,
    collection_not_found,
    nothing_to_serve,
)
from app.generation.expired_spikes import delete_expired
from app.generation.fastpath import PollDatabase
from app.generation.plan import Plan, generate_values, get_steps
from app.generation.plan_cache import PlanCache
from app.generation.poll_result import Answer, PollResult
from app.values import CollectionType, Exact

MAX_ATTEMPTS = 20


class Polls(Protocol):
    """Answers polls: `FastPolls`, or the plain `reference_polls.ReferencePolls`."""

    def poll(self, request: PollRequest, *, now: Clock, rng: random.Random) -> Answer:
        """Return fresh values, or raise what refuses the request."""

    def find_key(self, key_hash: str, now: Clock) -> KeyHolder:
        """Return a valid key and its owner, by the key's hash."""

    def connect(self) -> None:
        """Connect this worker, if that tells other commands that a server runs."""

    def close(self) -> None:
        """Close what this thread has opened."""


class FastPolls:
    """Answers polls from cached plans and authorizations, with one or two statements each."""

    def __init__(
        self, database: PollDatabase, plans: PlanCache, app_context: Callable[[], AbstractContextManager[Any]]
    ) -> None:
        """Combine the parts; `app_context` gives access to the session of the app."""
        self.database, self.plans, self._app_context = database, plans, app_context

    def poll(self, request: PollRequest, *, now: Clock, rng: random.Random) -> Answer:
        """Return fresh values of the requested collection to the holder of the key.

        One query authorizes the request and returns the collection's revision; the plan is loaded if none of
        that revision is cached. Counters move only while all of that is unchanged, otherwise it starts over:
        an answer is what the collection serves at one instant, and nothing was locked for it.

        If this request was served before, the counter UPDATE is tried first: it validates key, role, owner,
        revision and window again.

        Raises:
            Unavailable: the collection changed during each of the attempts.
        """
        answer = self._try_cached(request, now, rng)
        attempts = MAX_ATTEMPTS
        while answer is None and attempts:
            attempts -= 1
            answer = self._try(request, now, rng)
        if answer is None:
            raise collection_keeps_changing()
        return answer

    def find_key(self, key_hash: str, now: Clock) -> KeyHolder:
        """Return a valid key and its owner, by the key's hash."""
        return self.database.find_key(key_hash, now)

    def connect(self) -> None:
        """Connect this thread to PostgreSQL at once, which tells other commands that a server runs."""
        self.database.connect()

    def close(self) -> None:
        """Close this thread's connection."""
        self.database.close()

    def _try_cached(self, request: PollRequest, now: Clock, rng: random.Random) -> Answer | None:
        """Serve from the cached authorization and plan, or return None if either may be stale.

        Only plans with counters can tell.
        """
        authorization = self.database.get_cached(request)
        if authorization is None:
            return None
        grant = authorization.grant
        plan = self.plans.get_last(grant.collection_id, request.collection_type)
        if plan is None or not plan.counters or plan.has_expired or plan.revision != grant.revision:
            return None
        return self._serve(authorization, request.collection_type, plan, now(), rng)

    def _try(self, request: PollRequest, now: Clock, rng: random.Random) -> Answer | None:
        """Authorize the request and serve it, or return None if the collection changed in between.

        Raises:
            NotFound: the collection is gone, or has no fields of this type.
        """
        authorization = self.database.authorize(request, now)
        grant, instant = authorization.grant, authorization.checked_at
        plan = self.plans.get_plan(grant.collection_id, request.collection_type, grant.revision, instant)
        if plan is None:
            raise collection_not_found()
        if plan.revision != grant.revision:
            return None  # it was changed since, and `instant` is earlier
        if plan.has_expired:
            with self._app_context():
                delete_expired(grant.collection_id, instant)
            return None
        if not plan.fixed:
            raise nothing_to_serve(grant.collection_name, request.collection_type)
        if plan.counters:
            self.database.cache_for_counters(request, authorization)
        return self._serve(authorization, request.collection_type, plan, instant, rng)

    def _serve(
        self,
        authorization: Authorization,
        collection_type: CollectionType,
        plan: Plan,
        now: datetime,
        rng: random.Random,
    ) -> Answer | None:
        """Advance the counters and generate the values; return None, with nothing moved, if stale."""
        grant, instant = authorization.grant, authorization.checked_at
        numbers: Mapping[int, Exact] = {}
        if plan.counters:
            since, until = plan.since, min(plan.until, authorization.expires_at or plan.until)
            if self.database.is_sqlite and not since <= now < until:
                return None
            advanced = self.database.advance_counters(
                get_steps(plan, rng), grant, since, until, in_spike=plan.spike is not None
            )
            if advanced is None:
                return None
            numbers = advanced.numbers
            instant = clock.from_database(advanced.instant) if advanced.instant else now
        data = generate_values(plan, numbers, rng, instant)
        epoch = int(instant.timestamp())
        result = PollResult(grant.collection_name, collection_type, epoch, data, plan.spike, plan.layout)
        return Answer(result, grant.key_id, grant.collection_id, instant)


def collection_keeps_changing() -> DomainError:
    """Return the refusal of a poll whose collection was changed during each attempt (503)."""
    return Unavailable(
        "The collection changed several times during this poll. Try again.", headers={"Retry-After": "1"}
    )
