"""PATCH /api/spike-schedules/{id}: a JSON merge patch."""

import pytest

from tests.support.names import INVALID_NAMES, VALID_NAMES
from tests.support.problems import faults, refused
from tests.support.timestamps import at


@pytest.fixture
def truck(make):
    return make.collection(
        "Truck 01",
        {"value_type": "NUMBER_RANGE", "name": "cpu"},
        {"value_type": "INCREMENT", "name": "km"},
    )


@pytest.fixture
def cpu(truck):
    """A NUMBER_RANGE of 5 to 20."""
    return truck["fields"][0]


@pytest.fixture
def km(truck):
    """An INCREMENT from 10 by 5."""
    return truck["fields"][1]


@pytest.fixture
def spike(make, truck, cpu):
    """From 09:00 to 10:00, with cpu at 90 to 100."""
    override = {"original_field_id": cpu["id"], "range_start_number": 90, "range_end_number": 100}
    return make.spike(truck, override, start_datetime=at(60), end_datetime=at(120))


def change(caller, spike, **changes):
    return caller.patch(f"/api/spike-schedules/{spike['id']}", changes)


def see(caller, spike):
    return caller.get(f"/api/spike-schedules/{spike['id']}").json


def copy_of(spike, field):
    (copy,) = [copy for copy in spike["spike_fields"] if copy["original_field_id"] == field["id"]]
    return copy


# --- What is given, and what stays ---------------------------------------------------------------------


def test_what_is_absent_stays(owner, spike, clock):
    clock.shift(60)
    response = change(owner, spike, name="Cyber Monday")
    assert response.status_code == 200
    assert response.json == spike | {"name": "Cyber Monday", "updated_at": at(1)}
    assert see(owner, spike) == response.json


def test_nothing_given_changes_nothing(owner, spike, clock):
    clock.shift(60)
    assert change(owner, spike).json == spike


def test_what_an_answer_showed_may_be_given_back(owner, spike):
    told = {name: spike[name] for name in ("collection_id", "name", "start_datetime", "end_datetime")}
    assert change(owner, spike, **told).json == spike


def test_a_name_is_kept_trimmed_and_composed(owner, spike):
    for given, kept in VALID_NAMES:
        assert change(owner, spike, name=given).json["name"] == kept


def test_a_name_that_is_none_is_refused(owner, spike):
    for given, message in INVALID_NAMES:
        assert faults(change(owner, spike, name=given)) == {"name": [message]}
    assert see(owner, spike) == spike


def test_the_collection_cannot_be_changed(owner, spike, make):
    other = make.collection("Truck 02", {"name": "cpu"})
    told = faults(change(owner, spike, collection_id=other["id"]))
    assert told == {"collection_id": ["cannot be changed; create a new schedule for the other collection"]}
    assert see(owner, spike) == spike


@pytest.mark.parametrize(
    "key", ["collection_id", "name", "start_datetime", "end_datetime", "duration", "spike_fields"]
)
def test_null_removes_nothing(owner, spike, key):
    assert faults(change(owner, spike, **{key: None})) == {key: ["must not be null"]}
    assert see(owner, spike) == spike


@pytest.mark.parametrize("key", ["id", "status", "collection_name", "created_at"])
def test_a_key_that_is_no_input_is_refused(owner, spike, key):
    assert faults(change(owner, spike, **{key: spike[key]})) == {key: ["is not a known key"]}


def test_all_faults_are_told_at_once_and_nothing_is_changed(owner, spike, km):
    told = faults(
        change(
            owner,
            spike,
            collection_id=987654,
            name="",
            end_datetime=at(50),
            spike_fields=[{"original_field_id": km["id"], "step_number": 0, "reset_number": 9}],
            colour="red",
        )
    )
    assert set(told) == {
        "collection_id",
        "name",
        "end_datetime",
        "spike_fields.0.step_number",
        "spike_fields.0.reset_number",
        "colour",
    }
    assert see(owner, spike) == spike


def test_one_that_does_not_exist_cannot_be_changed(owner):
    refused(change(owner, {"id": 987654}, name="x"), 404)


