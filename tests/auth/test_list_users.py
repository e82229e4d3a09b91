"""Listing users."""

import pytest

from tests.support.problems import faults


def names(admin, query: str = "") -> list[str]:
    return [user["username"] for user in admin.get(f"/api/users{query}").json["items"]]


@pytest.fixture
def all_users(admin, owner, stranger, viewer):
    """Create ada, owen, stan and vera."""


def test_a_page_lists_the_users_by_name(admin, all_users):
    page = admin.get("/api/users").json
    assert page.keys() == {"items", "total", "page", "per_page"}
    assert (page["total"], page["page"], page["per_page"]) == (4, 1, 50)
    assert [user["username"] for user in page["items"]] == ["ada", "owen", "stan", "vera"]
    assert page["items"][0] == admin.get(f"/api/users/{admin.user_id}").json


def test_users_are_paginated(admin, all_users):
    assert names(admin, "?per_page=3") == ["ada", "owen", "stan"]
    assert names(admin, "?per_page=3&page=2") == ["vera"]
    assert names(admin, "?per_page=3&page=3") == []
    assert names(admin, "?per_page=200&page=10000000") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?search=o", ["ada", "owen", "stan", "vera"]),
        ("?search=OWEN", ["owen"]),
        ("?search=wen@ex", ["owen"]),
        ("?search=%25", []),
        ("?search=_", []),
        ("?search=%5C", []),
        ("?search=%27", []),
        ("?role=Editor", ["owen", "stan"]),
        ("?role=Editor&search=st", ["stan"]),
        ("?sort=-username", ["vera", "stan", "owen", "ada"]),
        ("?sort=role", ["ada", "owen", "stan", "vera"]),
        ("?sort=-role", ["vera", "stan", "owen", "ada"]),
        ("?sort=-email", ["vera", "stan", "owen", "ada"]),
        ("?sort=id", ["ada", "owen", "stan", "vera"]),
        ("?sort=-created_at", ["vera", "stan", "owen", "ada"]),
    ],
)
def test_users_can_be_searched_filtered_and_sorted(admin, all_users, query, expected):
    assert names(admin, query) == expected


def test_the_order_ignores_letter_case(admin):
    for name in ("Bob", "alan", "ALICE", "bill"):
        body = {"email": f"{name}@example.org", "username": name, "password": "not so weak", "role": "Viewer"}
        assert admin.post("/api/users", body).status_code == 201
    assert names(admin) == ["ada", "alan", "ALICE", "bill", "Bob"]


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=1.5",
        "page=a",
        "page=",
        "per_page=0",
        "per_page=201",
        "page=10000001",
        "sort=password_hash",
        "sort=--id",
        "sort=",
        "role=admin",
        "role=",
        "nonsense=1",
        "Page=1",
        "search=%00",
    ],
)
def test_an_invalid_query_parameter_is_refused(admin, query):
    assert faults(admin.get(f"/api/users?{query}")).keys() == {query.split("=")[0]}
