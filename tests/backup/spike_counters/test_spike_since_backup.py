"""Counters after a restore that removes a spike, and after random sequences of restores."""

import random

import pytest

from tests.support.restored_spikes import OWN_START, delete_spike, let_window_end, schedule_spike


@pytest.mark.parametrize("end", [None, let_window_end])
def test_the_counter_continues_after_a_spike_that_the_restore_removes(
    installation, truck, poll_values, clock, end
):
    poll_values(2)
    file = installation.backup()
    spike = schedule_spike(installation, truck)
    assert poll_values(3) == [3, 4, 5]
    if end:
        end(installation, spike, clock)
    installation.restored(file)
    assert poll_values(2) == [6, 7]


@pytest.mark.parametrize(("after", "following"), [("continue", [1002]), ("resume", [3]), (None, [3])])
def test_a_removed_spike_with_a_start_number_override_follows_its_counters_after(
    installation, truck, poll_values, after, following
):
    poll_values(2)
    file = installation.backup()
    schedule_spike(installation, truck, OWN_START, counters_after=after)
    assert poll_values(2) == [1000, 1001]
    installation.restored(file)
    assert poll_values() == following


def test_a_counter_that_a_spike_lowered_is_not_mistaken_for_an_older_one(
    installation, truck, poll_values, clock
):
    poll_values(9)
    file = installation.backup()
    clock.shift(1)
    schedule_spike(installation, truck, {"start_number": 0}, counters_after="continue")
    assert poll_values(2) == [0, 1]
    clock.shift(600)
    assert poll_values(2) == [2, 3]
    assert "1 counter continued" in installation.restored(file)
    assert poll_values() == [4]


@pytest.mark.parametrize("seed", range(10))
def test_no_value_repeats_in_a_random_sequence_of_polls_spikes_and_restores(
    installation, truck, poll_values, clock, seed
):
    rng = random.Random(seed)
    served, backups = [], []
    for step in range(40):
        installation.sign_in_again()
        schedules = installation.owner.get("/api/spike-schedules?sort=id").json["items"]
        match rng.choice(["poll", "poll", "poll", "spike", "end", "wait", "backup", "restore"]):
            case "poll":
                served += poll_values(rng.randint(1, 3))
            case "spike":
                body = {"collection_id": truck["id"], "name": "Spike", "spike_fields": []}
                if rng.random() < 0.5:
                    own_step = {"original_field_id": truck["fields"][0]["id"], "step_number": 3}
                    body["spike_fields"] = [own_step]
                installation.owner.post("/api/spike-schedules", body | {"duration": rng.choice([60, 600])})
            case "end" if schedules:
                spike = rng.choice(schedules)
                if rng.random() < 0.5:
                    delete_spike(installation, spike, clock)
                else:
                    move = {"start_datetime": None, "duration": 600}
                    move["start_datetime"] = f"2026-11-28T08:{rng.randrange(60):02}:00Z"
                    installation.owner.patch(f"/api/spike-schedules/{spike['id']}", move)
            case "wait":
                clock.shift(rng.choice([1, 60, 600]))
            case "backup":
                backups.append(installation.backup().rename(installation.database.parents[1] / f"{step}"))
            case "restore" if backups:
                installation.restored(rng.choice(backups))
    served += poll_values(2)
    assert served == sorted(set(served)), "every value is larger than the one before"
