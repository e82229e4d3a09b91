"""Operations on rehearsals. The views commit."""

from datetime import datetime

from app.core.errors import Conflict
from app.core.timestamps import format_iso
from app.db.session import db
from app.domain import audit, expectations
from app.domain.validation import Validated, raise_if_errors
from app.models import Actor, Rehearsal
from app.models.audit_actions import Action
from app.models.rehearsal import RehearsalState
from app.values.expectations import Window

READ_LATE = ("collection", "receiver", "expectations", "polls", "is_scheduled", "poll_count", "key_count")
"""What a response shows of a rehearsal, and only a query of its own loads."""


def change_expectations(actor: Actor, rehearsal: Rehearsal, validated: Validated) -> None:
    """Change what a rehearsal expects, or what it is called elsewhere. Its collection must be locked.

    Conflict is raised if what it expects is settled or cancelled, Invalid if the input breaks a rule.
    """
    values, errors = validated
    before = expectations.summarize(rehearsal), rehearsal.external_id
    wanted = None
    if values.keys() - {"external_id"}:
        window = Window(rehearsal.start_datetime, rehearsal.end_datetime)
        wanted = expectations.read_wanted(actor, values, window, errors, current=rehearsal)
    raise_if_errors(errors)
    if wanted:
        expectations.refuse_decided(rehearsal)
    rehearsal.external_id = values.get("external_id", rehearsal.external_id)
    if wanted:
        expectations.save(rehearsal, wanted)
    db.session.flush()
    db.session.refresh(rehearsal)
    # The response needs these, and nothing is read after the commit.
    db.session.refresh(rehearsal, READ_LATE)
    after = expectations.summarize(rehearsal), rehearsal.external_id
    names = ("rehearsal", "external_id")
    changes = (dict(zip(names, state, strict=True)) for state in (before, after))
    audit.record_change(Action.CHANGE_REHEARSAL, rehearsal, *changes)


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
