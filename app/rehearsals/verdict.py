"""The verdict on one expectation of a rehearsal, and on all of them.

Pure: a verdict follows from the expectation, the window, the alerts that arrived, whether anybody polled, and
the instant of judgement. Only the times of arrival count, which are our own clock's. The sender's `starts_at`
is for telling where the time went.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.values.expectations import Expectation, Kind, Window
from app.values.matchers import matches


class State(StrEnum):
    """What came of an expectation."""

    WAITING = "waiting"
    MET = "met"
    MISSED = "missed"
    LATE = "late"
    FLAPPED = "flapped"
    RESOLVED_EARLY = "resolved-early"
    NOT_RESOLVED = "not-resolved"
    FIRED = "fired"
    ALREADY_FIRING = "already-firing"
    NOT_LOOKED = "not-looked"
    NOT_HEARD = "not-heard"


FAILURES = frozenset(
    {State.MISSED, State.LATE, State.FLAPPED, State.RESOLVED_EARLY, State.NOT_RESOLVED, State.FIRED}
)
INCONCLUSIVE = frozenset({State.ALREADY_FIRING, State.NOT_LOOKED, State.NOT_HEARD})


class WaitsFor(StrEnum):
    """What has to be seen before an expectation is decided."""

    START = "start"
    FIRING = "firing"
    RESOLUTION = "resolution"
    STAYING_RESOLVED = "staying-resolved"
    """Whether it stays resolved until the deadline."""
    END = "end"
    """Whether it fires again, or does not hold, before the window ends."""
    QUIET = "quiet"


class RehearsalState(StrEnum):
    """What came of a rehearsal that has expectations."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Episode:
    """One time that an alert fired, from the first message that it fires to its resolution."""

    labels: Mapping[str, str]
    received_at: datetime
    starts_at: datetime | None = None
    resolved_at: datetime | None = None
    """When its resolution arrived."""
    deliveries: int = 1
    only_resolution: bool = False
    """Its firing never arrived, so nobody can say when it would have."""

    def as_of(self, now: datetime) -> "Episode":
        """Return what was known of it at an instant."""
        if self.resolved_at is not None and self.resolved_at > now:
            return replace(self, resolved_at=None)
        return self

    def is_open_at(self, instant: datetime) -> bool:
        """Return whether it fired before the instant and had not resolved by it."""
        return self.received_at < instant and (self.resolved_at is None or self.resolved_at > instant)


@dataclass(frozen=True)
class Verdict:
    """What came of an expectation so far, and by what."""

    state: State
    episodes: tuple[Episode, ...] = ()
    """The episodes that were judged, earliest first."""
    waits_for: WaitsFor | None = None
    next_deadline: datetime | None = None
    """When the state changes if nothing arrives; None if it is decided."""

    @property
    def is_decided(self) -> bool:
        """Whether an answer has been found. Until the last deadline, what arrives may still change it."""
        return self.state is not State.WAITING


def verdict(
    expectation: Expectation,
    window: Window,
    episodes: Iterable[Episode],
    polled: bool,
    now: datetime,
    *,
    heard_until: datetime | None = None,
) -> Verdict:
    """Return what came of an expectation by the instant `now`.

    Args:
        expectation: What is expected.
        window: The window as it is now; it moves if the schedule does.
        episodes: What arrived at the receiver, in any order; those that do not match are ignored.
        polled: Whether anybody polled the collection in the window.
        now: The instant of judgement. What arrived later is ignored.
        heard_until: When the receiver was revoked or deleted. What had not been decided by then never will.
    """
    if now < window.start:
        return Verdict(State.WAITING, waits_for=WaitsFor.START, next_deadline=window.start)
    if heard_until is not None and heard_until <= now:
        before = _judge(expectation, window, episodes, polled, max(heard_until, window.start))
        return before if before.is_decided else replace(before, state=State.NOT_HEARD, next_deadline=None)
    return _judge(expectation, window, episodes, polled, now)


def _judge(
    expectation: Expectation, window: Window, episodes: Iterable[Episode], polled: bool, now: datetime
) -> Verdict:
    matching = sort_episodes(
        episode.as_of(now)
        for episode in episodes
        if episode.received_at <= now
        and not episode.only_resolution
        and matches(expectation.match, episode.labels)
    )
    judge = _judge_quiet if expectation.kind is Kind.QUIET else _judge_fires
    return judge(expectation, window, matching, polled, now)


