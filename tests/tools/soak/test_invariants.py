"""The checks of a soak find what they look for."""

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


class Desk:
    """Hands polls to a checker: of one collection, a second after `NOW` unless it says otherwise."""

    def __init__(self):
        self.checker = Checker(1, RULES, CLIENTS)

    def serve(self, *places, at=NOW + 1.2, client=0, spike=None, **more):
        """Answers in which all counters stand at these places, one after the other."""
        for place in places:
            own = DRAFT.own_start if spike else 0
            begin = more.pop("begin", 0) if spike else 0
            values = {
                "level": 100 if spike else 1,
                "up": float(RULES[0].start + (begin + place) * RULES[0].step),
                "down": -3 * (begin + place),
                "own": own + place,
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

    def finish(self, place, own=None):
        """The end, with all counters stored at this place, the one that spikes count apart at `own`."""
        up, down = RULES[0].start + place * RULES[0].step, -3 * place
        return self.checker.finish({0: [up, down, place if own is None else own]})

    @property
    def found(self):
        return set(self.checker.violations.count)


@pytest.fixture
def desk():
    return Desk()


def test_nothing_is_found_where_nothing_is_wrong(desk):
    desk.serve(0, 1, 2)
    desk.serve(4, client=1)
    desk.serve(3)
    desk.knows()
    desk.serve(0, 1, at=NOW + 5.5, spike=7, begin=5)
    desk.serve(7, at=NOW + 8.0, own=5)
    assert desk.finish(7, own=5) == 0
    assert not desk.checker.violations, desk.checker.violations.lines()
    assert (desk.checker.answers, desk.checker.values, desk.checker.of_spikes) == (8, 24, 2)


def test_a_value_that_was_served_to_somebody_else_is_found(desk):
    desk.serve(0, 1)
    desk.serve(1, client=1)
    assert desk.found == {ViolationKind.TWICE}
    assert desk.checker.violations.count[ViolationKind.TWICE] == 3


def test_a_value_that_was_served_twice_in_a_window_is_found(desk):
    desk.knows()
    desk.serve(0, at=NOW + 5.5, spike=7)
    desk.serve(0, at=NOW + 5.6, spike=7, client=1)
    assert desk.found == {ViolationKind.TWICE}


def test_a_client_that_gets_an_earlier_value_is_found(desk):
    desk.serve(1, 0)
    assert desk.found == {ViolationKind.BACKWARDS}


@pytest.mark.parametrize("wrong", [10.05, 9.9, 1e12])
def test_a_value_that_the_counter_does_not_have_is_found(desk, wrong):
    desk.serve(0, up=wrong)
    assert desk.found == {ViolationKind.NO_VALUE}


def test_counters_that_did_not_move_together_are_found(desk):
    desk.serve(0, down=-3)
    assert desk.found == {ViolationKind.TORN}


def test_a_gap_while_nothing_was_struck_is_found(desk):
    desk.serve(0, 2)
    assert desk.finish(2) == 3
    assert desk.found == {ViolationKind.GAP}


def test_a_gap_in_a_window_is_found(desk):
    desk.serve(0)
    desk.knows()
    desk.serve(0, 2, at=NOW + 5.5, spike=7, begin=1)
    assert desk.finish(3, own=0) == 3
    assert desk.found == {ViolationKind.GAP}


def test_a_value_that_was_stored_and_never_served_is_a_gap(desk):
    desk.serve(0)
    assert desk.finish(1) == 3
    assert desk.found == {ViolationKind.GAP}


def test_as_many_values_may_be_left_out_as_polls_were_in_flight(desk):
    desk.serve(0)
    desk.outage(NOW + 1, NOW + 2, again=NOW + 4)
    desk.fail()
    desk.serve(2, at=NOW + 4)
    assert desk.finish(2) == 3
    assert not desk.found
    desk.serve(4, at=NOW + 4)
    desk.finish(4)
    assert desk.found == {ViolationKind.GAP}


@pytest.mark.parametrize("late", [{"at": NOW + 2.5}, {"sent": False}], ids=["nobody was there", "not sent"])
def test_a_poll_that_reached_nobody_explains_no_gap(desk, late):
    desk.serve(0)
    desk.outage(NOW + 1, NOW + 2, again=NOW + 4)
    desk.fail(**late)
    desk.serve(2, at=NOW + 4)
    desk.finish(2)
    assert desk.found == {ViolationKind.GAP}


def test_a_stored_counter_behind_what_was_served_is_found(desk):
    desk.serve(0, 1)
    desk.finish(0)
    assert desk.found == {ViolationKind.LOST}


@pytest.mark.parametrize("at", [NOW + 0.5, NOW + 4.5], ids=["before", "after"])
@pytest.mark.parametrize("status", [None, 503])
def test_a_poll_that_fails_without_trouble_is_found(desk, at, status):
    desk.outage(NOW + 1, NOW + 2, again=NOW + 4)
    desk.fail(at=at, status=status)
    assert desk.found == {ViolationKind.REFUSED}


def test_in_trouble_503_is_right_and_500_is_not(desk):
    desk.outage(NOW + 1, NOW + 2)
    desk.fail(status=503)
    assert not desk.found
    desk.fail(status=500)
    assert desk.found == {ViolationKind.REFUSED}


@pytest.mark.parametrize("epoch", [NOW, NOW + 2])
def test_an_answer_of_another_second_than_that_of_its_poll_is_found(desk, epoch):
    desk.serve(0, epoch=epoch)
    assert desk.found == {ViolationKind.INSTANT}


@pytest.mark.parametrize("at", [NOW + 4.9, NOW + 8.0], ids=["before", "after"])
def test_a_spike_outside_its_window_is_found(desk, at):
    desk.knows()
    desk.serve(0, at=at, spike=7)
    assert desk.found == {ViolationKind.WINDOW}


@pytest.mark.parametrize("at", [NOW + 5.0, NOW + 7.9], ids=["first instant", "last"])
def test_normal_values_in_a_window_are_found(desk, at):
    desk.knows()
    desk.serve(0, at=at)
    assert desk.found == {ViolationKind.WINDOW}


def test_normal_values_are_right_as_long_as_nobody_was_told_of_the_window(desk):
    desk.knows(known=NOW + 6.0)
    desk.serve(0, at=NOW + 5.5)
    assert not desk.found
    desk.serve(1, at=NOW + 6.5)
    assert desk.found == {ViolationKind.WINDOW}


@pytest.mark.parametrize("wrong", [{"level": 1}, {"ends": iso(DRAFT.end + 1)}])
def test_another_override_or_end_than_that_of_the_window_is_found(desk, wrong):
    desk.knows()
    desk.serve(0, at=NOW + 5.5, spike=7, **wrong)
    assert desk.found == {ViolationKind.WINDOW}


def test_answers_of_a_spike_are_checked_as_soon_as_it_is_known(desk):
    desk.serve(0, at=NOW + 4.5, spike=7)
    assert not desk.found
    desk.knows(known=NOW + 9.0)
    assert desk.found == {ViolationKind.WINDOW}


def test_a_spike_that_nobody_made_is_found(desk):
    desk.serve(0, at=NOW + 5.5, spike=7)
    desk.checker.finish({0: [None, None, None]})
    assert desk.found == {ViolationKind.WINDOW}


def test_a_copy_that_does_not_go_on_from_the_collections_counter_is_found(desk):
    desk.knows()
    desk.serve(0, 1, 2, 3, at=NOW + 4.5)
    desk.serve(0, at=NOW + 5.5, spike=7)
    assert desk.found == {ViolationKind.TWICE, ViolationKind.BACKWARDS}


def test_a_copy_that_begins_too_far_on_is_found(desk):
    desk.knows()
    desk.serve(0, 1, at=NOW + 4.5)
    desk.serve(0, at=NOW + 5.5, spike=7, begin=9)
    desk.finish(9, own=1)
    assert desk.found == {ViolationKind.GAP}


def test_a_counter_that_falls_at_the_end_of_a_window_is_found(desk):
    desk.knows()
    desk.serve(0, 1, at=NOW + 4.5)
    desk.serve(0, 1, at=NOW + 5.5, spike=7, begin=2)
    desk.serve(2, at=NOW + 8.5)
    assert desk.found == {ViolationKind.TWICE, ViolationKind.BACKWARDS}


def test_a_counter_that_takes_over_too_far_on_is_found(desk):
    desk.knows()
    desk.serve(0, 1, at=NOW + 4.5)
    desk.serve(0, 1, at=NOW + 5.5, spike=7, begin=2)
    desk.serve(5, at=NOW + 8.5, own=2)
    desk.finish(5, own=2)
    assert desk.found == {ViolationKind.GAP}


def test_the_counter_with_a_start_of_its_own_goes_on_where_it_stood(desk):
    desk.knows()
    desk.serve(0, 1, at=NOW + 4.5)
    desk.serve(0, 1, at=NOW + 5.5, spike=7, begin=2)
    desk.serve(4, at=NOW + 8.5, own=4)
    desk.finish(4, own=4)
    assert desk.found == {ViolationKind.GAP}


def test_answers_of_a_window_that_was_known_late_may_come_in_any_order(desk):
    desk.serve(0, 1, at=NOW + 4.5)
    desk.serve(0, at=NOW + 5.6, spike=7, begin=2)
    desk.serve(3, at=NOW + 8.5, own=2)
    desk.knows(known=NOW + 8.6)
    assert desk.finish(3, own=2) == 0
    assert not desk.found


def test_only_the_first_examples_of_many_faults_are_kept(desk):
    for _ in range(100):
        desk.serve(0)
    assert desk.checker.violations.count[ViolationKind.TWICE] == 297
    assert len(desk.checker.violations.examples[ViolationKind.TWICE]) < 10
