"""There is always an Admin."""

from functools import partial

import pytest

from app.db.session import db
from app.models import Role, User
from tests.conftest import add_user
from tests.support.concurrency import run_concurrently
from tests.support.problems import refused
from tests.support.signing_in import is_signed_in


def demote(by, who, role: str = "Editor"):
    return by.patch(f"/api/users/{who.user_id}", {"role": role})


def delete(by, who):
    return by.delete(f"/api/users/{who.user_id}")


def admins(by) -> int:
    return by.get("/api/users?role=Admin").json["total"]


@pytest.mark.parametrize("role", ["Editor", "Viewer"])
def test_the_last_admin_cannot_be_demoted(admin, role):
    problem = refused(demote(admin, admin, role), 409)
    assert problem["type"] == "urn:spikecast:problem:last-admin"
    assert admin.get("/api/auth/me").json["role"] == "Admin"


def test_the_last_admin_cannot_be_deleted(admin, owner):
    assert refused(delete(admin, admin), 409)["type"] == "urn:spikecast:problem:last-admin"
    assert is_signed_in(admin)


@pytest.mark.parametrize("decision", ["delete_collections=true", "transfer_to={owner}"])
def test_the_last_admin_cannot_be_deleted_with_a_choice_about_collections(admin, owner, decision):
    query = decision.format(owner=owner.user_id)
    refused(admin.delete(f"/api/users/{admin.user_id}?{query}"), 409)
    assert is_signed_in(admin)


def test_the_last_admin_may_change_their_username(admin):
    change = {"role": "Admin", "username": "root"}
    assert admin.patch(f"/api/users/{admin.user_id}", change).status_code == 200


def test_one_of_two_admins_may_be_demoted_or_deleted(app, admin):
    first, second = (add_user(app, Role.ADMIN, name) for name in ("abe", "ann"))
    assert demote(admin, first).status_code == 200
    assert delete(admin, second).status_code == 204
    assert admins(admin) == 1


def test_an_admin_may_demote_themselves_if_another_admin_exists(app, admin):
    other = add_user(app, Role.ADMIN, "abe")
    assert demote(admin, admin).status_code == 200
    refused(delete(other, other), 409)


@pytest.mark.parametrize(
    ("first", "second"),
    [(demote, demote), (delete, delete), (demote, delete)],
    ids=lambda verb: verb.__name__,
)
def test_two_admins_who_remove_each_other_concurrently_leave_one(app, first, second):
    for round_number in range(12):
        ada, bob = (add_user(app, Role.ADMIN, f"{name} {round_number}") for name in ("ada", "bob"))
        answers = run_concurrently(partial(first, ada, bob), partial(second, bob, ada))
        left = [each for each in (ada, bob) if is_signed_in(each)]
        assert len(left) == 1, [answer.status_code for answer in answers]
        assert admins(left[0]) == 1
        _delete_last_admin(app, left[0])


def _delete_last_admin(app, last) -> None:
    """Delete the last Admin in the database, before the next round: the API does not allow it."""
    with app.app_context():
        db.session.delete(db.session.get_one(User, last.user_id))
        db.session.commit()


def test_two_admins_who_demote_themselves_concurrently_leave_one(app):
    for round_number in range(12):
        ada, bob = (add_user(app, Role.ADMIN, f"{name} {round_number}") for name in ("ada", "bob"))
        answers = run_concurrently(partial(demote, ada, ada), partial(demote, bob, bob))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        (left,) = (each for each in (ada, bob) if is_signed_in(each))
        _delete_last_admin(app, left)
