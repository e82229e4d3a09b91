"""Inserts rows for benchmarks directly, without the API, in small or large numbers."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.auth.users import service as users_service
from app.core import clock, key_format
from app.db import transactions
from app.db.session import db
from app.domain.validation import Validated
from app.models import ApiKey, Collection, Field, Role, SpikeSchedule, User
from app.models.spike import OVERLAP
from app.spikes import service as spikes
from app.values import CollectionType, validate_settings

Rows = list[dict[str, Any]]
Rule = tuple[str, dict[str, Any]]

PASSWORD = "a password for measurements only"  # noqa: S105 - for a throwaway database
_WHOLE: Rule = ("NUMBER_RANGE", {"range_start_number": 800, "range_end_number": 1200})
_FLOAT: Rule = (
    "FLOAT_RANGE",
    {"range_start_float": 12.0, "range_end_float": 38.0, "float_precision": 1},
)
PLAIN_RULES: Sequence[Rule] = (
    _WHOLE,
    _FLOAT,
    _WHOLE,
    _FLOAT,
    _WHOLE,
    _FLOAT,
    _WHOLE,
    ("EPOCH_NOW", {}),
    ("TEXT_FIXED", {"fixed_value_text": "web-1.example.org"}),
    ("NUMBER_FIXED", {"fixed_value_number": 8}),
)
"""Ten typical fields without counters."""

COUNTER_RULES: Sequence[Rule] = (
    ("INCREMENT", {"start_number": Decimal(0), "step_number": Decimal(1)}),
    ("INCREMENT", {"start_number": Decimal(1000), "step_number": Decimal(5)}),
    ("DECREMENT", {"start_number": Decimal(0), "step_number": Decimal(1)}),
)


def fields(count: int, counters: int = 0) -> list[Rule]:
    """Return `count` fields, the last `counters` of which are counters."""
    plain = list(itertools.islice(itertools.cycle(PLAIN_RULES), count - counters))
    return plain + list(itertools.islice(itertools.cycle(COUNTER_RULES), counters))


def write(statement: sa.Executable, rows: Rows | None = None) -> None:
    """Run one statement in its own transaction."""
    transactions.begin(writes=True)
    db.session.execute(statement, rows) if rows else db.session.execute(statement)
    db.session.commit()
    transactions.set_mode(writes=False)


def add_user(name: str, role: Role) -> User:
    """Create a user."""
    transactions.begin(writes=True)
    user = users_service.create_user(f"{name}@example.org", name, PASSWORD, role)
    db.session.commit()
    transactions.set_mode(writes=False)
    return user


def add_collections(owner: User, names: Sequence[str]) -> list[int]:
    """Create collections without fields, and return their ids in the order of the names."""
    write(sa.insert(Collection), [{"name": name, "owner_id": owner.id} for name in names])
    ids_by_name = dict(db.session.execute(sa.select(Collection.name, Collection.id)).all())
    db.session.rollback()
    return [ids_by_name[name] for name in names]


def add_fields(collection_id: int, rules: Sequence[Rule]) -> None:
    """Create Performance fields with these rules."""
    rows = []
    for number, (value_type, settings) in enumerate(rules, start=1):
        settled, _ = validate_settings(value_type, settings)
        row = {"collection_id": collection_id, "collection_type": CollectionType.PERFORMANCE}
        rows.append(row | settled | {"field_name": f"field {number:04}", "value_type": value_type})
    write(sa.insert(Field), rows)


def copy_fields(template: int, collection_ids: Sequence[int]) -> None:
    """Copy the fields of a collection to these collections, whose ids must be consecutive."""
    copied = [column for column in Field.__table__.c if column.name not in {"id", "collection_id"}]
    query = (
        sa.select(Collection.id, *copied)
        .join(Field, Field.collection_id == template)
        .where(Collection.id.between(min(collection_ids), max(collection_ids)), Collection.id != template)
        .order_by(Collection.id, Field.id)
    )
    write(sa.insert(Field).from_select(["collection_id", *(column.name for column in copied)], query))


def add_keys(owner: User, count: int) -> list[str]:
    """Create API keys that read all of their owner's collections, and return the keys."""
    texts = [key_format.generate() for _ in range(count)]
    rows = [
        {
            "user_id": owner.id,
            "label": f"Key {n:06}",
            "prefix": text[: key_format.PREFIX_LENGTH],
            "key_hash": key_format.hash_secret(text),
        }
        for n, text in enumerate(texts)
    ]
    write(sa.insert(ApiKey), [row | {"is_limited": False} for row in rows])
    return texts


def add_schedules(collection_ids: Sequence[int], of_each: int) -> None:
    """Create daily one-hour spikes from tomorrow on, without copies of the fields."""
    first = clock.now().replace(microsecond=0) + timedelta(days=1)
    rows = [
        {
            "collection_id": collection_id,
            "name": f"Spike {number:06}",
            "start_datetime": first + timedelta(hours=2 * number),
            "end_datetime": first + timedelta(hours=2 * number + 1),
        }
        for collection_id in collection_ids
        for number in range(of_each)
    ]
    with without_triggers():
        write(sa.insert(SpikeSchedule), rows)


@contextmanager
def without_triggers() -> Iterator[None]:
    """Suspend the triggers that run for each schedule while many schedules are inserted.

    For each row SQLite would read every window of the collection, and PostgreSQL would give the collection
    a new revision: 100,000 times in one transaction.
    """
    if db.engine.dialect.name != "sqlite":
        table = SpikeSchedule.__tablename__
        write(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield
        write(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        return
    query = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE :overlap")
    triggers = db.session.execute(query, {"overlap": f"{OVERLAP}%"}).all()
    for trigger in triggers:
        write(sa.text(f"DROP TRIGGER {trigger.name}"))
    yield
    for trigger in triggers:
        write(sa.text(trigger.sql))


def start_spike(owner: User, collection_id: int) -> None:
    """Create an active spike that overrides two of the fields."""
    transactions.begin(writes=True)
    query = sa.select(Field.id).where(
        Field.collection_id == collection_id, Field.value_type == "NUMBER_RANGE"
    )
    settings = {"range_start_number": 9000, "range_end_number": 14000}
    overridden = db.session.scalars(query.order_by(Field.id).limit(2)).all()
    values: Mapping[str, Any] = {
        "collection_id": collection_id,
        "name": "Rush",
        "start_datetime": clock.now(),
        "duration": timedelta(days=1),
        "spike_fields": [{"original_field_id": field_id, **settings} for field_id in overridden],
    }
    spikes.schedule(owner.actor, Validated(dict(values), {}), clock.now())
    db.session.commit()
    transactions.set_mode(writes=False)


def analyze() -> None:
    """Run VACUUM ANALYZE on PostgreSQL, which autovacuum would do in time. SQLite has no equivalent."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
