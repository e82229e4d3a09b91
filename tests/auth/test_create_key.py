"""Creating an API key."""

import re
import zlib

import pytest
import sqlalchemy as sa

from app.core import key_format
from app.db.session import Base, db
from tests.support.problems import faults, refused
from tests.support.signing_in import signed_in

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def create(person, **body):
    return person.post("/api/api-keys", {"label": "Zabbix"} | body)


def test_only_the_creation_response_contains_the_key(owner):
    response = create(owner)
    assert response.status_code == 201
    made = response.json
    assert response.headers["Location"] == f"/api/api-keys/{made['id']}"
    key = made.pop("key")
    assert made == {
        "id": made["id"],
        "user_id": owner.user_id,
        "username": "owen",
        "label": "Zabbix",
        "prefix": key[:12],
        "status": "valid",
        "allowed_collections": None,
        "created_at": "2026-11-27T08:00:00Z",
        "expires_at": None,
        "revoked_at": None,
        "last_used_at": None,
    }
    assert owner.get(f"/api/api-keys/{made['id']}").json == made
    assert owner.get("/api/api-keys").json["items"] == [made]


def test_a_key_is_spk_then_32_characters_then_a_base_62_checksum(owner):
    key = create(owner).json["key"]
    assert re.fullmatch(r"spk_[0-9A-Za-z]{38}", key)
    number = 0
    for digit in key[-6:]:
        number = number * 62 + ALPHABET.index(digit)
    assert number == zlib.crc32(key[4:36].encode())


def test_the_database_stores_only_a_hash_and_the_first_characters(app, owner):
    key = create(owner).json["key"]
    with app.app_context():
        tables = {
            name: db.session.execute(sa.select(table)).all() for name, table in Base.metadata.tables.items()
        }
    stored = repr(tables)
    assert key[:12] in stored
    assert key_format.hash_secret(key) in stored
    assert key[:13] not in stored
    assert key[12:] not in stored


def test_keys_are_unique(owner):
    assert len({create(owner).json["key"] for _ in range(20)}) == 20


def test_a_viewer_may_create_keys(viewer):
    assert create(viewer).status_code == 201


def test_a_key_may_be_limited_to_collections_and_to_one_type_of_each(make, owner):
    truck, trailer = make.collection("Truck"), make.collection("Trailer")
    made = create(
        owner,
        allowed_collections=[
            {"collection_id": truck["id"]},
            {"collection_id": trailer["id"], "collection_type": "Performance"},
            {"collection_id": trailer["id"], "collection_type": "Configuration"},
        ],
    )
    assert made.status_code == 201
    assert made.json["allowed_collections"] == [
        {"collection_id": truck["id"], "collection_name": "Truck", "collection_type": None},
        {"collection_id": trailer["id"], "collection_name": "Trailer", "collection_type": "Performance"},
        {"collection_id": trailer["id"], "collection_name": "Trailer", "collection_type": "Configuration"},
    ]


def test_a_key_may_expire(app, owner, clock):
    made = create(owner, expires_at="2026-11-27T10:00:00+01:00").json
    assert (made["expires_at"], made["status"]) == ("2026-11-27T09:00:00Z", "valid")
    clock.shift(3599)
    assert owner.get(f"/api/api-keys/{made['id']}").json["status"] == "valid"
    clock.shift(1)
    assert signed_in(app, "owen").get(f"/api/api-keys/{made['id']}").json["status"] == "expired"


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        ({"label": ""}, "label", "must not be empty"),
        ({"label": "x" * 256}, "label", "must have at most 255 characters, not 256"),
        ({"label": None}, "label", "must not be null"),
        ({"label": "a\nb"}, "label", "must not contain control characters"),
        ({"expires_at": "2026-11-27T08:00:00Z"}, "expires_at", "must be in the future"),
        ({"expires_at": "2026-11-27T09:30:00+02:00"}, "expires_at", "must be in the future"),
        ({"expires_at": "1969-12-31T23:59:59Z"}, "expires_at", "must be within the years 1970 to 9998"),
        (
            {"expires_at": "tomorrow"},
            "expires_at",
            "must be a date and time in ISO 8601, such as 2026-11-27T08:00:00Z",
        ),
        (
            {"allowed_collections": []},
            "allowed_collections",
            "must list 1 to 1000 collections; null allows all that you may read",
        ),
        (
            {"allowed_collections": [{"collection_id": 1}] * 1001},
            "allowed_collections",
            "must list 1 to 1000 collections; null allows all that you may read",
        ),
        ({"allowed_collections": {}}, "allowed_collections", "must be a list"),
        ({"allowed_collections": [7]}, "allowed_collections.0", "must be a JSON object"),
        ({"allowed_collections": [{}]}, "allowed_collections.0.collection_id", "is required"),
        (
            {"allowed_collections": [{"collection_id": 999999}]},
            "allowed_collections.0.collection_id",
            "there is no collection 999999",
        ),
        (
            {"allowed_collections": [{"collection_id": 1, "collection_type": "Speed"}]},
            "allowed_collections.0.collection_type",
            "must be one of Performance, Configuration",
        ),
        ({"key": "spk_mine"}, "key", "is not a known key"),
        ({"prefix": "spk_"}, "prefix", "is not a known key"),
        ({"user_id": 1}, "user_id", "is not a known key"),
        ({"revoked_at": None}, "revoked_at", "is not a known key"),
        ({"is_limited": False}, "is_limited", "is not a known key"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_invalid_input_is_refused_with_an_error_message(owner, body, path, message):
    assert faults(create(owner, **body)) == {path: [message]}
    assert owner.get("/api/api-keys").json["total"] == 0


def test_a_key_cannot_be_limited_to_collections_its_owner_may_not_read(make, owner, stranger, viewer, admin):
    truck = make.collection("Truck")
    limit = [{"collection_id": truck["id"]}]
    for person in (stranger, viewer):
        assert faults(create(person, allowed_collections=limit)) == {
            "allowed_collections.0.collection_id": [f"there is no collection {truck['id']}"]
        }
    assert create(admin, allowed_collections=limit).status_code == 201


@pytest.mark.parametrize("collection_type", [None, "Performance"])
def test_a_limit_listed_twice_is_refused(make, owner, collection_type):
    limit = {"collection_id": make.collection()["id"], "collection_type": collection_type}
    assert faults(create(owner, allowed_collections=[limit, limit])) == {
        "allowed_collections.1.collection_id": ["is listed twice"]
    }


def test_creating_a_key_requires_a_sign_in(nobody, make):
    refused(create(nobody), 401)
    refused(create(make.key()), 401)
