"""What an entry says beyond who, what and where: what changed, and how names stood."""

import pytest

from tests.support.signing_in import PASSWORD, signed_in


def test_a_new_role_is_noted_with_the_old_one_and_a_password_only_as_changed(admin, owner, noted):
    noted()
    change = {"role": "Viewer", "password": "another password", "email": "o@example.org"}
    admin.patch(f"/api/users/{owner.user_id}", change)
    (entry,) = noted()
    changed = {"role": ["Editor", "Viewer"], "password": None, "email": None}
    assert entry.details == {"changed": changed}


def test_a_new_window_is_noted_with_the_old_one(owner, make, noted):
    spike = make.spike(make.collection("Truck 01", {}), name="Drill", end_datetime="2026-11-27T09:00:00Z")
    noted()
    owner.patch(f"/api/spike-schedules/{spike['id']}", {"end_datetime": "2026-11-27T10:00:00Z"})
    (entry,) = noted()
    assert entry.details == {"changed": {"end_datetime": ["2026-11-27T09:00:00Z", "2026-11-27T10:00:00Z"]}}
    assert (entry.collection_id, entry.collection_name) == (spike["collection_id"], "Truck 01")


@pytest.mark.parametrize(("verb", "body"), [("extend", {"duration": 3600}), ("end", None)])
def test_ending_and_extending_say_when_it_would_have_ended(owner, make, clock, noted, verb, body):
    spike = make.spike(make.collection(None, {}), end_datetime="2026-11-27T09:00:00Z")
    clock.shift(60)
    noted()
    owner.post(f"/api/spike-schedules/{spike['id']}/{verb}", body)
    (entry,) = noted()
    was, is_now = entry.details["changed"]["end_datetime"]
    assert was == "2026-11-27T09:00:00Z"
    assert is_now == {"extend": "2026-11-27T10:00:00Z", "end": "2026-11-27T08:01:00Z"}[verb]


def test_a_spike_says_its_window_and_what_it_overrides(owner, make, noted):
    collection = make.collection(None, {"name": "cpu"}, {"name": "disk"})
    noted()
    override = {"original_field_id": collection["fields"][0]["id"], "range_start_number": 9}
    make.spike(collection, override, end_datetime="2026-11-27T09:00:00Z")
    assert noted()[0].details == {
        "start_datetime": "2026-11-27T08:00:00Z",
        "end_datetime": "2026-11-27T09:00:00Z",
        "overrides": ["cpu"],
    }


def test_other_overrides_are_noted_with_the_old_ones_and_those_that_stay_are_not(owner, make, noted):
    collection = make.collection(
        None, {"name": "cpu"}, {"name": "disk"}, {"name": "km", "value_type": "INCREMENT"}
    )
    cpu, disk, km = (field["id"] for field in collection["fields"])
    kept = {"original_field_id": disk, "range_end_number": 99}
    spike = make.spike(collection, {"original_field_id": cpu, "range_start_number": 9}, kept)
    noted()
    overrides = [kept, {"original_field_id": km, "step_number": 3, "reset_number": None}]
    owner.patch(f"/api/spike-schedules/{spike['id']}", {"spike_fields": overrides})
    old, new = {"cpu": {"range_start_number": 9}}, {"km": {"reset_number": None, "step_number": 3}}
    assert noted()[0].details == {"changed": {"spike_fields": [old, new]}}


def test_numbers_that_are_no_floats_are_noted_to_the_last_digit(owner, make, noted):
    decimal = {"name": "km", "value_type": "INCREMENT", "start_number": 0.5, "step_number": 1}
    collection = make.collection(None, decimal)
    spike = make.spike(collection)
    noted()
    step = "123456789012.1234567891"
    override = f'{{"original_field_id": {collection["fields"][0]["id"]}, "step_number": {step}}}'
    body = f'{{"spike_fields": [{override}]}}'
    answer = owner.call(
        "PATCH", f"/api/spike-schedules/{spike['id']}", data=body, content_type="application/json"
    )
    assert answer.status_code == 200, answer.text
    assert noted()[0].details == {"changed": {"spike_fields": [{}, {"km": {"step_number": step}}]}}


def test_of_many_overrides_20_are_noted(owner, make, noted):
    collection = make.collection(None, *({"name": f"field {n:02}"} for n in range(25)))
    overrides = [{"original_field_id": field["id"], "range_end_number": 50} for field in collection["fields"]]
    spike = make.spike(collection)
    noted()
    owner.patch(f"/api/spike-schedules/{spike['id']}", {"spike_fields": overrides})
    (_, new) = noted()[0].details["changed"]["spike_fields"]
    assert list(new) == [f"field {n:02}" for n in range(20)]


