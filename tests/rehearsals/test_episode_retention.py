"""The newest episodes are kept, up to about the bound, and those that rehearsals need."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.db import transactions
from app.db.session import db
from app.models import AlertEpisode
from app.models.audit_storage import MIN_PRUNE_INTERVAL
from app.rehearsals import retention
from tests.conftest import NOW
from tests.support.alerts import alert

BOUND = 300


@pytest.fixture
def limited(app, monkeypatch):
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], alerts=BOUND))


def fill(app, receiver, count, *, is_open=False):
    """Insert episodes of the hour before now, the oldest first."""
    rows = [
        {
            "receiver_id": receiver.id,
            "fingerprint": f"old {number}",
            "alert_name": f"Old {number}",
            "labels": {},
            "first_received_at": NOW - timedelta(seconds=count - number),
            "resolved_received_at": None if is_open else NOW - timedelta(seconds=count - number - 1),
            "last_received_at": NOW,
            "deliveries": 1,
            "only_resolution": False,
        }
        for number in range(count)
    ]
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.insert(AlertEpisode), rows)


def deliver_new(receiver, count):
    names = [f"New {number}" for number in range(count)]
    for start in range(0, count, 50):
        receiver.accept(*map(alert, names[start : start + 50]))
    return names


def names_of(app, receiver):
    query = sa.select(AlertEpisode.alert_name).where(AlertEpisode.receiver_id == receiver.id)
    with app.app_context():
        return list(db.session.scalars(query.order_by(AlertEpisode.id)))


@pytest.mark.parametrize("is_open", [False, True], ids=["resolved", "open"])
def test_the_oldest_episodes_beyond_the_bound_are_deleted(app, make, limited, is_open):
    receiver = make.receiver()
    fill(app, receiver, 1000, is_open=is_open)
    new = deliver_new(receiver, MIN_PRUNE_INTERVAL)
    kept = names_of(app, receiver)
    assert BOUND <= len(kept) < BOUND + MIN_PRUNE_INTERVAL
    assert kept[-len(new) :] == new


def test_at_most_1000_episodes_are_deleted_at_a_time(app, make, limited):
    receiver = make.receiver()
    fill(app, receiver, 3000)
    deliver_new(receiver, MIN_PRUNE_INTERVAL)
    assert len(names_of(app, receiver)) == 3000 + MIN_PRUNE_INTERVAL - 1000


def test_a_flood_at_one_receiver_does_not_displace_the_episodes_of_others(app, make, limited):
    quiet, flooded = make.receiver(), make.receiver()
    quiet.accept(alert("Rare"))
    fill(app, flooded, 1000)
    deliver_new(flooded, 2 * MIN_PRUNE_INTERVAL)
    assert names_of(app, quiet) == ["Rare"]
    assert len(names_of(app, flooded)) < BOUND + MIN_PRUNE_INTERVAL


def test_episodes_that_are_needed_are_kept(app, make, monkeypatch):
    """Those that were open at that time, or began since."""
    receiver = make.receiver()
    fill(app, receiver, 100)
    needed = {receiver.id: NOW - timedelta(seconds=40)}
    monkeypatch.setattr(retention, "load_needed_since", lambda ids: {id_: needed[id_] for id_ in ids})
    with app.app_context():
        transactions.begin(writes=True)
        retention.trim(10, 1000)
        db.session.commit()
        transactions.set_mode(writes=False)
    kept = names_of(app, receiver)
    assert kept == [f"Old {number}" for number in range(59, 100)]
