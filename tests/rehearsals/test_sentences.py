"""The sentences of expectations and of what came of them."""

import pytest

from app.rehearsals.delays import Polls
from app.rehearsals.sentences import Facts, describe_expectation, describe_outcome, format_duration
from tests.support.verdicts import END, episode, fires, judge, polls, quiet, window


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.04, "0 s"),
        (21.81, "21.8 s"),
        (42, "42 s"),
        (60, "1 min"),
        (90, "90 s"),
        (180, "3 min"),
        (370.4, "6 min 10 s"),
        (7500, "2 h 5 min"),
        (86_400, "1 d"),
        (100_800, "1 d 4 h"),
        (86_460, "1 d"),
    ],
)
def test_durations(seconds, text):
    assert format_duration(seconds) == text


@pytest.mark.parametrize(
    ("expectation", "sentence"),
    [
        (
            fires(within=180, resolve_within=900),
            "EngineHot fires within 3 min, once, and resolves within 15 min of the end",
        ),
        (fires(resolve_within=None, at_most=None), "EngineHot fires within 1 min"),
        (fires(at_most=None), "EngineHot fires within 1 min and resolves within 30 s of the end"),
        (
            fires({"alertname": "EngineHot", "severity": "page"}, resolve_within=None, at_most=3),
            "EngineHot (severity=page) fires within 1 min, at most 3 times",
        ),
        (
            fires({"severity": "page"}, holds=True, resolve_within=None),
            "any alert with severity=page fires within 1 min, once, holds until the end",
        ),
        (
            fires(counts_from=252, resolve_within=None),
            "EngineHot fires within 1 min, counted from 4 min 12 s after the start, once",
        ),
        (quiet(), "EngineHot stays quiet until the end"),
        (quiet({}, until=300), "any alert stays quiet until 5 min after the end"),
        (
            quiet({"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "f": "6"}),
            "any alert with a=1, b=2, c=3, d=4, 2 more stays quiet until the end",
        ),
    ],
)
def test_expectations(expectation, sentence):
    assert describe_expectation(expectation) == sentence


def says(expectation, now, *episodes, polled=(3.5,), resolutions=True, only_resolved=False, **options):
    found = judge(expectation, now, *episodes, polled=bool(polled), **options)
    known = polls(*polled)
    return describe_outcome(
        Facts(expectation, window(options.get("end", END)), found, known, resolutions, only_resolved)
    )


def test_waiting():
    assert says(fires(), -1) == "waits for the start"
    assert says(fires(), 10) == "has not fired yet (60 s allowed)"
    assert says(quiet(), 10) == "is quiet so far"
    assert says(fires(), 50, episode(21.81)) == "fired after 21.8 s (60 s allowed), has not resolved yet"
    assert says(fires(), 140, episode(22, 131.8)) == (
        "fired after 22 s (60 s allowed), resolved 11.8 s after the end; "
        "it must stay resolved until the deadline"
    )
    assert says(fires(resolve_within=None), 50, episode(22)) == (
        "fired after 22 s (60 s allowed); it is watched until the deadline"
    )


def test_met():
    met = fires(within=180)
    assert says(met, 200, episode(21.81, 131.8)) == (
        "fired after 21.8 s (180 s allowed), resolved 11.8 s after the end"
    )
    assert (
        says(met, 200, episode(22, 100)) == "fired after 22 s (180 s allowed), resolved 20 s before the end"
    )
    assert says(met, 200, episode(22, 120)) == "fired after 22 s (180 s allowed), resolved at the end"
    twice = fires(at_most=None)
    assert says(twice, 200, episode(22, 40), episode(60, 125)) == (
        "fired after 22 s (60 s allowed), 2 times, resolved 5 s after the end"
    )
    assert says(fires(resolve_within=None), 200, episode(22)) == "fired after 22 s (60 s allowed)"
    assert says(fires(within=1800), 3000, episode(22, 140)) == (
        "fired after 22 s (30 min allowed), resolved 20 s after the end"
    )
    assert says(quiet(), 121) == "stayed quiet"


def test_fired_before_there_was_anything_to_notice():
    assert says(fires(counts_from=90, resolve_within=None), 200, episode(80)) == (
        "fired 10 s before its time was counted"
    )


def test_missed_tells_who_looked():
    assert says(fires(), 60) == (
        "did not fire within 60 s; the collection was polled once, first 3.5 s after the start"
    )
    assert says(fires(), 60, polled=(3.5, 8.5)).endswith("polled 2 times, first 3.5 s after the start")
    without_times = Facts(fires(), window(), judge(fires(), 60), Polls((), 7), True)
    assert describe_outcome(without_times) == "did not fire within 60 s; the collection was polled"


def test_missed_tells_of_a_resolution_without_a_firing():
    assert "; only its resolution arrived, its firing never did;" in says(fires(), 60, only_resolved=True)


def test_late_tells_whether_the_rule_or_the_notification_took_the_time():
    patient = fires(within=180, resolve_within=600)
    assert says(patient, 500, episode(412, starts=42)) == (
        "fired too late, after 6 min 52 s (180 s allowed): the rule fired after 42 s, in time; "
        "its notification took 6 min 10 s"
    )
    assert says(patient, 500, episode(205, starts=200)) == (
        "fired too late, after 3 min 25 s (180 s allowed): the first poll took 3.5 s, "
        "the rule took 3 min 16 s, the notification took 5 s"
    )
    assert says(patient, 500, episode(205)) == "fired too late, after 3 min 25 s (180 s allowed)"


def test_flapped_tells_when():
    assert says(fires(), 130, episode(22, 40), episode(60, 80), episode(100)) == (
        "fired 3 times (once allowed): after 22 s, 1 min and 100 s"
    )
    many = [episode(second, second + 1) for second in range(1, 9)]
    assert says(fires(at_most=2), 130, *many) == (
        "fired 8 times (2 times allowed): after 1 s, 2 s, 3 s, 4 s, 5 s and 3 more"
    )


def test_resolved_early():
    assert says(fires(holds=True), 80, episode(22, 70)) == (
        "fired after 22 s (60 s allowed), but resolved 50 s before the end"
    )


def test_not_resolved_asks_for_resolved_notifications_where_none_ever_came():
    assert says(fires(), 160, episode(22)) == (
        "fired after 22 s (60 s allowed), but had not resolved 30 s after the end"
    )
    assert says(fires(), 160, episode(22), resolutions=False).endswith(
        "; does the sender send resolved notifications? This receiver never got one"
    )
    assert says(fires(), 160, episode(22, 155)) == (
        "fired after 22 s (60 s allowed), but resolved only 35 s after the end (30 s allowed)"
    )


def test_fired_although_it_should_stay_quiet():
    assert says(quiet(), 130, episode(5)) == "fired after 5 s, though it should stay quiet"
    assert says(quiet(), 130, episode(5, 9), episode(50)) == (
        "fired 2 times, after 5 s and 50 s, though it should stay quiet"
    )


def test_what_cannot_be_judged():
    assert says(fires(), 60, episode(-40)) == (
        "cannot be judged: it had been firing for 40 s when the window began"
    )
    assert says(fires(), 60, polled=()) == "cannot be judged: nobody polled the collection in the window"
    assert says(fires(), 60, heard_until=30) == (
        "cannot be judged: its receiver was revoked or deleted before it was decided"
    )
