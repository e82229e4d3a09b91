"""While a spike is active, its copies of the fields are served; otherwise the collection's fields."""

from datetime import timedelta

import pytest

from tests.conftest import NOW

INSTANT = timedelta(microseconds=1)
NORMAL, SPIKED = 1, 99
HOUR = timedelta(hours=1)


@pytest.fixture
def truck(make):
    """A collection whose values show whether they are normal or those of a spike."""
    collection = make.collection("Truck 01")
    for name in ("cpu", "fan", "fuel"):
        make.field(collection, "NUMBER_FIXED", name=name, fixed_value_number=NORMAL)
    return make.person.get(f"/api/collections/{collection['id']}").json


@pytest.fixture
def tool(make):
    return make.key()


def overrides(collection, value: int = SPIKED):
    return [{"original_field_id": field["id"], "fixed_value_number": value} for field in collection["fields"]]


def get_values(tool) -> set:
    return set(tool.data("Truck 01").values())


# --- The window ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (NOW + HOUR - INSTANT, NORMAL),
        (NOW + HOUR, SPIKED),
        (NOW + HOUR + INSTANT, SPIKED),
        (NOW + 2 * HOUR - INSTANT, SPIKED),
        (NOW + 2 * HOUR, NORMAL),
    ],
    ids=["just before", "at the start", "just after", "just before the end", "at the end"],
)
def test_a_spike_is_served_from_its_start_until_just_before_its_end(make, truck, tool, clock, at, value):
    make.spike(truck, *overrides(truck), start_datetime=(NOW + HOUR).isoformat())
    clock.move_to(at)
    assert get_values(tool) == {value}


def test_a_spike_with_a_past_start_is_served_at_once(make, truck, tool):
    start, end = NOW - HOUR, NOW + HOUR
    make.spike(truck, *overrides(truck), start_datetime=start.isoformat(), end_datetime=end.isoformat())
    assert get_values(tool) == {SPIKED}


def test_a_window_given_with_an_offset_starts_at_that_instant(make, truck, tool, clock):
    make.spike(truck, *overrides(truck), start_datetime="2026-11-27T14:30:00+05:30", duration=60)
    clock.move_to(NOW + HOUR - INSTANT)
    assert get_values(tool) == {NORMAL}
    clock.move_to(NOW + HOUR)
    assert get_values(tool) == {SPIKED}


def test_adjacent_windows_are_served_without_gap_or_overlap(make, truck, tool, clock):
    make.spike(truck, *overrides(truck, 50), duration=60)
    second = (NOW + timedelta(seconds=60)).isoformat()
    make.spike(truck, *overrides(truck, 60), start_datetime=second, duration=60)
    seen = []
    for second in (0, 59.999_999, 60, 119.999_999, 120):
        clock.move_to(NOW + timedelta(seconds=second))
        seen.append(get_values(tool))
    assert seen == [{50}, {50}, {60}, {60}, {NORMAL}]


@pytest.mark.parametrize("how", ["end", "delete", "postpone"])
def test_ending_deleting_or_postponing_a_spike_applies_to_the_next_poll(make, truck, tool, clock, how):
    spike = make.spike(truck, *overrides(truck))
    assert get_values(tool) == {SPIKED}
    clock.shift(1)
    path = f"/api/spike-schedules/{spike['id']}"
    answer = {
        "end": lambda: make.person.post(f"{path}/end"),
        "delete": lambda: make.person.delete(path),
        "postpone": lambda: make.person.patch(path, {"start_datetime": (NOW + HOUR / 2).isoformat()}),
    }[how]()
    assert answer.status_code in (200, 204)
    assert get_values(tool) == {NORMAL}


def test_spikes_ended_at_their_start_do_not_hide_the_active_one(make, truck, tool, clock):
    for minute in (10, 20):
        start = NOW + timedelta(minutes=minute)
        spike = make.spike(truck, *overrides(truck, 50), start_datetime=start.isoformat(), duration=60)
        clock.move_to(start)
        assert make.person.post(f"/api/spike-schedules/{spike['id']}/end").status_code == 200
    make.spike(truck, *overrides(truck), start_datetime=NOW.isoformat(), duration=7200)
    assert get_values(tool) == {SPIKED}


def test_a_spike_does_not_affect_other_collections(make, truck, tool):
    make.collection("Truck 02", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    make.spike(truck, *overrides(truck))
    response = tool.poll("Truck 02")
    assert response.json["data"] == {"cpu": 7}
    assert "X-Spike-Schedule" not in response.headers


# --- Served values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value_type", "override", "value"),
    [
        ("NUMBER_FIXED", {"fixed_value_number": 99}, 99),
        ("FLOAT_FIXED", {"fixed_value_float": 9.9}, 9.9),
        ("NUMBER_RANGE", {"range_start_number": 99, "range_end_number": 99}, 99),
        (
            "FLOAT_RANGE",
            {"range_start_float": 9.87654, "range_end_float": 9.87654, "float_precision": 5},
            9.87654,
        ),
        ("INCREMENT", {"start_number": 99}, 99),
        ("DECREMENT", {"start_number": 99}, 99),
    ],
)
def test_every_numeric_type_can_spike(make, tool, value_type, override, value):
    collection = make.collection("Truck 01", {"value_type": value_type, "name": "it"})
    make.spike(collection, {"original_field_id": collection["fields"][0]["id"]} | override)
    assert tool.data("Truck 01") == {"it": value}


