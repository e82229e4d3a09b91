"""Spikes on the counter of an installation that is backed up and restored."""

from tests.support.api_requests import patch_spike

TEN_MINUTES = {"duration": 600}
OWN_START = {"start_number": 1000}
TOMORROW = {"start_datetime": "2026-11-28T08:00:00Z", "duration": 600}


def schedule_spike(here, truck, override=None, **more):
    """Schedule a spike, by default for ten minutes from now on; `override` are settings of the counter."""
    entries = [{"original_field_id": truck["fields"][0]["id"]} | override] if override else []
    return here.make.spike(truck, *entries, **TEN_MINUTES | more)


def change_spike(here, spike, **changes):
    """Change the spike over the API."""
    response = patch_spike(here.owner, spike, **changes)
    assert response.status_code == 200, response.text


def delete_spike(here, spike, clock):
    """Delete the spike over the API."""
    assert here.owner.delete(f"/api/spike-schedules/{spike['id']}").status_code == 204


def let_window_end(here, spike, clock):
    """Move the clock past the window; the next poll clears the spike."""
    clock.shift(600)


def move_spike_to_tomorrow(here, spike, clock):
    """Reschedule the spike over the API."""
    change_spike(here, spike, **TOMORROW)
