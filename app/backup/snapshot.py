"""A snapshot of a database for a restore: counters, keys, receivers, users, second factors and last ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.models import (
    AlertReceiver,
    ApiKey,
    Collection,
    Field,
    RecoveryCode,
    SpikeSchedule,
    SpikeScheduleField,
    User,
)
from app.models.spike import CountersAfter
from app.models.spike_field import hands_back
from app.values import State, counter_types, get_direction

_COUNTER_COLUMNS = ("value_type", "start_number", "step_number", "reset_number", "randomization_percentage")


class Counter(NamedTuple):
    """The counter of a field, or of a spike's copy of one, and its state."""

    id: int
    name: str
    made: datetime
    changed: datetime
    original: int
    has_own_start: bool
    may_have_served: bool
    counters_after: CountersAfter | None
    starts: datetime | None
    ends: datetime | None
    """The window of a copy's schedule; None for a field."""
    value_type: str
    start: Decimal
    step: Decimal
    reset: Decimal | None
    percentage: float | None
    current: State

    @property
    def sequence(self) -> tuple[Any, ...]:
        """The identity of its sequence of values: if any part changes, the counter restarts."""
        return self.made, self.value_type, self.start if self.has_own_start else None

    @property
    def hands_back(self) -> bool:
        """Whether the field's counter continues from this copy once its schedule is deleted."""
        return hands_back(self.counters_after, ("start_number",) if self.has_own_start else ())

    @property
    def is_seamless(self) -> bool:
        """Whether it continues the field's counter and hands back, so that both are one sequence."""
        return self.hands_back and not self.has_own_start

    def is_over(self, now: datetime) -> bool:
        """Return whether it is a copy whose window has ended."""
        return self.ends is not None and self.ends <= now


class Person(NamedTuple):
    """A user: name, role and password."""

    username: str
    role: str
    password_hash: str


class TwoFactor(NamedTuple):
    """The stored state of a user's two-factor sign-in."""

    secret: str | None
    since: datetime | None
    step: int | None
    code_hashes: frozenset[str]


@dataclass(frozen=True)
class Snapshot:
    """The state of one database that a restore must not lose.

    Fields, copies and people are by id, two-factor states by user id (empty for schemas without them), ids of
    valid keys by hash, ids of receivers by the hash of their valid token, and last ids by table.
    """

    fields: Mapping[int, Counter]
    copies: Mapping[int, Counter]
    keys: Mapping[str, int]
    receivers: Mapping[str, int]
    people: Mapping[int, Person]
    two_factors: Mapping[int, TwoFactor]
    last_ids: Mapping[str, int]
    copies_handed_back: bool
    """Whether copies hand back when their schedule is deleted; False for older schemas, which did not."""


def take_snapshot(connection: sa.Connection, now: datetime) -> Snapshot:
    """Read the snapshot of a database, which may have an older schema."""
    valid = sa.select(ApiKey.key_hash, ApiKey.id).where(ApiKey.is_valid(now))
    people = sa.select(User.id, User.username, User.role, User.password_hash)
    columns = sa.inspect(connection).get_columns(SpikeSchedule.__tablename__)
    copies_handed_back = "counters_after" in {column["name"] for column in columns}
    return Snapshot(
        fields=_read_counters(connection, _select_fields()),
        copies=_read_counters(connection, _select_copies(now, has_counters_after=copies_handed_back)),
        keys={row.key_hash: row.id for row in connection.execute(valid)},
        receivers=_read_receivers(connection),
        people={row.id: Person(*row[1:]) for row in connection.execute(people)},
        two_factors=_read_two_factors(connection),
        last_ids=_read_last_ids(connection),
        copies_handed_back=copies_handed_back,
    )


def _read_counters(connection: sa.Connection, query: sa.Select[Any]) -> dict[int, Counter]:
    return {row.id: Counter(*row) for row in connection.execute(query)}


def _select_fields() -> sa.Select[Any]:
    name = Collection.name + ": " + Field.field_name
    return (
        sa.select(Field.id, name, Field.created_at, Field.updated_at, Field.id)
        .add_columns(sa.literal(value=True), sa.literal(value=True), sa.null(), sa.null(), sa.null())
        .add_columns(*(getattr(Field, column) for column in _COUNTER_COLUMNS), Field.current_number)
        .join(Collection, Collection.id == Field.collection_id)
        .where(Field.value_type.in_(counter_types()))
        .order_by(Field.id)
    )