def test_a_random_value_is_drawn_from_the_range_of_the_spike(make, tool, clock):
    collection = make.collection("Truck 01", {"value_type": "NUMBER_RANGE", "name": "cpu"})
    field = collection["fields"][0]["id"]
    make.spike(collection, {"original_field_id": field, "range_start_number": 90, "range_end_number": 100})
    during = {tool.data("Truck 01")["cpu"] for _ in range(40)}
    clock.shift(3600)
    afterwards = {tool.data("Truck 01")["cpu"] for _ in range(40)}
    assert during <= set(range(90, 101))
    assert afterwards <= set(range(5, 21))


def test_a_setting_without_an_override_keeps_the_fields_value(make, tool):
    collection = make.collection("Truck 01", {"value_type": "NUMBER_RANGE", "name": "cpu"})
    make.spike(collection, {"original_field_id": collection["fields"][0]["id"], "range_start_number": 20})
    assert tool.data("Truck 01") == {"cpu": 20}


def test_fields_without_overrides_keep_their_values(make, truck, tool):
    make.field(truck, "TEXT_FIXED", name="driver", fixed_value_text="Zoë")
    make.field(truck, "EPOCH_NOW", name="now")
    make.spike(truck, overrides(truck)[0])
    answer = tool.poll("Truck 01").json
    now = answer["generated_at_epoch"]
    assert answer["data"] == {"cpu": SPIKED, "fan": NORMAL, "fuel": NORMAL, "driver": "Zoë", "now": now}


def test_a_spike_without_overrides_changes_no_value_but_sets_the_header(make, truck, tool):
    spike = make.spike(truck)
    response = tool.poll("Truck 01")
    assert set(response.json["data"].values()) == {NORMAL}
    assert response.headers["X-Spike-Schedule"] == str(spike["id"])


def test_a_field_added_during_the_spike_is_served(make, truck, tool):
    make.spike(truck, *overrides(truck))
    make.field(truck, "NUMBER_FIXED", name="new", fixed_value_number=5)
    assert tool.data("Truck 01") == {"cpu": SPIKED, "fan": SPIKED, "fuel": SPIKED, "new": 5}


def test_a_field_deleted_during_the_spike_is_not_served(make, truck, tool):
    make.spike(truck, *overrides(truck))
    make.person.delete(f"/api/fields/{truck['fields'][0]['id']}")
    assert list(tool.data("Truck 01")) == ["fan", "fuel"]


def test_a_collection_whose_last_field_is_deleted_during_the_spike_is_404(make, truck, tool):
    make.spike(truck, *overrides(truck))
    for field in truck["fields"]:
        make.person.delete(f"/api/fields/{field['id']}")
    assert tool.poll("Truck 01").status_code == 404


def test_a_type_without_fields_gets_the_same_404_during_a_spike(make, truck, tool):
    before = tool.poll("Truck 01", "configuration")
    make.spike(truck, *overrides(truck))
    during = tool.poll("Truck 01", "configuration")
    assert during.status_code == before.status_code == 404
    assert during.data == before.data


def test_a_spike_does_not_change_the_order_of_fields(make, truck, tool):
    make.field(truck, "NUMBER_FIXED", name="a")
    before = list(tool.data("Truck 01"))
    make.spike(truck, overrides(truck)[2], overrides(truck)[0])
    assert list(tool.data("Truck 01")) == before == ["cpu", "fan", "fuel", "a"]


# --- Body and headers ----------------------------------------------------------------------------------


def test_a_spike_does_not_change_the_format_of_the_body(make, truck, tool):
    before = tool.poll("Truck 01")
    make.spike(truck, *overrides(truck, NORMAL))
    during = tool.poll("Truck 01")
    assert during.data == before.data


def test_headers_name_the_spike_only_while_it_is_active(make, truck, tool, clock):
    spike = make.spike(truck, start_datetime=(NOW + HOUR).isoformat(), duration=90)
    shown = []
    for seconds in (3599, 3600, 3689, 3690):
        clock.move_to(NOW + timedelta(seconds=seconds))
        headers = tool.poll("Truck 01").headers
        shown.append((headers.get("X-Spike-Schedule"), headers.get("X-Spike-Ends")))
    active = (str(spike["id"]), "2026-11-27T09:01:30Z")
    assert shown == [(None, None), active, active, (None, None)]


def test_headers_name_the_spike_for_either_type_and_by_id(make, truck, tool):
    make.field(truck, "TEXT_FIXED", name="model", collection_type="Configuration")
    spike = make.spike(truck, *overrides(truck))
    for path in (
        "/api/data/Truck%2001/configuration",
        f"/api/collections/{truck['id']}/data/performance",
        f"/api/collections/{truck['id']}/data/configuration",
    ):
        headers = tool.get(path).headers
        assert headers["X-Spike-Schedule"] == str(spike["id"])
        assert headers["X-Spike-Ends"] == spike["end_datetime"]


def test_the_header_shows_the_new_end_of_an_extended_spike(make, truck, tool):
    spike = make.spike(truck, *overrides(truck))
    make.person.post(f"/api/spike-schedules/{spike['id']}/extend", {"duration": 60})
    assert tool.poll("Truck 01").headers["X-Spike-Ends"] == "2026-11-27T09:01:00Z"


def test_polls_during_a_spike_have_cache_control_no_store(make, truck, tool):
    make.spike(truck, *overrides(truck))
    assert tool.poll("Truck 01").headers["Cache-Control"] == "no-store"
