"""The details of an entry: what changed, and the names at that time."""

import pytest

from tests.support.signing_in import PASSWORD, signed_in


def test_a_role_change_is_recorded_with_both_roles_and_a_new_password_without_value(
    admin, owner, new_entries
):
    new_entries()
    change = {"role": "Viewer", "password": "another password", "email": "o@example.org"}
    admin.patch(f"/api/users/{owner.user_id}", change)
    (entry,) = new_entries()
    changed = {"role": ["Editor", "Viewer"], "password": None, "email": None}
    assert entry.details == {"changed": changed}


def test_a_changed_window_is_recorded_with_both_ends(owner, make, new_entries):
    spike = make.spike(make.collection("Truck 01", {}), name="Drill", end_datetime="2026-11-27T09:00:00Z")
    new_entries()
    owner.patch(f"/api/spike-schedules/{spike['id']}", {"end_datetime": "2026-11-27T10:00:00Z"})
    (entry,) = new_entries()
    assert entry.details == {"changed": {"end_datetime": ["2026-11-27T09:00:00Z", "2026-11-27T10:00:00Z"]}}
    assert (entry.collection_id, entry.collection_name) == (spike["collection_id"], "Truck 01")


@pytest.mark.parametrize(("verb", "body"), [("extend", {"duration": 3600}), ("end", None)])
def test_ending_and_extending_a_spike_are_recorded_with_both_ends(
    owner, make, clock, new_entries, verb, body
):
    spike = make.spike(make.collection(None, {}), end_datetime="2026-11-27T09:00:00Z")
    clock.shift(60)
    new_entries()
    owner.post(f"/api/spike-schedules/{spike['id']}/{verb}", body)
    (entry,) = new_entries()
    before, after = entry.details["changed"]["end_datetime"]
    assert before == "2026-11-27T09:00:00Z"
    assert after == {"extend": "2026-11-27T10:00:00Z", "end": "2026-11-27T08:01:00Z"}[verb]


def test_a_new_spike_is_recorded_with_its_window_and_overridden_fields(owner, make, new_entries):
    collection = make.collection(None, {"name": "cpu"}, {"name": "disk"})
    new_entries()
    override = {"original_field_id": collection["fields"][0]["id"], "range_start_number": 9}
    make.spike(collection, override, end_datetime="2026-11-27T09:00:00Z")
    assert new_entries()[0].details == {
        "start_datetime": "2026-11-27T08:00:00Z",
        "end_datetime": "2026-11-27T09:00:00Z",
        "overrides": ["cpu"],
    }


def test_changed_overrides_are_recorded_with_the_old_ones_and_unchanged_ones_are_not(
    owner, make, new_entries
):
    collection = make.collection(
        None, {"name": "cpu"}, {"name": "disk"}, {"name": "km", "value_type": "INCREMENT"}
    )
    cpu, disk, km = (field["id"] for field in collection["fields"])
    unchanged = {"original_field_id": disk, "range_end_number": 99}
    spike = make.spike(collection, {"original_field_id": cpu, "range_start_number": 9}, unchanged)
    new_entries()
    overrides = [unchanged, {"original_field_id": km, "step_number": 3, "reset_number": None}]
    owner.patch(f"/api/spike-schedules/{spike['id']}", {"spike_fields": overrides})
    old, new = {"cpu": {"range_start_number": 9}}, {"km": {"reset_number": None, "step_number": 3}}
    assert new_entries()[0].details == {"changed": {"spike_fields": [old, new]}}


def test_numbers_beyond_float_precision_are_recorded_to_the_last_digit(owner, make, new_entries):
    decimal = {"name": "km", "value_type": "INCREMENT", "start_number": 0.5, "step_number": 1}
    collection = make.collection(None, decimal)
    spike = make.spike(collection)
    new_entries()
    step = "123456789012.1234567891"
    override = f'{{"original_field_id": {collection["fields"][0]["id"]}, "step_number": {step}}}'
    body = f'{{"spike_fields": [{override}]}}'
    answer = owner.call(
        "PATCH", f"/api/spike-schedules/{spike['id']}", data=body, content_type="application/json"
    )
    assert answer.status_code == 200, answer.text
    assert new_entries()[0].details == {"changed": {"spike_fields": [{}, {"km": {"step_number": step}}]}}


def test_at_most_20_overrides_are_recorded(owner, make, new_entries):
    collection = make.collection(None, *({"name": f"field {n:02}"} for n in range(25)))
    overrides = [{"original_field_id": field["id"], "range_end_number": 50} for field in collection["fields"]]
    spike = make.spike(collection)
    new_entries()
    owner.patch(f"/api/spike-schedules/{spike['id']}", {"spike_fields": overrides})
    (_, new) = new_entries()[0].details["changed"]["spike_fields"]
    assert list(new) == [f"field {n:02}" for n in range(20)]


