"""A sample: the values that the next poll would get, without advancing counters."""

import pytest

from tests.conftest import NOW
from tests.support.factory import field_named
from tests.support.problems import refused
from tests.support.statements import get_writes, work


@pytest.fixture
def truck(make):
    """A collection with a range, a counter, a time, and a Configuration field."""
    return make.collection(
        "Truck 01",
        {"value_type": "NUMBER_RANGE", "name": "cpu"},
        {"value_type": "INCREMENT", "name": "km"},
        {"value_type": "EPOCH_NOW", "name": "measured at"},
        {"value_type": "TEXT_FIXED", "name": "fuel", "collection_type": "Configuration"},
    )


def get_sample(caller, collection, collection_type="performance"):
    return caller.get(f"/api/collections/{collection['id']}/sample/{collection_type}")


def test_a_sample_has_the_json_of_a_poll(owner, truck):
    response = get_sample(owner, truck)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    answer = response.json
    assert 5 <= answer["data"].pop("cpu") <= 20
    assert answer == {
        "collection": "Truck 01",
        "type": "Performance",
        "generated_at_epoch": int(NOW.timestamp()),
        "data": {"km": 10, "measured at": int(NOW.timestamp())},
    }


def test_a_sample_has_the_field_order_of_a_poll(owner, make, truck):
    assert list(get_sample(owner, truck).json["data"]) == list(make.key().data("Truck 01"))


def test_the_type_is_case_insensitive(owner, truck):
    assert get_sample(owner, truck, "cOnFiGuRaTiOn").json["data"] == {"fuel": "diesel"}


def test_a_sample_shows_the_next_counter_value_without_using_it_up(owner, make, truck):
    poller = make.key()
    assert poller.data("Truck 01")["km"] == 10
    assert [get_sample(owner, truck).json["data"]["km"] for _ in range(3)] == [15, 15, 15]
    assert poller.data("Truck 01")["km"] == 15


def test_a_sample_draws_the_randomized_step_of_a_counter(owner, make):
    drawn = {"start_number": 0, "step_number": 10, "randomization_percentage": 100}
    collection = make.collection("Truck 01", {"value_type": "INCREMENT", "name": "km", **drawn})
    make.key().data("Truck 01")
    seen = {get_sample(owner, collection).json["data"]["km"] for _ in range(20)}
    assert len(seen) > 1
    assert all(0 <= value <= 20 for value in seen)


def test_a_sample_writes_nothing(owner, make, truck, queries):
    make.spike(truck)
    with queries() as seen:
        assert get_sample(owner, truck).status_code == 200
    assert get_writes(seen) == []


def test_the_number_of_queries_is_the_same_for_many_fields(owner, make, truck, queries):
    with queries() as few:
        get_sample(owner, truck)
    for _ in range(10):
        make.field(truck, "DECREMENT")
    with queries() as many:
        get_sample(owner, truck)
    assert len(work(few)) == len(work(many))


class TestFormats:
    @pytest.mark.parametrize("name", ["prometheus", "openmetrics", "influx", "csv"])
    def test_a_sample_in_another_format_equals_a_poll_in_that_format(self, owner, make, name):
        pump = make.collection("Pump", {"value_type": "INCREMENT", "name": "litres"})
        response = owner.get(f"/api/collections/{pump['id']}/sample/performance?format={name}")
        polled = make.key().get(f"/api/data/Pump/performance?format={name}")
        assert response.text == polled.text
        assert response.headers["Content-Type"] == polled.headers["Content-Type"]

    def test_a_sample_in_another_format_advances_no_counter(self, owner, make):
        pump = make.collection("Pump", {"value_type": "INCREMENT", "name": "litres"})
        for _ in range(3):
            response = owner.get(f"/api/collections/{pump['id']}/sample/performance?format=csv")
            assert response.text == "litres\r\n10\r\n"

    def test_an_unknown_format_is_400_with_the_list_of_formats(self, owner, truck):
        problem = refused(owner.get(f"/api/collections/{truck['id']}/sample/performance?format=xml"), 400)
        expected = "Unknown format 'xml'. Use one of: csv, influx, json, openmetrics, prometheus."
        assert problem["detail"] == expected


class TestDuringASpike:
    def test_a_sample_shows_the_overrides_and_the_end_of_the_spike(self, owner, make, truck):
        override = {
            "original_field_id": field_named(truck, "cpu")["id"],
            "range_start_number": 90,
            "range_end_number": 100,
        }
        spike = make.spike(truck, override)
        response = get_sample(owner, truck)
        assert 90 <= response.json["data"]["cpu"] <= 100
        assert response.headers["X-Spike-Schedule"] == str(spike["id"])
        assert response.headers["X-Spike-Ends"] == "2026-11-27T09:00:00Z"

    def test_a_sampled_counter_continues_from_the_collections(self, owner, make, truck):
        poller = make.key()
        poller.data("Truck 01")
        make.spike(truck)
        assert get_sample(owner, truck).json["data"]["km"] == 15
        assert poller.data("Truck 01")["km"] == 15
        assert get_sample(owner, truck).json["data"]["km"] == 20

    def test_a_sampled_counter_with_a_start_override_starts_there(self, owner, make, truck):
        poller = make.key()
        poller.data("Truck 01")
        make.spike(truck, {"original_field_id": field_named(truck, "km")["id"], "start_number": 500})
        assert get_sample(owner, truck).json["data"]["km"] == 500
        assert poller.data("Truck 01")["km"] == 500
        assert get_sample(owner, truck).json["data"]["km"] == 505

    def test_a_sample_ignores_a_spike_that_has_not_begun(self, owner, make, truck):
        make.spike(truck, start_datetime="2026-11-27T08:00:01Z")
        assert "X-Spike-Schedule" not in get_sample(owner, truck).headers

    def test_a_sample_ignores_an_expired_spike_and_does_not_delete_it(self, owner, make, truck, clock):
        override = {"original_field_id": field_named(truck, "km")["id"], "start_number": 500}
        spike = make.spike(truck, override, duration=60)
        clock.shift(60)
        response = get_sample(owner, truck)
        assert response.json["data"]["km"] == 10
        assert "X-Spike-Schedule" not in response.headers
        assert owner.get(f"/api/spike-schedules/{spike['id']}").json["status"] == "expired"


class TestRefusals:
    def test_an_unknown_type_is_400(self, owner, truck):
        problem = refused(get_sample(owner, truck, "weather"), 400)
        assert "performance or configuration" in problem["detail"]

    def test_a_type_without_fields_is_404_and_says_so(self, owner, make):
        problem = refused(get_sample(owner, make.collection("Empty")), 404)
        assert problem["detail"] == "'Empty' has no Performance fields."

    def test_another_users_collection_is_404_as_an_unknown_one(self, stranger, truck):
        another_users = refused(get_sample(stranger, truck), 404)
        unknown = refused(stranger.get("/api/collections/999999/sample/performance"), 404)
        assert another_users["detail"].replace(str(truck["id"]), "") == unknown["detail"].replace(
            "999999", ""
        )

    def test_a_sample_requires_a_sign_in_not_an_api_key(self, nobody, make, truck):
        refused(get_sample(nobody, truck), 401)
        refused(get_sample(make.key(), truck), 401)

    def test_an_admin_and_an_owning_viewer_may_get_a_sample(self, admin, viewer, truck):
        assert get_sample(admin, truck).status_code == 200
        admin.patch(f"/api/collections/{truck['id']}", {"owner_id": viewer.user_id})
        assert get_sample(viewer, truck).status_code == 200
