"""Polling a collection."""

from tests.support.make import SETTINGS


def test_a_poll_serves_every_value_type_in_the_order_of_creation(make):
    collection = make.collection("Truck 01")
    for value_type in SETTINGS:
        make.field(collection, value_type, name=value_type.lower())
    response = make.key().poll("Truck 01")
    assert response.status_code == 200
    assert list(response.json["data"]) == [value_type.lower() for value_type in SETTINGS]
    assert response.json["data"]["epoch_now"] == response.json["generated_at_epoch"]


def test_a_spike_is_served_and_ends_by_itself(make, clock):
    cpu = {"value_type": "NUMBER_RANGE", "name": "cpu"}
    collection = make.collection("Truck 01", cpu)
    (field,) = collection["fields"]
    tool = make.key()
    make.spike(
        collection,
        {"original_field_id": field["id"], "range_start_number": 90, "range_end_number": 100},
        duration=60,
    )
    assert 90 <= tool.data("Truck 01")["cpu"] <= 100
    clock.shift(60)
    assert 5 <= tool.data("Truck 01")["cpu"] <= 20
