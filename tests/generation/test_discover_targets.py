"""Discovery of scrape targets: what an API key may poll, as Prometheus' HTTP service discovery reads it."""

import pytest

from app.generation.series import TARGET_LABELS
from tests.support.factory import Maker
from tests.support.problems import faults, refused

PERFORMANCE = {"value_type": "NUMBER_FIXED", "name": "cpu"}
CONFIGURATION = {"value_type": "TEXT_FIXED", "collection_type": "Configuration", "fixed_value_text": "X"}
URL = "/api/prometheus/targets"


def discover(tool, query: str = "", **more) -> list[dict]:
    """Return the target groups that the key gets."""
    response = tool.get(f"{URL}{query}", **more)
    assert response.status_code == 200, response.text
    return response.json


def names(groups: list[dict]) -> list[tuple[str, str]]:
    """Return the collection and the type of each target."""
    return [(group["labels"]["instance"], group["labels"]["type"]) for group in groups]


def test_the_target_list_has_this_exact_json(make):
    truck = make.collection("Truck 01", PERFORMANCE, CONFIGURATION)
    response = make.key().get(URL)
    assert response.content_type == "application/json; charset=utf-8"
    assert response.json == [
        {
            "targets": ["localhost"],
            "labels": {
                "__metrics_path__": f"/api/collections/{truck['id']}/data/performance",
                "instance": "Truck 01",
                "collection_id": str(truck["id"]),
                "type": "performance",
                "__meta_spikecast_owner": "owen",
            },
        }
    ]


def test_every_target_can_be_polled_with_the_same_key(make):
    for name in ("Truck 01", "100 % °C", "a/b", ".", "日本"):
        make.collection(name, PERFORMANCE, CONFIGURATION)
    tool = make.key()
    groups = discover(tool, "?type=performance&type=configuration")
    assert len(groups) == 10
    for group in groups:
        path = group["labels"]["__metrics_path__"]
        answer = tool.get(f"{path}?format=prometheus")
        assert answer.status_code == 200, path


def test_targets_of_both_types_are_in_the_order_of_the_collections(make):
    make.collection("b", PERFORMANCE, CONFIGURATION)
    make.collection("a", CONFIGURATION)
    groups = discover(make.key(), "?type=configuration&type=Performance&type=performance")
    assert names(groups) == [("b", "performance"), ("b", "configuration"), ("a", "configuration")]


def test_a_type_without_fields_is_not_a_target(make):
    make.collection("empty")
    make.collection("texts", CONFIGURATION)
    tool = make.key()
    assert discover(tool) == []
    assert names(discover(tool, "?type=configuration")) == [("texts", "configuration")]


def test_only_what_the_key_may_poll_is_listed(make, admin):
    mine = make.collection("mine", PERFORMANCE)
    make.collection("other", PERFORMANCE)
    Maker(admin).collection("theirs", PERFORMANCE)
    limited = make.key(allowed_collections=[{"collection_id": mine["id"]}])
    assert names(discover(limited)) == [("mine", "performance")]
    assert names(discover(make.key())) == [("mine", "performance"), ("other", "performance")]


@pytest.mark.any_database
@pytest.mark.parametrize("address", ["spikecast:8088", "10.0.0.1", "[::1]:8088", "a_b.example.com:80"])
def test_the_address_of_the_targets_can_be_given(make, address):
    make.collection("Truck", PERFORMANCE)
    assert [group["targets"] for group in discover(make.key(), f"?address={address}")] == [[address]]


@pytest.mark.any_database
@pytest.mark.parametrize("address", ["", "a b", "http://a", "a/b", "a:b", "a:123456", "::1", "a@b", "é"])
def test_an_invalid_address_is_refused(make, address):
    messages = faults(make.key().get(URL, query_string={"address": address}))
    assert messages == {
        "address": ["must be a host, or a host and a port, such as spikecast.example.com:8080"]
    }


@pytest.mark.any_database
def test_an_unknown_type_is_refused(make):
    messages = faults(make.key().get(f"{URL}?type=performance&type=weather"))
    assert messages == {"type.1": ["must be one of Performance, Configuration"]}


def test_targets_have_the_scheme_of_the_request_if_it_is_https(make):
    make.collection("Truck", PERFORMANCE)
    (group,) = discover(make.key(), base_url="https://spikecast.example.com")
    assert group["targets"] == ["spikecast.example.com"]
    assert group["labels"]["__scheme__"] == "https"


def test_a_request_without_a_valid_key_is_refused_before_its_query(nobody):
    refused(nobody.get(f"{URL}?type=weather"), 401)


def test_a_key_alone_in_the_authorization_header_is_accepted(make, nobody):
    make.collection("Truck", PERFORMANCE)
    key = make.key().key
    response = nobody.get(URL, headers={"Authorization": key})  # Prometheus before 2.45 sends this
    assert names(response.json) == [("Truck", "performance")]


def test_the_labels_of_a_target_are_those_that_selectors_expect(make):
    make.collection("Truck", PERFORMANCE)
    (group,) = discover(make.key())
    stored = {name for name in group["labels"] if not name.startswith("__")}
    assert stored | {"job"} == TARGET_LABELS, "Prometheus adds the name of the job itself"
