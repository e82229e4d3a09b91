"""A spike on one counter: how it ends, how it is changed, and what the API shows of its counters."""

from datetime import timedelta

import sqlalchemy as sa

from app.db.session import db
from app.models import SpikeScheduleField
from tests.support.api_requests import patch_spike

WINDOW = timedelta(minutes=10)
TEN_MINUTES = {"duration": 600}
"""The length of a spike that lasts for WINDOW, as the API takes it."""
UP, DOWN = "INCREMENT", "DECREMENT"
OWN_START = {"start_number": 1000}


def build_overrides(counter, settings):
    """Return the `spike_fields` that override these settings of the counter; none without settings."""
    return [{"original_field_id": counter["id"]} | settings] if settings else []


def let_window_end(make, spike, clock):
    """Move the clock past the window; the next poll clears the spike."""
    clock.shift(WINDOW)


def end_spike(make, spike, clock):
    """End the spike early, over the API."""
    clock.shift(1)
    assert make.person.post(f"/api/spike-schedules/{spike['id']}/end").status_code == 200


def delete_spike(make, spike, clock):
    """Delete the spike while it is active."""
    assert make.person.delete(f"/api/spike-schedules/{spike['id']}").status_code == 204


def delete_expired_spike(make, spike, clock):
    """Delete the spike after its window, before any poll has cleared it."""
    clock.shift(WINDOW)
    delete_spike(make, spike, clock)


def move_spike_to_tomorrow(make, spike, clock):
    """Reschedule the spike while it is active."""
    change_spike(make, spike, start_datetime="2026-11-28T08:00:00Z", duration=60)


def move_expired_spike_to_tomorrow(make, spike, clock):
    """Reschedule the spike after its window, before any poll has cleared it."""
    clock.shift(WINDOW)
    move_spike_to_tomorrow(make, spike, clock)


ENDINGS = [
    let_window_end,
    end_spike,
    delete_spike,
    delete_expired_spike,
    move_spike_to_tomorrow,
    move_expired_spike_to_tomorrow,
]
"""All that can end a spike on a counter."""


def change_spike(make, spike, **changes):
    """Change the spike over the API, and return it."""
    response = patch_spike(make.person, spike, **changes)
    assert response.status_code == 200, response.text
    return response.json


def reset_counter(make, field):
    """Reset the counter over the API."""
    assert make.person.post(f"/api/fields/{field['id']}/reset").status_code == 200


def get_current_number(make, field):
    """Return the stored value of the collection's counter."""
    return make.person.get(f"/api/fields/{field['id']}").json["current_number"]


def get_spike_copy(make, spike):
    """Return the spike's copy of the counter, as the API shows it."""
    return make.person.get(f"/api/spike-schedules/{spike['id']}").json["spike_fields"][0]


def set_copy_number(app, spike, number):
    """Store a value of the spike's copies, past the API."""
    with app.app_context():
        of_spike = SpikeScheduleField.spike_schedule_id == spike["id"]
        db.session.execute(sa.update(SpikeScheduleField).where(of_spike).values(current_number=number))
        db.session.commit()
