"""The metric of a field: the name and labels of its series in Prometheus, set by an Editor."""

import pytest

from tests.support.problems import faults, refused

LOAD = "node_load1"


def add_field(owner, collection, metric, value_type="NUMBER_FIXED", **more):
    """Send a request for a new field with a metric; return the response."""
    settings = {
        "NUMBER_FIXED": {"fixed_value_number": 7},
        "TEXT_FIXED": {"fixed_value_text": "x"},
        "INCREMENT": {"start_number": 1, "step_number": 1},
    }[value_type]
    body = {"collection_type": "Performance", "field_name": "load", "value_type": value_type}
    return owner.post(
        f"/api/collections/{collection['id']}/fields", body | settings | {"metric": metric} | more
    )


@pytest.fixture
def truck(make):
    return make.collection("Truck")


def test_a_field_has_no_metric_by_default(make, truck):
    assert make.field(truck)["metric"] is None


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (LOAD, LOAD),
        (' node_temp { sensor = "t1", chip="a" } ', 'node_temp{chip="a",sensor="t1"}'),
        ('node_load1{cpu=""}', LOAD),
        (r'a{path="C:\\x \"y\""}', r'a{path="C:\\x \"y\""}'),
        (None, None),
    ],
)
def test_a_metric_is_stored_in_its_canonical_form(owner, truck, given, stored):
    response = add_field(owner, truck, given)
    assert response.status_code == 201, response.text
    assert owner.get(response.location).json["metric"] == stored


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", "must begin with a metric name, such as node_load1: letters, digits, _ and :"),
        ("a b", 'must be a metric name, or a name with labels: node_load1{cpu="0"}'),
        ('a{b="c"', 'must be a metric name, or a name with labels: node_load1{cpu="0"}'),
        ("up", "must not be up: Prometheus or Spikecast writes this metric itself"),
        ("a" * 256, "must have at most 255 characters, not 256"),
        (7, "must be a string"),
    ],
)
def test_an_invalid_series_is_refused(owner, truck, given, message):
    assert faults(add_field(owner, truck, given)) == {"metric": [message]}


@pytest.mark.any_database
def test_the_metric_of_a_text_field_cannot_have_the_label_value(owner, truck):
    response = add_field(owner, truck, 'build_info{value="1"}', "TEXT_FIXED")
    assert faults(response) == {"metric": ["must not have the label value: it holds the text"]}


@pytest.mark.parametrize("second", ['a{x="1",y="2"}', 'a{y="2", x="1"}'])
def test_two_fields_cannot_have_the_same_series(owner, truck, second):
    assert add_field(owner, truck, 'a{x="1",y="2"}').status_code == 201
    problem = refused(add_field(owner, truck, second, field_name="other"), 409)
    assert problem["type"] == "urn:spikecast:problem:metric-taken"
    assert problem["errors"] == {"metric": ["is the metric of the field 'load'"]}


def test_two_fields_can_have_the_same_metric_with_different_labels(owner, truck):
    assert add_field(owner, truck, 'a{x="1"}').status_code == 201
    assert add_field(owner, truck, 'a{x="2"}', field_name="other").status_code == 201


def test_both_collection_types_can_have_the_same_series(owner, truck):
    assert add_field(owner, truck, LOAD).status_code == 201
    assert add_field(owner, truck, LOAD, collection_type="Configuration").status_code == 201


def test_all_series_of_a_metric_must_have_the_same_type(owner, truck):
    assert add_field(owner, truck, 'a{x="1"}').status_code == 201
    problem = refused(add_field(owner, truck, 'a{x="2"}', "INCREMENT", field_name="other"), 409)
    assert problem["errors"] == {"metric": ["is a gauge in the field 'load'"]}


def test_a_metric_can_be_changed_and_removed(owner, make, truck):
    field = make.field(truck, metric=LOAD, range_start_number=1, range_end_number=2)
    url = f"/api/fields/{field['id']}"
    assert owner.patch(url, {"field_name": "load"}).json["metric"] == LOAD
    assert owner.patch(url, {"metric": "node_load5"}).json["metric"] == "node_load5"
    assert owner.patch(url, {"metric": None}).json["metric"] is None


