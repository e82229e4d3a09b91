"""Requests of spike previews, and readers of their responses."""

PATH = "/api/spike-schedules/preview"


def post_preview(caller, collection, *overrides, **more):
    length = {} if "end_datetime" in more or "schedule_id" in more else {"duration": 300}
    body = {"collection_id": collection["id"], "spike_fields": list(overrides)} | length | more
    return caller.post(PATH, body)


def get_preview(*args, **more):
    response = post_preview(*args, **more)
    assert response.status_code == 200, response.text
    return response.json


def get_field(preview, name):
    return next(field for field in preview["fields"] if field["field_name"] == name)


def phases(preview, name):
    """Return the values of a field before, during and after the window."""
    values, counts = get_field(preview, name)["values"], preview["phases"]
    start, end = counts["before"], counts["before"] + counts["during"]
    return values[:start], values[start:end], values[end:]


def build_override(collection, name, **settings):
    field = next(field for field in collection["fields"] if field["field_name"] == name)
    return {"original_field_id": field["id"], **settings}


def hot(collection):
    """Return an override of the field cpu with values from 90 to 100."""
    return build_override(collection, "cpu", range_start_number=90, range_end_number=100)