# --- The window ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "start", "end"),
    [
        pytest.param({"start_datetime": at(90)}, 90, 120, id="only the start"),
        pytest.param({"end_datetime": at(150)}, 60, 150, id="only the end"),
        pytest.param({"duration": 1800}, 60, 90, id="only the length"),
        pytest.param({"start_datetime": at(70), "duration": 600}, 70, 80, id="start and length"),
        pytest.param({"start_datetime": at(200), "end_datetime": at(300)}, 200, 300, id="both ends"),
        pytest.param({"start_datetime": at(-60)}, -60, 120, id="a start in the past"),
        pytest.param({"start_datetime": at(70), "end_datetime": at(130)}, 70, 130, id="over itself"),
        pytest.param({"start_datetime": "2026-11-27T11:30:00+02:00"}, 90, 120, id="with an offset"),
    ],
)
def test_either_end_may_be_moved(owner, spike, changes, start, end):
    response = change(owner, spike, **changes)
    status = "active" if start <= 0 else "scheduled"
    assert response.status_code == 200, response.text
    moved = {"start_datetime": at(start), "end_datetime": at(end), "status": status}
    assert response.json == spike | moved


@pytest.mark.parametrize(
    ("changes", "path", "said"),
    [
        (
            {"start_datetime": at(120)},
            "start_datetime",
            f"end_datetime must be after start_datetime ({at(120)} is not after {at(120)})",
        ),
        (
            {"start_datetime": at(180)},
            "start_datetime",
            f"end_datetime must be after start_datetime ({at(120)} is not after {at(180)})",
        ),
        (
            {"end_datetime": at(60)},
            "end_datetime",
            f"end_datetime must be after start_datetime ({at(60)} is not after {at(60)})",
        ),
        (
            {"end_datetime": at(30)},
            "end_datetime",
            f"end_datetime must be after start_datetime ({at(30)} is not after {at(60)})",
        ),
        (
            {"start_datetime": at(-60), "end_datetime": at(0)},
            "end_datetime",
            f"end_datetime must be in the future ({at(0)} is in the past)",
        ),
        (
            {"start_datetime": at(-60), "duration": 3600},
            "duration",
            f"end_datetime must be in the future ({at(0)} is in the past)",
        ),
    ],
)
def test_the_rules_hold_for_the_merged_window_and_the_fault_is_told_at_what_was_given(
    owner, spike, changes, path, said
):
    assert faults(change(owner, spike, **changes)) == {path: [said]}
    assert see(owner, spike) == spike


def test_end_and_duration_together_are_refused(owner, spike):
    told = faults(change(owner, spike, end_datetime=at(150), duration=60))
    assert told == {"duration": ["give end_datetime or duration, not both"]}


@pytest.mark.parametrize(
    "changes", [{"name": "Too late"}, {"spike_fields": []}, {"start_datetime": at(5)}, {}]
)
def test_one_that_has_ended_is_not_changed_unless_its_end_moves_into_the_future(
    owner, make, truck, clock, changes
):
    spike = make.spike(truck, end_datetime=at(10))
    clock.move_to(at(10))
    told = faults(change(owner, spike, **changes))
    assert told == {"end_datetime": [f"end_datetime must be in the future ({at(10)} is in the past)"]}
    assert change(owner, spike, **changes, end_datetime=at(20)).json["status"] == "active"


def test_into_another_window_it_is_not_moved(owner, spike, make, truck):
    other = make.spike(truck, name="Later", start_datetime=at(200), end_datetime=at(220))
    problem = refused(change(owner, spike, end_datetime=at(201), name="Longer"), 409)
    names = ("id", "name", "start_datetime", "end_datetime")
    assert problem["conflicts"] == [{name: other[name] for name in names}]
    assert see(owner, spike) == spike


def test_up_to_another_window_it_may_be_moved(owner, spike, make, truck):
    make.spike(truck, start_datetime=at(200), end_datetime=at(220))
    assert change(owner, spike, end_datetime=at(200)).status_code == 200


# --- The overrides -------------------------------------------------------------------------------------


def test_a_given_list_replaces_the_whole_set(owner, spike, cpu, km, clock):
    clock.shift(60)
    changed = change(owner, spike, spike_fields=[{"original_field_id": km["id"], "step_number": 1}]).json
    assert changed["updated_at"] == at(1)
    assert copy_of(changed, km)["overridden_settings"] == ["step_number"]
    set_back = copy_of(changed, cpu)
    assert (set_back["is_overridden"], set_back["overridden_settings"]) == (False, [])
    assert (set_back["range_start_number"], set_back["range_end_number"]) == (5, 20)
    assert see(owner, spike) == changed


