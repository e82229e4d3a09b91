"""What holds for the verdict on any expectation, whatever arrives and whenever."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.rehearsals.delays import Polls
from app.rehearsals.result import Case, Receiver, evaluate
from app.rehearsals.verdict import State, verdict
from app.values.expectations import Expectation, Kind
from tests.support.verdicts import at, episode, window

NAMES = st.sampled_from(["EngineHot", "TruckDown"])
TIMES = st.one_of(st.integers(-60, 400), st.floats(-60, 400, allow_nan=False).map(lambda x: round(x, 3)))
MATCHES = st.sampled_from([{}, {"alertname": "EngineHot"}, {"alertname": "*"}])


@st.composite
def episodes(draw):
    received = draw(TIMES)
    lasts = draw(st.none() | st.integers(0, 300))
    return episode(
        received,
        None if lasts is None else received + lasts,
        labels={"alertname": draw(NAMES), "instance": draw(st.sampled_from("ab"))},
        starts=draw(st.none() | TIMES),
        deliveries=draw(st.integers(1, 5)),
        only_resolution=draw(st.booleans()) and lasts == 0,
    )


EXPECTATIONS = st.one_of(
    st.builds(Expectation, st.just(Kind.QUIET), MATCHES, until=st.integers(0, 100)),
    st.builds(
        Expectation,
        st.just(Kind.FIRES),
        MATCHES,
        within=st.integers(1, 200),
        counts_from=st.integers(0, 120),
        resolve_within=st.none() | st.integers(1, 100),
        at_most=st.none() | st.integers(1, 3),
        holds=st.booleans(),
    ),
)
WINDOWS = st.integers(1, 120).map(window)
LISTS = st.lists(episodes(), max_size=6)


@given(
    EXPECTATIONS, WINDOWS, LISTS.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))), TIMES
)
def test_the_order_of_arrival_in_the_database_changes_no_verdict(expectation, spike, lists, now):
    some, shuffled = lists
    assert verdict(expectation, spike, some, True, at(now)) == verdict(
        expectation, spike, shuffled, True, at(now)
    )


@given(EXPECTATIONS, WINDOWS, LISTS, TIMES, st.integers(1, 100))
def test_repeats_of_a_message_change_no_verdict(expectation, spike, some, now, more):
    repeated = [replace(each, deliveries=each.deliveries + more) for each in some]
    found, again = (verdict(expectation, spike, each, True, at(now)) for each in (some, repeated))
    assert (found.state, len(found.episodes)) == (again.state, len(again.episodes))


@given(EXPECTATIONS, WINDOWS, LISTS, st.booleans(), st.integers(0, 1000))
def test_at_the_last_deadline_it_is_decided(expectation, spike, some, polled, later):
    now = at((expectation.last_deadline(spike) - spike.start).total_seconds() + later)
    assert verdict(expectation, spike, some, polled, now).state is not State.WAITING


@given(EXPECTATIONS, WINDOWS, LISTS, st.booleans(), TIMES)
def test_what_waits_says_until_when(expectation, spike, some, polled, now):
    found = verdict(expectation, spike, some, polled, at(now))
    if found.state is State.WAITING:
        assert found.next_deadline is not None
        assert found.next_deadline > at(now)
        assert found.waits_for is not None
    else:
        assert found.next_deadline is None


@given(EXPECTATIONS, WINDOWS, LISTS, TIMES)
def test_until_its_next_deadline_a_verdict_changes_only_by_what_arrives(expectation, spike, some, now):
    so_far = [each.as_of(at(now)) for each in some if each.received_at <= at(now)]
    found = verdict(expectation, spike, so_far, True, at(now))
    if found.next_deadline is not None:
        shortly_before = found.next_deadline - (at(0.000001) - at(0))
        if shortly_before >= at(now):
            assert verdict(expectation, spike, so_far, True, shortly_before) == found


@given(EXPECTATIONS, WINDOWS, LISTS, LISTS, st.booleans(), st.integers(1, 1000))
def test_what_arrives_after_the_last_deadline_changes_nothing(
    expectation, spike, some, others, polled, later
):
    last = expectation.last_deadline(spike)
    kept = [each.as_of(last) for each in some if each.received_at <= last]
    after = [each for each in others if each.received_at > last]
    now = last + (at(later) - at(0))
    assert (
        verdict(expectation, spike, kept, polled, last).state
        is verdict(expectation, spike, [*some, *after], polled, now).state
    )


@given(st.lists(EXPECTATIONS, min_size=1, max_size=4), WINDOWS, LISTS, LISTS, st.booleans(), TIMES)
def test_a_final_result_never_changes(expectations, spike, some, others, strict, now):
    case = Case(spike, list(enumerate(expectations)), fail_on_unexpected=strict)
    so_far = [each.as_of(at(now)) for each in some if each.received_at <= at(now)]
    polls = Polls((at(1),), 1)
    found = evaluate(case, so_far, polls, Receiver(), at(now))
    if found.is_final:
        later = [each for each in others if each.received_at > at(now)]
        again = evaluate(case, [*so_far, *later], polls, Receiver(), at(1000))
        assert again == found


@given(st.lists(EXPECTATIONS, min_size=1, max_size=4), WINDOWS, LISTS, TIMES)
def test_numbers_stay_in_their_bounds(expectations, spike, some, now):
    case = Case(spike, list(enumerate(expectations)))
    found = evaluate(case, some, Polls((at(1),), 1), Receiver(), at(now))
    assert found.timeliness is None or 0 <= found.timeliness <= 1
    for each in found.expectations:
        split = each["split"]
        if split:
            assert abs(sum(split.values()) - each["delay"]) < 0.01
            assert min(split.values()) >= 0
        assert each["says"]
