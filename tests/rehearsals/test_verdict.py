"""The verdict on one expectation. Times are seconds since the start of a window of 120 seconds."""

import pytest

from app.rehearsals.verdict import RehearsalState, overall_state
from tests.support.verdicts import at, episode, fires, judge, quiet, state_of, window

# --- That an alert fires -------------------------------------------------------------------------------


def test_before_the_deadline_to_fire_it_is_waited_for():
    assert state_of(fires(), 10) == "waiting"


def test_before_the_window_nothing_is_judged_not_even_an_alert_that_is_firing():
    found = judge(fires(), -1, episode(-40))
    assert (found.state, found.waits_for, found.next_deadline) == ("waiting", "start", at(0))


def test_without_an_alert_at_the_deadline_it_is_missed():
    assert state_of(fires(), 60) == "missed"


def test_without_an_alert_and_without_a_poll_nobody_looked():
    assert state_of(fires(), 60, polled=False) == "not-looked"


def test_in_time_but_still_firing_it_is_waited_for_its_resolution():
    found = judge(fires(), 100, episode(22))
    assert (found.state, found.waits_for, found.next_deadline) == ("waiting", "resolution", at(150))


def test_fired_in_time_and_resolved_in_time_is_met():
    assert state_of(fires(), 151, episode(22, 132)) == "met"


def test_until_the_last_deadline_it_might_fire_again():
    found = judge(fires(), 140, episode(22, 132))
    assert (found.state, found.waits_for, found.next_deadline) == ("waiting", "staying-resolved", at(150))


def test_that_is_so_as_well_where_it_may_fire_any_number_of_times():
    assert state_of(fires(at_most=None), 140, episode(22, 132)) == "waiting"
    assert state_of(fires(at_most=None), 150, episode(22, 132), episode(145)) == "not-resolved"


def test_after_the_deadline_it_is_late():
    assert state_of(fires(), 80, episode(75)) == "late"


def test_exactly_at_the_deadline_is_in_time():
    assert state_of(fires(), 151, episode(60, 130)) == "met"
    assert state_of(fires(), 151, episode(60.000001, 130)) == "late"


def test_what_was_missed_becomes_late_if_it_still_fires():
    assert state_of(fires(), 99, episode(100)) == "missed"
    assert state_of(fires(), 110, episode(100)) == "late"


def test_what_fires_after_the_last_deadline_counts_as_missed():
    assert state_of(fires(), 200, episode(150)) == "missed"


def test_never_resolved():
    assert state_of(fires(), 150, episode(22)) == "not-resolved"


def test_resolved_too_late():
    assert state_of(fires(), 160, episode(22, 155)) == "not-resolved"


def test_exactly_at_its_deadline_a_resolution_is_in_time():
    assert state_of(fires(), 160, episode(22, 150)) == "met"


def test_every_alert_that_fired_has_to_resolve():
    both = fires(at_most=2)
    other = {"alertname": "EngineHot", "instance": "truck-02"}
    assert state_of(both, 150, episode(22), episode(30, 130, labels=other)) == "not-resolved"
    assert state_of(both, 150, episode(22, 125), episode(30, 130, labels=other)) == "met"


def test_fires_more_often_than_allowed():
    twice = episode(22, 40), episode(60, 130)
    assert state_of(fires(), 60, *twice) == "flapped"
    assert state_of(fires(), 151, *twice) == "flapped"
    assert state_of(fires(at_most=2), 151, *twice) == "met"
    assert state_of(fires(at_most=None), 151, *twice) == "met"


def test_fires_again_after_it_had_resolved():
    assert state_of(fires(), 151, episode(22, 125), episode(140)) == "flapped"


def test_firing_already_when_the_window_begins():
    assert state_of(fires(), 10, episode(-40)) == "already-firing"
    assert state_of(fires(), 151, episode(-40, 5), episode(22, 130)) == "already-firing"


def test_what_resolved_before_the_window_does_not_count():
    assert state_of(fires(), 151, episode(-40, -5), episode(22, 130)) == "met"


def test_another_alert_does_not_count():
    assert state_of(fires(), 60, episode(5, labels={"alertname": "TruckDown"})) == "missed"


def test_a_resolution_alone_is_no_firing():
    assert state_of(fires(), 60, episode(30, 30, only_resolution=True)) == "missed"
    assert state_of(quiet(), 120, episode(30, 30, only_resolution=True)) == "met"


def test_must_hold_until_the_end():
    holds = fires(holds=True)
    assert state_of(holds, 80, episode(22, 70)) == "resolved-early"
    assert state_of(holds, 151, episode(22, 120)) == "met"


def test_until_the_end_nobody_knows_whether_it_holds():
    holds = fires(holds=True, resolve_within=None, at_most=None)
    assert state_of(holds, 119, episode(22)) == "waiting"
    assert state_of(holds, 120, episode(22)) == "met"


