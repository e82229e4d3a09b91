"""POST /api/fields/{id}/reset."""

import pytest

from tests.support.problems import refused


@pytest.mark.parametrize(("value_type", "start", "step"), [("INCREMENT", 10, 5), ("DECREMENT", 100, -5)])
def test_a_reset_counter_restarts_at_its_start_number(owner, make, value_type, start, step):
    field = make.field(make.collection("Truck 01"), value_type, name="n")
    tool = make.key()
    assert [tool.data("Truck 01")["n"] for _ in range(2)] == [start, start + step]
    response = owner.post(f"/api/fields/{field['id']}/reset")
    assert response.status_code == 200
    assert response.json == field
    assert [tool.data("Truck 01")["n"] for _ in range(2)] == [start, start + step]


def test_a_counter_that_was_never_polled_may_be_reset(owner, make):
    field = make.field(make.collection(), "INCREMENT")
    assert owner.post(f"/api/fields/{field['id']}/reset").json == field


@pytest.mark.parametrize(
    "value_type", ["TEXT_FIXED", "NUMBER_FIXED", "FLOAT_FIXED", "EPOCH_NOW", "NUMBER_RANGE", "FLOAT_RANGE"]
)
def test_resetting_a_field_that_is_not_a_counter_is_refused(owner, make, value_type):
    field = make.field(make.collection(), value_type, name="cpu")
    problem = refused(owner.post(f"/api/fields/{field['id']}/reset"), 409)
    assert problem["detail"] == f"cpu is not a counter: {value_type} has nothing to reset."


def test_resetting_a_field_that_does_not_exist_is_not_found(owner):
    refused(owner.post("/api/fields/987654/reset"), 404)
