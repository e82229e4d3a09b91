"""A large installation: 10,000 collections with 1,000,000 fields, 100,000 schedules, 10,000 keys."""

import itertools
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.db import transactions
from app.db.session import db
from app.models import (
    Actor,
    AlertEpisode,
    AlertReceiver,
    ApiKey,
    ApiKeyCollection,
    Collection,
    Field,
    Poll,
    Rehearsal,
    RehearsalPoll,
    Role,
    SpikeSchedule,
    SpikeScheduleField,
    User,
)
from app.models.spike_queries import refresh_search_text
from app.models.user import folded
from app.values import CollectionType
from tools.bench import seed

COLLECTIONS, FIELDS_EACH, SCHEDULES_EACH = 10_000, 100, 10
USERS, KEYS = 1_000, 10_000
RECEIVERS, EPISODES = 1_000, 100_000
OWN_COLLECTIONS = 1_000
"""The number of collections that the Editor, who is measured besides the Admin, owns."""

OVERRIDDEN_FIELDS = ("field 0001", "field 0003")
ONE_IN = 20
"""One of this many collections has an active spike."""


def large(say: Callable[[str], None]) -> tuple[Actor, Actor]:
    """Fill an empty database, and return the Admin and the Editor who send the requests."""
    say("users")
    admin = seed.add_user("ada", Role.ADMIN).actor
    editor = seed.add_user("eve", Role.EDITOR).actor
    others = _users()
    say("collections")
    names = [f"Device {number:05} / hall {number % 40}" for number in range(COLLECTIONS)]
    owners = [editor.user_id] * OWN_COLLECTIONS + [others[n % len(others)] for n in range(COLLECTIONS)]
    ids = _collections(names, owners[:COLLECTIONS])
    say("fields")
    seed.add_fields(ids[0], seed.fields(FIELDS_EACH, counters=3))
    seed.copy_fields(ids[0], ids)
    say("keys")
    _keys([editor.user_id, *others], ids)
    say("alerts")
    _alerts([editor.user_id, *others])
    say("schedules")
    _schedules(ids, clock.now().replace(microsecond=0))
    say("copies of fields")
    _copies()
    say("records of spikes")
    _rehearsals()
    say("names to search")
    _names()
    seed.analyze()
    return admin, editor


def _users() -> list[int]:
    rows = [
        {
            "email": f"user-{number}@example.org",
            "username": f"User {number:04}",
            "username_folded": folded(f"User {number:04}"),
            "password_hash": "nobody signs in with it",
            "role": Role.VIEWER if number % 3 else Role.EDITOR,
        }
        for number in range(USERS)
    ]
    seed.write(sa.insert(User), rows)
    return _ids(User.id)


def _ids(column: sa.orm.InstrumentedAttribute[int]) -> list[int]:
    ids = list(db.session.scalars(sa.select(column).order_by(column)))
    db.session.rollback()
    return ids


def _collections(names: Sequence[str], owner_ids: Sequence[int]) -> list[int]:
    rows = [{"name": name, "owner_id": owner_id} for name, owner_id in zip(names, owner_ids, strict=True)]
    seed.write(sa.insert(Collection), rows)
    return _ids(Collection.id)


def _keys(owner_ids: Sequence[int], collection_ids: Sequence[int]) -> None:
    """Create keys of all users, every other one for three collections only, and two polls per collection."""
    now = clock.now()
    rows = [
        {
            "user_id": owner_id,
            "label": f"Poller {number:05}",
            "prefix": f"spk_{number:08}",
            "key_hash": f"{number:064}",
            "is_limited": number % 2 == 0,
            "last_used_at": now - timedelta(seconds=number),
            "created_at": now - timedelta(minutes=number),
        }
        for number, owner_id in zip(range(KEYS), itertools.cycle(owner_ids), strict=False)
    ]
    seed.write(sa.insert(ApiKey), rows)
    key_ids = _ids(ApiKey.id)
    limits = [
        {"api_key_id": key_id, "collection_id": collection_ids[(position + more) % len(collection_ids)]}
        for position, key_id in enumerate(key_ids)
        if position % 2 == 0
        for more in range(3)
    ]
    seed.write(sa.insert(ApiKeyCollection), limits)
    polls = [
        {
            "api_key_id": key_ids[(position + more) % len(key_ids)],
            "collection_id": collection_id,
            "collection_type": CollectionType.PERFORMANCE,
            "polled_at": now - timedelta(seconds=7 * position + more),
        }
        for position, collection_id in enumerate(collection_ids)
        for more in range(2)
    ]
    seed.write(sa.insert(Poll), polls)


