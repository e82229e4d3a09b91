"""Polls in other formats than JSON: the same values, chosen by `?format=` or `Accept`."""

import re

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_classic

from app.core.rng import rng
from tests.support.client import Poller
from tests.support.problems import refused

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
INFLUX = "text/plain; charset=utf-8"
CSV = "text/csv; charset=utf-8; header=present"
PATH = "/api/data/Truck%2001/performance"


@pytest.fixture
def truck(make):
    return make.collection(
        "Truck 01",
        {"name": "engine °C", "value_type": "NUMBER_RANGE", "range_start_number": 80, "range_end_number": 95},
        {"name": "requests", "value_type": "INCREMENT", "start_number": 100, "step_number": 5},
        {"name": "fuel left", "value_type": "DECREMENT", "start_number": 9, "step_number": 0.5},
        {"name": "load %", "value_type": "FLOAT_FIXED", "fixed_value_float": 0.25},
        {"name": "os", "value_type": "TEXT_FIXED", "fixed_value_text": 'Debian "12"'},
    )


@pytest.fixture
def tool(make, truck):
    return make.key()


def read_series(response) -> dict[str, float]:
    """Return the values of a Prometheus response by the name of the series; labels are left out."""
    parse = parse_openmetrics if response.text.endswith("# EOF\n") else parse_classic
    return {sample.name: sample.value for family in parse(response.text) for sample in family.samples}


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("json", "application/json; charset=utf-8"),
        ("prometheus", TEXT),
        ("openmetrics", OPENMETRICS),
        ("influx", INFLUX),
        ("csv", CSV),
    ],
)
def test_a_format_is_chosen_by_the_query(tool, name, content_type):
    response = tool.get(f"{PATH}?format={name}", headers={"Accept": "application/json"})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == content_type
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/json; charset=utf-8"),
        ("text/html, */*;q=0.8", "application/json; charset=utf-8"),
        ("text/plain;version=0.0.4;q=1,*/*;q=0.1", TEXT),
        ("application/openmetrics-text;version=1.0.0", OPENMETRICS),
    ],
)
def test_a_format_is_negotiated_by_the_accept_header(tool, accept, content_type):
    response = tool.get(PATH, headers={"Accept": accept})
    assert response.headers["Content-Type"] == content_type


def test_an_unknown_format_is_refused_with_the_list_of_formats(tool):
    problem = refused(tool.get(f"{PATH}?format=xml"), 400)
    assert (
        problem["detail"] == "Unknown format 'xml'. Use one of: csv, influx, json, openmetrics, prometheus."
    )


def test_the_key_is_checked_before_the_format(app, truck):
    refused(Poller(app, "").get(f"{PATH}?format=xml"), 401)


def test_errors_stay_problem_details_in_every_format(tool):
    response = tool.get("/api/data/Nobody/performance?format=prometheus")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"


def test_prometheus_reads_every_field_under_its_default_name(tool):
    found = read_series(tool.get(f"{PATH}?format=prometheus"))
    assert 80 <= found.pop("spikecast_engine_celsius") <= 95
    assert found == {
        "spikecast_requests_total": 100,
        "spikecast_fuel_left": 9,
        "spikecast_load_percent": 0.25,
        "spikecast_os_info": 1,
        "spikecast_spike_active": 0,
    }


def test_every_format_advances_the_same_counters(tool):
    def get_counter(name: str) -> float:
        text = tool.get(f"{PATH}?format={name}").text
        found = re.search(r'requests(?:_total )?(?:=|":)?([0-9]+)', text) if name != "csv" else None
        return int(found[1]) if found else int(text.splitlines()[1].split(",")[1])

    names = ["json", "prometheus", "openmetrics", "influx", "csv", "json"]
    assert [get_counter(name) for name in names] == [100, 105, 110, 115, 120, 125]


def test_json_and_prometheus_draw_the_same_values_from_the_same_seed(tool):
    rng.seed(11)
    by_json = tool.get(PATH).json["data"]["engine °C"]
    rng.seed(11)
    assert read_series(tool.get(f"{PATH}?format=prometheus"))["spikecast_engine_celsius"] == by_json


def test_configuration_polls_have_no_spike_series(make):
    make.collection(
        "Router", {"value_type": "NUMBER_FIXED", "name": "ports", "collection_type": "Configuration"}
    )
    response = make.key().get("/api/data/Router/configuration?format=prometheus")
    assert read_series(response) == {"spikecast_ports": 7}


def test_an_active_spike_is_served_with_its_name_and_end(make, truck, tool, clock):
    spike = make.spike(truck, name="Over\\heat")
    response = tool.get(f"{PATH}?format=prometheus")
    [sample] = [
        sample
        for family in parse_classic(response.text)
        for sample in family.samples
        if sample.name == "spikecast_spike_end_timestamp_seconds"
    ]
    assert sample.labels == {"schedule": str(spike["id"]), "name": "Over\\heat"}
    assert read_series(response)["spikecast_spike_active"] == 1


def test_a_renamed_spike_is_served_at_once(make, owner, truck, tool):
    spike = make.spike(truck, name="First")
    assert 'name="First"' in tool.get(f"{PATH}?format=prometheus").text
    owner.patch(f"/api/spike-schedules/{spike['id']}", {"name": "Second"})
    assert 'name="Second"' in tool.get(f"{PATH}?format=prometheus").text


def test_a_renamed_collection_is_served_at_once(owner, truck, tool):
    path = f"/api/collections/{truck['id']}/data/performance?format=influx"
    assert tool.get(path).text.startswith("spikecast,collection=Truck\\ 01,type=performance ")
    owner.patch(f"/api/collections/{truck['id']}", {"name": "Truck 02"})
    assert tool.get(path).text.startswith("spikecast,collection=Truck\\ 02,type=performance ")


def test_series_names_do_not_change_during_a_spike(make):
    truck = make.collection("温度", {"name": "温度", "value_type": "NUMBER_FIXED"})
    tool = make.key()
    path = f"/api/collections/{truck['id']}/data/performance?format=prometheus"
    before = read_series(tool.get(path))
    make.spike(truck)
    assert before.keys() < read_series(tool.get(path)).keys()
    assert any(re.fullmatch("spikecast_field_[0-9]+", name) for name in before)


def test_line_protocol_writes_the_type_of_every_field(tool):
    [line] = tool.get(f"{PATH}?format=influx").text.splitlines()
    assert re.search(r" engine\\ °C=[0-9]+i,requests=100,fuel\\ left=9\.0,load\\ %=0\.25,os=", line)


def test_csv_has_a_line_of_names_and_a_line_of_values(tool):
    names, values = tool.get(f"{PATH}?format=csv").text.splitlines()
    assert names == "engine °C,requests,fuel left,load %,os"
    assert re.fullmatch(r'[0-9]+,100,9\.0,0\.25,"Debian ""12"""', values)


def test_a_poll_in_the_prometheus_format_is_recorded(owner, tool):
    tool.get(PATH, headers={"Accept": "text/plain"})
    assert len(owner.get("/api/polls").json["items"]) == 1
