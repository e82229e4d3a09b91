"""PATCH /api/fields/{id}: the name and the collection type."""

import unicodedata

import pytest

from tests.support.api_requests import get_field, patch_field
from tests.support.names import INVALID_NAMES, VALID_NAMES
from tests.support.problems import faults, refused


def test_a_name_is_stored_trimmed_and_in_nfc(owner, cpu):
    for given, stored in VALID_NAMES:
        assert patch_field(owner, cpu, field_name=given).json["field_name"] == stored


@pytest.mark.any_database
def test_an_invalid_name_is_refused(owner, cpu):
    for given, message in INVALID_NAMES:
        assert faults(patch_field(owner, cpu, field_name=given)) == {"field_name": [message]}
    assert get_field(owner, cpu) == cpu


@pytest.mark.parametrize(
    "more",
    [{"collection_type": "Performance"}, {"range_end_number": 60}, {"value_type": "EPOCH_NOW"}],
    ids=str,
)
def test_a_taken_name_is_refused_whatever_else_changes(owner, make, collection, cpu, more):
    make.field(collection, "NUMBER_FIXED", name="ram")
    make.spike(collection)
    problem = refused(owner.patch(f"/api/fields/{cpu['id']}", {"field_name": "ram"} | more), 409)
    assert problem["type"] == "urn:spikecast:problem:name-taken"


@pytest.mark.parametrize("same_name", ["Café", unicodedata.normalize("NFD", " Café")])
def test_a_name_is_taken_even_if_written_differently(owner, make, collection, cpu, same_name):
    make.field(collection, name="Café")
    problem = refused(patch_field(owner, cpu, field_name=same_name), 409)
    assert problem["errors"] == {"field_name": ["is taken by another field"]}
    assert get_field(owner, cpu) == cpu


def test_moving_to_a_collection_type_where_the_name_is_taken_is_refused(owner, make, collection, cpu):
    make.field(collection, name="cpu", collection_type="Configuration")
    problem = refused(patch_field(owner, cpu, collection_type="Configuration"), 409)
    assert problem["detail"] == "The collection already has a Configuration field named 'cpu'."


def test_a_field_moved_to_configuration_is_no_longer_editable(owner, cpu):
    moved = patch_field(owner, cpu, collection_type="Configuration").json
    assert (moved["collection_type"], moved["is_editable"]) == ("Configuration", False)
