"""After a restore no counter serves a value twice; where that cannot be known, it is asked."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.backup.conftest import LOCKS
from tests.support.commands import refused

UP = {"value_type": "INCREMENT", "name": "n", "start_number": 1, "step_number": 1}
DOWN = {"value_type": "DECREMENT", "name": "n", "start_number": 100, "step_number": 0.5}


@pytest.fixture
def truck(here):
    """A collection with one counter."""
    return here.make.collection("Truck 01", UP)


@pytest.fixture
def tool(here):
    """A monitoring tool."""
    return here.make.key()


def polled(tool, times=1):
    return [tool.data("Truck 01")["n"] for _ in range(times)]


def asked(here, file):
    """What is said where it cannot be known how far counters went; nothing changes."""
    before = here.state()
    said = refused(here.run("restore", file))
    assert "How far these counters have counted since the backup is unknown: " in said
    assert "--counters-on N" in said
    assert "--accept-repeats" in said
    assert here.state() == before
    return said


@pytest.mark.parametrize(("counter", "values"), [(UP, [3, 4, 5]), (DOWN, [99, 98.5, 98])], ids=["up", "down"])
def test_it_goes_on_from_where_the_present_database_stands(here, tool, counter, values):
    here.make.collection("Truck 01", counter)
    polled(tool, 2)
    file = here.backup()
    assert polled(tool, 2) == values[:2]
    assert "1 counter continued" in here.restored(file)
    assert polled(tool) == values[2:]


def test_also_where_it_had_not_counted_yet(here, truck, tool):
    file = here.backup()
    polled(tool, 2)
    here.restored(file)
    assert polled(tool) == [3]


def test_also_where_it_began_anew_meanwhile(here, tool, clock):
    """Values of one that starts again at its reset come again anyway: each once in every round."""
    here.make.collection("Truck 01", UP | {"reset_number": 4})
    polled(tool, 3)
    file = here.backup()
    assert polled(tool, 3) == [4, 1, 2]
    here.restored(file)
    assert polled(tool) == [3]


def test_also_where_somebody_reset_it_meanwhile(here, truck, tool, clock):
    polled(tool, 3)
    file = here.backup()
    clock.shift(60)
    assert here.owner.post(f"/api/fields/{truck['fields'][0]['id']}/reset").status_code == 200
    assert polled(tool, 2) == [1, 2]
    here.restored(file)
    assert polled(tool) == [3]


def test_its_settings_are_those_of_the_backup(here, truck, tool, clock):
    file = here.backup()
    clock.shift(60)
    given = {"step_number": 10}
    assert here.owner.patch(f"/api/fields/{truck['fields'][0]['id']}", given).status_code == 200
    assert polled(tool, 2) == [1, 11]
    here.restored(file)
    assert polled(tool) == [12]


def test_also_where_a_newer_version_has_migrated_the_present_database(here, truck, tool):
    """The way back to an older version."""
    file = here.backup()
    polled(tool, 2)
    here.close()
    with closing(sqlite3.connect(here.database, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    here.restored(file)
    assert polled(tool) == [3]


def test_the_counters_of_a_spike_go_on_too(here, truck, tool):
    polled(tool, 2)
    here.make.spike(truck)
    file = here.backup()
    assert polled(tool, 2) == [3, 4]
    here.restored(file)
    assert polled(tool) == [5]


def test_back_and_forth_no_value_comes_twice(here, truck, tool):
    served, backups = [], []
    for _ in range(3):
        served += polled(tool, 2)
        backups.append(here.backup().rename(here.database.parents[1] / f"{len(backups)}"))
    for file in [*backups, *reversed(backups)]:
        here.restored(file)
        served += polled(tool, 2)
    assert served == list(range(1, len(served) + 1))


# --- Where it cannot be known --------------------------------------------------------------------------


def lost(here, truck, clock):
    here.close()
    here.database.unlink()
    return "it is missing or unreadable"


def damaged(here, truck, clock):
    here.close()
    here.database.write_text("no database " * 1000)
    return "it is missing or unreadable"


def deleted(here, truck, clock):
    assert here.owner.delete(f"/api/collections/{truck['id']}").status_code == 204
    return "does not have them, or has them with other settings"


def begun_elsewhere(here, truck, clock):
    clock.shift(60)
    given = {"start_number": 1000}
    assert here.owner.patch(f"/api/fields/{truck['fields'][0]['id']}", given).status_code == 200
    return "does not have them, or has them with other settings"


def older(here, truck, clock):
    """Somebody had put an old copy back by hand."""
    here.close()
    shutil.copyfile(here.database.with_name("old"), here.database)
    return "it is older than the backup (Truck 01: n)"


def replaced(here, truck, clock):
    """Another Spikecast's, whose ids happen to be the same."""
    here.close()
    shutil.copyfile(here.database.with_name("blank"), here.database)
    clock.shift(3600)
    here.__init__(here.app, here.database)
    here.make.collection("Truck 01", UP)
    return "it is not the one that the backup was made of"


