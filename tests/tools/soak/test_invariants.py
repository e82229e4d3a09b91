"""The checker of a soak reports each kind of violation."""

from decimal import Decimal

import orjson
import pytest

from tools.soak.invariants import Checker, Poll
from tools.soak.outages import FaultKind, Outage
from tools.soak.served_values import CounterRule
from tools.soak.violations import ViolationKind
from tools.soak.windows import Draft, Window, iso

NOW = 1_795_000_000
CLIENTS = 2
RULES = [
    CounterRule("up", "INCREMENT", Decimal(10), Decimal("0.1")),
    CounterRule("down", "DECREMENT", Decimal(0), Decimal(3)),
    CounterRule("own", "INCREMENT", Decimal(0), Decimal(1)),
]
DRAFT = Draft("Rehearsal", collection=0, start=NOW + 5, end=NOW + 8, level=100, own_start=5000)


class CheckerDriver:
    """Feeds a checker with polls of one collection, by default a second after `NOW`."""

    def __init__(self):
        self.checker = Checker(1, RULES, CLIENTS)

    def serve(self, *steps, at=NOW + 1.2, client=0, spike=None, **more):
        """Feed responses in which all counters are at each of these steps in turn."""
        for step in steps:
            own = DRAFT.own_start if spike else 0
            begin = more.pop("begin", 0) if spike else 0
            values = {
                "level": 100 if spike else 1,
                "up": float(RULES[0].start + (begin + step) * RULES[0].step),
                "down": -3 * (begin + step),
                "own": own + step,
            }
            self.answer(values, at=at, client=client, spike=spike, **more)
            more |= {"begin": begin}

    def answer(self, values, *, at=NOW + 1.2, client=0, spike=None, epoch=None, ends=None, **changed):
        body = {"generated_at_epoch": int(at) if epoch is None else epoch, "data": values | changed}
        ends = ends or (iso(DRAFT.end) if spike else None)
        self.checker.take(Poll(client, 0, 0, at, at, True, 200, spike, ends, orjson.dumps(body)))

    def fail(self, *, status=None, at=NOW + 1.2, sent=True):
        self.checker.take(Poll(0, 0, 0, at, at, sent, status))

    def outage(self, since, gone, again=None):
        outage = Outage(FaultKind.SERVER, frozenset({0}), since, gone)
        if again:
            outage.record_success(0, gone, again)
        return self.checker.outages.begin(outage)

    def knows(self, known=float(NOW)):
        self.checker.knows(Window(DRAFT, 7, known))

    def finish(self, step, own=None):
        """End the run with all counters stored at this step, and the counter with its own start at `own`."""
        up, down = RULES[0].start + step * RULES[0].step, -3 * step
        return self.checker.finish({0: [up, down, step if own is None else own]})

    @property
    def found(self):
        return set(self.checker.violations.count)


@pytest.fixture
def driver():
    return CheckerDriver()


def test_correct_polls_give_no_violations(driver):
    driver.serve(0, 1, 2)
    driver.serve(4, client=1)
    driver.serve(3)
    driver.knows()
    driver.serve(0, 1, at=NOW + 5.5, spike=7, begin=5)
    driver.serve(7, at=NOW + 8.0, own=5)
    assert driver.finish(7, own=5) == 0
    assert not driver.checker.violations, driver.checker.violations.lines()
    assert (driver.checker.answers, driver.checker.values, driver.checker.of_spikes) == (8, 24, 2)


def test_a_value_served_to_two_clients_is_reported(driver):
    driver.serve(0, 1)
    driver.serve(1, client=1)
    assert driver.found == {ViolationKind.TWICE}
    assert driver.checker.violations.count[ViolationKind.TWICE] == 3


def test_a_value_served_twice_in_a_window_is_reported(driver):
    driver.knows()
    driver.serve(0, at=NOW + 5.5, spike=7)
    driver.serve(0, at=NOW + 5.6, spike=7, client=1)
    assert driver.found == {ViolationKind.TWICE}


