"""The plain way to answer a poll: one session, one transaction, no cache.

It says what the fast path has to do. Property tests compare the two, SPIKECAST_FAST_POLLS=0 serves by it, and
it needs nothing of a session with PostgreSQL that a pooler in transaction mode takes away.
"""

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.errors import DomainError
from app.db import transactions
from app.db.session import db
from app.domain.counter_handover import hand_over_counters
from app.generation.authorization import (
    Clock,
    CollectionRef,
    KeyHolder,
    PollRequest,
    collection_not_found,
    key_revoked,
    nothing_to_serve,
    require_unexpired,
    unknown_key,
)
from app.generation.expired_spikes import is_expired
from app.generation.plan import Spike, build_layout
from app.generation.poll_result import Answer, PollResult
from app.generation.receipts import MAX_FIELDS
from app.models import Actor, ApiKey, Collection, Field, SpikeSchedule, SpikeScheduleField
from app.models.spike_field import continues_counter
from app.values import (
    CollectionType,
    Exact,
    Value,
    advance,
    build_generator,
    current_value,
    first_value,
    get_direction,
    is_counter,
    random_step,
    to_json_counter,
)

FieldOrCopy = Field | SpikeScheduleField
T = TypeVar("T")


class ReferencePolls:
    """Answers polls in plain code, several times slower than `FastPolls`."""

    def __init__(self, app: Flask) -> None:
        """Answer the polls of this app."""
        self._app = app

    def poll(self, request: PollRequest, *, now: Clock, rng: random.Random) -> Answer:
        """Return fresh values of the requested collection to the holder of the key.

        A refusal commits too, because expired schedules may have been deleted before it.
        """
        return self._in_transaction(lambda: self._poll(request, now, rng))

    def find_key(self, key_hash: str, now: Clock) -> KeyHolder:
        """Return a valid key and its owner, by the key's hash."""

        def find() -> KeyHolder:
            key = _find_key(key_hash)
            _require_valid(key, _get_time(now))
            return KeyHolder(key.id, _get_actor(key))

        return self._in_transaction(find)

    def connect(self) -> None:
        """Do nothing: no connection is held between polls."""

    def close(self) -> None:
        """Do nothing: no connection is held between polls."""

    def begin(self) -> None:
        """Begin the poll's transaction."""
        transactions.begin(writes=True)

    def lock(self, collection_id: int) -> None:
        """Wait for other polls of the collection, and for those who change it."""
        query = sa.select(Collection.id).where(Collection.id == collection_id)
        db.session.execute(query.with_for_update(key_share=True))

    def save(self, table: type[FieldOrCopy], numbers: dict[int, Exact]) -> None:
        """Write the counters' new values, by id. That is no change of a field: `updated_at` stays."""
        for id_, number in numbers.items():
            db.session.execute(
                sa.update(table.__table__)  # type: ignore[arg-type]
                .where(table.id == id_)
                .values(current_number=number, **_keep_updated_at(table))
            )

    def _in_transaction(self, work: Callable[[], T]) -> T:
        with self._app.app_context():
            self.begin()
            refusal: DomainError | None = None
            try:
                result = work()
            except DomainError as error:
                refusal = error
            db.session.commit()
            if refusal is not None:
                raise refusal
            return result

    def _poll(self, request: PollRequest, now: Clock, rng: random.Random) -> Answer:
        key = _find_key(request.key_hash)
        _require_valid(key, _get_time(now))
        collection = _find_collection(key, request)
        self.lock(collection.id)
        instant = _get_time(now)  # a window may have begun or ended while the poll waited
        _require_valid(key, instant)
        _delete_expired(collection.id, instant)
        spike = _find_active_spike(collection.id, instant)
        rows = _load_rows(collection, spike, request.collection_type)
        if not rows:
            raise nothing_to_serve(collection.name, request.collection_type)
        numbers = {row.id: _advance(row, rng) for row in rows if is_counter(row.value_type)}
        result = PollResult(
            collection.name,
            request.collection_type,
            int(instant.timestamp()),
            _generate(rows, numbers, rng, instant),
            _make_spike(spike, rows, request.collection_type) if spike else None,
            build_layout((_get_field(row).id, row.value_type, _get_field(row).metric) for row in rows),
        )
        answer = Answer(result, key.id, collection.id, instant)
        self.save(type(rows[0]), numbers)
        return answer


# --- Who asks, and what they may poll ------------------------------------------------------------------


def _find_key(key_hash: str) -> ApiKey:
    key = db.session.scalar(sa.select(ApiKey).where(ApiKey.key_hash == key_hash))
    if key is None:
        raise unknown_key()
    return key


def _require_valid(key: ApiKey, instant: datetime) -> None:
    if key.revoked_at is not None:
        raise key_revoked()
    require_unexpired(key.expires_at, instant)


