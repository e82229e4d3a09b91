"""Listing and reading API keys."""

import pytest

from tests.support.factory import Maker
from tests.support.problems import faults, refused


def labels(person, query: str = "") -> list[str]:
    return [key["label"] for key in person.get(f"/api/api-keys{query}").json["items"]]


@pytest.fixture
def everyones_keys(admin, owner, viewer, clock):
    """Create one key for each user, one second apart."""
    made = {}
    for person in (admin, owner, viewer):
        made[person.name] = Maker(person).key(label=f"of {person.name}")
        clock.shift(1)
    return made


def test_users_list_only_their_own_keys(everyones_keys, owner, viewer, stranger):
    assert labels(owner) == ["of owen"]
    assert labels(viewer) == ["of vera"]
    assert labels(stranger) == []


def test_an_admin_lists_the_keys_of_all_users_newest_first(everyones_keys, admin, owner):
    assert labels(admin) == ["of vera", "of owen", "of ada"]
    assert labels(admin, f"?user_id={owner.user_id}") == ["of owen"]


def test_filtering_by_another_user_shows_none_of_their_keys(everyones_keys, owner, viewer):
    assert labels(owner, f"?user_id={viewer.user_id}") == []


def test_responses_contain_neither_keys_nor_hashes(everyones_keys, admin):
    text = admin.get("/api/api-keys").text + admin.get(f"/api/api-keys/{everyones_keys['owen'].id}").text
    assert "hash" not in text
    for tool in everyones_keys.values():
        assert tool.key[:12] in text
        assert tool.key[:13] not in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?search=OWEN", ["of owen"]),
        ("?search=spk_", ["of vera", "of owen", "of ada"]),
        ("?search=%25", []),
        ("?sort=label", ["of ada", "of owen", "of vera"]),
        ("?sort=-label&per_page=1&page=2", ["of owen"]),
        ("?sort=created_at", ["of ada", "of owen", "of vera"]),
        ("?sort=-expires_at", ["of vera", "of owen", "of ada"]),
    ],
)
def test_keys_can_be_searched_and_sorted(everyones_keys, admin, query, expected):
    assert labels(admin, query) == expected


def test_keys_that_never_expire_come_last(owner, admin):
    keys = Maker(owner)
    keys.key(label="never")
    keys.key(label="late", expires_at="2028-01-01T00:00:00Z")
    keys.key(label="soon", expires_at="2027-01-01T00:00:00Z")
    assert labels(owner, "?sort=expires_at") == ["soon", "late", "never"]
    assert labels(owner, "?sort=-expires_at") == ["late", "soon", "never"]


@pytest.mark.parametrize("query", ["sort=key_hash", "user_id=0", "user_id=x", "status=valid", "page=0"])
def test_an_invalid_query_parameter_is_refused(owner, query):
    assert faults(owner.get(f"/api/api-keys?{query}")).keys() == {query.split("=")[0]}


def test_a_key_can_be_read_by_its_owner_and_by_an_admin(everyones_keys, admin, owner):
    path = f"/api/api-keys/{everyones_keys['owen'].id}"
    assert owner.get(path).json["label"] == "of owen"
    assert admin.get(path).json == owner.get(path).json
    assert admin.get(path).json["username"] == "owen"


def test_the_key_of_another_user_is_not_found(everyones_keys, stranger, viewer):
    theirs = everyones_keys["owen"].id
    for person in (stranger, viewer):
        hidden = refused(person.get(f"/api/api-keys/{theirs}"), 404)
        missing = refused(person.get("/api/api-keys/999999"), 404)
        assert hidden["detail"].replace(str(theirs), "N") == missing["detail"].replace("999999", "N")
