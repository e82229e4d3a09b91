"""GET /api/collections/{id}/fields and GET /api/fields/{id}."""

import pytest

from tests.support.problems import faults, refused


@pytest.fixture
def collection(make, clock):
    made = make.collection("Truck 01")
    for name, value_type, collection_type in (
        ("cpu", "NUMBER_RANGE", "Performance"),
        ("Fuel %", "INCREMENT", "Performance"),
        ("model", "TEXT_FIXED", "Configuration"),
        ("cpu", "EPOCH_NOW", "Configuration"),
    ):
        make.field(made, value_type, name, collection_type=collection_type)
        clock.shift(1)
    make.field(make.collection("Truck 02"), name="of another collection")
    return made


def listed(caller, collection, **query):
    response = caller.get(f"/api/collections/{collection['id']}/fields", query_string=query)
    assert response.status_code == 200, response.text
    return response.json


def names(page):
    return [item["field_name"] for item in page["items"]]


def test_fields_come_in_the_order_of_creation_as_the_collection_shows_them(owner, collection):
    page = listed(owner, collection)
    assert names(page) == ["cpu", "Fuel %", "model", "cpu"]
    assert page["items"] == owner.get(f"/api/collections/{collection['id']}").json["fields"]
    assert (page["total"], page["page"], page["per_page"]) == (4, 1, 50)


def test_a_field_by_itself_is_what_the_list_shows(owner, collection):
    for item in listed(owner, collection)["items"]:
        assert owner.get(f"/api/fields/{item['id']}").json == item


@pytest.mark.parametrize("word", ["Configuration", "configuration", "CONFIGURATION"])
def test_one_type_is_picked_in_any_letter_case(owner, collection, word):
    assert names(listed(owner, collection, collection_type=word)) == ["model", "cpu"]


@pytest.mark.parametrize(
    ("search", "found"), [("CPU", ["cpu", "cpu"]), ("fUEL", ["Fuel %"]), ("%", ["Fuel %"]), ("_", [])]
)
def test_search_finds_part_of_a_name(owner, collection, search, found):
    page = listed(owner, collection, search=search)
    assert (names(page), page["total"]) == (found, len(found))


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("id", ["cpu", "Fuel %", "model", "cpu"]),
        ("-created_at", ["cpu", "model", "Fuel %", "cpu"]),
        ("field_name", ["Fuel %", "cpu", "cpu", "model"]),
        ("-value_type", ["model", "cpu", "Fuel %", "cpu"]),
    ],
)
def test_a_list_is_sorted_by_a_column(owner, collection, sort, order):
    assert names(listed(owner, collection, sort=sort)) == order


def test_pages(owner, collection):
    page = listed(owner, collection, per_page=3, page=2)
    assert (names(page), page["total"]) == (["cpu"], 4)


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
def test_any_other_query_is_refused(owner, collection, query, path):
    assert set(faults(owner.get(f"/api/collections/{collection['id']}/fields?{query}"))) == {path}


def test_a_list_takes_as_many_statements_for_many_as_for_one(owner, collection, make, queries):
    with queries() as few:
        listed(owner, collection, per_page=1)
    with queries() as many:
        assert len(listed(owner, collection)["items"]) == 4
    assert many.count == few.count


def test_somebody_elses_fields_look_like_ones_that_do_not_exist(stranger, collection, owner):
    field_id = listed(owner, collection)["items"][0]["id"]
    refused(stranger.get(f"/api/collections/{collection['id']}/fields"), 404)
    hidden = refused(stranger.get(f"/api/fields/{field_id}"), 404)
    missing = refused(stranger.get("/api/fields/987654"), 404)
    assert hidden["detail"] == f"There is no field {field_id}."
    assert {**hidden, "detail": ""} == {**missing, "detail": ""}