def _get_actor(key: ApiKey) -> Actor:
    return Actor(key.user_id, key.user.role)


def _find_collection(key: ApiKey, request: PollRequest) -> Collection:
    collection = db.session.scalar(sa.select(Collection).where(_is_referenced(request.collection)))
    if collection is None or not _may_poll(key, collection, request.collection_type):
        raise collection_not_found()
    return collection


def _is_referenced(reference: CollectionRef) -> sa.ColumnElement[bool]:
    if reference.name is None:
        return Collection.id == reference.id
    return Collection.name == reference.name


def _may_poll(key: ApiKey, collection: Collection, collection_type: CollectionType) -> bool:
    if not _get_actor(key).may_read(collection.owner_id):
        return False
    return not key.is_limited or any(
        limit.collection_id == collection.id and limit.collection_type in (None, collection_type)
        for limit in key.limits
    )


def _get_time(now: Clock) -> datetime:
    """Return the server's time on PostgreSQL, this machine's on SQLite."""
    if db.engine.dialect.name == "sqlite":
        return now()
    return clock.from_database(db.session.execute(sa.select(sa.func.clock_timestamp())).scalar_one())


# --- What is served ------------------------------------------------------------------------------------


def _delete_expired(collection_id: int, instant: datetime) -> None:
    """Delete expired schedules; the collection's counters take over from them."""
    expired = is_expired(collection_id, instant)
    hand_over_counters(expired)
    db.session.execute(
        sa.delete(SpikeSchedule).where(expired), execution_options={"synchronize_session": False}
    )


def _find_active_spike(collection_id: int, instant: datetime) -> SpikeSchedule | None:
    is_active = SpikeSchedule.has_status("active", instant)
    return db.session.scalar(
        sa.select(SpikeSchedule).where(SpikeSchedule.collection_id == collection_id, is_active)
    )


def _make_spike(
    spike: SpikeSchedule, copies: Sequence[FieldOrCopy], collection_type: CollectionType
) -> Spike:
    is_counted = collection_type is CollectionType.PERFORMANCE
    overridden = [copy for copy in copies if isinstance(copy, SpikeScheduleField) and copy.is_overridden]
    return Spike(
        spike.id,
        spike.name,
        spike.start_datetime,
        spike.end_datetime,
        spike.rehearsal_id if is_counted else None,
        tuple(copy.field_name for copy in overridden[:MAX_FIELDS]),
    )


def _load_rows(
    collection: Collection, spike: SpikeSchedule | None, collection_type: CollectionType
) -> Sequence[FieldOrCopy]:
    """Return the fields of this type in the order of their creation; during a spike, its copies."""
    rows: Sequence[FieldOrCopy] = collection.fields if spike is None else spike.spike_fields
    return [row for row in rows if row.collection_type is collection_type]


def _get_field(row: FieldOrCopy) -> Field:
    """Return the collection's field."""
    return row.original if isinstance(row, SpikeScheduleField) else row


def _advance(row: FieldOrCopy, rng: random.Random) -> Exact:
    """Return the counter's next value. A copy that has not counted may continue the collection's counter."""
    assert row.step_number is not None
    percentage = row.randomization_percentage or 0
    step = random_step(row.step_number, percentage, rng, as_integer=_counts_integers(row))
    last: Exact | None = row.current_number
    start = row.start_number
    if isinstance(row, SpikeScheduleField):
        continues = continues_counter(row.overridden_settings)
        last = current_value(last, row.original.current_number, continues=continues)
        start = first_value(last, start, row.original.start_number, continues=continues)
    assert start is not None
    return advance(
        last, start=start, step=step, reset=row.reset_number, direction=get_direction(row.value_type)
    )


def _counts_integers(row: FieldOrCopy) -> bool:
    """Return whether the collection's field counts in integers: a spike keeps the JSON type of its values."""
    return (row.original if isinstance(row, SpikeScheduleField) else row).counts_integers


def _generate(
    rows: Sequence[FieldOrCopy], numbers: dict[int, Exact], rng: random.Random, instant: datetime
) -> dict[str, Value]:
    """Return the values by field name, in the order of the fields."""
    data: dict[str, Value] = {}
    generators = {}
    for row in rows:
        data[row.field_name] = 0
        if is_counter(row.value_type):
            data[row.field_name] = to_json_counter(numbers[row.id], as_integer=_counts_integers(row))
        else:
            generators[row.field_name] = build_generator(row.value_type, row.settings)
    # As the fast path does: fields with the same generator function draw one after the other.
    functions = list(dict.fromkeys(generator.generate for generator in generators.values()))
    for name in sorted(generators, key=lambda name: functions.index(generators[name].generate)):
        data[name] = generators[name].generate_one(rng, instant)
    return data


def _keep_updated_at(table: type[FieldOrCopy]) -> dict[str, object]:
    return {"updated_at": table.updated_at} if table is Field else {}
