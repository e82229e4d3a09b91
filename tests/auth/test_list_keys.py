"""Listing and seeing API keys."""

import pytest

from tests.support.factory import Maker
from tests.support.problems import faults, refused


def labels(person, query: str = "") -> list[str]:
    return [key["label"] for key in person.get(f"/api/api-keys{query}").json["items"]]


@pytest.fixture
def keys_of_all(admin, owner, viewer, clock):
    """A key of each, made one after the other."""
    made = {}
    for person in (admin, owner, viewer):
        made[person.name] = Maker(person).key(label=f"of {person.name}")
        clock.shift(1)
    return made


def test_everybody_lists_their_own_keys(keys_of_all, owner, viewer, stranger):
    assert labels(owner) == ["of owen"]
    assert labels(viewer) == ["of vera"]
    assert labels(stranger) == []


def test_an_admin_lists_everybodys_keys_newest_first(keys_of_all, admin, owner):
    assert labels(admin) == ["of vera", "of owen", "of ada"]
    assert labels(admin, f"?user_id={owner.user_id}") == ["of owen"]


def test_asking_for_others_shows_nothing_of_theirs(keys_of_all, owner, viewer):
    assert labels(owner, f"?user_id={viewer.user_id}") == []


def test_no_answer_holds_a_key_or_its_hash(keys_of_all, admin):
    text = admin.get("/api/api-keys").text + admin.get(f"/api/api-keys/{keys_of_all['owen'].id}").text
    assert "hash" not in text
    for tool in keys_of_all.values():
        assert tool.key[:12] in text
        assert tool.key[:13] not in text


@pytest.mark.parametrize(
    ("query", "found"),
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
def test_search_and_sort(keys_of_all, admin, query, found):
    assert labels(admin, query) == found


def test_keys_that_never_expire_come_last(owner, admin):
    keys = Maker(owner)
    keys.key(label="never")
    keys.key(label="late", expires_at="2028-01-01T00:00:00Z")
    keys.key(label="soon", expires_at="2027-01-01T00:00:00Z")
    assert labels(owner, "?sort=expires_at") == ["soon", "late", "never"]
    assert labels(owner, "?sort=-expires_at") == ["late", "soon", "never"]


@pytest.mark.parametrize("query", ["sort=key_hash", "user_id=0", "user_id=x", "status=valid", "page=0"])
def test_what_is_wrong_with_the_query_is_said(owner, query):
    assert faults(owner.get(f"/api/api-keys?{query}")).keys() == {query.split("=")[0]}


def test_one_sees_ones_own_key_and_an_admin_everybodys(keys_of_all, admin, owner):
    path = f"/api/api-keys/{keys_of_all['owen'].id}"
    assert owner.get(path).json["label"] == "of owen"
    assert admin.get(path).json == owner.get(path).json
    assert admin.get(path).json["username"] == "owen"


def test_somebody_elses_key_does_not_exist(keys_of_all, stranger, viewer):
    theirs = keys_of_all["owen"].id
    for person in (stranger, viewer):
        hidden = refused(person.get(f"/api/api-keys/{theirs}"), 404)
        missing = refused(person.get("/api/api-keys/999999"), 404)
        assert hidden["detail"].replace(str(theirs), "N") == missing["detail"].replace("999999", "N")
