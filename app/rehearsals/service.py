"""Operations on rehearsals. The views commit."""

from datetime import datetime

from app.core.errors import Conflict
from app.core.timestamps import format_iso
from app.db.session import db
from app.domain import audit
from app.models import Rehearsal
from app.models.audit_actions import Action
from app.models.rehearsal import RehearsalState


def delete(rehearsal: Rehearsal, now: datetime) -> None:
    """Delete the record of a spike. The caller must have locked its collection.

    Raises:
        Conflict: The spike is not over.
    """
    state = rehearsal.compute_state(now)
    if state in (RehearsalState.SCHEDULED, RehearsalState.RUNNING):
        raise Conflict(
            f"Only the record of a spike that is over can be deleted. {rehearsal.name!r} is {state} and ends "
            f"at {format_iso(rehearsal.end_datetime)}; delete or end the spike first.",
            problem_type="not-over",
        )
    audit.record(
        Action.DELETE_REHEARSAL,
        rehearsal,
        start_datetime=rehearsal.start_datetime,
        end_datetime=rehearsal.end_datetime,
    )
    db.session.delete(rehearsal)
