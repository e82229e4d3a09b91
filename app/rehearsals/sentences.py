"""Expectations and what came of them as sentences, for the API, the pages and the reports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.rehearsals.delays import Polls, Split, seconds_between, split_delay
from app.rehearsals.verdict import Episode, State, Verdict, WaitsFor
from app.values.expectations import Expectation, Kind, Window

MAX_NAMED_LABELS = 4
MAX_LISTED_TIMES = 5


@dataclass(frozen=True)
class Facts:
    """What the sentence of an outcome may tell."""

    expectation: Expectation
    window: Window
    verdict: Verdict
    polls: Polls
    receives_resolutions: bool
    """Whether the receiver ever got the resolution of any alert."""
    only_resolved: bool = False
    """Whether the resolution of a matching alert arrived whose firing never did."""


# --- Durations -----------------------------------------------------------------------------------------


def format_duration(seconds: float) -> str:
    """Return a duration for people: `21.8 s`, `3 min`, `6 min 10 s`, `2 h 5 min`, `1 d 4 h`."""
    if abs(seconds) < 120 and (seconds == 0 or seconds % 60):
        return f"{_trim(seconds)} s"
    whole = round(seconds)
    units = [("d", whole // 86_400), ("h", whole // 3600 % 24), ("min", whole // 60 % 60), ("s", whole % 60)]
    shown = [(position, f"{number} {unit}") for position, (unit, number) in enumerate(units) if number]
    largest = shown[0][0]
    return " ".join(text for position, text in shown if position <= largest + 1)


def _trim(seconds: float) -> str:
    return f"{seconds:.1f}".removesuffix(".0")


def format_allowed(seconds: int) -> str:
    """Return a time limit, in seconds while they are easy to compare: `180 s`, `30 min`."""
    return f"{seconds} s" if seconds <= 600 else format_duration(seconds)


def format_moment(seconds: float, event: str) -> str:
    """Return a time as one before or after an event: `11.8 s after the end`."""
    if abs(seconds) < 0.05:
        return f"at {event}"
    return f"{format_duration(abs(seconds))} {'after' if seconds > 0 else 'before'} {event}"


# --- Expectations --------------------------------------------------------------------------------------


def name_match(match: Mapping[str, str]) -> str:
    """Return which alerts are meant: `EngineHot`, `EngineHot (severity=page)`, `any alert`."""
    labels = dict(match)
    name = labels.pop("alertname", "")
    shown = [f"{label}={pattern}" for label, pattern in labels.items()]
    if len(shown) > MAX_NAMED_LABELS:
        shown[MAX_NAMED_LABELS:] = [f"{len(shown) - MAX_NAMED_LABELS} more"]
    listed = ", ".join(shown)
    if not name:
        return f"any alert with {listed}" if listed else "any alert"
    return f"{name} ({listed})" if listed else name


def describe_expectation(expectation: Expectation) -> str:
    """Return an expectation as a sentence.

    Such as `EngineHot fires within 3 min, once, and resolves within 15 min of the end`.
    """
    name = name_match(expectation.match)
    if expectation.kind is Kind.QUIET:
        until = f"{format_duration(expectation.until)} after the end" if expectation.until else "the end"
        return f"{name} stays quiet until {until}"
    within = f"fires within {format_duration(expectation.within)}"
    if expectation.counts_from:
        within += f", counted from {format_duration(expectation.counts_from)} after the start"
    middle = []
    if expectation.at_most is not None:
        middle.append("once" if expectation.at_most == 1 else f"at most {expectation.at_most} times")
    if expectation.holds:
        middle.append("holds until the end")
    resolves = []
    if expectation.resolve_within is not None:
        comma = "," if middle or expectation.counts_from else ""
        limit = format_duration(expectation.resolve_within)
        resolves = [f"{comma} and resolves within {limit} of the end"]
    return f"{name} {', '.join([within, *middle])}{''.join(resolves)}"


# --- Outcomes ------------------------------------------------------------------------------------------


def describe_outcome(facts: Facts) -> str:
    """Return what came of an expectation, as the end of a sentence that begins with the alert's name."""
    return _OUTCOMES[facts.verdict.state](facts)


def _waiting(facts: Facts) -> str:
    expectation = facts.expectation
    match facts.verdict.waits_for:
        case WaitsFor.FIRING:
            return f"has not fired yet ({format_allowed(expectation.within)} allowed)"
        case WaitsFor.QUIET:
            return "is quiet so far"
        case WaitsFor.RESOLUTION:
            return f"{_fired(facts)}, has not resolved yet"
        case WaitsFor.STAYING_RESOLVED:
            return f"{_fired(facts)}{_resolved(facts)}; it must stay resolved until the deadline"
        case WaitsFor.END:
            return f"{_fired(facts)}{_resolved(facts)}; it is watched until the deadline"
        case _:
            return "waits for the start"


def _met(facts: Facts) -> str:
    if facts.expectation.kind is Kind.QUIET:
        return "stayed quiet"
    return f"{_fired(facts)}{_times(facts)}{_resolved(facts)}"


