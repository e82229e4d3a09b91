"""Requests that do not advance a counter."""

import pytest

UP = "INCREMENT"


def test_a_poll_of_the_other_collection_type_does_not_advance_the_counter(counter, make, tool, poll_values):
    field = counter()
    make.field({"id": field["collection_id"]}, "TEXT_FIXED", collection_type="Configuration")
    poll_values(1)
    tool.data("Truck 01", "configuration")
    assert poll_values(1) == [15]


def test_a_poll_of_another_collection_does_not_advance_the_counter(counter, make, tool, poll_values):
    counter()
    make.collection("Truck 02", {"value_type": UP, "name": "it"})
    poll_values(1)
    tool.data("Truck 02")
    assert poll_values(1) == [15]


def test_reading_its_field_or_collection_does_not_advance_the_counter(counter, make, poll_values):
    field = counter()
    poll_values(1)
    for path in (f"collections/{field['collection_id']}", f"fields/{field['id']}", "collections"):
        assert make.person.get(f"/api/{path}").status_code == 200
    assert poll_values(1) == [15]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", "/api/data/Truck%2001/performance", 405),
        ("OPTIONS", "/api/data/Truck%2001/performance", 200),
        ("POST", "/api/data/Truck%2001/performance", 405),
        ("GET", "/api/data/Truck%2001/no-type", 400),
        ("GET", "/api/data/Truck%2002/performance", 404),
    ],
)
def test_a_request_that_returns_no_values_does_not_advance_the_counter(
    counter, tool, poll_values, method, path, status
):
    counter()
    poll_values(1)
    assert tool.call(method, path).status_code == status
    assert poll_values(1) == [15]


def test_a_poll_without_a_key_does_not_advance_the_counter(counter, nobody, poll_values):
    counter()
    poll_values(1)
    assert nobody.get("/api/data/Truck%2001/performance").status_code == 401
    assert poll_values(1) == [15]
