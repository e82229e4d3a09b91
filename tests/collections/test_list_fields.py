"""GET /api/collections/{id}/fields and GET /api/fields/{id}."""

import pytest

from tests.support.problems import faults, refused


@pytest.fixture
def collection(make, clock):
    created = make.collection("Truck 01")
    for name, value_type, collection_type in (
        ("cpu", "NUMBER_RANGE", "Performance"),
        ("Fuel %", "INCREMENT", "Performance"),
        ("model", "TEXT_FIXED", "Configuration"),
        ("cpu", "EPOCH_NOW", "Configuration"),
    ):
        make.field(created, value_type, name, collection_type=collection_type)
        clock.shift(1)
    make.field(make.collection("Truck 02"), name="of another collection")
    return created


def list_fields(caller, collection, **query):
    response = caller.get(f"/api/collections/{collection['id']}/fields", query_string=query)
    assert response.status_code == 200, response.text
    return response.json


def get_names(page):
    return [item["field_name"] for item in page["items"]]


def test_fields_are_sorted_by_creation_and_equal_those_of_the_collection(owner, collection):
    page = list_fields(owner, collection)
    assert get_names(page) == ["cpu", "Fuel %", "model", "cpu"]
    assert page["items"] == owner.get(f"/api/collections/{collection['id']}").json["fields"]
    assert (page["total"], page["page"], page["per_page"]) == (4, 1, 50)


def test_a_single_field_equals_its_list_item(owner, collection):
    for item in list_fields(owner, collection)["items"]:
        assert owner.get(f"/api/fields/{item['id']}").json == item


@pytest.mark.parametrize("word", ["Configuration", "configuration", "CONFIGURATION"])
def test_the_collection_type_filter_is_case_insensitive(owner, collection, word):
    assert get_names(list_fields(owner, collection, collection_type=word)) == ["model", "cpu"]


@pytest.mark.parametrize(
    ("search", "found"), [("CPU", ["cpu", "cpu"]), ("fUEL", ["Fuel %"]), ("%", ["Fuel %"]), ("_", [])]
)
def test_search_finds_part_of_a_field_name(owner, collection, search, found):
    page = list_fields(owner, collection, search=search)
    assert (get_names(page), page["total"]) == (found, len(found))


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("id", ["cpu", "Fuel %", "model", "cpu"]),
        ("-created_at", ["cpu", "model", "Fuel %", "cpu"]),
        ("field_name", ["Fuel %", "cpu", "cpu", "model"]),
        ("-value_type", ["model", "cpu", "Fuel %", "cpu"]),
    ],
)
def test_the_list_of_fields_is_sorted_by_a_column(owner, collection, sort, order):
    assert get_names(list_fields(owner, collection, sort=sort)) == order


def test_the_second_page_has_the_remaining_fields(owner, collection):
    page = list_fields(owner, collection, per_page=3, page=2)
    assert (get_names(page), page["total"]) == (["cpu"], 4)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("sort=start_number", "sort"),
        ("per_page=201", "per_page"),
        ("page=0", "page"),
        ("collection_type=speed", "collection_type"),
        ("collection_type=", "collection_type"),
        ("value_type=INCREMENT", "value_type"),
    ],
)
def test_an_invalid_or_unknown_query_parameter_is_refused(owner, collection, query, path):
    assert set(faults(owner.get(f"/api/collections/{collection['id']}/fields?{query}"))) == {path}


def test_the_number_of_queries_does_not_grow_with_the_number_of_fields(owner, collection, make, queries):
    with queries() as few:
        list_fields(owner, collection, per_page=1)
    with queries() as many:
        assert len(list_fields(owner, collection)["items"]) == 4
    assert many.count == few.count


def test_fields_of_another_user_are_not_found(stranger, collection, owner):
    field_id = list_fields(owner, collection)["items"][0]["id"]
    refused(stranger.get(f"/api/collections/{collection['id']}/fields"), 404)
    hidden = refused(stranger.get(f"/api/fields/{field_id}"), 404)
    missing = refused(stranger.get("/api/fields/987654"), 404)
    assert hidden["detail"] == f"There is no field {field_id}."
    assert {**hidden, "detail": ""} == {**missing, "detail": ""}
