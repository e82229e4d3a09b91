"""Users, API keys, alert receivers, two-factor sign-in and sessions after a restore.

`known` is the snapshot of the database from before the restore; None if it cannot be used. Each function
returns lines that report what it did.
"""

from datetime import datetime

import sqlalchemy as sa

from app.backup.snapshot import Snapshot, TwoFactor
from app.models import AlertReceiver, ApiKey, PendingSignIn, RecoveryCode, SetUpToken, SignIn, User


def revoke_keys(
    connection: sa.Connection, restored: Snapshot, known: Snapshot | None, now: datetime
) -> list[str]:
    """Revoke the restored keys that were revoked or deleted, or that expired, since the backup."""
    if known is None:
        count = len(restored.keys)
        check = "Keys that were revoked since then are valid again: check them with list-keys and revoke-key."
        return [f"API keys that are valid, as at the backup: {count}. {check}"] if count else []
    ended = [id for key_hash, id in restored.keys.items() if key_hash not in known.keys]
    if not ended:
        return []
    statement = sa.update(ApiKey).where(ApiKey.__table__.c.id == sa.bindparam("key")).values(revoked_at=now)
    connection.execute(statement, [{"key": id} for id in ended])
    ids = ", ".join(map(str, ended))
    return [f"Revoked API keys that were revoked, deleted or expired since the backup: {ids}."]


def revoke_receivers(
    connection: sa.Connection, restored: Snapshot, known: Snapshot | None, now: datetime
) -> list[str]:
    """Revoke the restored receivers whose token was replaced or revoked, or which were deleted, meanwhile."""
    if known is None:
        count = len(restored.receivers)
        check = "Tokens that were replaced or revoked since then are valid again: check the receivers."
        return [f"Alert receivers with the token of the backup: {count}. {check}"] if count else []
    ended = [id for token_hash, id in restored.receivers.items() if token_hash not in known.receivers]
    if not ended:
        return []
    table = AlertReceiver.__table__.c
    statement = sa.update(AlertReceiver).where(table.id == sa.bindparam("receiver")).values(revoked_at=now)
    connection.execute(statement, [{"receiver": id} for id in ended])
    ids = ", ".join(map(str, ended))
    why = "whose tokens were replaced or revoked since the backup, or that were deleted"
    return [f"Revoked alert receivers {why}: {ids}. New tokens make them work again."]


def report_users(restored: Snapshot, known: Snapshot | None) -> list[str]:
    """Report users whose account, role or password is again that of the backup. Changes nothing."""
    if known is None:
        return ["Users, their roles and passwords are those of the backup."] if restored.people else []
    returned, roles, passwords = [], [], []
    for id, person in restored.people.items():
        last = known.people.get(id)
        if last is None:
            returned.append(person.username)
        elif last.role != person.role:
            roles.append(f"{person.username} ({person.role})")
        if last is not None and last.password_hash != person.password_hash:
            passwords.append(person.username)
    report = (
        ("Users who were deleted since the backup exist again: ", returned),
        ("Users whose role is that of the backup again: ", roles),
        ("Users whose password is that of the backup again: ", passwords),
    )
    return [f"{what}{', '.join(names)}." for what, names in report if names]


def carry_over_two_factor(connection: sa.Connection, restored: Snapshot, known: Snapshot | None) -> list[str]:
    """Carry over the state of two-factor sign-in, so that no code is accepted twice.

    A second factor that was set up, or reset by an Admin, since the backup stays as it was before the
    restore.
    """
    if known is None:
        names = ", ".join(
            restored.people[id].username for id, each in restored.two_factors.items() if each.since
        )
        warning = "Recovery codes that were used since the backup are valid again. Ask for new ones: "
        return [f"{warning}{names}."] if names else []
    changed = [
        id
        for id, was in restored.two_factors.items()
        if id in known.two_factors and known.two_factors[id] != was
    ]
    for id in changed:
        _set_two_factor(connection, id, known.two_factors[id])
    names = ", ".join(restored.people[id].username for id in changed)
    return [f"Two-factor sign-in is as it was before the restore: {names}."] if names else []


def _set_two_factor(connection: sa.Connection, user_id: int, state: TwoFactor) -> None:
    columns = {
        "two_factor_secret": state.secret,
        "two_factor_since": state.since,
        "two_factor_step": state.step,
        "updated_at": User.updated_at,
    }
    connection.execute(sa.update(User).where(User.id == user_id).values(columns))
    connection.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    if state.code_hashes:
        rows = [{"user_id": user_id, "code_hash": code_hash} for code_hash in state.code_hashes]
        connection.execute(sa.insert(RecoveryCode), rows)


def end_sign_ins(connection: sa.Connection) -> list[str]:
    """Delete all sign-ins, pending sign-ins and set-up tokens."""
    ended = connection.execute(sa.delete(SignIn)).rowcount
    connection.execute(sa.delete(PendingSignIn))
    connection.execute(sa.delete(SetUpToken))
    return [f"Ended all sign-ins ({ended}): all users must sign in again."] if ended else []