@pytest.mark.parametrize("happens", [lost, damaged, deleted, begun_elsewhere, older, replaced])
def test_where_the_present_database_does_not_tell_it_asks(here, migrated_file, tool, clock, happens):
    shutil.copyfile(migrated_file, here.database.with_name("blank"))
    truck = here.make.collection("Truck 01", UP)
    polled(tool)
    here.close()
    shutil.copyfile(here.database, here.database.with_name("old"))
    polled(tool)
    file = here.backup()
    polled(tool, 3)
    why = happens(here, truck, clock)
    before = {path.name for path in here.database.parent.iterdir()}
    said = refused(here.run("restore", file))
    assert why in said
    assert "\n  Truck 01: n\n" in said
    assert {path.name for path in here.database.parent.iterdir()} - before <= LOCKS
    assert "1 counter skipped ahead by 3 values." in here.restored("--counters-on", 3, file)
    assert polled(tool) == [6]


def test_no_doubt_but_about_the_counters_that_are_gone(here, truck, tool):
    other = here.make.collection("Truck 02", UP)
    file = here.backup()
    polled(tool, 2)
    assert here.owner.delete(f"/api/collections/{other['id']}").status_code == 204
    said = asked(here, file)
    assert "Truck 02: n" in said
    assert "Truck 01" not in said
    here.restored("--counters-on", 100, file)
    assert polled(tool) == [3]
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
def test_counters_on_leaves_out_so_many_values(here, tool, counter, polls, on, following):
    """Of their largest steps; where that passes the reset, they have begun anew."""
    field = here.make.collection("Truck 01", counter)["fields"][0]
    polled(tool, polls)
    file = here.backup()
    lost(here, None, None)
    here.restored("--counters-on", on, file)
    here.sign_in_again()
    if counter.get("randomization_percentage"):
        here.owner.patch(f"/api/fields/{field['id']}", {"randomization_percentage": 0})
        following = 61 + 10
    assert polled(tool) == [pytest.approx(following)]


def test_accept_repeats_serves_them_again(here, truck, tool):
    polled(tool)
    file = here.backup()
    assert polled(tool) == [2]
    lost(here, truck, None)
    assert "1 counter reset to the backup: values served since then will be served again." in here.restored(
        "--accept-repeats", file
    )
    assert polled(tool) == [2]


def test_one_of_the_two_is_enough(here):
    said = refused(here.run("restore", "--counters-on", 1, "--accept-repeats", here.backup()))
    assert "choose one" in said


def test_without_counters_nothing_is_asked(here):
    here.make.collection("Truck 01", {"value_type": "NUMBER_RANGE"})
    file = here.backup()
    lost(here, None, None)
    here.restored(file)


# --- Spikes that are over, and that are to come --------------------------------------------------------


def test_a_spike_that_is_over_does_not_come_back(here, truck, tool, clock):
    here.make.spike(truck)
    file = here.backup()
    polled(tool)
    clock.shift(7200)
    assert polled(tool) == [2]
    here.restored(file)
    here.sign_in_again()
    assert here.owner.get("/api/spike-schedules").json["total"] == 0
    assert polled(tool) == [3]


def test_of_a_spike_with_a_start_of_its_own_that_is_active_and_was_deleted_it_asks(here, truck, tool):
    own_start = {"original_field_id": truck["fields"][0]["id"], "start_number": 100}
    spike = here.make.spike(truck, own_start)
    file = here.backup()
    assert polled(tool, 2) == [100, 101]
    assert here.owner.delete(f"/api/spike-schedules/{spike['id']}").status_code == 204
    assert "Spike (a spike of Truck 01): n" in asked(here, file)
    here.restored("--counters-on", 2, file)
    assert polled(tool) == [102]


def test_a_spike_to_come_has_served_nothing(here, truck, tool, clock):
    spike = here.make.spike(truck, start_datetime="2026-11-28T08:00:00Z")
    file = here.backup()
    polled(tool, 2)
    assert here.owner.delete(f"/api/spike-schedules/{spike['id']}").status_code == 204
    here.restored(file)
    assert polled(tool) == [3]
    clock.shift(24 * 3600)
    assert polled(tool) == [4]
