"""A change is served by the very next poll, also by a worker that has polled before and changed nothing."""

import pytest
import sqlalchemy as sa

from app import create_app
from app.db.session import db
from app.generation import plan_cache
from tests.conftest import FAST_SETTINGS
from tests.support.client import Poller
from tests.support.factory import field_named
from tests.support.statements import work


@pytest.fixture(scope="session")
def other_worker(migrated_app):
    """Another process on the same database, as far as what it keeps is concerned."""
    app = create_app(migrated_app.config["SETTINGS"], TESTING=True, **FAST_SETTINGS)
    yield app
    with app.app_context():
        app.extensions["polls"].close()
        db.engine.dispose()


@pytest.fixture
def truck(make):
    return make.collection(
        "Truck 01",
        {"value_type": "NUMBER_FIXED", "field_name": "cpu", "fixed_value_number": 7},
        {"value_type": "INCREMENT", "field_name": "km", "start_number": 10, "step_number": 5},
    )


@pytest.fixture
def tool(make):
    return make.key()


@pytest.fixture
def elsewhere(other_worker, truck, tool):
    """The other worker, which has the collection's plan already."""
    poller = Poller(other_worker, tool.key)
    assert poller.data("Truck 01") == {"cpu": 7, "km": 10}
    return poller


def cpu(truck):
    return f"/api/fields/{field_named(truck, 'cpu')['id']}"


class TestFields:
    def test_a_changed_value(self, owner, truck, elsewhere):
        assert owner.patch(cpu(truck), {"fixed_value_number": 8}).status_code == 200
        assert elsewhere.data("Truck 01")["cpu"] == 8

    def test_a_new_name(self, owner, truck, elsewhere):
        assert owner.patch(cpu(truck), {"field_name": "load"}).status_code == 200
        assert list(elsewhere.data("Truck 01")) == ["load", "km"]

    def test_another_type(self, owner, truck, elsewhere):
        assert owner.patch(cpu(truck), {"collection_type": "Configuration"}).status_code == 200
        assert list(elsewhere.data("Truck 01")) == ["km"]

    def test_a_new_field(self, make, truck, elsewhere):
        make.field(truck, "NUMBER_FIXED", field_name="rpm")
        assert list(elsewhere.data("Truck 01")) == ["cpu", "km", "rpm"]

    def test_a_deleted_field(self, owner, truck, elsewhere):
        assert owner.delete(cpu(truck)).status_code == 204
        assert list(elsewhere.data("Truck 01")) == ["km"]

    def test_a_counter_that_starts_elsewhere(self, owner, truck, elsewhere):
        km = field_named(truck, "km")["id"]
        assert owner.patch(f"/api/fields/{km}", {"start_number": 100}).status_code == 200
        assert [elsewhere.data("Truck 01")["km"] for _ in range(2)] == [100, 105]


class TestCollectionsAndPeople:
    def test_a_renamed_collection(self, owner, truck, elsewhere):
        owner.patch(f"/api/collections/{truck['id']}", {"name": "Truck 02"})
        assert elsewhere.poll("Truck 01").status_code == 404
        assert elsewhere.poll("Truck 02").json["collection"] == "Truck 02"

    def test_a_deleted_collection(self, owner, truck, elsewhere):
        owner.delete(f"/api/collections/{truck['id']}")
        assert elsewhere.poll("Truck 01").status_code == 404

    def test_a_collection_of_the_same_name(self, owner, make, truck, elsewhere):
        owner.delete(f"/api/collections/{truck['id']}")
        make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "field_name": "rpm"})
        assert list(elsewhere.data("Truck 01")) == ["rpm"]

    def test_another_owner(self, admin, stranger, truck, elsewhere):
        changed = admin.patch(f"/api/collections/{truck['id']}", {"owner_id": stranger.user_id})
        assert changed.status_code == 200, changed.text
        assert elsewhere.poll("Truck 01").status_code == 404

    def test_a_role_that_sees_everything(self, admin, owner, stranger, truck, elsewhere):
        admin.patch(f"/api/collections/{truck['id']}", {"owner_id": stranger.user_id})
        assert elsewhere.poll("Truck 01").status_code == 404
        assert admin.patch(f"/api/users/{owner.user_id}", {"role": "Admin"}).status_code == 200
        assert elsewhere.poll("Truck 01").status_code == 200


class TestKeys:
    def test_a_revoked_key(self, owner, tool, elsewhere):
        assert owner.delete(f"/api/api-keys/{tool.id}").status_code == 204
        assert elsewhere.poll("Truck 01").status_code == 401

    def test_a_key_that_expires(self, make, truck, other_worker, clock):
        key = make.key(expires_at="2026-11-27T08:01:00Z")
        poller = Poller(other_worker, key.key)
        assert poller.poll("Truck 01").status_code == 200
        clock.shift(60)
        assert poller.poll("Truck 01").status_code == 401