def _alerts(owner_ids: Sequence[int]) -> None:
    """Create receivers, half of whose episodes are at the first one."""
    now = clock.now()
    receivers = [
        {
            "owner_id": owner_id,
            "name": f"Receiver {number:05}",
            "prefix": f"sal_{number:08}",
            "token_hash": f"{number:064}",
            "ignored": [],
            "deliveries": number,
            "last_received_at": now - timedelta(seconds=number),
        }
        for number, owner_id in zip(range(RECEIVERS), itertools.cycle(owner_ids), strict=False)
    ]
    seed.write(sa.insert(AlertReceiver), receivers)
    receiver_ids = _ids(AlertReceiver.id)
    episodes = []
    for number in range(EPISODES):
        received_at = now - timedelta(seconds=EPISODES - number)
        name = f"Alert {number % 500:03}"
        labels = {"alertname": name, "instance": f"hall-{number % 40}", "severity": "page"}
        episodes.append(
            {
                "receiver_id": receiver_ids[0 if number % 2 else number % len(receiver_ids)],
                "fingerprint": f"{number:016x}",
                "alert_name": name,
                "labels": labels,
                "first_received_at": received_at,
                "starts_at": received_at,
                "resolved_received_at": received_at + timedelta(seconds=60),
                "ends_at": received_at + timedelta(seconds=50),
                "last_received_at": received_at + timedelta(seconds=60),
                "deliveries": 2,
                "only_resolution": False,
            }
        )
    seed.write(sa.insert(AlertEpisode), episodes)


def _schedules(collection_ids: Sequence[int], now: datetime) -> None:
    """Create the schedules of each collection: two expired, possibly one active, the others scheduled."""
    hour = timedelta(hours=1)
    rows = []
    for position, collection_id in enumerate(collection_ids):
        shift = timedelta(minutes=position % 600)
        for number in range(SCHEDULES_EACH):
            start = now + shift + timedelta(days=number - 2) + hour
            if number == 2 and position % ONE_IN == 0:
                start = now - hour / 2
            name = f"Rush {number} of hall {position % 40}, round {position:05}"
            row = {"collection_id": collection_id, "name": name, "start_datetime": start}
            rows.append(row | {"end_datetime": start + hour})
    with seed.without_triggers():
        seed.write(sa.insert(SpikeSchedule), rows)


def _copies() -> None:
    """Create all copies of one schedule per collection, and the two overridden copies of the others.

    That is 1,180,000 rows. The other copies would be nine times as many, and no list reads them.
    """
    shared = {column.name for column in Field.__table__.c} & {
        column.name for column in SpikeScheduleField.__table__.c
    }
    copied = sorted(shared - {"id"})
    overridden = sa.case(
        (Field.field_name.in_(OVERRIDDEN_FIELDS), "range_end_number range_start_number"), else_=""
    )
    query = (
        sa.select(SpikeSchedule.id, Field.id, overridden, *(Field.__table__.c[name] for name in copied))
        .join(Field, Field.collection_id == SpikeSchedule.collection_id)
        .where(SpikeSchedule.name.startswith("Rush 2 ") | Field.field_name.in_(OVERRIDDEN_FIELDS))
    )
    columns = ["spike_schedule_id", "original_field_id", "overridden_settings", *copied]
    seed.write(sa.insert(SpikeScheduleField).from_select(columns, query))


def _rehearsals() -> None:
    """Record every schedule, with an override, and the polls of two keys in each window."""
    now = clock.now()
    spec: dict[str, Any] = {"counters_after": None, "overrides": []}
    copied = ("collection_id", "name", "start_datetime", "end_datetime", "created_at", "updated_at")
    columns = [getattr(SpikeSchedule, name) for name in copied]
    query = sa.select(SpikeSchedule.id, *columns, sa.literal(spec, Rehearsal.spec.type), sa.literal(98))
    made = ["spike_schedule_id", *copied, "spec", "unchanged_fields"]
    seed.write(sa.insert(Rehearsal).from_select(made, query))
    receipt = {
        "key_label": "Poller",
        "key_owner_id": 1,
        "first_polled_at": now,
        "last_polled_at": now,
        "polls": 200,
        "times": list(range(0, 3_000_000, 15_000)),
        "minutes": {},
        "served": {name: [1, 9, 5] for name in OVERRIDDEN_FIELDS},
    }
    rehearsals = _ids(Rehearsal.id)[::10]
    seed.write(
        sa.insert(RehearsalPoll),
        [{"rehearsal_id": id_, "api_key_id": key, **receipt} for id_ in rehearsals for key in (1, 2)],
    )


def _names() -> None:
    """Fill the search texts of the schedules, as their service does."""
    transactions.begin(writes=True)
    refresh_search_text(sa.true())
    db.session.commit()
    transactions.set_mode(writes=False)
