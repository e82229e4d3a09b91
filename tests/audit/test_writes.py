"""Every write leaves its audit entries, and no others."""

import pytest

from tests.support.signing_in import signed_in
from tests.support.write_catalog import WRITES, WriteFixtures

EXPECTED_ENTRIES = {
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
    "POST /api/spike-schedules/{deleted}/restore": [("restore-spike", "spike", "Spike")],
    "POST /api/spike-schedules/{spike}/end": [("end-spike", "spike", "Spike")],
    "POST /api/spike-schedules/{spike}/extend duration": [("extend-spike", "spike", "Spike")],
    "POST /api/rehearsals/{rehearsal}/run-again start_datetime": [("create-spike", "spike", "Spike")],
    "PATCH /api/spike-schedules/{spike} rehearsal external_id": [("change-spike", "spike", "Spike")],
    "PATCH /api/rehearsals/{rehearsal} external_id": [("change-rehearsal", "rehearsal", "Spike")],
    "DELETE /api/rehearsals/{rehearsal}": [("delete-rehearsal", "rehearsal", "Spike")],
    "POST /api/api-keys label": [("create-key", "key", "Grafana")],
    "PATCH /api/api-keys/{key} allowed_collections": [("change-key", "key", "tests")],
    "PATCH /api/api-keys/{key} label allowed_collections": [("change-key", "key", "Renamed")],
    "POST /api/api-keys/{key}/revoke": [("revoke-key", "key", "tests")],
    "DELETE /api/api-keys/{key}": [("delete-key", "key", "tests")],
    "POST /api/alert-receivers name": [("create-receiver", "receiver", "Grafana")],
    "PATCH /api/alert-receivers/{receiver} name ignored": [("change-receiver", "receiver", "Renamed")],
    "POST /api/alert-receivers/{receiver}/token": [("renew-receiver-token", "receiver", "Alertmanager")],
    "POST /api/alert-receivers/{receiver}/revoke": [("revoke-receiver", "receiver", "Alertmanager")],
    "DELETE /api/alert-receivers/{receiver}": [("delete-receiver", "receiver", "Alertmanager")],
}


@pytest.fixture
def write_fixtures(app, admin):
    return WriteFixtures(app, admin)


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_a_write_leaves_exactly_its_entries(write_fixtures, new_entries, write):
    new_entries()
    assert write_fixtures.do(write).status_code == write.status
    entries = new_entries()
    recorded = sorted((entry.action, entry.thing_kind, entry.thing_name) for entry in entries)
    assert recorded == EXPECTED_ENTRIES[str(write)]
    parties = {(entry.actor_id, entry.actor_name, entry.source, entry.outcome) for entry in entries}
    caller = write_fixtures.people[write.by]
    assert parties <= {(caller.user_id, caller.name, "127.0.0.1", "done")}


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_each_recorded_action_costs_one_insert(write_fixtures, queries, write):
    with queries() as seen:
        write_fixtures.do(write)
    about = [statement for statement in seen.statements if "audit_entries" in statement]
    actions = {action for action, *_thing in EXPECTED_ENTRIES[str(write)]}
    # Pruning counts the entries at intervals and deletes the oldest.
    pruning = [each for each in about if each.startswith("DELETE") or "count(" in each]
    assert len(pruning) <= 2
    assert [each.split()[0] for each in about if each not in pruning] == ["INSERT"] * len(actions)


OF_EVERY_ROLE = ("/api/auth", "/api/api-keys", "/api/alert-receivers")
FORBIDDEN = [write for write in WRITES if not write.path.startswith(OF_EVERY_ROLE)]


@pytest.mark.parametrize("write", FORBIDDEN, ids=str)
def test_a_write_forbidden_to_a_role_leaves_only_its_refusal(write_fixtures, viewer, new_entries, write):
    new_entries()
    assert write_fixtures.do(write, viewer).status_code == 403
    (entry,) = new_entries()
    assert (entry.action, entry.outcome, entry.actor_name) == ("request", "refused", "vera")
    path = write.path.format(**write_fixtures.ids)
    assert entry.details == {"request": f"{write.method} {path}", "as": "Viewer"}