def _select_copies(now: datetime, *, has_counters_after: bool) -> sa.Select[Any]:
    copy = SpikeScheduleField
    name = SpikeSchedule.name + " (a spike of " + Collection.name + "): " + copy.field_name
    own_start = (" " + sa.type_coerce(copy.overridden_settings, sa.String) + " ").like("% start_number %")
    may_have_served = sa.or_(SpikeSchedule.start_datetime <= now, copy.current_number.is_not(None))
    return (
        sa.select(copy.id, name, SpikeSchedule.created_at, SpikeSchedule.updated_at)
        .add_columns(copy.original_field_id, own_start, may_have_served)
        .add_columns(SpikeSchedule.counters_after if has_counters_after else sa.null())
        .add_columns(SpikeSchedule.start_datetime, SpikeSchedule.end_datetime)
        .add_columns(*(getattr(copy, column) for column in _COUNTER_COLUMNS), copy.current_number)
        .join(SpikeSchedule, SpikeSchedule.id == copy.spike_schedule_id)
        .join(Collection, Collection.id == SpikeSchedule.collection_id)
        .where(copy.value_type.in_(counter_types()))
        .order_by(copy.id)
    )


def _read_receivers(connection: sa.Connection) -> dict[str, int]:
    if not sa.inspect(connection).has_table(AlertReceiver.__tablename__):
        return {}
    valid = sa.select(AlertReceiver.token_hash, AlertReceiver.id).where(AlertReceiver.revoked_at.is_(None))
    return {row.token_hash: row.id for row in connection.execute(valid)}


def _read_two_factors(connection: sa.Connection) -> dict[int, TwoFactor]:
    if not sa.inspect(connection).has_table(RecoveryCode.__tablename__):
        return {}
    codes: dict[int, set[str]] = {}
    for user_id, code_hash in connection.execute(sa.select(RecoveryCode.user_id, RecoveryCode.code_hash)):
        codes.setdefault(user_id, set()).add(code_hash)
    everybody = sa.select(User.id, User.two_factor_secret, User.two_factor_since, User.two_factor_step)
    return {
        row.id: TwoFactor(*row[1:], code_hashes=frozenset(codes.get(row.id, ())))
        for row in connection.execute(everybody)
    }


def _read_last_ids(connection: sa.Connection) -> dict[str, int]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name, seq FROM sqlite_sequence"
    else:
        query = (
            "SELECT replace(sequencename, '_id_seq', ''), last_value FROM pg_sequences "
            "WHERE schemaname = current_schema() AND last_value IS NOT NULL"
        )
    return {row[0]: row[1] for row in connection.execute(sa.text(query))}


def skip_used_ids(connection: sa.Connection, last_ids: Mapping[str, int]) -> None:
    """Make new ids start after `last_ids`, by table, so that no id is assigned a second time."""
    present = _read_last_ids(connection)
    if connection.dialect.name == "sqlite":
        # A table that never had a row has no entry here, and no constraint would refuse a second entry.
        statements = [
            "DELETE FROM sqlite_sequence WHERE name = :table",
            "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)",
        ]
    else:
        statements = ["SELECT setval(to_regclass(:table || '_id_seq'), :last)"]
    for table, last in last_ids.items():
        if last > present.get(table, 0):
            for statement in statements:
                connection.execute(sa.text(statement), {"table": table, "last": last})


def why_unrelated(earlier: Snapshot, later: Snapshot) -> str:
    """Return why `later` is not a later state of the database of `earlier`; empty if it is.

    Ids only grow; a field keeps its time of creation; and a counter that was not changed, and never resets,
    only moves in its direction.
    """
    for id, was in earlier.fields.items():
        now = later.fields.get(id)
        if now is not None and now.made != was.made:
            return "it is not the one that the backup was made of"
        if now is not None and _is_behind(now, was):
            return f"it is older than the backup ({was.name})"
    if any(later.last_ids.get(name, 0) < last for name, last in earlier.last_ids.items()):
        return "it is older than the backup, or a different one"
    return ""


def _is_behind(now: Counter, was: Counter) -> bool:
    if now.changed != was.changed or was.reset is not None or was.current is None:
        return now.changed < was.changed
    return now.current is None or get_direction(was.value_type) * (now.current - was.current) < 0
