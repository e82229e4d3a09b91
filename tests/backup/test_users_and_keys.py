"""A restore brings nothing back that was revoked or deleted since the backup, or it reports that."""

import sqlalchemy as sa
import time_machine

from app.auth import first_admin
from app.core import clock
from app.db.session import db
from app.models import Role, SetUpToken
from tests.conftest import add_user
from tests.support.alerts import alert
from tests.support.signing_in import sign_in


def is_valid(tool):
    return tool.poll("Truck 01").status_code == 200


def test_keys_revoked_deleted_or_expired_since_the_backup_stay_invalid(
    installation, clock: time_machine.Traveller
):
    installation.make.collection("Truck 01", {})
    unchanged, revoked, deleted, expiring = (installation.make.key() for _ in range(4))
    file = installation.backup()
    clock.shift(60)
    assert installation.owner.post(f"/api/api-keys/{revoked.id}/revoke").status_code == 200
    assert installation.owner.delete(f"/api/api-keys/{deleted.id}").status_code == 204
    given = {"expires_at": "2026-11-27T08:02:00Z"}
    assert installation.owner.patch(f"/api/api-keys/{expiring.id}", given).status_code == 200
    clock.shift(60)
    ended = f"{revoked.id}, {deleted.id}, {expiring.id}."
    assert f"Revoked API keys that were revoked, deleted or expired since the backup: {ended}" in (
        installation.restored(file)
    )
    assert [is_valid(tool) for tool in (unchanged, revoked, deleted, expiring)] == [True, False, False, False]


def test_keys_revoked_before_the_backup_are_not_reported(installation):
    tool = installation.make.key()
    assert installation.owner.post(f"/api/api-keys/{tool.id}/revoke").status_code == 200
    assert "Revoked" not in installation.restored(installation.backup())


def test_receivers_whose_tokens_were_replaced_or_revoked_since_the_backup_are_revoked(installation, clock):
    unchanged, renewed, revoked, deleted = (installation.make.receiver() for _ in range(4))
    file = installation.backup()
    clock.shift(60)
    assert installation.owner.post(f"{renewed.path}/token").status_code == 200
    assert installation.owner.post(f"{revoked.path}/revoke").status_code == 200
    assert installation.owner.delete(deleted.path).status_code == 204
    ended = f"or that were deleted: {renewed.id}, {revoked.id}, {deleted.id}."
    assert ended in installation.restored(file)
    receivers = (unchanged, renewed, revoked, deleted)
    assert [each.deliver(alert()).status_code for each in receivers] == [200, 401, 401, 401]


def test_without_the_current_database_the_restore_warns_about_keys_users_and_ids(installation):
    installation.make.key()
    installation.make.receiver()
    file = installation.backup()
    installation.close()
    installation.database.unlink()
    output = installation.restored(file)
    assert "API keys that are valid, as at the backup: 1." in output
    assert "Alert receivers with the token of the backup: 1." in output
    assert "Users, their roles and passwords are those of the backup." in output
    assert "Ids that were assigned since the backup may be assigned again." in output


def test_the_restore_reports_users_deleted_or_changed_since_the_backup(installation):
    admin = add_user(installation.app, Role.ADMIN, "ada")
    gone, lowered, changed = (add_user(installation.app, Role.EDITOR, name) for name in ("eve", "lou", "cho"))
    file = installation.backup()
    assert admin.delete(f"/api/users/{gone.user_id}").status_code == 204
    assert admin.patch(f"/api/users/{lowered.user_id}", {"role": "Viewer"}).status_code == 200
    assert admin.patch(f"/api/users/{changed.user_id}", {"password": "another password"}).status_code == 200
    output = installation.restored(file)
    assert "Users who were deleted since the backup exist again: eve." in output
    assert "Users whose role is that of the backup again: lou (Editor)." in output
    assert "Users whose password is that of the backup again: cho." in output
    assert sign_in(installation.app, "eve").status_code == 200


def test_set_up_tokens_are_not_restored(installation):
    with installation.app.app_context():
        first_admin.create_setup_token(clock.now())
        db.session.commit()
    installation.restored(installation.backup())
    with installation.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SetUpToken)) == 0


def test_ids_assigned_since_the_backup_are_not_reused(installation):
    file = installation.backup()
    was = installation.make.collection("Truck 01", {})
    installation.restored(file)
    installation.sign_in_again()
    now = installation.make.collection("Truck 02", {})
    assert now["id"] > was["id"]
    assert now["fields"][0]["id"] > was["fields"][0]["id"]
