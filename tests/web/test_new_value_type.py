"""Registering a value type makes it available in the API, in polls, in spikes and on pages."""

import json
from dataclasses import replace

import pytest

from app import create_app
from app.values import registered
from app.web import assets, value_types_script
from tests.support.problems import faults
from tests.support.sawtooth import SAWTOOTH

SAWTOOTH_NOW = 1_795_766_400 % 700  # the clock of the tests


@pytest.fixture(autouse=True)
def sawtooth():
    with registered(SAWTOOTH):
        yield


@pytest.fixture
def field(make):
    collection = make.collection("Truck 01")
    return make.field(collection, "SAWTOOTH", name="saw", period_seconds=700)


def test_a_field_of_the_new_type_is_created_changed_and_read_back(owner, field):
    path = f"/api/fields/{field['id']}"
    assert field["period_seconds"] == 700
    assert owner.get(path).json == field
    changed = owner.patch(path, {"period_seconds": 60}).json
    assert changed["period_seconds"] == 60
    assert owner.get(path).json["period_seconds"] == 60
    assert owner.get(f"/api/collections/{field['collection_id']}").json["fields"] == [changed]


def test_the_etag_of_a_field_changes_with_the_new_setting(owner, field):
    path = f"/api/fields/{field['id']}"
    before = owner.get(path).headers["ETag"]
    answer = owner.patch(path, {"period_seconds": 60})
    assert answer.headers["ETag"] == owner.get(path).headers["ETag"] != before


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "period_seconds is required for SAWTOOTH"),
        ({"period_seconds": 0}, "must be 1 or more"),
        ({"period_seconds": 1.5}, "must be a whole number"),
        ({"period_seconds": "60"}, "must be a whole number"),
    ],
)
def test_invalid_values_of_the_new_setting_are_refused(owner, make, given, message):
    collection = make.collection("Truck 01")
    body = {"collection_type": "Performance", "field_name": "saw", "value_type": "SAWTOOTH"} | given
    assert faults(owner.post(f"/api/collections/{collection['id']}/fields", body)) == {
        "period_seconds": [message]
    }


def test_fields_of_other_types_refuse_the_new_setting(owner, make):
    number = make.field(make.collection("Truck 01"), "NUMBER_FIXED")
    assert number["period_seconds"] is None
    answer = owner.patch(f"/api/fields/{number['id']}", {"period_seconds": 60})
    assert list(faults(answer)) == ["period_seconds"]


def test_changing_the_value_type_clears_the_new_setting(owner, field):
    change = {"value_type": "NUMBER_FIXED", "fixed_value_number": 7}
    assert owner.patch(f"/api/fields/{field['id']}", change).json["period_seconds"] is None


def test_polls_serve_the_new_type_before_and_after_a_change(owner, make, field):
    poller = make.key()
    assert poller.data("Truck 01") == {"saw": SAWTOOTH_NOW}
    owner.patch(f"/api/fields/{field['id']}", {"period_seconds": 1})
    assert poller.data("Truck 01") == {"saw": 0}


def test_a_sample_contains_a_value_of_the_new_type(owner, field):
    sample = owner.get(f"/api/collections/{field['collection_id']}/sample/performance").json
    assert sample["data"] == {"saw": SAWTOOTH_NOW}


def test_a_spike_overrides_the_new_setting_and_its_preview_has_the_original_range(owner, make, field):
    override = {"original_field_id": field["id"], "period_seconds": 1}
    spike = make.spike({"id": field["collection_id"]}, spike_fields=[override])
    (copy,) = spike["spike_fields"]
    assert (copy["period_seconds"], copy["overridden_settings"]) == (1, ["period_seconds"])
    assert copy["original"]["period_seconds"] == 700
    preview = owner.get(f"/api/spike-schedules/{spike['id']}/preview").json
    assert preview["fields"][0]["normal"] == [0, 699]


def test_a_copied_collection_keeps_the_new_setting(owner, field):
    copied = owner.post(f"/api/collections/{field['collection_id']}/copy", {"name": "Truck 02"}).json
    assert copied["fields"][0]["period_seconds"] == 700


def test_the_audit_log_names_the_new_setting_as_changed(owner, admin, field):
    owner.patch(f"/api/fields/{field['id']}", {"period_seconds": 60})
    entries = admin.get("/api/audit?action=change-field").json["items"]
    assert list(entries[0]["details"]["changed"]) == ["period_seconds"]


def test_the_openapi_document_describes_the_new_type_and_setting(app):
    new_app = create_app(app.config["SETTINGS"], TESTING=True)
    schemas = new_app.test_client().get("/api/openapi.json").json["components"]["schemas"]
    for name in ("FieldIn", "FieldPatch", "FieldOut", "SpikeFieldOut"):
        assert schemas[name]["properties"]["period_seconds"]["maximum"] == 86_400
    assert "SAWTOOTH" in schemas["FieldIn"]["properties"]["value_type"]["enum"]


def test_the_value_types_script_has_the_new_type_and_a_versioned_url(app):
    with app.test_request_context():
        address = assets.asset_url(value_types_script.PATH)
    answer = app.test_client().get(address)
    assert answer.headers["Cache-Control"] == assets.IMMUTABLE
    catalogue = json.loads(answer.text.removeprefix("globalThis.spikecastValueTypes=").removesuffix(";"))
    assert catalogue["types"]["SAWTOOTH"]["settings"] == ["period_seconds"]
    assert catalogue["settings"]["period_seconds"]["label"] == "Period"
    with registered(replace(SAWTOOTH, name="SAWTOOTH_2")), app.test_request_context():
        assert assets.asset_url(value_types_script.PATH) != address