def test_an_empty_list_sets_everything_back(owner, spike):
    changed = change(owner, spike, spike_fields=[]).json
    assert not any(copy["is_overridden"] for copy in changed["spike_fields"])
    assert len(changed["spike_fields"]) == 2


def test_copies_keep_their_ids(owner, spike, km):
    changed = change(owner, spike, spike_fields=[{"original_field_id": km["id"], "step_number": 1}]).json
    assert [copy["id"] for copy in changed["spike_fields"]] == [copy["id"] for copy in spike["spike_fields"]]


def test_an_entry_says_all_that_is_overridden_of_its_field(owner, spike, cpu):
    """A list replaces the set: what an entry leaves out is as in the collection, not as it was."""
    changed = change(owner, spike, spike_fields=[{"original_field_id": cpu["id"], "range_end_number": 50}])
    copy = copy_of(changed.json, cpu)
    assert (copy["range_start_number"], copy["range_end_number"]) == (5, 50)
    assert copy["overridden_settings"] == ["range_end_number"]


def test_one_attribute_does_not_reset_another(owner, spike, km):
    override = {
        "original_field_id": km["id"],
        "start_number": 0,
        "step_number": 2,
        "reset_number": 100,
        "randomization_percentage": 0,
    }
    before = copy_of(change(owner, spike, spike_fields=[override]).json, km)
    for name, value in (
        ("step_number", 3),
        ("randomization_percentage", 50),
        ("start_number", 1),
        ("reset_number", 200),
    ):
        override[name] = value
        before[name] = value
        assert copy_of(change(owner, spike, spike_fields=[override]).json, km) == before


def test_null_clears_a_reset(owner, spike, km):
    entry = {"original_field_id": km["id"], "reset_number": 100}
    assert copy_of(change(owner, spike, spike_fields=[entry]).json, km)["reset_number"] == 100
    entry["reset_number"] = None
    cleared = copy_of(change(owner, spike, spike_fields=[entry]).json, km)
    assert (cleared["reset_number"], cleared["overridden_settings"]) == (None, ["reset_number"])


def test_overrides_and_window_change_together_or_not_at_all(owner, spike, make, truck):
    make.spike(truck, start_datetime=at(200), end_datetime=at(220))
    refused(change(owner, spike, spike_fields=[], end_datetime=at(201)), 409)
    assert see(owner, spike) == spike
    faults(change(owner, spike, spike_fields=[], end_datetime=at(0)))
    assert see(owner, spike) == spike


# --- While it is active --------------------------------------------------------------------------------


@pytest.fixture
def counted(owner, make, truck, clock, spike):
    """The spike at 09:01, when its copy of km stands at 15."""
    tool = make.key()
    clock.move_to(at(59))
    assert tool.data("Truck 01")["km"] == 10
    clock.move_to("2026-11-27T08:59:30Z")
    moved = change(owner, spike, start_datetime=at(59)).json
    assert moved["status"] == "active"
    assert tool.data("Truck 01")["km"] == 15
    return tool


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Renamed"},
        {"end_datetime": at(180)},
        {"spike_fields": []},
        {"start_datetime": at(0)},
    ],
    ids=["name", "end", "overrides of another field", "start in the past"],
)
def test_a_change_of_an_active_spike_lets_its_counters_go_on(owner, spike, km, counted, changes):
    changed = change(owner, spike, **changes).json
    assert changed["status"] == "active"
    assert copy_of(changed, km)["current_number"] == 15
    assert counted.data("Truck 01")["km"] == 20


def test_a_start_of_its_own_is_served_next(owner, spike, km, counted):
    change(owner, spike, spike_fields=[{"original_field_id": km["id"], "start_number": 500}])
    assert [counted.data("Truck 01")["km"] for _ in range(2)] == [500, 505]


def test_an_active_spike_may_be_moved_into_the_future(owner, spike, km, counted):
    changed = change(owner, spike, start_datetime=at(90)).json
    assert changed["status"] == "scheduled"
    assert copy_of(changed, km)["current_number"] is None
    assert counted.data("Truck 01")["km"] == 20
