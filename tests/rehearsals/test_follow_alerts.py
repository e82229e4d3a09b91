"""From deliveries to episodes: what one alert does to the latest episode of it."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rehearsals.deliveries import Alert
from app.rehearsals.transitions import follow

NOW = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)


def at(seconds):
    return None if seconds is None else NOW + timedelta(seconds=seconds)


def firing(starts=None):
    return Alert(True, "abc", {"alertname": "EngineHot"}, at(starts))


def resolved(starts=None, ends=None):
    return Alert(False, "abc", {"alertname": "EngineHot"}, at(starts), at(ends))


def deliver(*deliveries):
    """Return the episodes that alerts make which are received at these seconds."""
    episodes = []
    for second, alert in deliveries:
        latest = episodes[-1] if episodes else None
        episode, is_new = follow(latest, alert, at(second))
        if is_new:
            episodes.append(episode)
        else:
            episodes[-1] = episode
    return episodes


def test_the_first_firing_opens_an_episode():
    (episode,) = deliver((20, firing(starts=15)))
    assert (episode.is_open, episode.alert_name, episode.deliveries) == (True, "EngineHot", 1)
    assert (episode.first_received_at, episode.starts_at) == (at(20), at(15))
    assert not episode.only_resolution


def test_a_repeated_firing_belongs_to_the_open_episode():
    (episode,) = deliver((20, firing(15)), (50, firing(15)), (80, firing(15)))
    assert (episode.deliveries, episode.first_received_at, episode.last_received_at) == (3, at(20), at(80))


def test_two_senders_with_different_starts_make_one_episode_with_the_earlier_start():
    (episode,) = deliver((20, firing(16)), (21, firing(15)))
    assert episode.starts_at == at(15)


def test_a_resolution_closes_the_episode():
    (episode,) = deliver((20, firing(15)), (70, resolved(15, 65)))
    assert (episode.resolved_received_at, episode.ends_at, episode.deliveries) == (at(70), at(65), 2)


def test_a_late_firing_of_the_same_start_is_no_second_episode():
    (episode,) = deliver((20, firing(15)), (70, resolved(15, 65)), (72, firing(15)))
    assert (episode.is_open, episode.deliveries) == (False, 3)


def test_a_late_firing_of_another_sender_that_began_before_the_end_is_no_second_episode():
    (episode,) = deliver((20, firing(15)), (70, resolved(15, 65)), (72, firing(16)))
    assert (episode.is_open, episode.deliveries, episode.starts_at) == (False, 3, at(15))


def test_a_firing_that_begins_after_the_end_is_a_new_episode():
    first, second = deliver((20, firing(15)), (70, resolved(15, 65)), (90, firing(85)))
    assert (first.deliveries, second.deliveries, second.is_open) == (2, 1, True)


def test_a_sender_without_times_fires_again_after_it_was_resolved():
    first, second = deliver((20, firing()), (70, resolved()), (90, firing()))
    assert (first.is_open, second.is_open) == (False, True)


def test_a_repeated_resolution_belongs_to_the_closed_episode():
    for again in (resolved(15, 65), resolved(16, 66)):
        (episode,) = deliver((20, firing(15)), (70, resolved(15, 65)), (71, again))
        assert (episode.deliveries, episode.resolved_received_at) == (3, at(70))
    (episode,) = deliver((20, firing()), (70, resolved()), (71, resolved()))
    assert (episode.deliveries, episode.resolved_received_at) == (3, at(70))


def test_a_resolution_whose_firing_never_arrived_is_a_closed_episode():
    (episode,) = deliver((70, resolved(15, 65)))
    assert (episode.is_open, episode.only_resolution, episode.deliveries) == (False, True, 1)
    assert (episode.first_received_at, episode.resolved_received_at) == (at(70), at(70))


def test_a_firing_that_arrives_after_its_resolution_completes_the_episode():
    (episode,) = deliver((70, resolved(15, 65)), (72, firing(15)))
    assert (episode.is_open, episode.only_resolution, episode.deliveries) == (False, False, 2)


def test_a_late_resolution_of_an_earlier_episode_does_not_close_the_present_one():
    first, second = deliver(
        (20, firing(15)), (70, resolved(15, 65)), (90, firing(85)), (91, resolved(15, 65))
    )
    assert (first.is_open, second.is_open, second.deliveries) == (False, True, 1)


def test_deliveries_that_overtake_each_other_keep_their_times():
    (episode,) = deliver((21, firing(15)), (20, firing(15)))
    assert (episode.first_received_at, episode.last_received_at) == (at(20), at(21))
    (episode,) = deliver((71, firing(15)), (70, resolved(15, 65)))
    assert episode.resolved_received_at >= episode.first_received_at


FLAPPING = [
    alert
    for starts in (10, 100, 200)
    for alert in ((starts + 5, firing(starts)), (starts + 55, resolved(starts, starts + 50)))
]


@given(st.lists(st.integers(1, 4), min_size=len(FLAPPING), max_size=len(FLAPPING)))
def test_duplicates_change_nothing_but_the_count(counts):
    """Each delivery arrives 1 to 4 times, as retries do: before the next one."""
    repeated = [
        (second + 0.1 * number, alert)
        for (second, alert), count in zip(FLAPPING, counts, strict=True)
        for number in range(count)
    ]
    assert [facts(each) for each in deliver(*repeated)] == [facts(each) for each in deliver(*FLAPPING)]
    assert sum(each.deliveries for each in deliver(*repeated)) == sum(counts)


def facts(episode):
    return (
        episode.first_received_at,
        episode.starts_at,
        episode.resolved_received_at,
        episode.ends_at,
        episode.only_resolution,
    )


ONE_EPISODE = [
    (20, firing(15)),
    (20, firing(15)),
    (50, firing(15)),
    (70, resolved(15, 65)),
    (70, resolved(15, 65)),
]


@pytest.mark.parametrize("order", set(itertools.permutations(range(len(ONE_EPISODE)))))
def test_the_order_of_deliveries_does_not_change_the_number_of_episodes(order):
    """Two senders and their retries overtake each other: it is one episode, closed, and it fired."""
    (episode,) = deliver(*(ONE_EPISODE[place] for place in order))
    assert (episode.is_open, episode.only_resolution) == (False, False)
    assert (episode.deliveries, episode.first_received_at) == (5, at(20))
    assert (episode.starts_at, episode.ends_at) == (at(15), at(65))


MOMENTS = st.none() | st.integers(0, 100)


@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.builds(firing, MOMENTS) | st.builds(resolved, MOMENTS, MOMENTS))
    )
)
def test_any_deliveries_make_episodes_of_which_the_last_alone_may_be_open(deliveries):
    episodes = deliver(*deliveries)
    assert bool(episodes) == bool(deliveries)
    assert not any(each.is_open for each in episodes[:-1])
    for episode in episodes:
        assert episode.deliveries >= 1
        assert episode.first_received_at <= episode.last_received_at
        assert episode.is_open or episode.resolved_received_at >= episode.first_received_at