def test_changing_a_field_to_a_taken_series_is_refused(owner, make, truck):
    make.field(truck, name="load", metric=LOAD, range_start_number=1, range_end_number=2)
    other = make.field(truck)
    refused(owner.patch(f"/api/fields/{other['id']}", {"metric": LOAD}), 409)
    assert owner.get(f"/api/fields/{other['id']}").json["metric"] is None


def test_a_new_value_type_that_changes_the_type_of_a_shared_metric_is_refused(owner, make, truck):
    make.field(truck, name="one", metric='a{x="1"}', range_start_number=1, range_end_number=2)
    two = make.field(truck, metric='a{x="2"}', range_start_number=1, range_end_number=2)
    change = {"value_type": "INCREMENT", "start_number": 1, "step_number": 1}
    problem = refused(owner.patch(f"/api/fields/{two['id']}", change), 409)
    assert problem["errors"] == {"metric": ["is a gauge in the field 'one'"]}


def test_a_copied_collection_has_the_same_metrics(owner, make, truck):
    make.field(truck, metric=LOAD, range_start_number=1, range_end_number=2)
    copy = owner.post(f"/api/collections/{truck['id']}/copy", {"name": "Copy"}).json
    assert [each["metric"] for each in owner.get(f"/api/collections/{copy['id']}").json["fields"]] == [LOAD]


def test_changing_a_metric_is_recorded_in_the_audit_log(owner, admin, make, truck):
    field = make.field(truck, metric=LOAD, range_start_number=1, range_end_number=2)
    owner.patch(f"/api/fields/{field['id']}", {"metric": "node_load5"})
    (entry, *_) = admin.get("/api/audit?action=change-field").json["items"]
    assert entry["details"]["changed"]["metric"] == [LOAD, "node_load5"]


class TestPolls:
    def poll(self, tool, collection, output_format="prometheus") -> list[str]:
        """Return the lines of samples that Prometheus would read, without those of spikes."""
        text = tool.get(f"/api/collections/{collection['id']}/data/performance?format={output_format}").text
        return [line for line in text.splitlines() if line[0] != "#" and "spike_" not in line]

    def test_a_poll_returns_the_series_of_the_field(self, make, owner, truck):
        add_field(owner, truck, 'node_temp{sensor="t1",chip="a"}')
        assert self.poll(make.key(), truck) == ['node_temp{chip="a",sensor="t1"} 7']

    def test_a_text_field_keeps_its_labels_and_adds_the_label_value(self, make, owner, truck):
        add_field(owner, truck, 'os_info{host="a"}', "TEXT_FIXED")
        assert self.poll(make.key(), truck) == ['os_info{host="a",value="x"} 1']

    def test_a_counter_keeps_its_metric_name_in_prometheus_and_openmetrics_format(self, make, owner, truck):
        add_field(owner, truck, "ifHCInOctets", "INCREMENT")
        tool = make.key()
        assert self.poll(tool, truck) == ["ifHCInOctets 1"]
        assert self.poll(tool, truck, "openmetrics") == ["ifHCInOctets 2"]

    def test_the_next_poll_returns_a_changed_metric(self, make, owner, truck):
        field = add_field(owner, truck, LOAD).json
        tool = make.key()
        assert self.poll(tool, truck) == [f"{LOAD} 7"]
        owner.patch(f"/api/fields/{field['id']}", {"metric": "node_load5"})
        assert self.poll(tool, truck) == ["node_load5 7"]

    def test_a_spike_does_not_change_the_series(self, make, owner, truck):
        field = add_field(owner, truck, LOAD).json
        make.spike(truck, {"original_field_id": field["id"], "fixed_value_number": 9})
        assert self.poll(make.key(), truck) == [f"{LOAD} 9"]
