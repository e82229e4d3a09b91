"""Alert receivers: creating, changing, revoking and deleting them, and their tokens."""

import re
import zlib

import pytest
import sqlalchemy as sa

from app.core import key_format
from app.db.session import Base, db
from tests.support.alerts import alert
from tests.support.factory import Maker
from tests.support.problems import faults, refused

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ALWAYS_FIRING = [{"alertname": name} for name in ("Watchdog", "DeadMansSwitch", "InfoInhibitor")]


def create(person, **body):
    return person.post("/api/alert-receivers", {"name": "Alertmanager"} | body)


def test_only_the_creation_response_contains_the_token(owner):
    response = create(owner)
    assert response.status_code == 201
    made = response.json
    assert response.headers["Location"] == f"/api/alert-receivers/{made['id']}"
    token = made.pop("token")
    assert made == {
        "id": made["id"],
        "owner_id": owner.user_id,
        "owner": "owen",
        "name": "Alertmanager",
        "prefix": token[:12],
        "status": "active",
        "ignored": ALWAYS_FIRING,
        "created_at": "2026-11-27T08:00:00Z",
        "updated_at": "2026-11-27T08:00:00Z",
        "revoked_at": None,
        "deliveries": 0,
        "last_received_at": None,
        "last_problem_at": None,
        "last_problem": None,
    }
    assert owner.get(f"/api/alert-receivers/{made['id']}").json == made
    assert owner.get("/api/alert-receivers").json["items"] == [made]


def test_a_token_is_sal_then_32_characters_then_a_base_62_checksum(owner):
    token = create(owner).json["token"]
    assert re.fullmatch(r"sal_[0-9A-Za-z]{38}", token)
    number = 0
    for digit in token[-6:]:
        number = number * 62 + ALPHABET.index(digit)
    assert number == zlib.crc32(token[4:36].encode())


def test_an_api_key_is_no_well_formed_token_and_the_other_way_round():
    key, token = key_format.generate(), key_format.generate(key_format.RECEIVER_TOKEN)
    assert key_format.is_well_formed(key)
    assert not key_format.is_well_formed(key, key_format.RECEIVER_TOKEN)
    assert key_format.is_well_formed(token, key_format.RECEIVER_TOKEN)
    assert not key_format.is_well_formed(token)


def test_the_database_stores_only_a_hash_and_the_first_characters(app, owner):
    token = create(owner).json["token"]
    with app.app_context():
        stored = repr([db.session.execute(sa.select(table)).all() for table in Base.metadata.sorted_tables])
    assert token[:12] in stored
    assert key_format.hash_secret(token) in stored
    assert token[:13] not in stored


def test_every_role_may_have_receivers_of_its_own(viewer, owner, admin):
    assert [create(person).status_code for person in (viewer, owner, admin)] == [201] * 3


def test_a_name_is_unique_among_the_receivers_of_a_user(owner, stranger):
    assert create(owner).status_code == 201
    assert create(stranger).status_code == 201
    problem = refused(create(owner), 409)
    assert problem["type"] == "urn:spikecast:problem:name-taken"
    assert problem["errors"] == {"name": ["is taken by another of your receivers"]}


def test_a_user_sees_their_own_receivers_and_an_admin_all(make, owner, stranger, admin):
    receiver = make.receiver()
    for path in (receiver.path, f"{receiver.path}/episodes"):
        assert [person.get(path).status_code for person in (owner, admin, stranger)] == [200, 200, 404]
    assert [person.get("/api/alert-receivers").json["total"] for person in (owner, admin, stranger)] == [
        1,
        1,
        0,
    ]


def test_receivers_can_be_searched_sorted_and_filtered(owner, admin):
    for name in ("Grafana", "Alertmanager", "Datadog"):
        create(owner, name=name)
    create(admin, name="Zabbix")
    names = [each["name"] for each in owner.get("/api/alert-receivers").json["items"]]
    assert names == ["Alertmanager", "Datadog", "Grafana"]
    assert owner.get("/api/alert-receivers?search=GRAF").json["items"][0]["name"] == "Grafana"
    assert admin.get(f"/api/alert-receivers?owner_id={owner.user_id}").json["total"] == 3


