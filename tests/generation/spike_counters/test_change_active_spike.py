"""The counter of a spike that is changed while it is active."""

import pytest

from tests.support.counter_spikes import OWN_START, WINDOW, build_overrides, change_spike


@pytest.mark.parametrize("after", [None, "continue", "resume"])
@pytest.mark.parametrize("override", [None, OWN_START])
def test_extending_a_spike_does_not_interrupt_its_counter(
    make, schedule_spike, poll_values, clock, after, override
):
    spike = schedule_spike(override, duration=60, counters_after=after)
    served = poll_values(2)
    clock.shift(90)  # there was no poll since its end
    assert make.person.post(f"/api/spike-schedules/{spike['id']}/extend", {"duration": 60}).status_code == 200
    served += poll_values(2)
    change_spike(make, spike, duration=7200)
    served += poll_values(2)
    first = served[0]
    assert served == list(range(first, first + 30, 5))


@pytest.mark.parametrize("after", [None, "continue"])
@pytest.mark.parametrize("start", ["2026-11-27T07:30:00Z", "2026-11-27T08:00:30Z"])
def test_moving_the_start_within_the_past_does_not_affect_the_counter(
    make, schedule_spike, poll_values, clock, after, start
):
    spike = schedule_spike(counters_after=after)
    poll_values(2)
    clock.shift(60)
    change_spike(make, spike, start_datetime=start)
    assert poll_values(2) == [20, 25]
    clock.shift(WINDOW)
    assert poll_values(2) == [30, 35]


@pytest.mark.parametrize(
    ("after", "with_override", "after_removal", "after_spike"),
    [
        (None, [1000, 1005], [30, 35], [40]),
        ("continue", [1000, 1005], [1010, 1015], [1020]),
        ("resume", [1000, 1005], [20, 25], [20]),
    ],
)
def test_removing_a_start_number_override_of_an_active_spike_follows_counters_after(
    make, counter, schedule_spike, poll_values, clock, after, with_override, after_removal, after_spike
):
    """Removing the override has the same effect on the counter as the end of the spike."""
    assert poll_values(2) == [10, 15]
    spike = schedule_spike(counters_after=after)
    assert poll_values(2) == [20, 25]
    change_spike(make, spike, spike_fields=build_overrides(counter, OWN_START))
    assert poll_values(2) == with_override
    change_spike(make, spike, spike_fields=[])
    assert poll_values(2) == after_removal
    clock.shift(WINDOW)
    assert poll_values(1) == after_spike


def test_adding_a_start_number_override_to_an_active_spike_repeats_no_value(
    make, counter, schedule_spike, poll_values, clock
):
    poll_values(2)
    spike = schedule_spike()
    assert poll_values(2) == [20, 25]
    change_spike(make, spike, spike_fields=build_overrides(counter, OWN_START))
    assert poll_values(2) == [1000, 1005]
    clock.shift(WINDOW)
    assert poll_values(2) == [30, 35]


@pytest.mark.parametrize("after", [None, "continue", "resume"])
@pytest.mark.parametrize("override", [{"step_number": 7}, {"reset_number": 1000}, None])
def test_changing_other_overrides_of_an_active_spike_keeps_its_current_number(
    make, counter, schedule_spike, poll_values, after, override
):
    spike = schedule_spike({"step_number": 5}, counters_after=after)
    assert poll_values(2) == [10, 15]
    change_spike(make, spike, spike_fields=build_overrides(counter, override))
    assert poll_values(1) == [15 + (override or {}).get("step_number", 5)]


@pytest.mark.parametrize("after", [None, "resume"])
def test_removing_an_override_after_the_field_got_a_new_start_number_repeats_no_value(
    make, counter, schedule_spike, poll_values, after
):
    spike = schedule_spike({"step_number": 7}, counters_after=after)
    make.person.patch(f"/api/fields/{counter['id']}", {"start_number": 100})
    assert poll_values(2) == [100, 107]
    change_spike(make, spike, spike_fields=[])
    assert poll_values(2) == [112, 117]


@pytest.mark.parametrize(
    ("after", "following"), [("resume", [20, 25]), ("continue", [1010, 1015]), (None, [20, 25])]
)
def test_the_counter_follows_the_latest_value_of_counters_after(
    make, schedule_spike, poll_values, clock, after, following
):
    poll_values(2)
    spike = schedule_spike(OWN_START, counters_after="continue" if after != "continue" else "resume")
    poll_values(2)
    assert change_spike(make, spike, counters_after=after)["counters_after"] == after
    clock.shift(WINDOW)
    assert poll_values(2) == following


def test_a_patch_that_reschedules_the_spike_and_sets_counters_after_applies_the_new_value(
    make, schedule_spike, poll_values, clock
):
    poll_values(2)
    spike = schedule_spike()
    poll_values(2)
    change_spike(make, spike, counters_after="resume", start_datetime="2026-11-28T08:00:00Z", duration=60)
    assert poll_values(2) == [20, 25]
