"""Requests that tests of spikes and fields send, and parts of their responses."""

from tests.support.value_types import SOME_VALUE


def patch_spike(caller, spike, **changes):
    """Send a merge patch of the spike, and return the response."""
    return caller.patch(f"/api/spike-schedules/{spike['id']}", changes)


def get_spike(caller, spike):
    """Return the spike as the API shows it."""
    return caller.get(f"/api/spike-schedules/{spike['id']}").json


def find_copy(spike, field):
    """Return the spike's copy of the field."""
    (copy,) = [copy for copy in spike["spike_fields"] if copy["original_field_id"] == field["id"]]
    return copy


def get_copy(response, field):
    """Return the copy of the field from the response of a created or changed spike."""
    assert response.status_code in (200, 201), response.text
    return find_copy(response.json, field)


def patch_field(caller, field, **changes):
    """Send a merge patch of the field, and return the response."""
    return caller.patch(f"/api/fields/{field['id']}", changes)


def get_field(caller, field):
    """Return the field as the API shows it."""
    return caller.get(f"/api/fields/{field['id']}").json


def get_settings(field):
    """Return all settings of a field or of a spike's copy, also those that are null."""
    return {name: field[name] for name in SOME_VALUE}
