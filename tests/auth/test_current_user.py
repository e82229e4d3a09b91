"""Reading the signed-in user."""

from tests.support.problems import refused


def test_users_of_every_role_can_read_themselves(admin, owner, viewer):
    seen = {person.name: person.get("/api/auth/me").json for person in (admin, owner, viewer)}
    assert {name: (user["username"], user["role"]) for name, user in seen.items()} == {
        "ada": ("ada", "Admin"),
        "owen": ("owen", "Editor"),
        "vera": ("vera", "Viewer"),
    }
    assert seen["owen"]["created_at"] == "2026-11-27T08:00:00Z"
    assert "password_hash" not in seen["owen"]


def test_a_changed_username_is_returned_at_once(admin, owner):
    admin.patch(f"/api/users/{owner.user_id}", {"username": "Owen the Great"})
    assert owner.get("/api/auth/me").json["username"] == "Owen the Great"


def test_reading_the_current_user_requires_a_sign_in(nobody):
    refused(nobody.get("/api/auth/me"), 401)
