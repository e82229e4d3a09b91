"""Windows, episodes and verdicts in seconds since the start of a window of two minutes."""

from datetime import UTC, datetime, timedelta

from app.rehearsals.delays import Polls
from app.rehearsals.result import Case, Receiver, evaluate
from app.rehearsals.verdict import Episode, verdict
from app.values.expectations import Expectation, Kind, Window

START = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
END = 120
ENGINE_HOT = {"alertname": "EngineHot"}


def at(seconds):
    """Return the instant so many seconds after the start of the window."""
    return START + timedelta(seconds=seconds)


def window(end=END):
    return Window(START, at(end))


def fires(match=None, **settings):
    """Return an expectation whose deadlines are short: 60 s to fire, 30 s after the end to resolve."""
    settings = {"within": 60, "resolve_within": 30, **settings}
    return Expectation(Kind.FIRES, ENGINE_HOT if match is None else match, **settings)


def quiet(match=None, until=0):
    return Expectation(Kind.QUIET, ENGINE_HOT if match is None else match, until=until)


def episode(received, resolved=None, *, labels=None, starts=None, **more):
    return Episode(
        ENGINE_HOT if labels is None else labels,
        at(received),
        None if starts is None else at(starts),
        None if resolved is None else at(resolved),
        **more,
    )


def judge(expectation, now, *episodes, end=END, polled=True, heard_until=None):
    """Return the verdict by `now`, in seconds since the start."""
    heard_until = None if heard_until is None else at(heard_until)
    return verdict(expectation, window(end), episodes, polled, at(now), heard_until=heard_until)


def state_of(*args, **options):
    return judge(*args, **options).state.value


def polls(*times):
    return Polls(tuple(map(at, times)), len(times))


def result_of(
    expectations,
    now,
    *episodes,
    polled=(3.5,),
    receiver=None,
    end=END,
    scope=None,
    strict=False,
    cancelled=False,
):
    """Return the result of a rehearsal by `now`, in seconds since the start."""
    case = Case(window(end), list(enumerate(expectations, 1)), scope or {}, strict, cancelled)
    return evaluate(case, episodes, polls(*polled), receiver or Receiver(), at(now))
