"""After a restore nothing is served twice, whatever spikes came and went between backup and restore."""

import random

import pytest
import sqlalchemy as sa

from app.db.session import db

UP = {"value_type": "INCREMENT", "name": "n", "start_number": 1, "step_number": 1}
WINDOW = {"duration": 600}
OWN_START = {"start_number": 1000}
LATER = {"start_datetime": "2026-11-28T08:00:00Z", "duration": 600}


@pytest.fixture
def truck(here):
    """A collection with one counter."""
    return here.make.collection("Truck 01", UP)


@pytest.fixture
def polled(here, truck):
    """Polls so many times; answers with the values."""
    tool = here.make.key()
    return lambda times=1: [tool.data("Truck 01")["n"] for _ in range(times)]


def spike(here, truck, override=None, **more):
    entries = [{"original_field_id": truck["fields"][0]["id"]} | override] if override else []
    return here.make.spike(truck, *entries, **WINDOW | more)


def gone(here, made, clock):
    assert here.owner.delete(f"/api/spike-schedules/{made['id']}").status_code == 204


def over(here, made, clock):
    clock.shift(600)


def moved(here, made, clock):
    assert here.owner.patch(f"/api/spike-schedules/{made['id']}", LATER).status_code == 200


def changed(here, made, clock, **given):
    assert here.owner.patch(f"/api/spike-schedules/{made['id']}", given).status_code == 200


# --- A spike that the backup has -----------------------------------------------------------------------


@pytest.mark.parametrize("polls_before", [0, 1])
@pytest.mark.parametrize("goes", [gone, over, moved])
@pytest.mark.parametrize("polls_after", [0, 2])
def test_one_that_has_gone_since_is_behind_the_collection_s_counter(
    here, truck, polled, clock, polls_before, goes, polls_after
):
    served = polled(2)
    made = spike(here, truck)
    served += polled(polls_before)
    file = here.backup()
    served += polled(3)
    goes(here, made, clock)
    served += polled(polls_after)
    here.restored(file)
    served += polled(2)
    clock.shift(600)
    served += polled(2)
    assert served == list(range(1, len(served) + 1))


def test_one_that_is_still_active_goes_on_and_hands_back(here, truck, polled, clock):
    served = polled(2)
    spike(here, truck, {"step_number": 10})
    served += polled()
    file = here.backup()
    served += polled(2)
    here.restored(file)
    served += polled()
    clock.shift(600)
    served += polled(2)
    assert served == [1, 2, 12, 22, 32, 42, 43, 44]


def test_one_that_has_ended_and_that_nobody_has_polled_since_hands_back(here, truck, polled, clock):
    polled(2)
    spike(here, truck)
    file = here.backup()
    assert polled(3) == [3, 4, 5]
    clock.shift(600)
    here.restored(file)
    assert polled(2) == [6, 7]


def test_one_that_is_active_now_and_comes_later_in_the_backup_hands_back(here, truck, polled, clock):
    polled(2)
    made = spike(here, truck, **LATER)
    file = here.backup()
    changed(here, made, clock, start_datetime="2026-11-27T08:00:00Z", **WINDOW)
    assert polled(3) == [3, 4, 5]
    here.restored(file)
    assert polled(2) == [6, 7]
    clock.move_to("2026-11-28T08:00:00Z")
    assert polled(2) == [8, 9]


@pytest.mark.parametrize("is_over", [False, True])
def test_the_backup_says_what_its_counters_do_afterwards(here, truck, polled, clock, is_over):
    polled(2)
    made = spike(here, truck, counters_after="resume")
    file = here.backup()
    changed(here, made, clock, counters_after="continue")
    assert polled(3) == [3, 4, 5]
    if is_over:
        clock.shift(600)
    here.restored(file)
    if not is_over:
        assert polled() == [6]
        clock.shift(600)
    assert polled() == [3]


@pytest.mark.parametrize("after", ["resume", None])
def test_one_with_a_start_of_its_own_goes_on_and_leaves_the_collection_s_counter(
    here, truck, polled, clock, after
):
    polled(2)
    spike(here, truck, OWN_START, counters_after=after)
    polled()
    file = here.backup()
    polled(2)
    here.restored(file)
    assert polled() == [1003]
    clock.shift(600)
    assert polled() == [3]


@pytest.mark.parametrize("is_over", [False, True])
def test_one_with_a_start_of_its_own_hands_back_what_was_served_since(here, truck, polled, clock, is_over):
    polled(2)
    spike(here, truck, OWN_START, counters_after="continue")
    polled()
    file = here.backup()
    assert polled(2) == [1001, 1002]
    if is_over:
        clock.shift(600)
    here.restored(file)
    assert polled() == [1003]
    clock.shift(600)
    assert polled() == [1004]


def test_a_start_that_was_given_since_is_taken_away_again(here, truck, polled, clock):
    polled(2)
    made = spike(here, truck)
    file = here.backup()
    assert polled(2) == [3, 4]
    override = {"original_field_id": truck["fields"][0]["id"]} | OWN_START
    changed(here, made, clock, spike_fields=[override])
    assert polled(2) == [1000, 1001]
    here.restored(file)
    assert polled(2) == [5, 6]
    clock.shift(600)
    assert polled() == [7]