class TestSpikes:
    @pytest.fixture
    def override(self, truck):
        return {"original_field_id": field_named(truck, "cpu")["id"], "fixed_value_number": 99}

    def test_one_that_is_active_from_now_on(self, make, truck, override, elsewhere):
        spike = make.spike(truck, override)
        response = elsewhere.poll("Truck 01")
        assert response.json["data"] == {"cpu": 99, "km": 15}
        assert response.headers["X-Spike-Schedule"] == str(spike["id"])

    def test_windows_open_and_close_without_anything_being_written(
        self, make, truck, override, elsewhere, clock
    ):
        make.spike(truck, override, start_datetime="2026-11-27T08:10:00Z", duration=600)
        served = []
        for _ in range(5):
            served.append(elsewhere.data("Truck 01")["cpu"])
            clock.shift(299.999999 if len(served) in {2, 4} else 300.000001)
        assert served == [7, 7, 99, 99, 7]

    def test_windows_that_touch(self, make, truck, override, elsewhere, clock):
        make.spike(truck, override, duration=60)
        make.spike(
            truck,
            override | {"fixed_value_number": 50},
            start_datetime="2026-11-27T08:01:00Z",
            duration=60,
        )
        served = []
        for _ in range(3):
            served.append(elsewhere.data("Truck 01")["cpu"])
            clock.shift(60)
        assert served == [99, 50, 7]

    def test_a_clock_that_is_set_back(self, make, truck, override, elsewhere, clock):
        make.spike(truck, override, start_datetime="2026-11-27T08:10:00Z", duration=600)
        clock.shift(600)
        assert elsewhere.data("Truck 01")["cpu"] == 99
        clock.shift(-1)
        assert elsewhere.data("Truck 01")["cpu"] == 7

    def test_one_that_is_ended(self, owner, make, truck, override, elsewhere, clock):
        spike = make.spike(truck, override)
        assert elsewhere.data("Truck 01")["cpu"] == 99
        clock.shift(10)
        owner.post(f"/api/spike-schedules/{spike['id']}/end")
        assert elsewhere.data("Truck 01")["cpu"] == 7

    def test_one_that_is_moved(self, owner, make, truck, override, elsewhere):
        spike = make.spike(truck, override)
        assert elsewhere.data("Truck 01")["cpu"] == 99
        window = {"start_datetime": "2026-11-27T09:00:00Z", "end_datetime": "2026-11-27T10:00:00Z"}
        moved = owner.patch(f"/api/spike-schedules/{spike['id']}", window)
        assert moved.status_code == 200, moved.text
        assert elsewhere.data("Truck 01")["cpu"] == 7

    def test_one_that_is_deleted(self, owner, make, truck, override, elsewhere):
        spike = make.spike(truck, override)
        assert elsewhere.data("Truck 01")["cpu"] == 99
        owner.delete(f"/api/spike-schedules/{spike['id']}")
        assert elsewhere.data("Truck 01")["cpu"] == 7

    def test_another_override(self, owner, make, truck, override, elsewhere):
        spike = make.spike(truck, override)
        assert elsewhere.data("Truck 01")["cpu"] == 99
        fields = {"spike_fields": [override | {"fixed_value_number": 50}]}
        changed = owner.patch(f"/api/spike-schedules/{spike['id']}", fields)
        assert changed.status_code == 200, changed.text
        assert elsewhere.data("Truck 01")["cpu"] == 50

    def test_a_field_that_changes_during_it(self, owner, make, truck, elsewhere):
        make.spike(truck)
        assert elsewhere.data("Truck 01")["cpu"] == 7
        owner.patch(cpu(truck), {"fixed_value_number": 8})
        assert elsewhere.data("Truck 01")["cpu"] == 8


def test_polls_do_not_change_the_revision(app, truck, tool, make):
    def revision():
        with app.app_context():
            return db.session.execute(sa.text("SELECT revision FROM collections")).scalar_one()

    before = revision()
    tool.data("Truck 01")
    assert revision() == before
    make.spike(truck)
    during = revision()
    assert during != before
    tool.data("Truck 01")
    assert revision() == during


class TestCacheSize:
    @pytest.fixture
    def small(self, app, monkeypatch):
        kept = plan_cache.PlanCache(app, max_fields=10)
        monkeypatch.setattr(app.extensions["polls"], "plans", kept)
        return kept

    @pytest.fixture
    def five(self, make, tool):
        for number in range(5):
            make.collection(f"Truck {number}", *[{"value_type": "NUMBER_FIXED"}] * 3)
        return tool

    def test_no_more_than_the_setting_allows(self, small, five):
        for number in range(5):
            five.data(f"Truck {number}")
        assert len(small) == 2

    def test_what_was_used_last_stays(self, small, five, queries):
        for number in (0, 1, 0, 2):
            five.data(f"Truck {number}")
        with queries() as seen:
            five.data("Truck 0")
        assert len(work(seen)) == 1

    def test_a_collection_that_is_larger_than_all_of_it_is_served(self, small, make, tool):
        make.collection("Big", *[{"value_type": "NUMBER_FIXED"}] * 20)
        assert len(tool.data("Big")) == 20
        assert len(small) == 0
