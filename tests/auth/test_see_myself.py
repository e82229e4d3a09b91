"""Seeing who is signed in."""

from tests.support.problems import refused


def test_everybody_sees_themselves(admin, owner, viewer):
    seen = {person.name: person.get("/api/auth/me").json for person in (admin, owner, viewer)}
    assert {name: (user["username"], user["role"]) for name, user in seen.items()} == {
        "ada": ("ada", "Admin"),
        "owen": ("owen", "Editor"),
        "vera": ("vera", "Viewer"),
    }
    assert seen["owen"]["created_at"] == "2026-11-27T08:00:00Z"
    assert "password_hash" not in seen["owen"]


def test_a_changed_name_shows_at_once(admin, owner):
    admin.patch(f"/api/users/{owner.user_id}", {"username": "Owen the Great"})
    assert owner.get("/api/auth/me").json["username"] == "Owen the Great"


def test_nobody_sees_nobody(nobody):
    refused(nobody.get("/api/auth/me"), 401)
