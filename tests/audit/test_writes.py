"""Every write leaves the entries that tell of it, and no others."""

import pytest

from tests.support.signing_in import signed_in
from tests.support.write_catalog import WRITES, WriteFixtures

CHANGES = {
    "POST /api/auth/login login password": [("sign-in", "user", "ada")],
    "POST /api/auth/logout": [("sign-out", None, None)],
    "POST /api/auth/change-password current_password new_password": [("change-password", "user", "ada")],
    "POST /api/auth/change-email current_password email": [("change-email", "user", "ada")],
    "POST /api/auth/two-factor current_password": [],
    "POST /api/auth/two-factor/confirm code": [("turn-on-two-factor", "user", "eli")],
    "POST /api/auth/two-factor/recovery-codes current_password code": [
        ("new-recovery-codes", "user", "gia"),
        ("use-recovery-code", "user", "gia"),
    ],
    "POST /api/auth/two-factor/turn-off current_password code": [
        ("turn-off-two-factor", "user", "gus"),
        ("use-recovery-code", "user", "gus"),
    ],
    "DELETE /api/auth/sign-ins/{sign_in}": [("end-sign-in", None, None)],
    "POST /api/auth/sign-ins/end-others": [("end-other-sign-ins", None, None)],
    "POST /api/users email username password role": [("create-user", "user", "eve")],
    "PATCH /api/users/{user} role password": [("change-user", "user", "uma")],
    "POST /api/users/{guarded}/reset-two-factor": [("reset-two-factor", "user", "gil")],
    "DELETE /api/users/{user}": [("delete-user", "user", "uma")],
    "POST /api/collections name": [("create-collection", "collection", "Truck 02")],
    "PATCH /api/collections/{collection} name": [("change-collection", "collection", "Truck 02")],
    "PATCH /api/collections/{collection} owner_id": [("change-collection", "collection", "Truck 01")],
    "DELETE /api/collections/{collection}": [("delete-collection", "collection", "Truck 01")],
    "POST /api/collections/{collection}/copy name": [("copy-collection", "collection", "Truck 02")],
    "POST /api/collections/bulk-delete collection_ids": [
        ("delete-collection", "collection", "Bridge"),
        ("delete-collection", "collection", "Truck 01"),
    ],
    "POST /api/collections/{collection}/fields collection_type field_name value_type fixed_value_number": [
        ("create-field", "field", "disk")
    ],
    "PATCH /api/fields/{field} field_name range_end_number": [("change-field", "field", "CPU")],
    "DELETE /api/fields/{field}": [("delete-field", "field", "cpu")],
    "POST /api/fields/{counter}/reset": [("reset-field", "field", "km")],
    "POST /api/spike-schedules collection_id name duration": [("create-spike", "spike", "Second")],
    "PATCH /api/spike-schedules/{spike} name spike_fields": [("change-spike", "spike", "Renamed")],
    "DELETE /api/spike-schedules/{spike}": [("delete-spike", "spike", "Spike")],
    "POST /api/spike-schedules/{spike}/end": [("end-spike", "spike", "Spike")],
    "POST /api/spike-schedules/{spike}/extend duration": [("extend-spike", "spike", "Spike")],
    "POST /api/api-keys label": [("create-key", "key", "Grafana")],
    "PATCH /api/api-keys/{key} allowed_collections": [("change-key", "key", "tests")],
    "PATCH /api/api-keys/{key} label allowed_collections": [("change-key", "key", "Renamed")],
    "POST /api/api-keys/{key}/revoke": [("revoke-key", "key", "tests")],
    "DELETE /api/api-keys/{key}": [("delete-key", "key", "tests")],
}


@pytest.fixture
def world(app, admin):
    return WriteFixtures(app, admin)


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_a_write_leaves_the_entries_that_tell_of_it(world, noted, write):
    noted()
    assert world.do(write).status_code == write.status
    entries = noted()
    told = sorted((entry.action, entry.thing_kind, entry.thing_name) for entry in entries)
    assert told == CHANGES[str(write)]
    parties = {(entry.actor_id, entry.actor_name, entry.source, entry.outcome) for entry in entries}
    caller = world.people[write.by]
    assert parties <= {(caller.user_id, caller.name, "127.0.0.1", "done")}


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_each_deed_costs_one_statement_more(world, queries, write):
    with queries() as seen:
        world.do(write)
    about = [statement for statement in seen.statements if "audit_entries" in statement]
    deeds = {action for action, *_thing in CHANGES[str(write)]}
    # Now and then the entries are counted, and the oldest taken away.
    making_room = [each for each in about if each.startswith("DELETE") or "count(" in each]
    assert len(making_room) <= 2
    assert [each.split()[0] for each in about if each not in making_room] == ["INSERT"] * len(deeds)


FORBIDDEN = [write for write in WRITES if not write.path.startswith(("/api/auth", "/api/api-keys"))]


@pytest.mark.parametrize("write", FORBIDDEN, ids=str)
def test_a_write_that_a_role_may_not_do_leaves_its_refusal_alone(world, viewer, noted, write):
    noted()
    assert world.do(write, viewer).status_code == 403
    (entry,) = noted()
    assert (entry.action, entry.outcome, entry.actor_name) == ("request", "refused", "vera")
    path = write.path.format(**world.ids)
    assert entry.details == {"request": f"{write.method} {path}", "as": "Viewer"}


