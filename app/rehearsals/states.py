"""Rehearsals by state, for lists: in SQL where it can be, and by judging the open ones."""

from datetime import datetime

import sqlalchemy as sa

from app.db.session import db
from app.models import Actor, Rehearsal
from app.models.rehearsal import RehearsalState
from app.rehearsals.evaluation import attach_outcomes

MAX_JUDGED = 500
"""How many open rehearsals a list judges to filter them: the latest. A list settles those that are due."""


def has_state(state: RehearsalState, actor: Actor, now: datetime) -> sa.ColumnElement[bool]:
    """Return the SQL condition for rehearsals whose state is `state`, among those that the actor may read."""
    if state is RehearsalState.CANCELLED:
        return Rehearsal.cancelled_at.is_not(None)
    if state is RehearsalState.SCHEDULED:
        return sa.and_(Rehearsal.cancelled_at.is_(None), Rehearsal.start_datetime > now)
    expects_nothing = sa.and_(Rehearsal.cancelled_at.is_(None), Rehearsal.decided_by.is_(None))
    if state is RehearsalState.OBSERVED:
        return sa.and_(expects_nothing, Rehearsal.end_datetime <= now)
    is_so_far = Rehearsal.id.in_(_find_open(state, actor, now))
    if state is RehearsalState.RUNNING:
        return sa.or_(sa.and_(expects_nothing, Rehearsal.has_status("active", now)), is_so_far)
    return sa.or_(Rehearsal.state == state, is_so_far)


def _find_open(state: RehearsalState, actor: Actor, now: datetime) -> list[int]:
    """Return the ids of those that have begun, are not settled, and have this state so far."""
    query = Rehearsal.readable(sa.select(Rehearsal), actor).where(
        Rehearsal.decided_by.is_not(None),
        Rehearsal.settled_at.is_(None),
        Rehearsal.cancelled_at.is_(None),
        Rehearsal.start_datetime <= now,
    )
    latest = query.order_by(Rehearsal.start_datetime.desc(), Rehearsal.id.desc()).limit(MAX_JUDGED)
    found = db.session.scalars(latest).all()
    attach_outcomes(found, now)
    return [each.id for each in found if each.outcome.state is state]
