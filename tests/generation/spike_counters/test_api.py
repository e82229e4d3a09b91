"""What the API shows of counters after a spike: the setting, and values before the next poll."""

from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.support.counter_spikes import OWN_START, WINDOW, change_spike, get_current_number
from tests.support.problems import refused
from tests.support.statements import get_writes


@pytest.mark.parametrize("after", [None, "continue", "resume"])
def test_every_response_shows_counters_after_as_it_was_given(make, counter, schedule_spike, after):
    spike = schedule_spike(counters_after=after)
    assert spike["counters_after"] == after
    path = f"/api/spike-schedules/{spike['id']}"
    assert make.person.get(path).json["counters_after"] == after
    assert make.person.get("/api/spike-schedules").json["items"][0]["counters_after"] == after


def test_counters_after_is_null_by_default_and_kept_by_a_patch_without_it(make, schedule_spike):
    spike = schedule_spike()
    assert spike["counters_after"] is None
    change_spike(make, spike, counters_after="resume")
    assert change_spike(make, spike, name="Another")["counters_after"] == "resume"


@pytest.mark.parametrize("wrong", ["Continue", "", "stop", 1, True, ["continue"], {}])
def test_any_other_value_of_counters_after_is_refused(make, counter, schedule_spike, wrong):
    body = {"collection_id": counter["collection_id"], "name": "Spike", "duration": 60}
    problem = refused(make.person.post("/api/spike-schedules", body | {"counters_after": wrong}), 422)
    assert list(problem["errors"]) == ["counters_after"]
    problem = refused(
        make.person.patch(f"/api/spike-schedules/{schedule_spike()['id']}", {"counters_after": wrong}), 422
    )
    assert list(problem["errors"]) == ["counters_after"]


def test_the_audit_log_records_counters_after_and_its_changes(make, admin, schedule_spike):
    spike = schedule_spike(counters_after="continue")
    change_spike(make, spike, counters_after="resume")
    entries = admin.get("/api/audit?per_page=2").json["items"]
    assert entries[0]["details"]["changed"] == {"counters_after": ["continue", "resume"]}
    assert entries[1]["details"]["counters_after"] == "continue"


@pytest.mark.parametrize("after", [None, "continue", "resume"])
@pytest.mark.parametrize("override", [None, OWN_START])
def test_a_sample_after_the_spike_shows_the_value_of_the_next_poll(
    make, counter, schedule_spike, poll_values, clock, queries, after, override
):
    poll_values(3)
    schedule_spike(override, duration=60, counters_after=after)
    poll_values(2)
    clock.shift(60)
    path = f"/api/collections/{counter['collection_id']}/sample/performance"
    with queries() as seen:
        sampled = make.person.get(path).json["data"]["it"]
    assert get_writes(seen) == []
    assert poll_values(1) == [sampled]


def test_a_sample_in_the_next_spike_shows_the_value_of_the_next_poll(
    make, counter, schedule_spike, poll_values, clock
):
    schedule_spike(duration=60)
    schedule_spike({"step_number": 7}, start_datetime=(NOW + timedelta(seconds=60)).isoformat())
    poll_values(2)
    clock.shift(60)
    sampled = make.person.get(f"/api/collections/{counter['collection_id']}/sample/performance").json
    assert sampled["data"]["it"] == 22
    assert poll_values(1) == [22]


def test_current_number_stays_as_stored_until_a_poll_clears_the_expired_spike(
    make, counter, schedule_spike, poll_values, clock
):
    poll_values(1)
    schedule_spike()
    poll_values(2)
    clock.shift(WINDOW)
    assert get_current_number(make, counter) == 10
    poll_values(1)
    assert get_current_number(make, counter) == 25
