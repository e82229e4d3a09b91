"""A change applies to the next poll, even in another worker that has cached the collection's plan."""

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
    """Another app on the same database, with its own caches as in another process."""
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
def other_poller(other_worker, truck, tool):
    """A poller of the other worker, which has cached the collection's plan."""
    poller = Poller(other_worker, tool.key)
    assert poller.data("Truck 01") == {"cpu": 7, "km": 10}
    return poller


def get_cpu_path(truck):
    return f"/api/fields/{field_named(truck, 'cpu')['id']}"


class TestFields:
    def test_a_changed_value_is_served(self, owner, truck, other_poller):
        assert owner.patch(get_cpu_path(truck), {"fixed_value_number": 8}).status_code == 200
        assert other_poller.data("Truck 01")["cpu"] == 8

    def test_a_renamed_field_is_served_under_its_new_name(self, owner, truck, other_poller):
        assert owner.patch(get_cpu_path(truck), {"field_name": "load"}).status_code == 200
        assert list(other_poller.data("Truck 01")) == ["load", "km"]

    def test_a_field_moved_to_the_other_type_is_left_out(self, owner, truck, other_poller):
        assert owner.patch(get_cpu_path(truck), {"collection_type": "Configuration"}).status_code == 200
        assert list(other_poller.data("Truck 01")) == ["km"]

    def test_a_new_field_is_served(self, make, truck, other_poller):
        make.field(truck, "NUMBER_FIXED", field_name="rpm")
        assert list(other_poller.data("Truck 01")) == ["cpu", "km", "rpm"]

    def test_a_deleted_field_is_left_out(self, owner, truck, other_poller):
        assert owner.delete(get_cpu_path(truck)).status_code == 204
        assert list(other_poller.data("Truck 01")) == ["km"]

    def test_a_counter_restarts_at_its_new_start_number(self, owner, truck, other_poller):
        km = field_named(truck, "km")["id"]
        assert owner.patch(f"/api/fields/{km}", {"start_number": 100}).status_code == 200
        assert [other_poller.data("Truck 01")["km"] for _ in range(2)] == [100, 105]


class TestCollectionsAndPeople:
    def test_a_renamed_collection_is_found_by_its_new_name_only(self, owner, truck, other_poller):
        owner.patch(f"/api/collections/{truck['id']}", {"name": "Truck 02"})
        assert other_poller.poll("Truck 01").status_code == 404
        assert other_poller.poll("Truck 02").json["collection"] == "Truck 02"

    def test_a_deleted_collection_is_404(self, owner, truck, other_poller):
        owner.delete(f"/api/collections/{truck['id']}")
        assert other_poller.poll("Truck 01").status_code == 404

    def test_a_new_collection_with_a_deleted_ones_name_is_served(self, owner, make, truck, other_poller):
        owner.delete(f"/api/collections/{truck['id']}")
        make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "field_name": "rpm"})
        assert list(other_poller.data("Truck 01")) == ["rpm"]

    def test_a_collection_transferred_to_another_owner_is_404(self, admin, stranger, truck, other_poller):
        changed = admin.patch(f"/api/collections/{truck['id']}", {"owner_id": stranger.user_id})
        assert changed.status_code == 200, changed.text
        assert other_poller.poll("Truck 01").status_code == 404

    def test_a_new_admins_key_reads_every_collection(self, admin, owner, stranger, truck, other_poller):
        admin.patch(f"/api/collections/{truck['id']}", {"owner_id": stranger.user_id})
        assert other_poller.poll("Truck 01").status_code == 404
        assert admin.patch(f"/api/users/{owner.user_id}", {"role": "Admin"}).status_code == 200
        assert other_poller.poll("Truck 01").status_code == 200


class TestKeys:
    def test_a_revoked_key_is_refused(self, owner, tool, other_poller):
        assert owner.delete(f"/api/api-keys/{tool.id}").status_code == 204
        assert other_poller.poll("Truck 01").status_code == 401

    def test_an_expired_key_is_refused(self, make, truck, other_worker, clock):
        key = make.key(expires_at="2026-11-27T08:01:00Z")
        poller = Poller(other_worker, key.key)
        assert poller.poll("Truck 01").status_code == 200
        clock.shift(60)
        assert poller.poll("Truck 01").status_code == 401


