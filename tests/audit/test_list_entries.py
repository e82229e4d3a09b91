"""`GET /api/audit`: who may read it, what it shows, and how it is filtered."""

import re
from pathlib import Path

import pytest

from app.models.audit_actions import Action, SubjectKind
from tests.support.problems import refused
from tests.support.signing_in import sign_in

WORDS = Path(__file__).resolve().parents[2] / "static" / "js" / "lib" / "audit-format.js"


@pytest.fixture
def sample_entries(app, owner, make, clock):
    """Create entries an hour ago (collections, a field, a spike, a key) and a failed sign-in a minute ago."""
    collection = make.collection("Truck 01", {"name": "cpu"})
    spike = make.spike(collection, name="Black Friday")
    make.collection("Bridge")
    make.key(label="Grafana")
    clock.shift(3600)
    sign_in(app, "owen", "wrong", address="203.0.113.7")
    clock.shift(60)
    return {"collection": collection["id"], "spike": spike["id"]}


def list_actions(admin, **query):
    answer = admin.get("/api/audit", query_string={"sort": "id", **query})
    assert answer.status_code == 200, answer.text
    return [entry["action"] for entry in answer.json["items"]]


def test_an_entry_is_returned_with_all_its_properties(admin, owner, make):
    field = make.field(make.collection("Truck 01"), name="cpu")
    newest = admin.get("/api/audit").json["items"][0]
    assert newest.pop("id") > 0
    assert newest == {
        "noted_at": "2026-11-27T08:00:00Z",
        "actor_id": owner.user_id,
        "actor_name": "owen",
        "source": "127.0.0.1",
        "action": "create-field",
        "outcome": "done",
        "thing_kind": "field",
        "thing_id": field["id"],
        "thing_name": "cpu",
        "collection_id": field["collection_id"],
        "collection_name": "Truck 01",
        "details": {"collection_type": "Performance", "value_type": "NUMBER_RANGE"},
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"outcome": "refused"}, ["sign-in"]),
        ({"source": "203.0.113.7"}, ["sign-in"]),
        ({"action": "create-collection"}, ["create-collection"] * 2),
        ({"thing_kind": "key"}, ["create-key"]),
        ({"thing_kind": "spike", "thing_id": "{spike}"}, ["create-spike"]),
        ({"collection_id": "{collection}"}, ["create-collection", "create-field", "create-spike"]),
        ({"since": "2026-11-27T09:00:00Z"}, ["sign-in", "create-user"]),
        ({"since": "2026-11-27T09:00:00Z", "until": "2026-11-27T09:00:01Z"}, ["sign-in"]),
        ({"until": "2026-11-27T08:00:00Z"}, []),
        ({"search": "TRUCK"}, ["create-collection", "create-field", "create-spike"]),
        ({"search": "203.0.113"}, ["sign-in"]),
        ({"search": "Black"}, ["create-spike"]),
        ({"actor_id": "{owner}", "thing_kind": "collection", "search": "bridge"}, ["create-collection"]),
    ],
    ids=str,
)
def test_entries_can_be_filtered(sample_entries, owner, admin, query, expected):
    ids = {**sample_entries, "owner": owner.user_id}
    given = {name: str(value).format(**ids) for name, value in query.items()}
    assert list_actions(admin, **given) == expected


@pytest.mark.parametrize(
    "query", ["action=dance", "outcome=maybe", "thing_kind=ship", "sort=action", "since=soon", "actor_id=0"]
)
def test_an_invalid_query_parameter_is_refused(admin, query):
    assert set(refused(admin.get(f"/api/audit?{query}"), 422)["errors"]) == {query.split("=")[0]}


def test_entries_are_paginated_newest_first(sample_entries, admin):
    first, second = (admin.get(f"/api/audit?per_page=3&page={page}").json for page in (1, 2))
    assert first["total"] == second["total"] > 6
    ids = [entry["id"] for entry in first["items"] + second["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 6


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_entries_can_be_neither_changed_nor_deleted(admin, method):
    assert admin.call(method, "/api/audit", {}).status_code == 405
    assert admin.call(method, "/api/audit/1", {}).status_code == 404


def test_only_admins_get_a_link_to_the_audit_page(app, admin, owner):
    assert admin.get("/audit").status_code == 200
    assert 'href="/audit"' in admin.get("/profile").text
    assert 'href="/audit"' not in owner.get("/profile").text


def test_the_audit_page_has_a_label_for_every_action_and_subject_kind():
    text = WORDS.read_text()
    words = set(re.findall(r'"?([a-z-]+)"?: "[A-Z]', text))
    assert {action.value for action in Action} <= words
    assert {f'kind: "{kind}"' for kind in SubjectKind} <= set(re.findall(r'kind: "\w+"', text))
