"""A poll of counters uses the cached authorization: the UPDATE of the counters validates it again."""

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.generation import plan_cache
from app.generation.lru import LRU
from app.models import Role
from tests.conftest import add_user
from tests.support.factory import Maker
from tests.support.grants import CHANGES
from tests.support.postgres import on_postgresql
from tests.support.statements import work
from tests.support.timestamps import at

COUNTER = {"value_type": "INCREMENT", "name": "km", "start_number": 1, "step_number": 1}


@pytest.fixture
def truck(make):
    return make.collection("Truck", COUNTER)


@pytest.fixture
def tool(make, truck):
    """A key that has polled before."""
    tool = make.key()
    assert [tool.data("Truck")["km"] for _ in range(2)] == [1, 2]
    return tool


@pytest.fixture
def place(admin, owner, make, truck, tool):
    bridge = make.collection("Bridge")["id"]
    truck_at = f"/api/collections/{truck['id']}"
    return SimpleNamespace(admin=admin, owner=owner, bridge=bridge, truck=truck_at, tool=tool)


def test_a_repeated_poll_of_counters_is_one_statement(tool, queries):
    with queries() as seen:
        assert tool.data("Truck") == {"km": 3}
    assert len(work(seen)) == 1


@pytest.mark.parametrize("what", CHANGES)
def test_the_next_poll_sees_each_change_of_rights(place, tool, what):
    change, status = CHANGES[what]
    assert change(place).status_code in {200, 204}
    assert tool.poll("Truck").status_code == status


def test_the_next_poll_sees_a_lowered_role(app, admin, truck):
    tool, other = Maker(admin).key(), add_user(app, Role.ADMIN, "abe")
    assert [tool.data("Truck")["km"] for _ in range(2)] == [1, 2]
    assert other.patch(f"/api/users/{admin.user_id}", {"role": "Editor"}).status_code == 200
    assert tool.poll("Truck").status_code == 404


def test_a_refused_poll_advances_no_counter(place, tool):
    place.owner.patch(place.truck, {"name": "Lorry"})
    assert tool.poll("Truck").status_code == 404
    assert tool.data("Lorry")["km"] == 3


def test_a_key_that_expires_after_its_last_poll_is_refused(make, truck, clock):
    tool = make.key(expires_at="2026-11-27T08:01:00Z")
    assert [tool.data("Truck")["km"] for _ in range(2)] == [1, 2]
    clock.shift(60)
    assert tool.poll("Truck").status_code == 401
    assert make.key().data("Truck")["km"] == 3


def test_a_key_with_a_postponed_expiry_is_accepted(owner, make, truck, clock):
    tool = make.key(expires_at="2026-11-27T08:01:00Z")
    tool.data("Truck")
    assert owner.patch(f"/api/api-keys/{tool.id}", {"expires_at": "2026-11-27T09:00:00Z"}).status_code == 200
    clock.shift(60)
    assert tool.data("Truck")["km"] == 2


def test_a_spike_window_opens_and_closes_on_time(make, truck, tool, clock):
    field = truck["fields"][0]["id"]
    override = {"original_field_id": field, "start_number": 100}
    make.spike(truck, override, start_datetime=at(1), duration=60)
    served = []
    for seconds in (59, 1, 59, 1):
        clock.shift(seconds)
        served.append(tool.data("Truck")["km"])
    assert served == [3, 100, 101, 4]


@on_postgresql  # SQLite has one writer at a time, and a poll of counters is one
def test_a_revocation_is_seen_only_once_it_is_committed(app, tool):
    with app.app_context(), db.engine.connect() as other:
        other.execute(sa.text("UPDATE api_keys SET revoked_at = created_at"))
        assert tool.poll("Truck").status_code == 200
        other.commit()
        assert tool.poll("Truck").status_code == 401


def test_an_evicted_authorization_is_looked_up_again(app, make, monkeypatch):
    cache = app.extensions["polls"].database.cache
    monkeypatch.setattr(cache, "_entries", LRU(2))
    tool = make.key()
    for number in range(5):
        make.collection(f"Truck {number}", COUNTER)
    for expected in (1, 2):
        assert [tool.data(f"Truck {number}")["km"] for number in range(5)] == [expected] * 5
    assert len(cache) <= 2


def test_a_recently_polled_plan_of_counters_is_not_evicted(app, make, monkeypatch, queries):
    monkeypatch.setattr(
        app.extensions["polls"], "plans", plan_cache.PlanCache(app, max_fields=4)
    )  # two of one field
    tool = make.key()
    for number in range(3):
        make.collection(f"Truck {number}", COUNTER)
    for number in (0, 1, 0, 2):
        tool.data(f"Truck {number}")
    with queries() as seen:
        tool.data("Truck 0")
    assert len(work(seen)) == 1