def test_without_a_resolution_wanted_it_is_met_at_the_end():
    found = judge(fires(resolve_within=None), 119, episode(22))
    assert (found.state, found.waits_for, found.next_deadline) == ("waiting", "end", at(120))
    assert state_of(fires(resolve_within=None), 121, episode(22)) == "met"


def test_with_nothing_more_wanted_it_is_met_at_once():
    assert state_of(fires(resolve_within=None, at_most=None), 22, episode(22)) == "met"


def test_a_ramp_counts_from_when_there_is_something_to_notice():
    ramp = fires(counts_from=90)
    assert state_of(ramp, 149) == "waiting"
    assert state_of(ramp, 151, episode(130, 140)) == "met"


# --- Windows that move ---------------------------------------------------------------------------------


def test_ended_early_the_resolution_is_due_from_the_new_end():
    assert state_of(fires(), 81, episode(22, 78), end=50) == "met"
    assert state_of(fires(), 81, episode(22, 81), end=50) == "not-resolved"


def test_ended_early_the_deadline_to_fire_stays():
    assert state_of(fires(), 40, end=10) == "waiting"
    assert state_of(fires(), 60, end=10) == "missed"


def test_extended_it_is_open_again_whether_it_resolves():
    assert state_of(fires(), 150, episode(22), end=240) == "waiting"


def test_a_deadline_to_fire_may_be_the_last_one():
    late_enough = fires(within=160, resolve_within=None)
    assert state_of(late_enough, 159, episode(130)) == "waiting"
    assert state_of(late_enough, 161, episode(160)) == "met"


# --- That nothing fires --------------------------------------------------------------------------------


def test_quiet_until_the_end_is_met():
    assert state_of(quiet({}), 121) == "met"


def test_an_alert_that_should_stay_quiet_fires():
    assert state_of(quiet({}), 50, episode(5)) == "fired"


def test_quiet_so_far():
    found = judge(quiet({}), 50)
    assert (found.state, found.waits_for, found.next_deadline) == ("waiting", "quiet", at(120))


def test_quiet_for_a_while_after_the_end():
    assert state_of(quiet(until=60), 179) == "waiting"
    assert state_of(quiet(until=60), 179, episode(170)) == "fired"
    assert state_of(quiet(until=60), 181, episode(180)) == "met"


def test_quiet_says_nothing_of_an_alert_that_fired_all_along():
    assert state_of(quiet(), 121, episode(-40)) == "already-firing"
    assert state_of(quiet(), 121, episode(-40, 10), episode(30)) == "fired"


def test_quiet_says_nothing_of_a_window_that_nobody_polled():
    assert state_of(quiet(), 121, polled=False) == "not-looked"


# --- Receivers that are gone ---------------------------------------------------------------------------


def test_what_was_not_decided_when_the_receiver_went_is_never_decided():
    assert state_of(fires(), 100, heard_until=30) == "not-heard"
    assert state_of(fires(), 200, episode(22), heard_until=100) == "not-heard"
    assert state_of(quiet(), 200, heard_until=100) == "not-heard"


def test_what_was_decided_when_the_receiver_went_stays():
    assert state_of(fires(), 200, heard_until=60) == "missed"
    assert state_of(fires(), 200, episode(22, 40), episode(50), heard_until=55) == "flapped"
    assert state_of(fires(), 200, episode(22, 130), heard_until=150) == "met"


def test_without_a_receiver_from_before_the_start_nothing_can_be_told():
    assert state_of(fires(), -10, heard_until=-20) == "waiting"
    assert state_of(fires(), 0, heard_until=-20) == "not-heard"


# --- The rehearsal -------------------------------------------------------------------------------------

WAITING, MET, MISSED = judge(fires(), 10), judge(quiet(), 121), judge(fires(), 60)
UNKNOWN = judge(fires(), 60, polled=False)


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        ([WAITING, MET], RehearsalState.RUNNING),
        ([MET, MET], RehearsalState.PASSED),
        ([MET, UNKNOWN], RehearsalState.INCONCLUSIVE),
        ([WAITING, UNKNOWN], RehearsalState.INCONCLUSIVE),
        ([UNKNOWN, MISSED, WAITING], RehearsalState.FAILED),
    ],
)
def test_a_rehearsal_fails_before_it_is_inconclusive_before_it_waits(verdicts, state):
    assert overall_state(verdicts, window(), at(100)) is state


def test_a_rehearsal_before_its_start_is_scheduled():
    assert overall_state([judge(fires(), -1)], window(), at(-1)) is RehearsalState.SCHEDULED


def test_a_cancelled_rehearsal_is_not_judged():
    assert overall_state([MISSED], window(), at(100), is_cancelled=True) is RehearsalState.CANCELLED


def test_an_unexpected_alert_fails_it_where_that_is_wanted():
    assert overall_state([MET], window(), at(130), is_spoiled=True) is RehearsalState.FAILED
