"""What came of rehearsals: read what arrived and judge it, without writing anything."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import load_only, selectinload, undefer

from app.db.session import db
from app.models import AlertEpisode, AlertReceiver, Rehearsal
from app.models.rehearsal import Outcome, RehearsalState
from app.rehearsals.delays import Polls
from app.rehearsals.result import Case, Receiver, Result, evaluate
from app.rehearsals.verdict import Episode
from app.values.expectations import Window

MAX_EPISODES = 10_000
"""How many episodes are read at once. Of a rehearsal with more, the earliest decide."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def attach_outcomes(rehearsals: Sequence[Rehearsal], now: datetime) -> None:
    """Set what came of these rehearsals by now."""
    open_ones = []
    for rehearsal in rehearsals:
        if rehearsal.decided_by is None:
            rehearsal.outcome = Outcome(rehearsal.compute_state(now))
        elif rehearsal.settled_at is not None and rehearsal.state is not None:
            rehearsal.outcome = Outcome(rehearsal.state, **(rehearsal.result or {}))
        else:
            open_ones.append(rehearsal)
    load_parts(open_ones)
    for rehearsal, result in judge(open_ones, now).items():
        rehearsal.outcome = Outcome(
            RehearsalState(result.state), next_deadline=result.next_deadline, **to_json(result)
        )


def load_parts(rehearsals: Sequence[Rehearsal]) -> None:
    """Load what rehearsals are judged by, with the same number of statements for any number of them."""
    if rehearsals:
        chosen = sa.select(Rehearsal).where(Rehearsal.id.in_([each.id for each in rehearsals]))
        db.session.scalars(
            chosen.options(
                load_only(Rehearsal.id),
                selectinload(Rehearsal.expectations),
                selectinload(Rehearsal.polls),
                selectinload(Rehearsal.receiver).options(undefer(AlertReceiver.gets_resolutions)),
            )
        ).all()


def to_json(result: Result) -> dict[str, Any]:
    """Return what a settled rehearsal keeps of its result."""
    return {
        "delay": result.delay,
        "false_alarms": result.false_alarms,
        "timeliness": result.timeliness,
        "expectations": result.expectations,
        "unexpected": result.unexpected,
        "warnings": result.warnings,
    }


def judge(
    rehearsals: Sequence[Rehearsal], now: datetime, *, heard_until: datetime | None = None
) -> dict[Rehearsal, Result]:
    """Return the results, as of now, of rehearsals that expect something.

    Args:
        rehearsals: With their parts, as `load_parts` loads them.
        now: The instant of judgement.
        heard_until: When their receiver is revoked or deleted, if that is about to happen.
    """
    begun = [each for each in rehearsals if each.start_datetime <= now and each.cancelled_at is None]
    episodes = _load_episodes(begun, now)
    return {
        rehearsal: evaluate(
            _build_case(rehearsal),
            episodes.get(rehearsal.id, ()),
            _read_polls(rehearsal),
            _describe_receiver(rehearsal, heard_until),
            now,
        )
        for rehearsal in rehearsals
    }


def _build_case(rehearsal: Rehearsal) -> Case:
    return Case(
        Window(rehearsal.start_datetime, rehearsal.end_datetime),
        [(each.id, each.value) for each in rehearsal.expectations],
        rehearsal.scope or {},
        rehearsal.fail_on_unexpected,
        rehearsal.cancelled_at is not None,
    )


def _read_polls(rehearsal: Rehearsal) -> Polls:
    """Return the polls in the present window, by all keys."""
    start, end = rehearsal.start_datetime, rehearsal.end_datetime
    keys = [each for each in rehearsal.polls if each.first_polled_at < end and each.last_polled_at >= start]
    times = [key.first_polled_at for key in keys]
    times += [EPOCH + timedelta(milliseconds=time) for key in keys for time in key.times]
    return Polls(sorted(time for time in times if start <= time < end), sum(key.polls for key in keys))


def _describe_receiver(rehearsal: Rehearsal, heard_until: datetime | None) -> Receiver:
    receiver = rehearsal.receiver
    if receiver is None:
        return Receiver(heard_until=EPOCH)
    problem = None
    if receiver.last_problem_at is not None and rehearsal.decided_by is not None:
        is_of_its_time = rehearsal.start_datetime <= receiver.last_problem_at <= rehearsal.decided_by
        problem = receiver.last_problem if is_of_its_time else None
    return Receiver(heard_until or receiver.revoked_at, receiver.gets_resolutions, problem)


# --- Episodes ------------------------------------------------------------------------------------------


def _load_episodes(rehearsals: Sequence[Rehearsal], now: datetime) -> Mapping[int, list[Episode]]:
    """Return the episodes that concern these rehearsals, with one query for all of them.

    Only where they are too many for that, each rehearsal has a query of its own.
    """
    heard = [each for each in rehearsals if each.receiver_id is not None]
    if not heard:
        return {}
    rows = _query_episodes(heard, now)
    if len(rows) == MAX_EPISODES and len(heard) > 1:
        return {each.id: [*map(_to_episode, _query_episodes([each], now))] for each in heard}
    found = defaultdict(list)
    for rehearsal in heard:
        found[rehearsal.id] = [_to_episode(row) for row in rows if _concerns(rehearsal, row)]
    return found


def _query_episodes(rehearsals: Iterable[Rehearsal], now: datetime) -> Sequence[AlertEpisode]:
    matching = [condition for each in rehearsals for condition in _build_conditions(each, now)]
    query = sa.select(AlertEpisode).where(sa.or_(*matching))
    query = query.order_by(AlertEpisode.first_received_at, AlertEpisode.id).limit(MAX_EPISODES)
    return db.session.scalars(query).all()


def _build_conditions(rehearsal: Rehearsal, now: datetime) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of which an episode has to meet one; an index serves each."""
    start, until = rehearsal.start_datetime, min(now, rehearsal.decided_by or now)
    first, resolved = AlertEpisode.first_received_at, AlertEpisode.resolved_received_at
    here = AlertEpisode.receiver_id == rehearsal.receiver_id
    return [
        sa.and_(here, first >= start, first <= until),
        sa.and_(here, resolved.is_(None), first < start),
        sa.and_(here, resolved > start, first < start),
    ]


def _concerns(rehearsal: Rehearsal, row: AlertEpisode) -> bool:
    start, resolved_at = rehearsal.start_datetime, row.resolved_received_at
    if row.receiver_id != rehearsal.receiver_id:
        return False
    return row.first_received_at >= start or resolved_at is None or resolved_at > start


def _to_episode(row: AlertEpisode) -> Episode:
    return Episode(
        row.labels,
        row.first_received_at,
        row.starts_at,
        row.resolved_received_at,
        row.deliveries,
        row.only_resolution,
    )
