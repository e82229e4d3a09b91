"""Reconciliation after a restore: carry over what happened between the backup and the restore.

No value is served twice, and what was ended since the backup stays ended.
"""

from datetime import datetime

import sqlalchemy as sa

from app.backup import accounts, counters
from app.backup.counters import UnknownCounterPolicy
from app.backup.snapshot import Snapshot, skip_used_ids, take_snapshot, why_unrelated
from app.models import AuditEntry
from app.models.audit import make_entry
from app.models.audit_actions import Action, Outcome
from app.models.audit_subject import COMMAND_LINE, Origin, Subject


def reconcile(
    connection: sa.Connection, previous: Snapshot | None, policy: UnknownCounterPolicy, now: datetime
) -> list[str]:
    """Carry over the state of the previous database to the restored one, and return lines that report it.

    Conflict is raised if the progress of a counter is unknown and the policy says nothing.

    Args:
        connection: A transaction on the restored database.
        previous: The database from before the restore; None if it is missing or unreadable.
        policy: What to do with counters whose progress since the backup is unknown.
        now: The time of the restore, in UTC.
    """
    restored = take_snapshot(connection, now)
    doubt = why_unrelated(restored, previous) if previous else "it is missing or unreadable"
    known = None if doubt else previous
    report = [
        *counters.restore_counters(connection, restored, known, policy, doubt, now),
        *accounts.revoke_keys(connection, restored, known, now),
        *accounts.revoke_receivers(connection, restored, known, now),
        *accounts.report_users(restored, known),
        *accounts.carry_over_two_factor(connection, restored, known),
        *accounts.end_sign_ins(connection),
        *_skip_used_ids(connection, known),
    ]
    _record_restore(connection, now)
    return report


def _skip_used_ids(connection: sa.Connection, known: Snapshot | None) -> list[str]:
    if known is None:
        return ["Ids that were assigned since the backup may be assigned again."]
    skip_used_ids(connection, known.last_ids)
    return []


def _record_restore(connection: sa.Connection, now: datetime) -> None:
    """Record the restore in the audit log, after the entries of the backup."""
    by_command = Origin(None, None, COMMAND_LINE)
    entry = make_entry(by_command, Action.RESTORE, Outcome.DONE, Subject(), {}, now=now)
    connection.execute(sa.insert(AuditEntry), [entry])