def test_a_client_that_gets_an_earlier_value_is_reported(driver):
    driver.serve(1, 0)
    assert driver.found == {ViolationKind.BACKWARDS}


@pytest.mark.parametrize("wrong", [10.05, 9.9, 1e12])
def test_a_value_that_the_counter_cannot_have_is_reported(driver, wrong):
    driver.serve(0, up=wrong)
    assert driver.found == {ViolationKind.NO_VALUE}


def test_counters_that_advanced_separately_are_reported(driver):
    driver.serve(0, down=-3)
    assert driver.found == {ViolationKind.TORN}


def test_a_gap_without_an_outage_is_reported(driver):
    driver.serve(0, 2)
    assert driver.finish(2) == 3
    assert driver.found == {ViolationKind.GAP}


def test_a_gap_in_a_window_is_reported(driver):
    driver.serve(0)
    driver.knows()
    driver.serve(0, 2, at=NOW + 5.5, spike=7, begin=1)
    assert driver.finish(3, own=0) == 3
    assert driver.found == {ViolationKind.GAP}


def test_a_stored_value_that_was_never_served_is_a_gap(driver):
    driver.serve(0)
    assert driver.finish(1) == 3
    assert driver.found == {ViolationKind.GAP}


def test_an_outage_allows_one_skipped_step_per_poll_in_flight(driver):
    driver.serve(0)
    driver.outage(NOW + 1, NOW + 2, again=NOW + 4)
    driver.fail()
    driver.serve(2, at=NOW + 4)
    assert driver.finish(2) == 3
    assert not driver.found
    driver.serve(4, at=NOW + 4)
    driver.finish(4)
    assert driver.found == {ViolationKind.GAP}


@pytest.mark.parametrize("failed_poll", [{"at": NOW + 2.5}, {"sent": False}], ids=["server down", "not sent"])
def test_a_poll_that_reached_no_server_explains_no_gap(driver, failed_poll):
    driver.serve(0)
    driver.outage(NOW + 1, NOW + 2, again=NOW + 4)
    driver.fail(**failed_poll)
    driver.serve(2, at=NOW + 4)
    driver.finish(2)
    assert driver.found == {ViolationKind.GAP}


def test_a_stored_counter_behind_the_served_values_is_reported(driver):
    driver.serve(0, 1)
    driver.finish(0)
    assert driver.found == {ViolationKind.LOST}


@pytest.mark.parametrize("at", [NOW + 0.5, NOW + 4.5], ids=["before", "after"])
@pytest.mark.parametrize("status", [None, 503])
def test_a_failed_poll_without_an_outage_is_reported(driver, at, status):
    driver.outage(NOW + 1, NOW + 2, again=NOW + 4)
    driver.fail(at=at, status=status)
    assert driver.found == {ViolationKind.REFUSED}


def test_during_an_outage_503_is_allowed_and_500_is_reported(driver):
    driver.outage(NOW + 1, NOW + 2)
    driver.fail(status=503)
    assert not driver.found
    driver.fail(status=500)
    assert driver.found == {ViolationKind.REFUSED}


@pytest.mark.parametrize("epoch", [NOW, NOW + 2])
def test_a_generated_at_outside_of_the_poll_is_reported(driver, epoch):
    driver.serve(0, epoch=epoch)
    assert driver.found == {ViolationKind.INSTANT}


@pytest.mark.parametrize("at", [NOW + 4.9, NOW + 8.0], ids=["before", "after"])
def test_a_spike_outside_its_window_is_reported(driver, at):
    driver.knows()
    driver.serve(0, at=at, spike=7)
    assert driver.found == {ViolationKind.WINDOW}


@pytest.mark.parametrize("at", [NOW + 5.0, NOW + 7.9], ids=["start", "just before the end"])
def test_normal_values_in_a_window_are_reported(driver, at):
    driver.knows()
    driver.serve(0, at=at)
    assert driver.found == {ViolationKind.WINDOW}


