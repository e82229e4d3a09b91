"""Counters after a restore, with a spike that the backup contains."""

import pytest

from tests.support.restored_spikes import (
    OWN_START,
    TEN_MINUTES,
    TOMORROW,
    change_spike,
    delete_spike,
    let_window_end,
    move_spike_to_tomorrow,
    schedule_spike,
)


@pytest.mark.parametrize("polls_before", [0, 1])
@pytest.mark.parametrize("end", [delete_spike, let_window_end, move_spike_to_tomorrow])
@pytest.mark.parametrize("polls_after", [0, 2])
def test_the_counter_continues_after_a_spike_that_ended_since_the_backup(
    installation, truck, poll_values, clock, polls_before, end, polls_after
):
    served = poll_values(2)
    spike = schedule_spike(installation, truck)
    served += poll_values(polls_before)
    file = installation.backup()
    served += poll_values(3)
    end(installation, spike, clock)
    served += poll_values(polls_after)
    installation.restored(file)
    served += poll_values(2)
    clock.shift(600)
    served += poll_values(2)
    assert served == list(range(1, len(served) + 1))


def test_an_active_spike_continues_and_the_counter_continues_after_it(
    installation, truck, poll_values, clock
):
    served = poll_values(2)
    schedule_spike(installation, truck, {"step_number": 10})
    served += poll_values()
    file = installation.backup()
    served += poll_values(2)
    installation.restored(file)
    served += poll_values()
    clock.shift(600)
    served += poll_values(2)
    assert served == [1, 2, 12, 22, 32, 42, 43, 44]


def test_the_counter_continues_after_an_expired_spike_that_no_poll_has_cleared(
    installation, truck, poll_values, clock
):
    poll_values(2)
    schedule_spike(installation, truck)
    file = installation.backup()
    assert poll_values(3) == [3, 4, 5]
    clock.shift(600)
    installation.restored(file)
    assert poll_values(2) == [6, 7]


def test_the_counter_continues_after_an_active_spike_that_starts_later_in_the_backup(
    installation, truck, poll_values, clock
):
    poll_values(2)
    spike = schedule_spike(installation, truck, **TOMORROW)
    file = installation.backup()
    change_spike(installation, spike, start_datetime="2026-11-27T08:00:00Z", **TEN_MINUTES)
    assert poll_values(3) == [3, 4, 5]
    installation.restored(file)
    assert poll_values(2) == [6, 7]
    clock.move_to("2026-11-28T08:00:00Z")
    assert poll_values(2) == [8, 9]


@pytest.mark.parametrize("is_over", [False, True])
def test_a_restored_spike_follows_counters_after_of_the_backup(
    installation, truck, poll_values, clock, is_over
):
    poll_values(2)
    spike = schedule_spike(installation, truck, counters_after="resume")
    file = installation.backup()
    change_spike(installation, spike, counters_after="continue")
    assert poll_values(3) == [3, 4, 5]
    if is_over:
        clock.shift(600)
    installation.restored(file)
    if not is_over:
        assert poll_values() == [6]
        clock.shift(600)
    assert poll_values() == [3]


def test_a_start_number_override_added_since_the_backup_is_removed(installation, truck, poll_values, clock):
    poll_values(2)
    spike = schedule_spike(installation, truck)
    file = installation.backup()
    assert poll_values(2) == [3, 4]
    override = {"original_field_id": truck["fields"][0]["id"]} | OWN_START
    change_spike(installation, spike, spike_fields=[override])
    assert poll_values(2) == [1000, 1001]
    installation.restored(file)
    assert poll_values(2) == [5, 6]
    clock.shift(600)
    assert poll_values() == [7]


def test_a_counter_that_was_reset_since_the_backup_continues_after_its_reset(
    installation, truck, poll_values, clock
):
    poll_values(2)
    schedule_spike(installation, truck)
    poll_values(2)
    file = installation.backup()
    clock.shift(1)
    assert installation.owner.post(f"/api/fields/{truck['fields'][0]['id']}/reset").status_code == 200
    assert poll_values(2) == [1, 2]
    installation.restored(file)
    assert poll_values(2) == [3, 4]


def test_a_counter_of_whole_numbers_in_the_backup_continues_with_whole_numbers(
    installation, truck, poll_values, clock
):
    poll_values(2)
    spike = schedule_spike(installation, truck, duration=60)
    file = installation.backup()
    clock.shift(1)
    half = {"step_number": 0.5}
    assert installation.owner.patch(f"/api/fields/{truck['fields'][0]['id']}", half).status_code == 200
    assert poll_values() == [2.5]
    installation.restored(file)
    assert spike["status"] == "active"
    assert poll_values(2) == [4, 5]


@pytest.mark.parametrize("after", ["resume", None])
def test_a_spike_with_a_start_number_override_continues_and_the_counter_resumes_after_it(
    installation, truck, poll_values, clock, after
):
    poll_values(2)
    schedule_spike(installation, truck, OWN_START, counters_after=after)
    poll_values()
    file = installation.backup()
    poll_values(2)
    installation.restored(file)
    assert poll_values() == [1003]
    clock.shift(600)
    assert poll_values() == [3]


@pytest.mark.parametrize("is_over", [False, True])
def test_the_counter_continues_from_the_last_value_of_a_start_number_override(
    installation, truck, poll_values, clock, is_over
):
    poll_values(2)
    schedule_spike(installation, truck, OWN_START, counters_after="continue")
    poll_values()
    file = installation.backup()
    assert poll_values(2) == [1001, 1002]
    if is_over:
        clock.shift(600)
    installation.restored(file)
    assert poll_values() == [1003]
    clock.shift(600)
    assert poll_values() == [1004]