def test_a_field_change_is_recorded_with_both_names_but_without_values(owner, make, new_entries):
    field = make.field(make.collection(), "TEXT_FIXED", "plate", fixed_value_text="a secret of theirs")
    new_entries()
    owner.patch(f"/api/fields/{field['id']}", {"field_name": "number", "fixed_value_text": "another"})
    (entry,) = new_entries()
    assert entry.details == {"changed": {"field_name": ["plate", "number"], "fixed_value_text": None}}


def test_a_collection_transfer_is_recorded_with_both_owners(admin, viewer, make, new_entries):
    collection = make.collection("Truck 01")
    new_entries()
    admin.patch(f"/api/collections/{collection['id']}", {"owner_id": viewer.user_id})
    assert new_entries()[0].details == {"changed": {"owner": ["owen", "vera"]}}


def test_a_copy_is_recorded_with_its_original(owner, make, new_entries):
    original = make.collection("Truck 01")
    new_entries()
    owner.post(f"/api/collections/{original['id']}/copy", {"name": "Truck 02"})
    assert new_entries()[0].details == {"original": {"id": original["id"], "name": "Truck 01"}}


def test_a_key_revoked_or_deleted_by_an_admin_is_recorded_with_its_owner(admin, make, new_entries):
    key = make.key()
    new_entries()
    admin.post(f"/api/api-keys/{key.id}/revoke")
    admin.delete(f"/api/api-keys/{key.id}")
    assert [(entry.actor_name, entry.details) for entry in new_entries()] == [("ada", {"owner": "owen"})] * 2


def test_an_ended_sign_in_is_recorded_with_its_address(app, owner, new_entries):
    signed_in(app, "owen")
    (other,) = (
        each["id"] for each in owner.get("/api/auth/sign-ins").json["items"] if not each["is_this_one"]
    )
    new_entries()
    owner.delete(f"/api/auth/sign-ins/{other}")
    (entry,) = new_entries()
    assert entry.details == {"address": "127.0.0.1"}


def test_ending_the_other_sign_ins_is_recorded_with_their_number(app, owner, new_entries):
    for _ in range(2):
        signed_in(app, "owen")
    new_entries()
    owner.post("/api/auth/sign-ins/end-others")
    owner.post("/api/auth/sign-ins/end-others")  # there are none left
    assert [entry.details for entry in new_entries()] == [{"ended": 2}]


def test_each_collection_deleted_with_its_owner_is_recorded(admin, owner, make, new_entries):
    for name in ("Bridge", "Truck 01"):
        make.collection(name)
    new_entries()
    admin.delete(f"/api/users/{owner.user_id}?delete_collections=true")
    recorded = sorted((entry.action, entry.thing_name) for entry in new_entries())
    assert recorded == [
        ("delete-collection", "Bridge"),
        ("delete-collection", "Truck 01"),
        ("delete-user", "owen"),
    ]


def test_each_key_deleted_with_its_owner_is_recorded(admin, stranger, make, new_entries):
    for label in ("Zabbix", "Grafana"):
        assert stranger.post("/api/api-keys", {"label": label}).status_code == 201
    make.key()  # of another user
    new_entries()
    assert admin.delete(f"/api/users/{stranger.user_id}").status_code == 204
    *keys, user = new_entries()
    assert {(entry.action, entry.thing_kind, entry.thing_name) for entry in keys} == {
        ("delete-key", "key", "Zabbix"),
        ("delete-key", "key", "Grafana"),
    }
    assert [entry.details for entry in keys] == [{"owner": "stan"}] * 2
    assert (user.action, user.thing_name) == ("delete-user", "stan")


def test_each_collection_transferred_from_a_deleted_user_is_recorded(
    admin, owner, stranger, make, new_entries
):
    make.collection("Truck 01")
    new_entries()
    admin.delete(f"/api/users/{owner.user_id}?transfer_to={stranger.user_id}")
    given, deleted = new_entries()
    assert (given.action, given.thing_name) == ("change-collection", "Truck 01")
    assert given.details == {"changed": {"owner": ["owen", "stan"]}}
    assert (deleted.action, deleted.thing_name) == ("delete-user", "owen")


def test_entries_outlive_their_subjects_and_keep_the_names_of_that_time(app, admin, owner, make, new_entries):
    collection = make.collection("Truck 01")
    owner.patch(f"/api/collections/{collection['id']}", {"name": "Truck 02"})
    admin.patch(f"/api/users/{owner.user_id}", {"username": "otto"})
    otto = signed_in(app, "otto", PASSWORD)
    otto.delete(f"/api/collections/{collection['id']}")
    admin.delete(f"/api/users/{owner.user_id}")
    recorded = [(entry.actor_name, entry.action, entry.thing_name) for entry in new_entries()]
    assert ("owen", "create-collection", "Truck 01") in recorded
    assert ("owen", "change-collection", "Truck 02") in recorded
    assert ("otto", "delete-collection", "Truck 02") in recorded
    assert ("ada", "delete-user", "otto") in recorded