def test_a_reset_since_counts(here, truck, polled, clock):
    polled(2)
    spike(here, truck)
    polled(2)
    file = here.backup()
    clock.shift(1)
    assert here.owner.post(f"/api/fields/{truck['fields'][0]['id']}/reset").status_code == 200
    assert polled(2) == [1, 2]
    here.restored(file)
    assert polled(2) == [3, 4]


def test_a_counter_that_counts_in_whole_numbers_in_the_backup_does_so_again(here, truck, polled, clock):
    polled(2)
    made = spike(here, truck, duration=60)
    file = here.backup()
    clock.shift(1)
    half = {"step_number": 0.5}
    assert here.owner.patch(f"/api/fields/{truck['fields'][0]['id']}", half).status_code == 200
    assert polled() == [2.5]
    here.restored(file)
    assert made["status"] == "active"
    assert polled(2) == [4, 5]


# --- A spike that was made since -----------------------------------------------------------------------


@pytest.mark.parametrize("happens", [None, over])
def test_one_that_the_restore_takes_away_hands_back(here, truck, polled, clock, happens):
    polled(2)
    file = here.backup()
    made = spike(here, truck)
    assert polled(3) == [3, 4, 5]
    if happens:
        happens(here, made, clock)
    here.restored(file)
    assert polled(2) == [6, 7]


@pytest.mark.parametrize(("after", "following"), [("continue", [1002]), ("resume", [3]), (None, [3])])
def test_one_with_a_start_of_its_own_that_the_restore_takes_away_does_as_it_says(
    here, truck, polled, after, following
):
    polled(2)
    file = here.backup()
    spike(here, truck, OWN_START, counters_after=after)
    assert polled(2) == [1000, 1001]
    here.restored(file)
    assert polled() == following


def test_a_counter_that_was_set_back_by_a_spike_is_not_taken_for_an_older_one(here, truck, polled, clock):
    polled(9)
    file = here.backup()
    clock.shift(1)
    spike(here, truck, {"start_number": 0}, counters_after="continue")
    assert polled(2) == [0, 1]
    clock.shift(600)
    assert polled(2) == [2, 3]
    assert "1 counter continued" in here.restored(file)
    assert polled() == [4]


# --- Where the present database does not tell ----------------------------------------------------------


@pytest.mark.parametrize("is_over", [False, True])
def test_counters_on_counts_from_where_the_spike_of_the_backup_stood(here, truck, polled, clock, is_over):
    polled(2)
    spike(here, truck, {"step_number": 10})
    assert polled(2) == [12, 22]
    file = here.backup()
    assert polled() == [32]
    if is_over:
        clock.shift(600)
    here.close()
    here.database.unlink()
    said = here.restored("--counters-on", 5, file)
    assert "1 counter skipped ahead by 5 values." in said
    assert polled() == [73 if is_over else 82], "five of the largest steps, and one more"


def test_accept_repeats_goes_on_from_where_the_spike_of_the_backup_stood(here, truck, polled, clock):
    polled(2)
    spike(here, truck)
    assert polled(2) == [3, 4]
    file = here.backup()
    polled(2)
    here.close()
    here.database.unlink()
    here.restored("--accept-repeats", file)
    assert polled(2) == [5, 6]


def test_a_present_database_of_before_spikes_handed_back_is_asked_for_its_copies(here, truck, polled):
    """Its copies that are gone handed nothing back: what they served since is nowhere."""
    made = spike(here, truck)
    file = here.backup()
    polled(2)
    gone(here, made, None)
    with here.app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE spike_schedules DROP COLUMN counters_after"))
    here.close()
    said = here.run("restore", file)
    assert said.exit_code == 1
    assert "Spike (a spike of Truck 01): n" in said.output
    here.restored("--counters-on", 9, file)
    assert polled() == [12]


# --- All of it in any order ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_back_and_forth_no_value_comes_twice(here, truck, polled, clock, seed):
    rng = random.Random(seed)
    served, backups = [], []
    for step in range(40):
        here.sign_in_again()
        schedules = here.owner.get("/api/spike-schedules?sort=id").json["items"]
        match rng.choice(["poll", "poll", "poll", "spike", "goes", "wait", "backup", "restore"]):
            case "poll":
                served += polled(rng.randint(1, 3))
            case "spike":
                body = {"collection_id": truck["id"], "name": "Spike", "spike_fields": []}
                if rng.random() < 0.5:
                    step_of_its_own = {"original_field_id": truck["fields"][0]["id"], "step_number": 3}
                    body["spike_fields"] = [step_of_its_own]
                here.owner.post("/api/spike-schedules", body | {"duration": rng.choice([60, 600])})
            case "goes" if schedules:
                made = rng.choice(schedules)
                if rng.random() < 0.5:
                    gone(here, made, clock)
                else:
                    move = {"start_datetime": None, "duration": 600}
                    move["start_datetime"] = f"2026-11-28T08:{rng.randrange(60):02}:00Z"
                    here.owner.patch(f"/api/spike-schedules/{made['id']}", move)
            case "wait":
                clock.shift(rng.choice([1, 60, 600]))
            case "backup":
                backups.append(here.backup().rename(here.database.parents[1] / f"{step}"))
            case "restore" if backups:
                here.restored(rng.choice(backups))
    served += polled(2)
    assert served == sorted(set(served)), "every value is behind the one before"
