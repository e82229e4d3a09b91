"""After a restore nothing counts again that was ended since the backup, or it is said."""

import sqlalchemy as sa
import time_machine

from app.auth import first_admin
from app.core import clock
from app.db.session import db
from app.models import Role, SetUpToken
from tests.conftest import add_user
from tests.support.signing_in import sign_in


def counts(tool):
    return tool.poll("Truck 01").status_code == 200


def test_keys_that_were_ended_since_stay_ended(here, clock: time_machine.Traveller):
    here.make.collection("Truck 01", {})
    kept, revoked, deleted, expiring = (here.make.key() for _ in range(4))
    file = here.backup()
    clock.shift(60)
    assert here.owner.post(f"/api/api-keys/{revoked.id}/revoke").status_code == 200
    assert here.owner.delete(f"/api/api-keys/{deleted.id}").status_code == 204
    given = {"expires_at": "2026-11-27T08:02:00Z"}
    assert here.owner.patch(f"/api/api-keys/{expiring.id}", given).status_code == 200
    clock.shift(60)
    ended = f"{revoked.id}, {deleted.id}, {expiring.id}."
    assert f"Revoked API keys that were revoked, deleted or expired since the backup: {ended}" in (
        here.restored(file)
    )
    assert [counts(tool) for tool in (kept, revoked, deleted, expiring)] == [True, False, False, False]


def test_keys_that_were_revoked_before_stay_so_and_are_not_told(here):
    tool = here.make.key()
    assert here.owner.post(f"/api/api-keys/{tool.id}/revoke").status_code == 200
    assert "Revoked" not in here.restored(here.backup())


def test_where_it_is_not_known_which_were_revoked_it_says_so(here):
    here.make.key()
    file = here.backup()
    here.close()
    here.database.unlink()
    said = here.restored(file)
    assert "API keys that are valid, as at the backup: 1." in said
    assert "Users, their roles and passwords are those of the backup." in said
    assert "Ids that were assigned since the backup may be assigned again." in said


def test_whose_account_is_as_it_was_is_told(here):
    admin = add_user(here.app, Role.ADMIN, "ada")
    gone, lowered, changed = (add_user(here.app, Role.EDITOR, name) for name in ("eve", "lou", "cho"))
    file = here.backup()
    assert admin.delete(f"/api/users/{gone.user_id}").status_code == 204
    assert admin.patch(f"/api/users/{lowered.user_id}", {"role": "Viewer"}).status_code == 200
    assert admin.patch(f"/api/users/{changed.user_id}", {"password": "another password"}).status_code == 200
    said = here.restored(file)
    assert "Users who were deleted since the backup exist again: eve." in said
    assert "Users whose role is that of the backup again: lou (Editor)." in said
    assert "Users whose password is that of the backup again: cho." in said
    assert sign_in(here.app, "eve").status_code == 200


def test_a_token_of_the_set_up_page_does_not_come_back(here):
    with here.app.app_context():
        first_admin.create_setup_token(clock.now())
        db.session.commit()
    here.restored(here.backup())
    with here.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SetUpToken)) == 0


def test_an_id_that_was_given_since_is_not_given_again(here):
    file = here.backup()
    was = here.make.collection("Truck 01", {})
    here.restored(file)
    here.sign_in_again()
    now = here.make.collection("Truck 02", {})
    assert now["id"] > was["id"]
    assert now["fields"][0]["id"] > was["fields"][0]["id"]