def test_a_refused_request_is_recorded_with_the_subject_of_its_path(write_fixtures, viewer, new_entries):
    new_entries()
    viewer.delete(f"/api/fields/{write_fixtures.ids['counter']}")
    (entry,) = new_entries()
    assert (entry.thing_kind, entry.thing_id, entry.thing_name) == (
        "field",
        write_fixtures.ids["counter"],
        None,
    )


def test_a_refused_request_is_recorded_without_an_id_that_is_out_of_range(write_fixtures, admin, new_entries):
    new_entries()
    admin.delete("/api/fields/2147483648")
    (entry,) = new_entries()
    assert (entry.thing_kind, entry.thing_id) == ("field", None)


def test_a_refusal_by_a_service_is_recorded(write_fixtures, owner, new_entries):
    collection = owner.post("/api/collections", {"name": "Mine"}).json
    new_entries()
    change = {"owner_id": write_fixtures.admin.user_id}
    assert owner.patch(f"/api/collections/{collection['id']}", change).status_code == 403
    (entry,) = new_entries()
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
def test_repeated_requests_that_get_not_found_are_recorded_once_in_5_minutes(
    write_fixtures, owner, new_entries, clock, case
):
    method, path, body = NOT_FOUND[case]
    theirs = {"a collection": "collection", "a field": "field", "a spike": "spike", "a key": "key"}
    path = path.format(id=write_fixtures.ids[theirs.get(case, "spike")])
    new_entries()
    for _ in range(3):
        assert owner.call(method, path, body).status_code == 404
    (entry,) = new_entries()
    assert (entry.action, entry.outcome, entry.actor_name) == ("request", "refused", "owen")
    assert entry.details == {"request": f"{method} {path}", "as": "Editor", "why": "not found"}
    clock.shift(301)
    assert owner.call(method, path, body).status_code == 404
    assert len(new_entries()) == 1


def test_requests_for_hidden_and_for_missing_collections_are_recorded_alike(
    write_fixtures, owner, new_entries
):
    new_entries()
    for id_ in (write_fixtures.ids["collection"], 999999):
        owner.get(f"/api/collections/{id_}")
    theirs, missing = ((entry.thing_kind, entry.thing_name, entry.details["why"]) for entry in new_entries())
    assert theirs == missing == ("collection", None, "not found")


def test_a_page_forbidden_to_a_role_is_recorded(viewer, new_entries):
    new_entries()
    assert viewer.get("/users").status_code == 403
    (entry,) = new_entries()
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
    "unknown receiver": ("DELETE", "/api/users/{user}?transfer_to=999999", None, 422),
    "field is not a counter": ("POST", "/api/fields/{field}/reset", None, 409),
    "expiry in the past": ("PATCH", "/api/api-keys/{key}", {"expires_at": "2020-01-01T00:00:00Z"}, 422),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_rejected_write_leaves_no_entry(write_fixtures, new_entries, case):
    method, path, body, status = REFUSED[case]
    write_fixtures.ids["me"] = write_fixtures.admin.user_id
    filled_in = write_fixtures.fill_in(body)
    new_entries()
    assert (
        write_fixtures.admin.call(method, path.format(**write_fixtures.ids), filled_in).status_code == status
    )
    assert new_entries() == []


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
def test_a_change_that_changes_nothing_leaves_no_entry(write_fixtures, new_entries, path, body):
    new_entries()
    assert write_fixtures.admin.patch(path.format(**write_fixtures.ids), body).status_code == 200
    assert new_entries() == []


def test_revoking_a_key_again_leaves_no_second_entry(write_fixtures, new_entries):
    new_entries()
    for _ in range(2):
        write_fixtures.admin.post(f"/api/api-keys/{write_fixtures.ids['key']}/revoke")
    assert [entry.action for entry in new_entries()] == ["revoke-key"]


def test_polls_and_expired_spikes_leave_no_entry(app, write_fixtures, new_entries, clock):
    new_entries()
    clock.shift(7200)
    write_fixtures.tool.data("Truck 01")
    assert new_entries() == []
    assert signed_in(app, "ada").get("/api/spike-schedules").json["total"] == 0