def test_a_refused_request_names_the_thing_that_its_address_does(world, viewer, noted):
    noted()
    viewer.delete(f"/api/fields/{world.ids['counter']}")
    (entry,) = noted()
    assert (entry.thing_kind, entry.thing_id, entry.thing_name) == ("field", world.ids["counter"], None)


def test_a_refused_request_for_an_id_that_nothing_can_have_names_none(world, admin, noted):
    noted()
    admin.delete("/api/fields/2147483648")
    (entry,) = noted()
    assert (entry.thing_kind, entry.thing_id) == ("field", None)


def test_a_refusal_of_a_service_is_noted_too(world, owner, noted):
    collection = owner.post("/api/collections", {"name": "Mine"}).json
    noted()
    change = {"owner_id": world.admin.user_id}
    assert owner.patch(f"/api/collections/{collection['id']}", change).status_code == 403
    (entry,) = noted()
    assert (entry.action, entry.outcome, entry.actor_name) == ("request", "refused", "owen")


NOT_FOUND = {
    "a collection": ("GET", "/api/collections/{id}", None),
    "a field": ("PATCH", "/api/fields/{id}", {"field_name": "x"}),
    "a spike": ("DELETE", "/api/spike-schedules/{id}", None),
    "a key": ("GET", "/api/api-keys/{id}", None),
    "a page": ("GET", "/spikes/{id}", None),
    "several": ("POST", "/api/collections/bulk-delete", {"collection_ids": [999999]}),
}


@pytest.mark.parametrize("case", NOT_FOUND)
def test_asking_for_what_does_not_exist_for_one_is_noted_once_in_a_while(world, owner, noted, clock, case):
    method, path, body = NOT_FOUND[case]
    theirs = {"a collection": "collection", "a field": "field", "a spike": "spike", "a key": "key"}
    path = path.format(id=world.ids[theirs.get(case, "spike")])
    noted()
    for _ in range(3):
        assert owner.call(method, path, body).status_code == 404
    (entry,) = noted()
    assert (entry.action, entry.outcome, entry.actor_name) == ("request", "refused", "owen")
    assert entry.details == {"request": f"{method} {path}", "as": "Editor", "why": "not found"}
    clock.shift(301)
    assert owner.call(method, path, body).status_code == 404
    assert len(noted()) == 1


def test_what_is_anothers_and_what_is_not_there_are_noted_alike(world, owner, noted):
    noted()
    for id_ in (world.ids["collection"], 999999):
        owner.get(f"/api/collections/{id_}")
    theirs, missing = ((entry.thing_kind, entry.thing_name, entry.details["why"]) for entry in noted())
    assert theirs == missing == ("collection", None, "not found")


def test_a_page_that_is_not_for_a_role_is_noted_too(viewer, noted):
    noted()
    assert viewer.get("/users").status_code == 403
    (entry,) = noted()
    assert entry.details == {"request": "GET /users", "as": "Viewer"}


REFUSED = {
    "taken name": ("POST", "/api/collections", {"name": "Truck 01"}, 409),
    "invalid input": ("POST", "/api/collections", {"name": ""}, 422),
    "overlap": (
        "POST",
        "/api/spike-schedules",
        {"collection_id": "{collection}", "name": "x", "duration": 60},
        409,
    ),
    "last Admin": ("DELETE", "/api/users/{me}", None, 409),
    "taken user name": ("PATCH", "/api/users/{user}", {"username": "ada"}, 409),
    "nobody to transfer to": ("DELETE", "/api/users/{user}?transfer_to=999999", None, 422),
    "no counter": ("POST", "/api/fields/{field}/reset", None, 409),
    "expired already": ("PATCH", "/api/api-keys/{key}", {"expires_at": "2020-01-01T00:00:00Z"}, 422),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_done_leaves_no_entry(world, noted, case):
    method, path, body, status = REFUSED[case]
    world.ids["me"] = world.admin.user_id
    filled_in = world.fill_in(body)
    noted()
    assert world.admin.call(method, path.format(**world.ids), filled_in).status_code == status
    assert noted() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/collections/{collection}", {"name": "Truck 01"}),
        ("/api/fields/{field}", {"field_name": "cpu"}),
        ("/api/spike-schedules/{spike}", {"name": "Spike"}),
        ("/api/api-keys/{key}", {"label": "tests"}),
        ("/api/users/{user}", {"role": "Editor"}),
    ],
)
def test_a_change_that_changes_nothing_leaves_no_entry(world, noted, path, body):
    noted()
    assert world.admin.patch(path.format(**world.ids), body).status_code == 200
    assert noted() == []


def test_revoking_a_key_again_leaves_no_second_entry(world, noted):
    noted()
    for _ in range(2):
        world.admin.post(f"/api/api-keys/{world.ids['key']}/revoke")
    assert [entry.action for entry in noted()] == ["revoke-key"]


def test_polls_leave_no_entry_nor_does_what_they_clear_away(app, world, noted, clock):
    noted()
    clock.shift(7200)
    world.tool.data("Truck 01")
    assert noted() == []
    assert signed_in(app, "ada").get("/api/spike-schedules").json["total"] == 0
