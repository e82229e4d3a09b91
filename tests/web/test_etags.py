"""ETags: what changes the ETag of a resource, and what does not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.etags import (
    CONDITIONAL,
    RESOURCE,
    get_etag,
    get_resource_path,
)
from tests.support.factory import SETTINGS
from tests.support.hypothesis_settings import talks_to_the_app
from tests.support.signing_in import signed_in
from tests.support.timestamps import at
from tests.support.write_catalog import WRITES, WriteFixtures


@pytest.fixture
def resources(app, admin) -> WriteFixtures:
    return WriteFixtures(app, admin)


@pytest.mark.parametrize("write", [write for write in WRITES if write.status in (200, 201)], ids=str)
def test_the_etag_of_a_write_is_that_of_the_next_read(resources, write):
    response = resources.do(write)
    if "ETag" not in response.headers:
        assert not RESOURCE.match(write.path) or write.status != 200
        return
    path = response.headers.get("Location") or get_resource_path(resources, write)
    if "/users/" in path and "password" in (write.body or {}):
        resources.admin = signed_in(resources.app, "ada")
    assert get_etag(resources.admin, path) == response.headers["ETag"]
    assert re.fullmatch(r'"[\w-]{20}"', response.headers["ETag"])


NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6), st.floats(-1e9, 1e9), st.decimals(-(10**6), 10**6, places=4)
)


@talks_to_the_app
@given(start=NUMBERS, step=st.floats(0.001, 1e6), varied=st.one_of(st.integers(0, 500), st.floats(0, 500)))
def test_the_etag_of_a_counter_does_not_depend_on_how_numbers_are_written(owner, make, start, step, varied):
    settings = {"start_number": float(start), "step_number": step, "randomization_percentage": varied}
    field = make.field(make.collection(), "INCREMENT")
    changed = owner.patch(f"/api/fields/{field['id']}", settings)
    assert changed.status_code == 200, changed.text
    assert get_etag(owner, f"/api/fields/{field['id']}") == changed.headers["ETag"]


def test_polls_time_and_sign_ins_change_no_etag(app, resources, clock):
    paths = sorted({get_resource_path(resources, write) for write in CONDITIONAL})
    before = [get_etag(resources.admin, path) for path in paths]
    clock.shift(120)
    for _ in range(2):
        resources.tool.data("Truck 01")
    signed_in(app, "uma")
    resources.admin.post(f"/api/fields/{resources.ids['counter']}/reset")
    clock.shift(2)
    assert [get_etag(resources.admin, path) for path in paths] == before


def test_the_etag_of_a_spike_is_the_same_before_during_and_after_its_window(owner, make, clock):
    spike = make.spike(make.collection(None, {}), start_datetime=at(10), end_datetime=at(20))
    path = f"/api/spike-schedules/{spike['id']}"
    seen = [(get_etag(owner, path), clock.shift(600))[0] for _ in range(3)]
    assert len(set(seen)) == 1


SPIKE_CHANGES = {
    "new name": lambda w: w.patch("{spike}", {"name": "Other"}),
    "new end": lambda w: w.post("{spike}/extend", {"duration": 60}),
    "changed override": lambda w: w.patch(
        "{spike}", {"spike_fields": [{"original_field_id": w.ids["field"], "range_end_number": 19}]}
    ),
    "no overrides": lambda w: w.patch("{spike}", {"spike_fields": []}),
    "renamed field": lambda w: w.call("PATCH", "/api/fields/{field}", {"field_name": "CPU"}),
    "changed step of a field": lambda w: w.call("PATCH", "/api/fields/{counter}", {"step_number": 7}),
    "deleted field": lambda w: w.call("DELETE", "/api/fields/{counter}"),
}


class SpikeWriter:
    """Sends writes about the spike of the resources."""

    def __init__(self, resources):
        self.resources, self.ids = resources, resources.ids

    def call(self, method, path, body=None):
        return self.resources.admin.call(method, path.format(**self.ids), body)

    def patch(self, path, body):
        return self.call("PATCH", f"/api/spike-schedules/{path}", body)

    def post(self, path, body):
        return self.call("POST", f"/api/spike-schedules/{path}", body)


@pytest.mark.parametrize("change", SPIKE_CHANGES)
def test_every_change_of_a_spike_changes_its_etag(resources, change):
    path = f"/api/spike-schedules/{resources.ids['spike']}"
    before = get_etag(resources.admin, path)
    assert SPIKE_CHANGES[change](SpikeWriter(resources)).status_code in (200, 204)
    assert get_etag(resources.admin, path) != before


def test_a_new_owner_or_a_changed_field_changes_the_etag_of_a_collection(admin, owner, make):
    collection = make.collection("Truck 01", {"name": "cpu"})
    path = f"/api/collections/{collection['id']}"
    field = f"/api/fields/{collection['fields'][0]['id']}"
    seen = [get_etag(admin, path)]
    for method, where, body in [
        (
            "POST",
            f"{path}/fields",
            {"collection_type": "Performance", "field_name": "x", "value_type": "EPOCH_NOW"},
        ),
        ("PATCH", field, {"range_end_number": 30}),
        ("DELETE", field, None),
        ("PATCH", path, {"owner_id": admin.user_id}),
    ]:
        assert admin.call(method, where, body).status_code < 300
        seen.append(get_etag(admin, path))
    assert len(set(seen)) == len(seen)


def test_revoking_or_limiting_a_key_changes_its_etag(owner, make):
    one, two = make.collection(), make.collection()
    key = make.key(allowed_collections=[{"collection_id": one["id"]}])
    path = f"/api/api-keys/{key.id}"
    seen = [get_etag(owner, path)]
    for change in [
        {"allowed_collections": [{"collection_id": two["id"]}]},
        {"allowed_collections": [{"collection_id": two["id"], "collection_type": "Performance"}]},
        {"allowed_collections": None},
        {"expires_at": at(60)},
        None,
    ]:
        response = owner.patch(path, change) if change else owner.post(f"{path}/revoke")
        assert response.status_code == 200, response.text
        seen.append(get_etag(owner, path))
    assert len(set(seen)) == len(seen)


def test_the_order_of_a_keys_limits_does_not_change_its_etag(owner, make):
    limits = [{"collection_id": make.collection()["id"]} for _ in range(3)]
    path = f"/api/api-keys/{make.key(allowed_collections=limits).id}"
    before = get_etag(owner, path)
    assert owner.patch(path, {"allowed_collections": limits[::-1]}).headers["ETag"] == before


def test_a_new_password_changes_the_etag_of_a_user(admin, viewer):
    path = f"/api/users/{viewer.user_id}"
    before = get_etag(admin, path)
    admin.patch(path, {"password": "another password"})
    assert get_etag(admin, path) != before


@pytest.mark.parametrize("value_type", SETTINGS)
def test_equal_resources_have_different_etags(owner, make, value_type):
    one, two = (make.field(make.collection(), value_type, "x") for _ in range(2))
    assert len({get_etag(owner, f"/api/fields/{field['id']}") for field in (one, two)}) == 2