def test_the_name_and_what_is_ignored_can_be_changed(make, owner):
    receiver = make.receiver("Grafana")
    changed = owner.patch(receiver.path, {"name": "Grafana 2", "ignored": [{"team": "blue*"}]}).json
    assert (changed["name"], changed["ignored"]) == ("Grafana 2", [{"team": "blue*"}])
    assert owner.patch(receiver.path, {"ignored": []}).json["ignored"] == []
    make.receiver("Zabbix")
    refused(owner.patch(receiver.path, {"name": "Zabbix"}), 409)


@pytest.mark.parametrize(
    ("ignored", "errors"),
    [
        ("Watchdog", {"ignored": ["must be a list"]}),
        (["Watchdog"], {"ignored.0": ["must be an object of labels and texts"]}),
        ([{"severity": 1}], {"ignored.0.severity": ["must be a text"]}),
        ([{"": "x"}], {"ignored.0": ["a label has 1 to 200 characters, without NUL"]}),
        ([{"x": "y"}] * 21, {"ignored": ["must list at most 20 matchers"]}),
        ([{str(n): "y" for n in range(17)}], {"ignored.0": ["must have at most 16 labels"]}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_invalid_matchers_are_refused_by_their_path(owner, ignored, errors):
    assert faults(create(owner, ignored=ignored)) == errors


def test_a_new_token_makes_the_old_one_void_at_once(make, owner):
    receiver = make.receiver()
    renewed = owner.post(f"{receiver.path}/token").json
    refused(receiver.deliver(alert()), 401)
    assert renewed["token"].startswith(renewed["prefix"])
    receiver.headers["Authorization"] = f"Bearer {renewed['token']}"
    assert receiver.deliver(alert()).status_code == 200


def test_a_revoked_receiver_refuses_at_once_and_keeps_its_episodes(make, owner):
    receiver = make.receiver()
    receiver.accept(alert())
    revoked = owner.post(f"{receiver.path}/revoke").json
    assert (revoked["status"], revoked["revoked_at"]) == ("revoked", "2026-11-27T08:00:00Z")
    refused(receiver.deliver(alert()), 401)
    assert len(receiver.episodes()) == 1


def test_revoking_again_changes_nothing(make, owner, clock):
    receiver = make.receiver()
    first = owner.post(f"{receiver.path}/revoke").json
    clock.shift(60)
    assert owner.post(f"{receiver.path}/revoke").json == first


def test_a_new_token_ends_a_revocation(make, owner):
    receiver = make.receiver()
    owner.post(f"{receiver.path}/revoke")
    renewed = owner.post(f"{receiver.path}/token").json
    assert (renewed["status"], renewed["revoked_at"]) == ("active", None)


def test_a_deleted_receiver_refuses_and_takes_its_episodes_along(app, make, owner):
    receiver = make.receiver()
    receiver.accept(alert())
    assert owner.delete(receiver.path).status_code == 204
    refused(receiver.deliver(alert()), 401)
    refused(owner.get(f"{receiver.path}/episodes"), 404)
    with app.app_context():
        assert db.session.execute(sa.text("SELECT count(*) FROM alert_episodes")).scalar_one() == 0


def test_an_admin_may_revoke_and_delete_but_not_change_the_receiver_of_another_user(make, admin):
    receiver = make.receiver()
    refused(admin.patch(receiver.path, {"name": "Mine"}), 403)
    refused(admin.post(f"{receiver.path}/token"), 403)
    assert admin.post(f"{receiver.path}/revoke").status_code == 200
    assert admin.delete(receiver.path).status_code == 204


def test_the_receivers_of_a_deleted_user_are_deleted(app, admin, owner, stranger):
    receiver = Maker(stranger).receiver()
    receiver.accept(alert())
    assert admin.delete(f"/api/users/{stranger.user_id}").status_code == 204
    refused(receiver.deliver(alert()), 401)
    assert admin.get("/api/alert-receivers").json["total"] == 0


def test_deliveries_do_not_change_the_etag(make, owner):
    receiver = make.receiver()
    before = owner.get(receiver.path)
    receiver.accept(alert(), truncatedAlerts=3)
    after = owner.get(receiver.path)
    assert before.json != after.json
    assert before.headers["ETag"] == after.headers["ETag"]
    assert before.json["updated_at"] == after.json["updated_at"]
