"""The result of a rehearsal: the verdict on each expectation with facts, numbers and sentences, as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.rehearsals.delays import (
    Polls,
    clock_skew,
    round_seconds,
    seconds_between,
    split_delay,
    timeliness,
)
from app.rehearsals.sentences import (
    Facts,
    describe_expectation,
    describe_outcome,
    format_duration,
    name_match,
)
from app.rehearsals.verdict import (
    INCONCLUSIVE,
    Episode,
    RehearsalState,
    State,
    Verdict,
    overall_state,
    sort_episodes,
    verdict,
)
from app.values.expectations import SETTINGS, Expectation, Kind, Window
from app.values.matchers import matches

MAX_LISTED_EPISODES = 20
MAX_LISTED_UNEXPECTED = 50


@dataclass(frozen=True)
class Case:
    """What is judged: a window and the expectations of it, each with its id."""

    window: Window
    expectations: Sequence[tuple[int, Expectation]]
    scope: Mapping[str, str] = field(default_factory=dict)
    """Which alerts concern this rehearsal. The others are not even unexpected."""
    fail_on_unexpected: bool = False
    is_cancelled: bool = False


@dataclass(frozen=True)
class Receiver:
    """What is known of the receiver."""

    heard_until: datetime | None = None
    """When it was revoked or deleted."""
    receives_resolutions: bool = True
    """Whether it ever got the resolution of any alert."""
    problem: str | None = None
    """What was wrong with a delivery at the time of the rehearsal."""


@dataclass(frozen=True)
class Result:
    """What came of a rehearsal at one instant."""

    state: RehearsalState
    is_final: bool
    """Whether nothing that arrives from now on can change it."""
    next_deadline: datetime | None
    """When it changes if nothing arrives; None if it does not."""
    decided_by: datetime
    """The last deadline of all expectations."""
    delay: float | None
    """The longest delay of the alerts that fired."""
    false_alarms: int
    """How many alerts fired that were not expected, or should have stayed quiet."""
    timeliness: float | None
    expectations: list[dict[str, Any]]
    unexpected: list[dict[str, Any]]
    warnings: list[str]


@dataclass(frozen=True)
class _Outcome:
    id: int
    expectation: Expectation
    verdict: Verdict
    facts: Facts

    @property
    def fired(self) -> tuple[Episode, ...]:
        """The episodes in the window; none if the alert was firing before it."""
        return () if self.verdict.state is State.ALREADY_FIRING else self.verdict.episodes

    @property
    def delay(self) -> float | None:
        """The seconds until the first alert arrived, if one was expected."""
        if not self.fired or self.expectation.kind is Kind.QUIET:
            return None
        window = self.facts.window
        return seconds_between(self.expectation.counted_from(window), self.fired[0].received_at)


def evaluate(
    case: Case, episodes: Iterable[Episode], polls: Polls, receiver: Receiver, now: datetime
) -> Result:
    """Return what came of a rehearsal by the instant `now`."""
    known = sort_episodes(episode for episode in episodes if episode.received_at <= now)
    in_scope = [episode for episode in known if matches(case.scope, episode.labels)]
    outcomes = [_judge(case, each, in_scope, polls, receiver, now) for each in case.expectations]
    decided_by = max(expectation.last_deadline(case.window) for _, expectation in case.expectations)
    unexpected = [] if case.is_cancelled else _find_unexpected(case, in_scope, decided_by)
    state = overall_state(
        [outcome.verdict for outcome in outcomes],
        case.window,
        now,
        is_cancelled=case.is_cancelled,
        is_spoiled=case.fail_on_unexpected and bool(unexpected),
    )
    quiet_fired = [outcome for outcome in outcomes if outcome.verdict.state is State.FIRED]
    delays = [outcome.delay for outcome in outcomes if outcome.delay is not None]
    return Result(
        state=state,
        is_final=_is_final(outcomes, decided_by, receiver, now) and not case.is_cancelled,
        next_deadline=None if case.is_cancelled else _next_deadline(outcomes, decided_by, now),
        decided_by=decided_by,
        delay=None if case.is_cancelled or not delays else round_seconds(max(delays)),
        false_alarms=0 if case.is_cancelled else len(unexpected) + _count_distinct(quiet_fired),
        timeliness=None if case.is_cancelled else _mean_timeliness(outcomes),
        expectations=[_to_json(outcome, case) for outcome in outcomes],
        unexpected=[_episode_to_json(each, case.window) for each in unexpected[:MAX_LISTED_UNEXPECTED]],
        warnings=[] if case.is_cancelled else _warnings(case, outcomes, unexpected, polls, receiver),
    )


def _judge(
    case: Case,
    numbered: tuple[int, Expectation],
    in_scope: Sequence[Episode],
    polls: Polls,
    receiver: Receiver,
    now: datetime,
) -> _Outcome:
    id_, expectation = numbered
    found = verdict(
        expectation, case.window, in_scope, polls.count > 0, now, heard_until=receiver.heard_until
    )
    only_resolved = any(
        episode.only_resolution
        and episode.received_at >= case.window.start
        and matches(expectation.match, episode.labels)
        for episode in in_scope
    )
    facts = Facts(expectation, case.window, found, polls, receiver.receives_resolutions, only_resolved)
    return _Outcome(id_, expectation, found, facts)


def _find_unexpected(case: Case, in_scope: Sequence[Episode], decided_by: datetime) -> list[Episode]:
    return [
        episode
        for episode in in_scope
        if case.window.start <= episode.received_at < decided_by
        and not episode.only_resolution
        and not any(matches(expectation.match, episode.labels) for _, expectation in case.expectations)
    ]


def _is_final(outcomes: Sequence[_Outcome], decided_by: datetime, receiver: Receiver, now: datetime) -> bool:
    is_deaf = receiver.heard_until is not None and receiver.heard_until <= now
    return all(outcome.verdict.is_decided for outcome in outcomes) and (is_deaf or now >= decided_by)


def _next_deadline(outcomes: Sequence[_Outcome], decided_by: datetime, now: datetime) -> datetime | None:
    deadlines = [outcome.verdict.next_deadline for outcome in outcomes if outcome.verdict.next_deadline]
    if not deadlines and now < decided_by:
        return decided_by
    return min(deadlines, default=None)


def _count_distinct(outcomes: Sequence[_Outcome]) -> int:
    return len({id(episode) for outcome in outcomes for episode in outcome.fired})


def _mean_timeliness(outcomes: Sequence[_Outcome]) -> float | None:
    """Return the mean over the alerts that should fire; None while none has fired or was missed."""
    rewards = []
    for outcome in outcomes:
        if outcome.delay is not None:
            rewards.append(timeliness(outcome.delay, outcome.expectation.within))
        elif outcome.verdict.state is State.MISSED:
            rewards.append(0.0)
    return round(sum(rewards) / len(rewards), 2) if rewards else None


# --- JSON ----------------------------------------------------------------------------------------------


def describe(expectation: Expectation) -> dict[str, Any]:
    """Return an expectation as JSON: a sentence and its settings; null for those of the other kind."""
    return {
        "kind": expectation.kind.value,
        "match": dict(expectation.match),
        **{
            name: getattr(expectation, name) if kind is expectation.kind else None
            for kind, names in SETTINGS.items()
            for name in names
        },
        "expects": describe_expectation(expectation),
    }


def _to_json(outcome: _Outcome, case: Case) -> dict[str, Any]:
    described = {"id": outcome.id, **describe(outcome.expectation)}
    if case.is_cancelled:
        says = "was not judged: the spike was deleted before it ended"
        return {**described, "state": None, "says": says, **_numbers(None, case)}
    return {
        **described,
        "state": outcome.verdict.state.value,
        "says": describe_outcome(outcome.facts),
        **_numbers(outcome, case),
    }


def _numbers(outcome: _Outcome | None, case: Case) -> dict[str, Any]:
    fired = outcome.fired if outcome else ()
    numbers: dict[str, Any] = {
        "delay": None,
        "split": None,
        "clock_skew": None,
        "resolve_delay": None,
        "times": len(fired),
        "deliveries": sum(episode.deliveries for episode in fired),
        "episodes": [_episode_to_json(episode, case.window) for episode in fired[:MAX_LISTED_EPISODES]],
    }
    if outcome is None:
        return numbers
    if outcome.verdict.state is State.ALREADY_FIRING:
        listed = outcome.verdict.episodes[:MAX_LISTED_EPISODES]
        numbers["episodes"] = [_episode_to_json(episode, case.window) for episode in listed]
    if outcome.delay is not None:
        split = split_delay(outcome.expectation, case.window, fired[0], outcome.facts.polls)
        skew = clock_skew(case.window, fired[0])
        numbers["delay"] = round_seconds(outcome.delay)
        numbers["split"] = split.to_json() if split else None
        numbers["clock_skew"] = None if skew is None else round_seconds(skew)
    resolutions = [episode.resolved_at for episode in fired if episode.resolved_at]
    if resolutions and len(resolutions) == len(fired):
        numbers["resolve_delay"] = round_seconds(seconds_between(case.window.end, max(resolutions)))
    return numbers


def _episode_to_json(episode: Episode, window: Window) -> dict[str, Any]:
    resolved_at = episode.resolved_at
    return {
        "labels": dict(sorted(episode.labels.items())),
        "received_after": round_seconds(seconds_between(window.start, episode.received_at)),
        "resolved_after": resolved_at and round_seconds(seconds_between(window.start, resolved_at)),
    }


# --- Warnings ------------------------------------------------------------------------------------------


def _warnings(
    case: Case,
    outcomes: Sequence[_Outcome],
    unexpected: Sequence[Episode],
    polls: Polls,
    receiver: Receiver,
) -> list[str]:
    warnings = []
    if receiver.problem:
        warnings.append(f"The receiver had a problem with a delivery at that time: {receiver.problem}.")
    if not polls.count and any(outcome.delay is not None for outcome in outcomes):
        warnings.append("Nobody polled the collection in the window, so something else caused the alert.")
    for outcome in outcomes:
        warnings += _warnings_of(outcome, case)
    if len(unexpected) > MAX_LISTED_UNEXPECTED:
        warnings.append(
            f"{len(unexpected):,} unexpected alerts fired; the first {MAX_LISTED_UNEXPECTED} are listed."
        )
    return warnings


def _warnings_of(outcome: _Outcome, case: Case) -> list[str]:
    name, warnings = name_match(outcome.expectation.match), []
    if outcome.delay is not None:
        skew = clock_skew(case.window, outcome.fired[0])
        if skew is not None and skew > 0:
            warnings.append(
                f"{name}: the sender's clock is at least {format_duration(skew)} ahead of ours, "
                "so its delay is not split. The verdict is by our clock."
            )
        elif skew is not None:
            warnings.append(
                f"{name}: the sender says that it fired {format_duration(-skew)} before the window began, "
                "so its delay is not split. The verdict is by our clock."
            )
    if outcome.facts.only_resolved and outcome.verdict.state not in {State.MISSED, *INCONCLUSIVE}:
        warnings.append(f"{name}: a resolution arrived for an alert whose firing never did.")
    return warnings
