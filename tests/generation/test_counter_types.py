"""A counter never changes its number type: whole if its field's settings are whole, otherwise decimal."""

import itertools
import json
import re
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.rng import rng
from tests.conftest import NOW
from tests.support.hypothesis_settings import talks_to_the_app

UP, DOWN = "INCREMENT", "DECREMENT"
JSON = {"Content-Type": "application/json"}
SIGNS = {UP: 1, DOWN: -1}


@pytest.fixture
def counter(make):
    """Return a function that creates a collection with one counter, `it`, and returns the field."""

    def create(value_type: str = UP, **settings):
        settings = {"start_number": 0, "step_number": 10} | settings
        return make.collection("Truck 01", {"value_type": value_type, "name": "it", **settings})["fields"][0]

    return create


@pytest.fixture
def tool(make):
    return make.key()


def poll_texts(tool, times: int, name: str = "Truck 01") -> list[str]:
    """Return the next values as they are written in the JSON."""
    return [re.search(r'"it":([^,}]+)', tool.poll(name).text)[1] for _ in range(times)]


def override(field, **settings):
    return {"original_field_id": field["id"]} | settings


def is_whole(text: str) -> bool:
    return re.fullmatch(r"-?\d+", text) is not None


def is_decimal(text: str) -> bool:
    return re.fullmatch(r"-?\d+\.\d+", text) is not None


# --- Whole counters ------------------------------------------------------------------------------------

whole = st.integers(-(10**6), 10**6)
steps = st.integers(1, 10**5)
percentages = st.sampled_from([0, 0.5, 10, 33.3, 100, 500])


@given(st.sampled_from([UP, DOWN]), whole, steps, percentages, st.integers(0, 10**6) | st.none())
@talks_to_the_app
def test_a_counter_with_whole_settings_serves_whole_numbers_in_and_out_of_spikes(
    make, tool, clock, value_type, start, step, percentage, span
):
    settings = {"start_number": start, "step_number": step, "randomization_percentage": percentage}
    settings |= {} if span is None else {"reset_number": start + SIGNS[value_type] * span}
    collection = make.collection(None, {"value_type": value_type, "name": "it", **settings})
    spike = override(collection["fields"][0], step_number=step + 1, randomization_percentage=77.7)
    served = poll_texts(tool, 3, collection["name"])
    made = make.spike(collection, spike)
    served += poll_texts(tool, 3, collection["name"])
    make.person.post(f"/api/spike-schedules/{made['id']}/end")
    clock.shift(1)
    served += poll_texts(tool, 3, collection["name"])
    assert all(map(is_whole, served)), served


def test_a_randomized_step_of_a_whole_counter_is_rounded(counter, tool):
    counter(step_number=10, randomization_percentage=10)
    rng.seed(7)
    values = [int(text) for text in poll_texts(tool, 200)]
    assert {after - before for before, after in itertools.pairwise(values)} == {9, 10, 11}


@pytest.mark.parametrize("given", ["10.0", "1e1", "10.00000000001"])
def test_a_counter_whose_settings_are_stored_as_whole_numbers_is_whole(make, tool, given):
    collection = make.collection("Truck 01")
    body = (
        '{"collection_type": "Performance", "field_name": "it", "value_type": "INCREMENT", '
        f'"start_number": {given}, "step_number": {given}}}'
    )
    answer = make.person.post(f"/api/collections/{collection['id']}/fields", data=body, headers=JSON)
    assert answer.status_code == 201, answer.text
    assert poll_texts(tool, 2) == ["10", "20"]


# --- Decimal counters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [{"start_number": 0.5}, {"step_number": 2.5}, {"reset_number": 99.5}, {"step_number": 1e-10}],
    ids=["start", "step", "reset", "very small step"],
)
def test_one_setting_with_a_fraction_makes_every_value_a_decimal(counter, tool, settings):
    counter(**settings)
    assert all(map(is_decimal, poll_texts(tool, 12)))


def test_whole_values_of_a_decimal_counter_are_written_with_a_fraction(counter, tool):
    counter(start_number=1200, step_number=0.25)
    assert poll_texts(tool, 5) == ["1200.0", "1200.25", "1200.5", "1200.75", "1201.0"]


def test_a_decimal_counter_stays_decimal_when_a_spike_overrides_it_with_whole_numbers(counter, make, tool):
    field = counter(step_number=0.5)
    make.spike({"id": field["collection_id"]}, override(field, start_number=7, step_number=1))
    assert poll_texts(tool, 3) == ["7.0", "8.0", "9.0"]


numbers = st.decimals(-(10**6), 10**6, places=10)


@given(numbers, st.decimals("0.0000000001", 10**6, places=10), percentages)
@example(0, "0.0000000001", 0)
@example("-0.0000000003", "0.0000000001", 0)
@example("9007199254740900.1", "0.0000000001", 0)
@talks_to_the_app
def test_no_counter_is_written_with_an_exponent(make, tool, start, step, percentage):
    collection = make.collection()
    body = (
        '{"collection_type": "Performance", "field_name": "it", "value_type": "INCREMENT", '
        f'"start_number": {start}, "step_number": {step}, "randomization_percentage": {percentage}}}'
    )
    assert (
        make.person.post(f"/api/collections/{collection['id']}/fields", data=body, headers=JSON).status_code
        == 201
    )
    served = poll_texts(tool, 4, collection["name"])
    assert all(is_whole(text) or is_decimal(text) for text in served), served
    shown = make.person.get(f"/api/collections/{collection['id']}/fields").text
    assert not re.search(r'_number":[^,}]*e', shown), shown


