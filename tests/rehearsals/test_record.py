"""Every spike leaves a record, which follows the schedule and outlives it."""

import pytest

from tests.support.api_requests import patch_spike
from tests.support.timestamps import at

PATH = "/api/spike-schedules"


def test_a_new_schedule_has_a_record(owner, make, truck, cpu, hot, get_rehearsal):
    spike = make.spike(truck, hot, name="Overheating", duration=600, counters_after="resume")
    assert get_rehearsal(spike) == {
        "id": spike["rehearsal_id"],
        "collection_id": truck["id"],
        "collection_name": "Truck 01",
        "spike_schedule_id": spike["id"],
        "name": "Overheating",
        "start_datetime": at(0),
        "end_datetime": at(10),
        "state": "running",
        "passed": None,
        "is_scheduled": True,
        "created_by": owner.name,
        "created_at": at(0),
        "cancelled_at": None,
        "poll_count": 0,
        "key_count": 0,
        "overrides": [
            {
                "field_id": cpu["id"],
                "field_name": "cpu",
                "value_type": "NUMBER_RANGE",
                "settings": {"range_start_number": 90, "range_end_number": 100},
                "normal": {"range_start_number": 5, "range_end_number": 20},
            }
        ],
        "unchanged_fields": 2,
        "counters_after": "resume",
        "polls": [],
        "external_id": None,
        "receiver": None,
        "scope": None,
        "fail_on_unexpected": False,
        "decided_by": None,
        "settled_at": None,
        "delay": None,
        "false_alarms": 0,
        "timeliness": None,
        "expectations": [],
        "unexpected": [],
        "warnings": [],
    }


def test_an_override_shows_only_its_own_settings_and_all_normal_ones(make, truck, get_rehearsal):
    litres = make.field(truck, "INCREMENT", "litres", start_number=0.5, step_number=0.1)
    spike = make.spike(truck, {"original_field_id": litres["id"], "step_number": 0.3})
    (override,) = get_rehearsal(spike)["overrides"]
    assert override["settings"] == {"step_number": 0.3}
    assert override["normal"] == {
        "start_number": 0.5,
        "step_number": 0.1,
        "reset_number": None,
        "randomization_percentage": 0,
    }


def test_a_schedule_names_its_record_wherever_it_is_shown(owner, make, truck):
    spike = make.spike(truck)
    assert owner.get(f"{PATH}/{spike['id']}").json["rehearsal_id"] == spike["rehearsal_id"]
    assert owner.get(PATH).json["items"][0]["rehearsal_id"] == spike["rehearsal_id"]
    for path in ("extend", "end"):
        body = {"duration": 60} if path == "extend" else None
        assert owner.post(f"{PATH}/{spike['id']}/{path}", body).json["rehearsal_id"] == spike["rehearsal_id"]


def test_a_change_of_the_schedule_changes_its_record(owner, make, truck, km, hot, get_rehearsal):
    spike = make.spike(truck, hot, start_datetime=at(10))
    changes = {
        "name": "Other",
        "start_datetime": at(20),
        "end_datetime": at(30),
        "counters_after": "continue",
        "spike_fields": [{"original_field_id": km["id"], "step_number": 7}],
    }
    changed = patch_spike(owner, spike, **changes).json
    assert changed["rehearsal_id"] == spike["rehearsal_id"]
    record = get_rehearsal(spike)
    assert {name: record[name] for name in changes if name != "spike_fields"} == {
        name: value for name, value in changes.items() if name != "spike_fields"
    }
    assert [each["field_name"] for each in record["overrides"]] == ["km"]


@pytest.mark.parametrize(("action", "body", "end"), [("end", None, 5), ("extend", {"duration": 300}, 65)])
def test_a_moved_end_moves_the_end_of_the_record(owner, make, truck, clock, get_rehearsal, action, body, end):
    spike = make.spike(truck)
    clock.shift(300)
    assert owner.post(f"{PATH}/{spike['id']}/{action}", body).status_code == 200
    assert get_rehearsal(spike)["end_datetime"] == at(end)


