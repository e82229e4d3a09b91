"""The number of rehearsals is limited; only those of spikes that are over are deleted, the oldest first."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.domain import rehearsal_record
from app.domain.rehearsal_retention import MIN_PRUNE_INTERVAL
from app.models import Rehearsal
from tests.support.timestamps import NOW, at


@pytest.fixture
def limit(app):
    """Return a function that limits the number of rehearsals."""
    settings = app.config["SETTINGS"]

    def set_limit(number):
        rehearsal_record.configure(replace(settings, rehearsals=number))

    yield set_limit
    rehearsal_record.configure(settings)


@pytest.fixture
def fill(app, truck):
    """Return a function that stores records of past spikes; the first ended longest ago."""

    def store(count, creator, minutes_ago=10_000):
        rows = [
            {
                "collection_id": truck["id"],
                "spike_schedule_id": 1_000_000 * (creator or 1) + number,
                "name": "Past",
                "start_datetime": NOW - timedelta(minutes=minutes_ago - number),
                "end_datetime": NOW - timedelta(minutes=minutes_ago - number) + timedelta(seconds=30),
                "spec": {},
                "unchanged_fields": 0,
                "created_by_id": creator,
            }
            for number in range(count)
        ]
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.insert(Rehearsal), rows)

    return store


@pytest.fixture
def prune(app, make, truck):
    """Return a function that schedules the spike whose record completes the next interval."""

    def schedule():
        with app.app_context():
            newest = db.session.scalar(sa.select(sa.func.max(Rehearsal.id))) or 0
        for number in range(MIN_PRUNE_INTERVAL - newest % MIN_PRUNE_INTERVAL):
            make.spike(truck, start_datetime=at(10 + 2 * number), duration=60)

    return schedule


def count(app, **columns):
    with app.app_context():
        query = sa.select(sa.func.count()).select_from(Rehearsal).filter_by(**columns)
        return db.session.scalar(query)


def test_the_oldest_past_rehearsals_are_deleted(app, owner, limit, fill, prune):
    limit(50)
    fill(80, owner.user_id)
    prune()
    with app.app_context():
        past = sa.select(Rehearsal.end_datetime).where(Rehearsal.name == "Past")
        ends = sorted(db.session.scalars(past))
    assert len(ends) == 50
    assert ends[0] == NOW - timedelta(minutes=10_000 - 30) + timedelta(seconds=30)


def test_rehearsals_of_spikes_that_are_not_over_are_kept_and_not_counted(
    app, owner, make, truck, limit, fill, prune
):
    limit(20)
    fill(20, owner.user_id)
    prune()
    assert count(app, name="Past") == 20
    assert count(app, name="Spike") > 20


def test_nobody_displaces_the_rehearsals_of_others(app, owner, limit, fill, prune):
    limit(50)
    fill(10, owner.user_id, minutes_ago=20_000)
    fill(70, owner.user_id + 1)
    prune()
    assert count(app, created_by_id=owner.user_id, name="Past") == 10
    assert count(app, created_by_id=owner.user_id + 1) == 40


def test_a_lowered_limit_is_reached_in_steps(app, owner, limit, fill, prune):
    limit(100)
    fill(1500, owner.user_id)
    prune()
    assert count(app, name="Past") == 500