def _judge_fires(
    expectation: Expectation, window: Window, matching: Sequence[Episode], polled: bool, now: datetime
) -> Verdict:
    due, resolve_by = expectation.due(window), expectation.resolve_by(window)
    already = tuple(episode for episode in matching if episode.is_open_at(window.start))
    if already:
        return Verdict(State.ALREADY_FIRING, already)
    fired = tuple(
        episode
        for episode in matching
        if episode.received_at >= window.start
        and (episode.received_at <= due or episode.received_at < resolve_by)
    )
    if not fired:
        if now < due:
            return Verdict(State.WAITING, waits_for=WaitsFor.FIRING, next_deadline=due)
        return Verdict(State.MISSED if polled else State.NOT_LOOKED)
    if fired[0].received_at > due:
        return Verdict(State.LATE, fired)
    if expectation.at_most is not None and len(fired) > expectation.at_most:
        return Verdict(State.FLAPPED, fired)
    if expectation.holds and any(
        episode.resolved_at is not None and episode.resolved_at < window.end for episode in fired
    ):
        return Verdict(State.RESOLVED_EARLY, fired)
    return _judge_rest(expectation, window, fired, now)


def _judge_rest(
    expectation: Expectation, window: Window, fired: tuple[Episode, ...], now: datetime
) -> Verdict:
    """Judge an alert that fired in time, and not too often so far, by what follows."""
    resolve_by, last = expectation.resolve_by(window), expectation.last_deadline(window)
    if expectation.resolve_within is not None:
        in_time = all(
            episode.resolved_at is not None and episode.resolved_at <= resolve_by for episode in fired
        )
        if not in_time and now >= resolve_by:
            return Verdict(State.NOT_RESOLVED, fired)
        if not in_time:
            return Verdict(State.WAITING, fired, WaitsFor.RESOLUTION, resolve_by)
        if now < last:
            return Verdict(State.WAITING, fired, WaitsFor.STAYING_RESOLVED, last)
    elif expectation.at_most is not None and now < last:
        return Verdict(State.WAITING, fired, WaitsFor.END, last)
    elif expectation.holds and now < window.end:
        return Verdict(State.WAITING, fired, WaitsFor.END, window.end)
    return Verdict(State.MET, fired)


def _judge_quiet(
    expectation: Expectation, window: Window, matching: Sequence[Episode], polled: bool, now: datetime
) -> Verdict:
    until = expectation.last_deadline(window)
    fired = tuple(episode for episode in matching if window.start <= episode.received_at < until)
    if fired:
        return Verdict(State.FIRED, fired)
    already = tuple(episode for episode in matching if episode.is_open_at(window.start))
    if already:
        return Verdict(State.ALREADY_FIRING, already)
    if now < until:
        return Verdict(State.WAITING, waits_for=WaitsFor.QUIET, next_deadline=until)
    return Verdict(State.MET if polled else State.NOT_LOOKED)


def sort_episodes(episodes: Iterable[Episode]) -> tuple[Episode, ...]:
    """Return the episodes by arrival; those of one delivery by their labels."""
    return tuple(sorted(episodes, key=_sort_key))


def _sort_key(episode: Episode) -> tuple[datetime, str, str, str, int, bool]:
    """Return all that tells episodes apart, so that no order depends on how they were read."""
    labels = json.dumps(dict(episode.labels), sort_keys=True)
    starts_at, resolved_at = str(episode.starts_at or ""), str(episode.resolved_at or "")
    return episode.received_at, labels, starts_at, resolved_at, episode.deliveries, episode.only_resolution


def overall_state(
    verdicts: Sequence[Verdict],
    window: Window,
    now: datetime,
    *,
    is_cancelled: bool = False,
    is_spoiled: bool = False,
) -> RehearsalState:
    """Return what came of a rehearsal.

    It has failed as soon as one of its expectations has, whatever the others are still waiting for.

    Args:
        verdicts: Of all its expectations.
        window: Its window.
        now: The instant of the verdicts.
        is_cancelled: Whether its schedule was deleted before the end.
        is_spoiled: Whether an alert fired that nobody expected, where that counts as a failure.
    """
    states = {each.state for each in verdicts}
    if is_cancelled:
        return RehearsalState.CANCELLED
    if states & FAILURES or is_spoiled:
        return RehearsalState.FAILED
    if states & INCONCLUSIVE:
        return RehearsalState.INCONCLUSIVE
    if now < window.start:
        return RehearsalState.SCHEDULED
    return RehearsalState.RUNNING if State.WAITING in states else RehearsalState.PASSED