def test_a_refused_change_leaves_the_record_as_it_is(owner, make, truck, get_rehearsal):
    spike = make.spike(truck, start_datetime=at(10), end_datetime=at(20))
    make.spike(truck, start_datetime=at(30), end_datetime=at(40))
    before = get_rehearsal(spike)
    assert patch_spike(owner, spike, name="x", end_datetime=at(35)).status_code == 409
    assert get_rehearsal(spike) == before


@pytest.mark.parametrize("start", [-5, 5], ids=["running", "scheduled"])
def test_a_schedule_deleted_before_its_end_is_cancelled(owner, make, truck, get_rehearsal, start):
    spike = make.spike(truck, start_datetime=at(start), end_datetime=at(20))
    owner.delete(f"{PATH}/{spike['id']}")
    record = get_rehearsal(spike)
    assert (record["state"], record["cancelled_at"], record["is_scheduled"]) == ("cancelled", at(0), False)


def test_a_schedule_deleted_after_its_end_was_observed(owner, make, truck, clock, get_rehearsal):
    spike = make.spike(truck, duration=60)
    clock.shift(60)
    owner.delete(f"{PATH}/{spike['id']}")
    record = get_rehearsal(spike)
    assert (record["state"], record["cancelled_at"], record["is_scheduled"]) == ("observed", None, False)


def test_a_poll_that_clears_an_expired_schedule_keeps_its_record(make, truck, hot, clock, get_rehearsal):
    spike = make.spike(truck, hot, duration=60)
    clock.shift(60)
    before = get_rehearsal(spike)
    assert before["is_scheduled"]
    make.key().data("Truck 01")
    assert get_rehearsal(spike) == before | {"is_scheduled": False}


def test_the_state_follows_the_window(make, truck, clock, get_rehearsal):
    spike = make.spike(truck, start_datetime=at(5), end_datetime=at(10))
    states = []
    for minute in (4, 5, 9, 10):
        clock.move_to(at(minute))
        states.append(get_rehearsal(spike)["state"])
    assert states == ["scheduled", "running", "running", "observed"]


def test_an_expired_schedule_that_is_extended_runs_again(owner, make, truck, clock, get_rehearsal):
    spike = make.spike(truck, duration=60)
    clock.shift(60)
    owner.post(f"{PATH}/{spike['id']}/extend", {"duration": 600})
    assert get_rehearsal(spike)["state"] == "running"


def test_a_schedule_whose_record_is_gone_gets_a_new_one_when_it_is_extended(
    owner, make, truck, hot, clock, get_rehearsal, delete_record
):
    spike = make.spike(truck, hot, duration=60)
    clock.shift(60)
    delete_record(spike)
    assert owner.get(f"{PATH}/{spike['id']}").json["rehearsal_id"] is None
    extended = owner.post(f"{PATH}/{spike['id']}/extend", {"duration": 600}).json
    assert extended["rehearsal_id"] != spike["rehearsal_id"]
    assert [each["field_name"] for each in get_rehearsal(extended)["overrides"]] == ["cpu"]


def test_deleting_the_collection_deletes_its_records(owner, make, truck):
    make.spike(truck)
    owner.delete(f"/api/collections/{truck['id']}")
    assert owner.get("/api/rehearsals").json["total"] == 0


def test_records_go_along_when_a_collection_changes_hands(owner, admin, stranger, make, truck):
    spike = make.spike(truck)
    path = f"/api/rehearsals/{spike['rehearsal_id']}"
    admin.patch(f"/api/collections/{truck['id']}", {"owner_id": stranger.user_id})
    assert owner.get(path).status_code == 404
    assert stranger.get(path).json["created_by"] == owner.name


@pytest.mark.parametrize(
    ("action", "body", "record_statements"),
    [
        ("POST", {"name": "n", "duration": 60}, ["INSERT"]),
        ("PATCH", {"name": "n"}, ["UPDATE"]),
        ("DELETE", None, ["UPDATE"]),
    ],
)
def test_a_write_of_a_schedule_costs_one_statement_more(
    owner, make, truck, hot, queries, action, body, record_statements
):
    path = PATH
    if action == "POST":
        body |= {"collection_id": truck["id"], "spike_fields": [hot]}
    else:
        path += f"/{make.spike(truck, hot)['id']}"
    with queries() as seen:
        owner.call(action, path, body)
    on_record = [each.split()[0] for each in seen.statements if "rehearsals" in each]
    assert on_record == record_statements