def test_a_fields_values_are_noted_as_changed_and_its_name_with_the_old_one(owner, make, noted):
    field = make.field(make.collection(), "TEXT_FIXED", "plate", fixed_value_text="a secret of theirs")
    noted()
    owner.patch(f"/api/fields/{field['id']}", {"field_name": "number", "fixed_value_text": "another"})
    (entry,) = noted()
    assert entry.details == {"changed": {"field_name": ["plate", "number"], "fixed_value_text": None}}


def test_a_collection_that_is_given_away_says_from_whom_to_whom(admin, viewer, make, noted):
    collection = make.collection("Truck 01")
    noted()
    admin.patch(f"/api/collections/{collection['id']}", {"owner_id": viewer.user_id})
    assert noted()[0].details == {"changed": {"owner": ["owen", "vera"]}}


def test_a_copy_says_of_what(owner, make, noted):
    original = make.collection("Truck 01")
    noted()
    owner.post(f"/api/collections/{original['id']}/copy", {"name": "Truck 02"})
    assert noted()[0].details == {"original": {"id": original["id"], "name": "Truck 01"}}


def test_a_key_that_an_admin_ends_says_whose_it_was(admin, make, noted):
    key = make.key()
    noted()
    admin.post(f"/api/api-keys/{key.id}/revoke")
    admin.delete(f"/api/api-keys/{key.id}")
    assert [(entry.actor_name, entry.details) for entry in noted()] == [("ada", {"owner": "owen"})] * 2


def test_an_ended_sign_in_says_where_it_came_from(app, owner, noted):
    signed_in(app, "owen")
    (other,) = (
        each["id"] for each in owner.get("/api/auth/sign-ins").json["items"] if not each["is_this_one"]
    )
    noted()
    owner.delete(f"/api/auth/sign-ins/{other}")
    (entry,) = noted()
    assert entry.details == {"address": "127.0.0.1"}


def test_ending_all_others_says_how_many(app, owner, noted):
    for _ in range(2):
        signed_in(app, "owen")
    noted()
    owner.post("/api/auth/sign-ins/end-others")
    owner.post("/api/auth/sign-ins/end-others")  # there are none left
    assert [entry.details for entry in noted()] == [{"ended": 2}]


def test_collections_that_go_with_a_user_are_noted_each(admin, owner, make, noted):
    for name in ("Bridge", "Truck 01"):
        make.collection(name)
    noted()
    admin.delete(f"/api/users/{owner.user_id}?delete_collections=true")
    told = sorted((entry.action, entry.thing_name) for entry in noted())
    assert told == [
        ("delete-collection", "Bridge"),
        ("delete-collection", "Truck 01"),
        ("delete-user", "owen"),
    ]


def test_keys_that_go_with_a_user_are_noted_each(admin, stranger, make, noted):
    for label in ("Zabbix", "Grafana"):
        assert stranger.post("/api/api-keys", {"label": label}).status_code == 201
    make.key()  # somebody else's
    noted()
    assert admin.delete(f"/api/users/{stranger.user_id}").status_code == 204
    *keys, user = noted()
    assert {(entry.action, entry.thing_kind, entry.thing_name) for entry in keys} == {
        ("delete-key", "key", "Zabbix"),
        ("delete-key", "key", "Grafana"),
    }
    assert [entry.details for entry in keys] == [{"owner": "stan"}] * 2
    assert (user.action, user.thing_name) == ("delete-user", "stan")


def test_collections_that_a_deleted_user_leaves_to_somebody_are_noted_each(
    admin, owner, stranger, make, noted
):
    make.collection("Truck 01")
    noted()
    admin.delete(f"/api/users/{owner.user_id}?transfer_to={stranger.user_id}")
    given, deleted = noted()
    assert (given.action, given.thing_name) == ("change-collection", "Truck 01")
    assert given.details == {"changed": {"owner": ["owen", "stan"]}}
    assert (deleted.action, deleted.thing_name) == ("delete-user", "owen")


def test_entries_outlive_what_they_tell_of_and_keep_the_names_of_that_moment(app, admin, owner, make, noted):
    collection = make.collection("Truck 01")
    owner.patch(f"/api/collections/{collection['id']}", {"name": "Truck 02"})
    admin.patch(f"/api/users/{owner.user_id}", {"username": "otto"})
    otto = signed_in(app, "otto", PASSWORD)
    otto.delete(f"/api/collections/{collection['id']}")
    admin.delete(f"/api/users/{owner.user_id}")
    told = [(entry.actor_name, entry.action, entry.thing_name) for entry in noted()]
    assert ("owen", "create-collection", "Truck 01") in told
    assert ("owen", "change-collection", "Truck 02") in told
    assert ("otto", "delete-collection", "Truck 02") in told
    assert ("ada", "delete-user", "otto") in told
