"""Counters after a spike: they continue where its copies stood, or resume where they stood before it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.models import SpikeScheduleField
from tests.conftest import NOW
from tests.support.problems import refused
from tests.support.statements import get_writes

WINDOW = timedelta(minutes=10)
UP, DOWN = "INCREMENT", "DECREMENT"
LENGTH = {"duration": 600}
OWN_START = {"start_number": 1000}


@pytest.fixture
def counter(make):
    """A field that counts 10, 15, 20 …, alone in its collection."""
    return make.collection("Truck 01", {"value_type": UP, "name": "it"})["fields"][0]


@pytest.fixture
def spike(make, counter):
    """Schedules a spike; by default for ten minutes from now on. `override` are settings of the counter."""

    def scheduled(override=None, **more):
        return make.spike({"id": counter["collection_id"]}, *entries(counter, override), **LENGTH | more)

    return scheduled


@pytest.fixture
def polled(make):
    """Polls so many times; answers with the values."""
    tool = make.key()
    return lambda times: [tool.data("Truck 01")["it"] for _ in range(times)]


def entries(counter, override):
    return [{"original_field_id": counter["id"]} | override] if override else []


def cleared(make, spike, clock):
    """The window ends, and the next poll finds that."""
    clock.shift(WINDOW)


def ended(make, spike, clock):
    clock.shift(1)
    assert make.person.post(f"/api/spike-schedules/{spike['id']}/end").status_code == 200


def deleted(make, spike, clock):
    assert make.person.delete(f"/api/spike-schedules/{spike['id']}").status_code == 204


def deleted_when_expired(make, spike, clock):
    clock.shift(WINDOW)
    deleted(make, spike, clock)


def moved(make, spike, clock):
    """Into the future."""
    change(make, spike, start_datetime="2026-11-28T08:00:00Z", duration=60)


def moved_when_expired(make, spike, clock):
    clock.shift(WINDOW)
    moved(make, spike, clock)


def change(make, spike, **given):
    answer = make.person.patch(f"/api/spike-schedules/{spike['id']}", given)
    assert answer.status_code == 200, answer.text
    return answer.json


WAYS = [cleared, ended, deleted, deleted_when_expired, moved, moved_when_expired]


def stands(make, field):
    return make.person.get(f"/api/fields/{field['id']}").json["current_number"]


def copy_of(make, spike):
    return make.person.get(f"/api/spike-schedules/{spike['id']}").json["spike_fields"][0]


# --- However a schedule goes ---------------------------------------------------------------------------


@pytest.mark.parametrize("goes", WAYS)
@pytest.mark.parametrize(
    ("override", "after", "during", "following"),
    [
        (None, None, [25, 30], [35, 40]),
        ({"step_number": 100}, None, [120, 220], [225, 230]),
        ({"reset_number": 25}, None, [25, 10], [15, 20]),
        ({"randomization_percentage": 0}, None, [25, 30], [35, 40]),
        (OWN_START, None, [1000, 1005], [25, 30]),
        ({"start_number": 10}, None, [10, 15], [25, 30]),
        (None, "continue", [25, 30], [35, 40]),
        (OWN_START, "continue", [1000, 1005], [1010, 1015]),
        ({"start_number": 0}, "continue", [0, 5], [10, 15]),
        (None, "resume", [25, 30], [25, 30]),
        ({"step_number": 100}, "resume", [120, 220], [25, 30]),
        (OWN_START, "resume", [1000, 1005], [25, 30]),
    ],
)
def test_the_collection_s_counter_goes_on(
    make, counter, spike, polled, clock, goes, override, after, during, following
):
    assert polled(3) == [10, 15, 20]
    made = spike(override, counters_after=after)
    assert polled(2) == during
    goes(make, made, clock)
    assert polled(2) == following


@pytest.mark.parametrize("goes", WAYS)
@pytest.mark.parametrize("after", [None, "continue", "resume"])
def test_a_copy_that_never_counted_hands_nothing_back(make, spike, polled, clock, goes, after):
    polled(3)
    made = spike(OWN_START if after else None, counters_after=after)
    goes(make, made, clock)
    assert polled(2) == [25, 30]


def test_a_counter_that_first_counted_in_the_spike_goes_on_from_there(make, counter, spike, polled, clock):
    spike()
    assert polled(2) == [10, 15]
    assert stands(make, counter) is None
    clock.shift(WINDOW)
    assert polled(2) == [20, 25]


def test_one_that_resumes_and_never_counted_before_begins_at_its_start(spike, polled, clock):
    spike(counters_after="resume")
    polled(2)
    clock.shift(WINDOW)
    assert polled(2) == [10, 15]


def test_the_next_spike_goes_on_behind_the_last_one(spike, polled, clock):
    polled(3)
    spike(duration=60)
    spike(start_datetime=(NOW + timedelta(seconds=60)).isoformat(), duration=60)
    assert polled(2) == [25, 30]
    clock.shift(60)
    assert polled(2) == [35, 40]
    clock.shift(60)
    assert polled(2) == [45, 50]


def test_each_counter_goes_its_own_way(make, clock):
    collection = make.collection(
        "Truck 01",
        {"value_type": UP, "name": "left alone"},
        {"value_type": DOWN, "name": "steeper"},
        {"value_type": UP, "name": "own start"},
        {
            "value_type": UP,
            "name": "configured",
            "collection_type": "Configuration",
            "start_number": 0,
            "step_number": 1,
        },
    )
    tool = make.key()
    both = lambda: tool.data("Truck 01") | tool.data("Truck 01", "configuration")  # noqa: E731
    both()
    ids = {field["field_name"]: field["id"] for field in collection["fields"]}
    make.spike(
        collection,
        {"original_field_id": ids["steeper"], "step_number": 50},
        {"original_field_id": ids["own start"], "start_number": 500},
        **LENGTH,
    )
    assert both() == {"left alone": 15, "steeper": 50, "own start": 500, "configured": 1}
    assert both() == {"left alone": 20, "steeper": 0, "own start": 505, "configured": 2}
    clock.shift(WINDOW)
    assert both() == {"left alone": 25, "steeper": -5, "own start": 15, "configured": 3}


def test_a_poll_of_the_other_type_hands_back_too(make, clock):
    make.collection(
        "Truck 01",
        {"value_type": UP, "name": "it"},
        {"value_type": "TEXT_FIXED", "collection_type": "Configuration"},
    )
    tool = make.key()
    collection = make.person.get("/api/collections").json["items"][0]
    make.spike(collection, **LENGTH)
    assert [tool.data("Truck 01")["it"] for _ in range(2)] == [10, 15]
    clock.shift(WINDOW)
    tool.data("Truck 01", "configuration")
    assert make.person.get("/api/spike-schedules").json["total"] == 0
    assert tool.data("Truck 01")["it"] == 20


def test_hand_backs_are_exact_in_tenths(make, clock):
    settings = {"start_number": 10**9, "step_number": 0.1}
    field = make.collection("Truck 01", {"value_type": UP, "name": "it", **settings})["fields"][0]
    tool = make.key()
    served = [tool.data("Truck 01")["it"] for _ in range(3)]
    for _ in range(3):
        make.spike({"id": field["collection_id"]}, duration=60)
        served += [tool.data("Truck 01")["it"] for _ in range(4)]
        clock.shift(60)
        served += [tool.data("Truck 01")["it"] for _ in range(3)]
    assert served == [(10**10 + n) / 10 for n in range(len(served))]


def test_a_counter_that_takes_over_beyond_its_own_reset_begins_anew(make, polled, clock):
    settings = {"start_number": 0, "step_number": 5, "reset_number": 12}
    field = make.collection("Truck 01", {"value_type": UP, "name": "it", **settings})["fields"][0]
    polled(2)
    make.spike({"id": field["collection_id"]}, *entries(field, {"reset_number": 100}), **LENGTH)
    assert polled(3) == [10, 15, 20]
    clock.shift(WINDOW)
    assert polled(2) == [0, 5]


def test_taking_over_is_no_change_of_the_field(make, counter, spike, polled, clock):
    before = make.person.get(f"/api/fields/{counter['id']}").json
    spike()
    polled(2)
    clock.shift(WINDOW)
    polled(1)
    assert make.person.get(f"/api/fields/{counter['id']}").json == before | {"current_number": 20}


def test_moving_it_is_no_change_of_the_field_either(make, counter, spike, polled, clock):
    before = make.person.get(f"/api/fields/{counter['id']}").json
    made = spike()
    polled(2)
    clock.shift(60)
    moved(make, made, clock)
    assert make.person.get(f"/api/fields/{counter['id']}").json == before | {"current_number": 15}


def test_the_number_of_statements_is_the_same_for_many_counters(make, queries, clock):
    def statements(how_many):
        name = f"With {how_many}"
        collection = make.collection(name, *[{"value_type": UP}] * how_many)
        tool = make.key()
        make.spike(collection, duration=60)
        tool.data(name)
        clock.shift(60)
        with queries() as seen:
            tool.data(name)
        return len(get_writes(seen))

    assert statements(1) == statements(12)


# --- While it is there ---------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [None, "continue", "resume"])
@pytest.mark.parametrize("override", [None, OWN_START])
def test_extending_it_leaves_its_counters_alone(make, spike, polled, clock, after, override):
    made = spike(override, duration=60, counters_after=after)
    served = polled(2)
    clock.shift(90)  # nobody has polled since its end
    assert make.person.post(f"/api/spike-schedules/{made['id']}/extend", {"duration": 60}).status_code == 200
    served += polled(2)
    change(make, made, duration=7200)
    served += polled(2)
    first = served[0]
    assert served == list(range(first, first + 30, 5))


@pytest.mark.parametrize("after", [None, "continue"])
@pytest.mark.parametrize("start", ["2026-11-27T07:30:00Z", "2026-11-27T08:00:30Z"])
def test_moving_its_start_within_the_past_shows_nowhere(make, spike, polled, clock, after, start):
    made = spike(counters_after=after)
    polled(2)
    clock.shift(60)
    change(make, made, start_datetime=start)
    assert polled(2) == [20, 25]
    clock.shift(WINDOW)
    assert polled(2) == [30, 35]


@pytest.mark.parametrize(
    ("after", "with_own_start", "set_back", "afterwards"),
    [
        (None, [1000, 1005], [30, 35], [40]),
        ("continue", [1000, 1005], [1010, 1015], [1020]),
        ("resume", [1000, 1005], [20, 25], [20]),
    ],
)
def test_a_start_that_is_given_and_set_back_while_it_is_active(
    make, counter, spike, polled, clock, after, with_own_start, set_back, afterwards
):
    """Letting go of where a copy stands is the same, for a moment or for good."""
    assert polled(2) == [10, 15]
    made = spike(counters_after=after)
    assert polled(2) == [20, 25]
    change(make, made, spike_fields=entries(counter, OWN_START))
    assert polled(2) == with_own_start
    change(make, made, spike_fields=[])
    assert polled(2) == set_back
    clock.shift(WINDOW)
    assert polled(1) == afterwards


def test_a_start_that_is_given_while_it_is_active_lets_nothing_be_served_twice(
    make, counter, spike, polled, clock
):
    polled(2)
    made = spike()
    assert polled(2) == [20, 25]
    change(make, made, spike_fields=entries(counter, OWN_START))
    assert polled(2) == [1000, 1005]
    clock.shift(WINDOW)
    assert polled(2) == [30, 35]


@pytest.mark.parametrize("after", [None, "continue", "resume"])
@pytest.mark.parametrize("override", [{"step_number": 7}, {"reset_number": 1000}, None])
def test_other_overrides_of_an_active_one_leave_its_counters_where_they_stand(
    make, counter, spike, polled, after, override
):
    made = spike({"step_number": 5}, counters_after=after)
    assert polled(2) == [10, 15]
    change(make, made, spike_fields=entries(counter, override))
    assert polled(1) == [15 + (override or {}).get("step_number", 5)]


@pytest.mark.parametrize("after", [None, "resume"])
def test_setting_back_an_override_that_missed_a_new_start_repeats_nothing(
    make, counter, spike, polled, after
):
    made = spike({"step_number": 7}, counters_after=after)
    make.person.patch(f"/api/fields/{counter['id']}", {"start_number": 100})
    assert polled(2) == [100, 107]
    change(make, made, spike_fields=[])
    assert polled(2) == [112, 117]


@pytest.mark.parametrize(
    ("after", "following"), [("resume", [20, 25]), ("continue", [1010, 1015]), (None, [20, 25])]
)
def test_what_it_says_last_counts(make, spike, polled, clock, after, following):
    polled(2)
    made = spike(OWN_START, counters_after="continue" if after != "continue" else "resume")
    polled(2)
    assert change(make, made, counters_after=after)["counters_after"] == after
    clock.shift(WINDOW)
    assert polled(2) == following


def test_moved_and_told_otherwise_at_once_it_does_as_it_is_told_now(make, spike, polled, clock):
    polled(2)
    made = spike()
    polled(2)
    change(make, made, counters_after="resume", start_datetime="2026-11-28T08:00:00Z", duration=60)
    assert polled(2) == [20, 25]


# --- While the field changes ---------------------------------------------------------------------------


def reset(make, field):
    assert make.person.post(f"/api/fields/{field['id']}/reset").status_code == 200


@pytest.mark.parametrize("after", [None, "continue", "resume"])
@pytest.mark.parametrize("override", [None, {"step_number": 7}])
def test_a_reset_lets_copies_without_a_start_of_their_own_begin_anew(
    make, counter, spike, polled, clock, after, override
):
    step = (override or {}).get("step_number", 5)
    polled(3)
    made = spike(override, counters_after=after)
    polled(2)
    reset(make, counter)
    assert copy_of(make, made)["current_number"] is None
    assert polled(2) == [10, 10 + step]
    clock.shift(WINDOW)
    assert polled(1) == [10 if after == "resume" else 15 + step]


def test_a_reset_leaves_copies_with_a_start_of_their_own_alone(make, counter, spike, polled, clock):
    polled(3)
    spike(OWN_START)
    polled(2)
    reset(make, counter)
    assert polled(2) == [1010, 1015]
    clock.shift(WINDOW)
    assert polled(2) == [10, 15]


@pytest.mark.parametrize("after", [None, "continue"])
@pytest.mark.parametrize("override", [None, OWN_START])
def test_a_reset_after_the_window_counts_though_nobody_polled_in_between(
    make, counter, spike, polled, clock, after, override
):
    polled(3)
    spike(override, counters_after=after)
    polled(2)
    clock.shift(WINDOW)
    reset(make, counter)
    assert polled(2) == [10, 15]


@pytest.mark.parametrize("after", [None, "continue"])
@pytest.mark.parametrize("has_ended", [False, True])
@pytest.mark.parametrize(
    ("change_of_field", "following"),
    [
        ({"start_number": 100}, [100, 105]),
        ({"value_type": DOWN, "start_number": 10, "step_number": 5}, [10, 5]),
        ({"value_type": "NUMBER_FIXED", "fixed_value_number": 3}, [3, 3]),
    ],
)
def test_a_field_that_begins_anew_is_not_taken_back_to_its_old_sequence(
    make, counter, spike, polled, clock, after, has_ended, change_of_field, following
):
    polled(3)
    spike({"step_number": 7}, counters_after=after)
    polled(2)
    clock.shift(WINDOW if has_ended else 1)
    answer = make.person.patch(f"/api/fields/{counter['id']}", change_of_field)
    assert answer.status_code == 200, answer.text
    clock.shift(WINDOW)
    assert polled(2) == following


def test_a_field_whose_start_changes_in_the_window_goes_on_from_its_new_sequence(
    make, counter, spike, polled, clock
):
    polled(3)
    spike({"step_number": 7})
    polled(2)
    make.person.patch(f"/api/fields/{counter['id']}", {"start_number": 100})
    assert polled(2) == [100, 107]
    clock.shift(WINDOW)
    assert polled(2) == [112, 117]


def test_a_field_that_changes_its_step_in_the_window_is_taken_over_all_the_same(
    make, counter, spike, polled, clock
):
    polled(3)
    spike()
    assert polled(1) == [25]
    make.person.patch(f"/api/fields/{counter['id']}", {"step_number": 2})
    assert polled(1) == [27]
    clock.shift(WINDOW)
    assert polled(2) == [29, 31]


def test_a_field_that_came_to_count_in_whole_numbers_takes_over_none_with_a_fraction(make, polled, clock):
    settings = {"start_number": 0, "step_number": 0.5}
    field = make.collection("Truck 01", {"value_type": UP, "name": "it", **settings})["fields"][0]
    make.spike({"id": field["collection_id"]}, **LENGTH)
    assert polled(2) == [0, 0.5]
    clock.shift(WINDOW)  # nobody polls, so the schedule is still there
    assert make.person.patch(f"/api/fields/{field['id']}", {"step_number": 1}).status_code == 200
    assert polled(2) == [2, 3]


def test_a_field_that_moves_to_the_other_type_in_the_window_loses_nothing(
    make, counter, polled, spike, clock
):
    spike({"step_number": 7})
    assert polled(2) == [10, 17]
    make.person.patch(f"/api/fields/{counter['id']}", {"collection_type": "Configuration"})
    tool = make.key()
    assert tool.data("Truck 01", "configuration")["it"] == 22
    clock.shift(WINDOW)
    assert tool.data("Truck 01", "configuration")["it"] == 27


def test_a_field_that_is_deleted_in_the_window_hands_nothing_back(make, counter, polled, spike, clock):
    other = make.field({"id": counter["collection_id"]}, UP, name="other")
    spike()
    polled(2)
    assert make.person.delete(f"/api/fields/{other['id']}").status_code == 204
    clock.shift(WINDOW)
    assert polled(1) == [20]


# --- Two that have ended -------------------------------------------------------------------------------


def test_of_two_that_have_ended_the_later_one_says_where_the_counter_stands(
    app, make, counter, spike, polled, clock
):
    """A database can come to it by a restore: a poll clears the first before the second one counts."""
    first = spike(duration=60)
    second = spike(start_datetime=(NOW + timedelta(seconds=60)).isoformat(), duration=60)
    counted(app, first, 100)
    counted(app, second, 50)
    clock.shift(120)
    assert polled(1) == [55]


def counted(app, spike, number):
    with app.app_context():
        which = SpikeScheduleField.spike_schedule_id == spike["id"]
        db.session.execute(sa.update(SpikeScheduleField).where(which).values(current_number=number))
        db.session.commit()


# --- Over the API --------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [None, "continue", "resume"])
def test_what_was_asked_for_is_shown(make, counter, spike, after):
    made = spike(counters_after=after)
    assert made["counters_after"] == after
    path = f"/api/spike-schedules/{made['id']}"
    assert make.person.get(path).json["counters_after"] == after
    assert make.person.get("/api/spike-schedules").json["items"][0]["counters_after"] == after


def test_without_a_word_it_is_null_and_a_patch_leaves_it_alone(make, spike):
    made = spike()
    assert made["counters_after"] is None
    change(make, made, counters_after="resume")
    assert change(make, made, name="Another")["counters_after"] == "resume"


@pytest.mark.parametrize("wrong", ["Continue", "", "stop", 1, True, ["continue"], {}])
def test_anything_else_is_refused(make, counter, spike, wrong):
    body = {"collection_id": counter["collection_id"], "name": "Spike", "duration": 60}
    problem = refused(make.person.post("/api/spike-schedules", body | {"counters_after": wrong}), 422)
    assert list(problem["errors"]) == ["counters_after"]
    problem = refused(
        make.person.patch(f"/api/spike-schedules/{spike()['id']}", {"counters_after": wrong}), 422
    )
    assert list(problem["errors"]) == ["counters_after"]


def test_the_audit_log_tells_of_it(make, admin, spike):
    made = spike(counters_after="continue")
    change(make, made, counters_after="resume")
    entries = admin.get("/api/audit?per_page=2").json["items"]
    assert entries[0]["details"]["changed"] == {"counters_after": ["continue", "resume"]}
    assert entries[1]["details"]["counters_after"] == "continue"


# --- Looking without polling ---------------------------------------------------------------------------


@pytest.mark.parametrize("after", [None, "continue", "resume"])
@pytest.mark.parametrize("override", [None, OWN_START])
def test_a_sample_shows_what_the_poll_that_clears_it_gets(
    make, counter, spike, polled, clock, queries, after, override
):
    polled(3)
    spike(override, duration=60, counters_after=after)
    polled(2)
    clock.shift(60)
    path = f"/api/collections/{counter['collection_id']}/sample/performance"
    with queries() as seen:
        sampled = make.person.get(path).json["data"]["it"]
    assert get_writes(seen) == []
    assert polled(1) == [sampled]


def test_a_sample_in_the_next_window_shows_what_the_poll_that_clears_the_last_one_gets(
    make, counter, spike, polled, clock
):
    spike(duration=60)
    spike({"step_number": 7}, start_datetime=(NOW + timedelta(seconds=60)).isoformat())
    polled(2)
    clock.shift(60)
    sampled = make.person.get(f"/api/collections/{counter['collection_id']}/sample/performance").json
    assert sampled["data"]["it"] == 22
    assert polled(1) == [22]


def test_where_the_collection_s_counter_stands_is_shown_as_stored_until_a_poll_clears_the_spike(
    make, counter, spike, polled, clock
):
    polled(1)
    spike()
    polled(2)
    clock.shift(WINDOW)
    assert stands(make, counter) == 10
    polled(1)
    assert stands(make, counter) == 25