def test_normal_values_are_allowed_until_the_window_is_confirmed(driver):
    driver.knows(known=NOW + 6.0)
    driver.serve(0, at=NOW + 5.5)
    assert not driver.found
    driver.serve(1, at=NOW + 6.5)
    assert driver.found == {ViolationKind.WINDOW}


@pytest.mark.parametrize("wrong", [{"level": 1}, {"ends": iso(DRAFT.end + 1)}])
def test_a_wrong_override_or_end_of_a_window_is_reported(driver, wrong):
    driver.knows()
    driver.serve(0, at=NOW + 5.5, spike=7, **wrong)
    assert driver.found == {ViolationKind.WINDOW}


def test_earlier_responses_of_a_spike_are_checked_once_it_is_known(driver):
    driver.serve(0, at=NOW + 4.5, spike=7)
    assert not driver.found
    driver.knows(known=NOW + 9.0)
    assert driver.found == {ViolationKind.WINDOW}


def test_a_spike_that_was_never_created_is_reported(driver):
    driver.serve(0, at=NOW + 5.5, spike=7)
    driver.checker.finish({0: [None, None, None]})
    assert driver.found == {ViolationKind.WINDOW}


def test_a_copy_that_restarts_before_the_collections_counter_is_reported(driver):
    driver.knows()
    driver.serve(0, 1, 2, 3, at=NOW + 4.5)
    driver.serve(0, at=NOW + 5.5, spike=7)
    assert driver.found == {ViolationKind.TWICE, ViolationKind.BACKWARDS}


def test_a_copy_that_starts_too_far_ahead_is_reported(driver):
    driver.knows()
    driver.serve(0, 1, at=NOW + 4.5)
    driver.serve(0, at=NOW + 5.5, spike=7, begin=9)
    driver.finish(9, own=1)
    assert driver.found == {ViolationKind.GAP}


def test_a_counter_that_decreases_at_the_end_of_a_window_is_reported(driver):
    driver.knows()
    driver.serve(0, 1, at=NOW + 4.5)
    driver.serve(0, 1, at=NOW + 5.5, spike=7, begin=2)
    driver.serve(2, at=NOW + 8.5)
    assert driver.found == {ViolationKind.TWICE, ViolationKind.BACKWARDS}


def test_a_counter_that_is_too_far_ahead_after_a_window_is_reported(driver):
    driver.knows()
    driver.serve(0, 1, at=NOW + 4.5)
    driver.serve(0, 1, at=NOW + 5.5, spike=7, begin=2)
    driver.serve(5, at=NOW + 8.5, own=2)
    driver.finish(5, own=2)
    assert driver.found == {ViolationKind.GAP}


def test_a_counter_with_its_own_start_that_does_not_resume_is_reported(driver):
    driver.knows()
    driver.serve(0, 1, at=NOW + 4.5)
    driver.serve(0, 1, at=NOW + 5.5, spike=7, begin=2)
    driver.serve(4, at=NOW + 8.5, own=4)
    driver.finish(4, own=4)
    assert driver.found == {ViolationKind.GAP}


def test_a_window_that_becomes_known_late_gives_no_violations(driver):
    driver.serve(0, 1, at=NOW + 4.5)
    driver.serve(0, at=NOW + 5.6, spike=7, begin=2)
    driver.serve(3, at=NOW + 8.5, own=2)
    driver.knows(known=NOW + 8.6)
    assert driver.finish(3, own=2) == 0
    assert not driver.found


def test_only_the_first_examples_of_many_violations_are_kept(driver):
    for _ in range(100):
        driver.serve(0)
    assert driver.checker.violations.count[ViolationKind.TWICE] == 297
    assert len(driver.checker.violations.examples[ViolationKind.TWICE]) < 10
