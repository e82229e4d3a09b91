"""PATCH /api/spike-schedules/{id} of a spike that is active or has ended."""

import pytest

from tests.support.api_requests import find_copy, patch_spike
from tests.support.problems import faults
from tests.support.timestamps import at


@pytest.fixture
def tool_in_spike(owner, make, truck, clock, spike):
    """Activate the spike, poll km once (15), and return the tool that polled."""
    tool = make.key()
    clock.move_to(at(59))
    assert tool.data("Truck 01")["km"] == 10
    clock.move_to("2026-11-27T08:59:30Z")
    moved = patch_spike(owner, spike, start_datetime=at(59)).json
    assert moved["status"] == "active"
    assert tool.data("Truck 01")["km"] == 15
    return tool


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Renamed"},
        {"end_datetime": at(180)},
        {"spike_fields": []},
        {"start_datetime": at(0)},
    ],
    ids=["name", "end", "overrides of another field", "start in the past"],
)
def test_changing_an_active_spike_does_not_interrupt_its_counter(owner, spike, km, tool_in_spike, changes):
    changed = patch_spike(owner, spike, **changes).json
    assert changed["status"] == "active"
    assert find_copy(changed, km)["current_number"] == 15
    assert tool_in_spike.data("Truck 01")["km"] == 20


def test_the_next_poll_returns_a_newly_overridden_start_number(owner, spike, km, tool_in_spike):
    patch_spike(owner, spike, spike_fields=[{"original_field_id": km["id"], "start_number": 500}])
    assert [tool_in_spike.data("Truck 01")["km"] for _ in range(2)] == [500, 505]


def test_an_active_spike_may_be_rescheduled_into_the_future(owner, spike, km, tool_in_spike):
    changed = patch_spike(owner, spike, start_datetime=at(90)).json
    assert changed["status"] == "scheduled"
    assert find_copy(changed, km)["current_number"] is None
    assert tool_in_spike.data("Truck 01")["km"] == 20


@pytest.mark.parametrize(
    "changes", [{"name": "Too late"}, {"spike_fields": []}, {"start_datetime": at(5)}, {}]
)
def test_an_ended_spike_can_be_changed_only_if_its_end_moves_into_the_future(
    owner, make, truck, clock, changes
):
    spike = make.spike(truck, end_datetime=at(10))
    clock.move_to(at(10))
    errors = faults(patch_spike(owner, spike, **changes))
    assert errors == {"end_datetime": [f"end_datetime must be in the future ({at(10)} is in the past)"]}
    assert patch_spike(owner, spike, **changes, end_datetime=at(20)).json["status"] == "active"