def _missed(facts: Facts) -> str:
    says = f"did not fire within {format_allowed(facts.expectation.within)}"
    if facts.only_resolved:
        says += "; only its resolution arrived, its firing never did"
    return f"{says}; {_polled(facts)}"


def _polled(facts: Facts) -> str:
    polls = facts.polls
    if not polls.times:
        return "the collection was polled"
    times = "once" if polls.count <= 1 else f"{polls.count:,} times"
    first = seconds_between(facts.window.start, polls.times[0])
    return f"the collection was polled {times}, first {format_moment(first, 'the start')}"


def _late(facts: Facts) -> str:
    """Tell where the time went: to the poll, the rule or the notification."""
    says = f"fired too late, {_fired(facts, verb='after')}"
    first = facts.verdict.episodes[0]
    split = split_delay(facts.expectation, facts.window, first, facts.polls)
    if split is None:
        return says
    by_rule = split.poll + split.rule
    if by_rule <= facts.expectation.within:
        return (
            f"{says}: the rule fired after {format_duration(by_rule)}, in time; "
            f"its notification took {format_duration(split.notification)}"
        )
    return f"{says}: {_parts(split)}"


def _parts(split: Split) -> str:
    parts = [
        ("the first poll", split.poll),
        ("the rule", split.rule),
        ("the notification", split.notification),
    ]
    return ", ".join(f"{part} took {format_duration(seconds)}" for part, seconds in parts)


def _flapped(facts: Facts) -> str:
    episodes, at_most = facts.verdict.episodes, facts.expectation.at_most
    allowed = "once" if at_most == 1 else f"{at_most} times"
    return f"fired {len(episodes)} times ({allowed} allowed): {_list_times(facts, episodes)}"


def _list_times(facts: Facts, episodes: Sequence[Episode]) -> str:
    counted_from = facts.expectation.counted_from(facts.window)
    times = [format_duration(seconds_between(counted_from, episode.received_at)) for episode in episodes]
    if len(times) > MAX_LISTED_TIMES:
        times[MAX_LISTED_TIMES:] = [f"{len(times) - MAX_LISTED_TIMES} more"]
    return f"after {_join(times)}"


def _join(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def _resolved_early(facts: Facts) -> str:
    resolutions = [episode.resolved_at for episode in facts.verdict.episodes if episode.resolved_at]
    early = seconds_between(facts.window.end, min(resolutions))
    return f"{_fired(facts)}, but resolved {format_moment(early, 'the end')}"


def _not_resolved(facts: Facts) -> str:
    allowed = format_allowed(facts.expectation.resolve_within or 0)
    late = [
        episode.resolved_at
        for episode in facts.verdict.episodes
        if episode.resolved_at and episode.resolved_at > facts.expectation.resolve_by(facts.window)
    ]
    if late:
        after = format_moment(seconds_between(facts.window.end, max(late)), "the end")
        return f"{_fired(facts)}, but resolved only {after} ({allowed} allowed)"
    says = f"{_fired(facts)}, but had not resolved {allowed} after the end"
    if not facts.receives_resolutions:
        says += "; does the sender send resolved notifications? This receiver never got one"
    return says


def _fired_in_quiet(facts: Facts) -> str:
    episodes = facts.verdict.episodes
    times = "" if len(episodes) == 1 else f"{len(episodes)} times, "
    return f"fired {times}{_list_times(facts, episodes)}, though it should stay quiet"


def _already_firing(facts: Facts) -> str:
    since = seconds_between(facts.verdict.episodes[0].received_at, facts.window.start)
    return f"cannot be judged: it had been firing for {format_duration(since)} when the window began"


def _not_looked(_facts: Facts) -> str:
    return "cannot be judged: nobody polled the collection in the window"


def _not_heard(_facts: Facts) -> str:
    return "cannot be judged: its receiver was revoked or deleted before it was decided"


def _fired(facts: Facts, *, verb: str = "fired after") -> str:
    first = facts.verdict.episodes[0]
    delay = seconds_between(facts.expectation.counted_from(facts.window), first.received_at)
    allowed = f"({format_allowed(facts.expectation.within)} allowed)"
    if delay < 0:
        return f"fired {format_duration(-delay)} before its time was counted"
    return f"{verb} {format_duration(delay)} {allowed}"


def _times(facts: Facts) -> str:
    count = len(facts.verdict.episodes)
    return f", {count} times" if count > 1 else ""


def _resolved(facts: Facts) -> str:
    resolutions = [episode.resolved_at for episode in facts.verdict.episodes]
    known = [instant for instant in resolutions if instant is not None]
    if not known or len(known) < len(resolutions):
        return ""
    return f", resolved {format_moment(seconds_between(facts.window.end, max(known)), 'the end')}"


_OUTCOMES: Mapping[State, Callable[[Facts], str]] = {
    State.WAITING: _waiting,
    State.MET: _met,
    State.MISSED: _missed,
    State.LATE: _late,
    State.FLAPPED: _flapped,
    State.RESOLVED_EARLY: _resolved_early,
    State.NOT_RESOLVED: _not_resolved,
    State.FIRED: _fired_in_quiet,
    State.ALREADY_FIRING: _already_firing,
    State.NOT_LOOKED: _not_looked,
    State.NOT_HEARD: _not_heard,
}
