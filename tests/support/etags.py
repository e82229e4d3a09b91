"""Requests with If-Match: which writes take it, and helpers to send them."""

import re

from tests.support.write_catalog import WRITES

RESOURCE = re.compile(
    r"/api/(users|collections|fields|spike-schedules|rehearsals|api-keys|alert-receivers)/\{\w+\}"
)
CREATES = re.compile(
    r"/api/collections/[^/]+/fields|/api/(spike-schedules/[^/]+/restore|rehearsals/[^/]+/run-again)"
)
CONDITIONAL = [write for write in WRITES if RESOURCE.match(write.path) and not CREATES.fullmatch(write.path)]
OTHER_CHANGES = {
    "users": {"email": "other@example.org"},
    "collections": {"name": "Changed by another"},
    "fields": {"field_name": "changed by another"},
    "spike-schedules": {"name": "Changed by another"},
    "rehearsals": {"external_id": "changed by another"},
    "api-keys": {"label": "Changed by another"},
    "alert-receivers": {"name": "Changed by another"},
}
"""The change by another user, for each kind of resource."""
KINDS = list(OTHER_CHANGES)


def get_resource_path(resources, write):
    """Return the path of the resource that a write changes."""
    return RESOURCE.match(write.path)[0].format(**resources.ids)


def get_etag(caller, path):
    response = caller.get(path)
    assert response.status_code == 200, response.text
    return response.headers["ETag"]


def change_as_other(resources, path):
    response = resources.admin.patch(path, OTHER_CHANGES[path.split("/")[2]])
    assert response.status_code == 200, response.text


def send_write(resources, write, if_match):
    return resources.people[write.by].call(
        write.method,
        write.path.format(**resources.ids),
        resources.fill_in(write.body),
        headers={"If-Match": if_match},
    )
