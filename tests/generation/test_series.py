"""The list of Prometheus series of a collection: the names under which its values are stored."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.problems import refused
from tests.support.statements import work


@pytest.fixture
def truck(make):
    return make.collection(
        "Truck 01",
        {"value_type": "NUMBER_RANGE", "name": "engine °C", "range_start_number": 80, "range_end_number": 95},
        {"value_type": "INCREMENT", "name": "requests"},
        {"value_type": "TEXT_FIXED", "name": "os"},
        {"value_type": "FLOAT_FIXED", "name": "Load", "fixed_value_float": 0.5},
        {"value_type": "FLOAT_FIXED", "name": "load", "fixed_value_float": 0.25},
        {"value_type": "NUMBER_FIXED", "name": "seats", "collection_type": "Configuration"},
    )


def list_series(caller, collection, collection_type="performance"):
    return caller.get(f"/api/collections/{collection['id']}/series/{collection_type}")


def test_each_field_has_a_series_with_its_type_and_bounds(owner, truck):
    first, counter, text, *_ = list_series(owner, truck).json["items"]
    assert first == {
        "field_id": truck["fields"][0]["id"],
        "field_name": "engine °C",
        "metric_type": "gauge",
        "series": "spikecast_engine_celsius",
        "selector": f'spikecast_engine_celsius{{collection_id="{truck["id"]}"}}',
        "lowest": 80,
        "highest": 95,
    }
    assert (counter["series"], counter["metric_type"]) == ("spikecast_requests_total", "counter")
    assert (counter["lowest"], counter["highest"]) == (None, None)
    assert (text["series"], text["metric_type"]) == ("spikecast_os_info", "info")


def test_fields_with_the_same_series_name_differ_by_a_label(owner, truck):
    *_, upper, lower = list_series(owner, truck).json["items"]
    assert upper["series"] == 'spikecast_load{field="Load"}'
    assert lower["selector"] == f'spikecast_load{{field="load",collection_id="{truck["id"]}"}}'


def test_polls_in_the_prometheus_format_have_these_series_and_no_others(owner, make, truck):
    body = make.key().get("/api/data/Truck%2001/performance?format=prometheus").text
    polled = {
        (sample.name, sample.labels.get("field"))
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }
    listed = {
        (name, label.removeprefix('field="').removesuffix('"}') or None)
        for each in list_series(owner, truck).json["items"]
        for name, _, label in [each["series"].partition("{")]
    }
    assert polled - {("spikecast_spike_active", None)} == listed


def test_a_field_with_a_metric_has_that_series(owner, make, truck):
    given = 'node_hwmon_temp_celsius{chip="a"}'
    make.field(truck, "NUMBER_FIXED", "temp", fixed_value_number=7, metric=given)
    *_, temp = list_series(owner, truck).json["items"]
    assert temp["series"] == given
    assert temp["selector"] == f'node_hwmon_temp_celsius{{chip="a",collection_id="{truck["id"]}"}}'


def test_a_label_that_clashes_with_a_target_label_is_selected_as_exported(owner, make, truck):
    make.field(truck, metric='a{instance="x",z="1"}', range_start_number=1, range_end_number=2)
    items = owner.get(f"/api/collections/{truck['id']}/series/performance").json["items"]
    assert items[-1]["selector"] == f'a{{exported_instance="x",z="1",collection_id="{truck["id"]}"}}'


def test_only_fields_of_the_requested_type_are_listed(owner, make, truck):
    [seats] = list_series(owner, truck, "Configuration").json["items"]
    assert seats["series"] == "spikecast_seats"
    assert list_series(owner, make.collection("Empty")).json == {"items": []}


def test_the_number_of_queries_is_the_same_for_many_fields(owner, make, truck, queries):
    with queries() as few:
        list_series(owner, truck)
    for _ in range(10):
        make.field(truck)
    with queries() as many:
        list_series(owner, truck)
    assert len(work(few)) == len(work(many))


def test_an_unknown_type_is_400_and_another_persons_collection_404(owner, stranger, truck):
    refused(list_series(owner, truck, "weather"), 400)
    refused(list_series(stranger, truck), 404)
