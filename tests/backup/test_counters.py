"""A restore lets no counter serve a value twice; if its values are unknown, an option is required."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.backup.conftest import LOCKS
from tests.support.commands import refused

UP = {"value_type": "INCREMENT", "name": "n", "start_number": 1, "step_number": 1}
DOWN = {"value_type": "DECREMENT", "name": "n", "start_number": 100, "step_number": 0.5}


@pytest.fixture
def truck(installation):
    """A collection with one counter."""
    return installation.make.collection("Truck 01", UP)


@pytest.fixture
def tool(installation):
    """A monitoring tool."""
    return installation.make.key()


def poll_values(tool, times=1):
    return [tool.data("Truck 01")["n"] for _ in range(times)]


def assert_option_required(installation, file):
    """Check that a restore is refused because counter values are unknown; return its output."""
    before = installation.state()
    output = refused(installation.run("restore", file))
    assert "How far these counters have counted since the backup is unknown: " in output
    assert "--counters-on N" in output
    assert "--accept-repeats" in output
    assert installation.state() == before
    return output


@pytest.mark.parametrize(("counter", "values"), [(UP, [3, 4, 5]), (DOWN, [99, 98.5, 98])], ids=["up", "down"])
def test_a_counter_continues_from_the_current_database(installation, tool, counter, values):
    installation.make.collection("Truck 01", counter)
    poll_values(tool, 2)
    file = installation.backup()
    assert poll_values(tool, 2) == values[:2]
    assert "1 counter continued" in installation.restored(file)
    assert poll_values(tool) == values[2:]


def test_a_counter_not_polled_before_the_backup_continues(installation, truck, tool):
    file = installation.backup()
    poll_values(tool, 2)
    installation.restored(file)
    assert poll_values(tool) == [3]


def test_a_counter_that_passed_its_reset_since_the_backup_continues(installation, tool, clock):
    """A counter with a reset repeats its values anyway: each one once per round."""
    installation.make.collection("Truck 01", UP | {"reset_number": 4})
    poll_values(tool, 3)
    file = installation.backup()
    assert poll_values(tool, 3) == [4, 1, 2]
    installation.restored(file)
    assert poll_values(tool) == [3]


def test_a_counter_that_was_reset_since_the_backup_continues_after_its_reset(
    installation, truck, tool, clock
):
    poll_values(tool, 3)
    file = installation.backup()
    clock.shift(60)
    assert installation.owner.post(f"/api/fields/{truck['fields'][0]['id']}/reset").status_code == 200
    assert poll_values(tool, 2) == [1, 2]
    installation.restored(file)
    assert poll_values(tool) == [3]


def test_a_continued_counter_has_the_settings_of_the_backup(installation, truck, tool, clock):
    file = installation.backup()
    clock.shift(60)
    given = {"step_number": 10}
    assert installation.owner.patch(f"/api/fields/{truck['fields'][0]['id']}", given).status_code == 200
    assert poll_values(tool, 2) == [1, 11]
    installation.restored(file)
    assert poll_values(tool) == [12]


def test_a_counter_continues_from_a_database_with_a_newer_schema(installation, truck, tool):
    """As after going back to an older version."""
    file = installation.backup()
    poll_values(tool, 2)
    installation.close()
    with closing(sqlite3.connect(installation.database, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    installation.restored(file)
    assert poll_values(tool) == [3]


def test_a_counter_in_a_spike_continues(installation, truck, tool):
    poll_values(tool, 2)
    installation.make.spike(truck)
    file = installation.backup()
    assert poll_values(tool, 2) == [3, 4]
    installation.restored(file)
    assert poll_values(tool) == [5]


def test_repeated_restores_serve_no_value_twice(installation, truck, tool):
    served, backups = [], []
    for _ in range(3):
        served += poll_values(tool, 2)
        backups.append(installation.backup().rename(installation.database.parents[1] / f"{len(backups)}"))
    for file in [*backups, *reversed(backups)]:
        installation.restored(file)
        served += poll_values(tool, 2)
    assert served == list(range(1, len(served) + 1))


# --- Unknown counter values ----------------------------------------------------------------------------


def lost(installation, truck, clock):
    installation.close()
    installation.database.unlink()
    return "it is missing or unreadable"


def damaged(installation, truck, clock):
    installation.close()
    installation.database.write_text("no database " * 1000)
    return "it is missing or unreadable"


def deleted(installation, truck, clock):
    assert installation.owner.delete(f"/api/collections/{truck['id']}").status_code == 204
    return "does not have them, or has them with other settings"


def start_number_changed(installation, truck, clock):
    clock.shift(60)
    given = {"start_number": 1000}
    assert installation.owner.patch(f"/api/fields/{truck['fields'][0]['id']}", given).status_code == 200
    return "does not have them, or has them with other settings"


def older(installation, truck, clock):
    """An old copy was put back by hand."""
    installation.close()
    shutil.copyfile(installation.database.with_name("old"), installation.database)
    return "it is older than the backup (Truck 01: n)"


def replaced(installation, truck, clock):
    """The database of another installation, with the same ids."""
    installation.close()
    shutil.copyfile(installation.database.with_name("blank"), installation.database)
    clock.shift(3600)
    installation.__init__(installation.app, installation.database)
    installation.make.collection("Truck 01", UP)
    return "it is not the one that the backup was made of"


@pytest.mark.parametrize("event", [lost, damaged, deleted, start_number_changed, older, replaced])
def test_an_option_is_required_if_the_current_database_lacks_the_counter_values(
    installation, migrated_file, tool, clock, event
):
    shutil.copyfile(migrated_file, installation.database.with_name("blank"))
    truck = installation.make.collection("Truck 01", UP)
    poll_values(tool)
    installation.close()
    shutil.copyfile(installation.database, installation.database.with_name("old"))
    poll_values(tool)
    file = installation.backup()
    poll_values(tool, 3)
    why = event(installation, truck, clock)
    before = {path.name for path in installation.database.parent.iterdir()}
    output = refused(installation.run("restore", file))
    assert why in output
    assert "\n  Truck 01: n\n" in output
    assert {path.name for path in installation.database.parent.iterdir()} - before <= LOCKS
    assert "1 counter skipped ahead by 3 values." in installation.restored("--counters-on", 3, file)
    assert poll_values(tool) == [6]


def test_only_counters_missing_from_the_current_database_are_unknown(installation, truck, tool):
    other = installation.make.collection("Truck 02", UP)
    file = installation.backup()
    poll_values(tool, 2)
    assert installation.owner.delete(f"/api/collections/{other['id']}").status_code == 204
    output = assert_option_required(installation, file)
    assert "Truck 02: n" in output
    assert "Truck 01" not in output
    installation.restored("--counters-on", 100, file)
    assert poll_values(tool) == [3]
    assert tool.data("Truck 02")["n"] == 101


@pytest.mark.parametrize(
    ("counter", "polls", "on", "following"),
    [
        (UP, 0, 5, 6),
        (UP, 2, 5, 8),
        (DOWN, 2, 4, 97),
        (UP | {"step_number": 0.1}, 1, 10, 2.1),
        (UP | {"step_number": 10, "randomization_percentage": 50}, 1, 4, 61),
        (UP | {"reset_number": 10}, 1, 100, 2),
    ],
)
def test_counters_on_skips_the_given_number_of_values(installation, tool, counter, polls, on, following):
    """Skipped values count by the largest step; a counter that passes its reset restarts."""
    field = installation.make.collection("Truck 01", counter)["fields"][0]
    poll_values(tool, polls)
    file = installation.backup()
    lost(installation, None, None)
    installation.restored("--counters-on", on, file)
    installation.sign_in_again()
    if counter.get("randomization_percentage"):
        installation.owner.patch(f"/api/fields/{field['id']}", {"randomization_percentage": 0})
        following = 61 + 10
    assert poll_values(tool) == [pytest.approx(following)]


def test_accept_repeats_serves_values_again(installation, truck, tool):
    poll_values(tool)
    file = installation.backup()
    assert poll_values(tool) == [2]
    lost(installation, truck, None)
    assert (
        "1 counter reset to the backup: values served since then will be served again."
        in installation.restored("--accept-repeats", file)
    )
    assert poll_values(tool) == [2]


def test_the_two_options_exclude_each_other(installation):
    output = refused(
        installation.run("restore", "--counters-on", 1, "--accept-repeats", installation.backup())
    )
    assert "choose one" in output


def test_a_restore_without_counters_requires_no_option(installation):
    installation.make.collection("Truck 01", {"value_type": "NUMBER_RANGE"})
    file = installation.backup()
    lost(installation, None, None)
    installation.restored(file)


# --- Expired, deleted and future spikes ----------------------------------------------------------------


def test_a_restore_does_not_bring_back_an_expired_spike(installation, truck, tool, clock):
    installation.make.spike(truck)
    file = installation.backup()
    poll_values(tool)
    clock.shift(7200)
    assert poll_values(tool) == [2]
    installation.restored(file)
    installation.sign_in_again()
    assert installation.owner.get("/api/spike-schedules").json["total"] == 0
    assert poll_values(tool) == [3]


def test_a_deleted_active_spike_with_a_start_override_requires_an_option(installation, truck, tool):
    own_start = {"original_field_id": truck["fields"][0]["id"], "start_number": 100}
    spike = installation.make.spike(truck, own_start)
    file = installation.backup()
    assert poll_values(tool, 2) == [100, 101]
    assert installation.owner.delete(f"/api/spike-schedules/{spike['id']}").status_code == 204
    assert "Spike (a spike of Truck 01): n" in assert_option_required(installation, file)
    installation.restored("--counters-on", 2, file)
    assert poll_values(tool) == [102]


def test_a_deleted_future_spike_requires_no_option(installation, truck, tool, clock):
    spike = installation.make.spike(truck, start_datetime="2026-11-28T08:00:00Z")
    file = installation.backup()
    poll_values(tool, 2)
    assert installation.owner.delete(f"/api/spike-schedules/{spike['id']}").status_code == 204
    installation.restored(file)
    assert poll_values(tool) == [3]
    clock.shift(24 * 3600)
    assert poll_values(tool) == [4]