def test_settings_are_shown_without_an_exponent(counter, make):
    field = counter(step_number=1e-7)
    assert '"step_number":0.0000001,' in make.person.get(f"/api/fields/{field['id']}").text


def test_a_sample_has_the_number_type_of_a_poll(counter, make, tool):
    field = counter(start_number=5, step_number=0.5)
    sample = make.person.get(f"/api/collections/{field['collection_id']}/sample/performance")
    assert '"it":5.0' in sample.text


def test_a_preview_has_the_number_type_of_a_poll(counter, make):
    field = counter(step_number=10, randomization_percentage=33)
    spike = make.spike({"id": field["collection_id"]}, override(field, step_number=20))
    values = make.person.get(f"/api/spike-schedules/{spike['id']}/preview").json["fields"][0]["values"]
    assert all(isinstance(value, int) for value in values)


# --- Overrides of whole counters -----------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["start_number", "step_number", "reset_number"])
def test_an_override_of_a_whole_counter_has_to_be_whole(counter, make, setting):
    field = counter(reset_number=100)
    body = {"collection_id": field["collection_id"], "name": "Spike", "duration": 60}
    answer = make.person.post(
        "/api/spike-schedules", body | {"spike_fields": [override(field, **{setting: 7.5})]}
    )
    assert answer.status_code == 422
    assert answer.json["errors"] == {
        f"spike_fields.0.{setting}": [
            f"it: {setting} must be a whole number, because the collection's field counts in whole numbers"
        ]
    }


def test_a_changed_override_of_a_whole_counter_has_to_be_whole(counter, make):
    field = counter()
    spike = make.spike({"id": field["collection_id"]})
    changes = {"spike_fields": [override(field, step_number=0.5)]}
    assert make.person.patch(f"/api/spike-schedules/{spike['id']}", changes).status_code == 422


# --- Changes of the field ------------------------------------------------------------------------------


def change(make, field, **changes):
    return make.person.patch(f"/api/fields/{field['id']}", changes)


def test_an_increment_that_becomes_whole_continues_without_falling(counter, make, tool):
    field = counter(start_number=0, step_number=0.75)
    assert poll_texts(tool, 4)[-1] == "2.25"
    assert change(make, field, step_number=1, randomization_percentage=500).status_code == 200
    values = [int(text) for text in poll_texts(tool, 20)]
    assert values == sorted(values)
    assert values[0] >= 3


def test_a_decrement_that_becomes_whole_continues_without_rising(counter, make, tool):
    field = counter(DOWN, start_number=0, step_number=0.75)
    assert poll_texts(tool, 4)[-1] == "-2.25"
    assert change(make, field, step_number=1).status_code == 200
    assert poll_texts(tool, 2) == ["-4", "-5"]


def test_a_spikes_copy_becomes_whole_with_its_field(counter, make, tool):
    field = counter(step_number=0.75)
    make.spike({"id": field["collection_id"]}, override(field, start_number=0, step_number=1))
    poll_texts(tool, 2)
    assert change(make, field, step_number=3).status_code == 200
    assert poll_texts(tool, 2) == ["2", "3"]


@pytest.mark.parametrize("is_expired", [False, True], ids=["active", "expired, but not deleted yet"])
def test_a_change_to_whole_numbers_is_refused_while_a_spike_overrides_with_a_fraction(
    counter, make, clock, is_expired
):
    field = counter(step_number=0.5)
    spike = make.spike(
        {"id": field["collection_id"]}, override(field, step_number=7.5), name="Black Friday", duration=60
    )
    clock.shift(120 if is_expired else 0)
    answer = change(make, field, step_number=1)
    assert answer.status_code == 409
    assert answer.json["type"] == "urn:spikecast:problem:fractional-override"
    assert answer.json["spike_schedules"] == [spike["id"]]
    assert "'Black Friday' overrides it with step_number 7.5" in answer.json["detail"]
    assert make.person.get(f"/api/fields/{field['id']}").json["step_number"] == 0.5


def test_a_change_of_the_value_type_drops_the_override_and_is_allowed(counter, make, tool):
    field = counter(step_number=0.5)
    make.spike({"id": field["collection_id"]}, override(field, step_number=7.5))
    settings = {"value_type": DOWN, "start_number": 9, "step_number": 1}
    assert change(make, field, **settings).status_code == 200
    assert poll_texts(tool, 2) == ["9", "8"]


def test_a_whole_counter_may_become_decimal_during_a_spike(counter, make, tool):
    field = counter()
    make.spike({"id": field["collection_id"]}, override(field, start_number=100))
    assert change(make, field, step_number=0.5).status_code == 200
    assert poll_texts(tool, 2) == ["100.0", "110.0"]


def test_a_whole_counter_serves_whole_numbers_from_a_fractional_state(counter, make, app, tool):
    field = counter()
    poll_texts(tool, 1)
    with app.app_context():
        from app.db.session import db
        from app.models import Field

        db.session.get(Field, field["id"]).current_number = json.loads("12.5")
        db.session.commit()
    assert poll_texts(tool, 2) == ["22", "32"]


def test_a_whole_counter_stays_whole_when_a_window_begins_between_polls(counter, make, tool, clock):
    field = counter(step_number=10, randomization_percentage=20)
    make.spike(
        {"id": field["collection_id"]},
        override(field, step_number=3),
        start_datetime=(NOW + timedelta(minutes=1)).isoformat(),
        duration=60,
    )
    before, _ = poll_texts(tool, 1), clock.shift(70)
    assert all(map(is_whole, before + poll_texts(tool, 2)))
