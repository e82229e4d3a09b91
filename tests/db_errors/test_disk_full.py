"""The disk is full or the database is read-only: writes are refused as a whole, reads work."""

import pytest

from app.db.session import db
from tests.support.db_failures import (
    assert_unavailable,
    disk_full,
    dump_tables,
    on_each_connection,
    read_only_database,
)
from tests.support.write_catalog import NEW_FIELD


@pytest.mark.parametrize("failure", [disk_full, read_only_database], ids=["disk full", "read-only"])
class TestPolls:
    def test_a_poll_without_counters_is_served(self, app, world, failure, clock):
        clock.shift(120)
        with failure(app):
            assert world.tool.poll("Bridge").status_code == 200

    def test_a_poll_with_counters_is_refused_and_no_value_is_lost(self, app, world, failure):
        first = world.tool.data("Truck 01")["km"]
        with failure(app):
            assert_unavailable(world.tool.poll("Truck 01"))
        assert world.tool.data("Truck 01")["km"] == first + 5

    def test_a_refused_poll_leaves_an_expired_spike_to_a_later_poll(self, app, world, failure, clock):
        clock.shift(3600)
        with failure(app):
            assert_unavailable(world.tool.poll("Truck 01"))
        assert "X-Spike-Schedule" not in world.tool.poll("Truck 01").headers
        assert dump_tables(app)["spike_schedules"] == []

    def test_reads_and_health_checks_work(self, app, world, failure):
        with failure(app):
            assert world.admin.get("/api/health").status_code == 200
            assert world.admin.get("/api/auth/me").status_code == 200
            assert world.admin.get("/api/collections").json["total"] == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="session")
def test_a_write_that_does_not_fit_is_refused_and_smaller_ones_work(app, world):
    many = [{"field_name": f"field {number}", **SHORT} for number in range(2)]
    path = "/api/collections/{collection}/fields".format(**world.ids)
    long = NEW_FIELD | LONG | {"collection_type": "Configuration"}
    vacuum(app)  # pages that earlier rows left free would give it room
    with on_each_connection(app, "PRAGMA max_page_count=1"):  # no more pages than there are
        assert_unavailable(world.admin.post(path, long))
        assert [world.admin.post(path, NEW_FIELD | each).status_code for each in many] == [201, 201]
    assert world.admin.post(path, long).status_code == 201


def vacuum(app):
    """Leave no free page in the file."""
    with app.app_context():
        driver = db.engine.raw_connection()
        driver.execute("VACUUM")
        driver.close()


SHORT = {"value_type": "NUMBER_FIXED", "fixed_value_number": 1}
LONG = {"value_type": "TEXT_FIXED", "fixed_value_text": "x" * 20_000, "fixed_value_number": None}