class TestSpikes:
    @pytest.fixture
    def override(self, truck):
        return {"original_field_id": field_named(truck, "cpu")["id"], "fixed_value_number": 99}

    def test_a_new_active_spike_is_served(self, make, truck, override, other_poller):
        spike = make.spike(truck, override)
        response = other_poller.poll("Truck 01")
        assert response.json["data"] == {"cpu": 99, "km": 15}
        assert response.headers["X-Spike-Schedule"] == str(spike["id"])

    def test_spike_windows_open_and_close_without_a_write(self, make, truck, override, other_poller, clock):
        make.spike(truck, override, start_datetime="2026-11-27T08:10:00Z", duration=600)
        served = []
        for _ in range(5):
            served.append(other_poller.data("Truck 01")["cpu"])
            clock.shift(299.999999 if len(served) in {2, 4} else 300.000001)
        assert served == [7, 7, 99, 99, 7]

    def test_adjacent_spike_windows_are_served_one_after_the_other(
        self, make, truck, override, other_poller, clock
    ):
        make.spike(truck, override, duration=60)
        make.spike(
            truck,
            override | {"fixed_value_number": 50},
            start_datetime="2026-11-27T08:01:00Z",
            duration=60,
        )
        served = []
        for _ in range(3):
            served.append(other_poller.data("Truck 01")["cpu"])
            clock.shift(60)
        assert served == [99, 50, 7]

    def test_a_clock_set_back_to_before_the_spike_gets_normal_values(
        self, make, truck, override, other_poller, clock
    ):
        make.spike(truck, override, start_datetime="2026-11-27T08:10:00Z", duration=600)
        clock.shift(600)
        assert other_poller.data("Truck 01")["cpu"] == 99
        clock.shift(-1)
        assert other_poller.data("Truck 01")["cpu"] == 7

    def test_an_ended_spike_is_not_served(self, owner, make, truck, override, other_poller, clock):
        spike = make.spike(truck, override)
        assert other_poller.data("Truck 01")["cpu"] == 99
        clock.shift(10)
        owner.post(f"/api/spike-schedules/{spike['id']}/end")
        assert other_poller.data("Truck 01")["cpu"] == 7

    def test_a_rescheduled_spike_is_not_served_before_its_new_start(
        self, owner, make, truck, override, other_poller
    ):
        spike = make.spike(truck, override)
        assert other_poller.data("Truck 01")["cpu"] == 99
        window = {"start_datetime": "2026-11-27T09:00:00Z", "end_datetime": "2026-11-27T10:00:00Z"}
        moved = owner.patch(f"/api/spike-schedules/{spike['id']}", window)
        assert moved.status_code == 200, moved.text
        assert other_poller.data("Truck 01")["cpu"] == 7

    def test_a_deleted_spike_is_not_served(self, owner, make, truck, override, other_poller):
        spike = make.spike(truck, override)
        assert other_poller.data("Truck 01")["cpu"] == 99
        owner.delete(f"/api/spike-schedules/{spike['id']}")
        assert other_poller.data("Truck 01")["cpu"] == 7

    def test_a_changed_override_is_served(self, owner, make, truck, override, other_poller):
        spike = make.spike(truck, override)
        assert other_poller.data("Truck 01")["cpu"] == 99
        fields = {"spike_fields": [override | {"fixed_value_number": 50}]}
        changed = owner.patch(f"/api/spike-schedules/{spike['id']}", fields)
        assert changed.status_code == 200, changed.text
        assert other_poller.data("Truck 01")["cpu"] == 50

    def test_a_field_changed_during_a_spike_is_served(self, owner, make, truck, other_poller):
        make.spike(truck)
        assert other_poller.data("Truck 01")["cpu"] == 7
        owner.patch(get_cpu_path(truck), {"fixed_value_number": 8})
        assert other_poller.data("Truck 01")["cpu"] == 8


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
    def small_cache(self, app, monkeypatch):
        cache = plan_cache.PlanCache(app, max_fields=10)
        monkeypatch.setattr(app.extensions["polls"], "plans", cache)
        return cache

    @pytest.fixture
    def tool_of_five(self, make, tool):
        for number in range(5):
            make.collection(f"Truck {number}", *[{"value_type": "NUMBER_FIXED"}] * 3)
        return tool

    def test_the_plan_cache_does_not_exceed_its_setting(self, small_cache, tool_of_five):
        for number in range(5):
            tool_of_five.data(f"Truck {number}")
        assert len(small_cache) == 2

    def test_a_recently_used_plan_stays_cached(self, small_cache, tool_of_five, queries):
        for number in (0, 1, 0, 2):
            tool_of_five.data(f"Truck {number}")
        with queries() as seen:
            tool_of_five.data("Truck 0")
        assert len(work(seen)) == 1

    def test_a_collection_larger_than_the_cache_is_served(self, small_cache, make, tool):
        make.collection("Big", *[{"value_type": "NUMBER_FIXED"}] * 20)
        assert len(tool.data("Big")) == 20
        assert len(small_cache) == 0
