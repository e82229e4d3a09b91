"""GET /api/collections."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.hypothesis_settings import talks_to_the_app
from tests.support.names import any_name
from tests.support.problems import faults


def list_names(caller, **query) -> list[str]:
    response = caller.get("/api/collections", query_string=query)
    assert response.status_code == 200, response.text
    return [item["name"] for item in response.json["items"]]


def test_the_list_is_empty_without_collections(owner):
    page = owner.get("/api/collections").json
    assert page == {"items": [], "total": 0, "page": 1, "per_page": 50}


def test_list_items_contain_the_number_of_fields_instead_of_the_fields(owner, make):
    created = make.collection("Truck 01", {"value_type": "NUMBER_RANGE"}, {"value_type": "EPOCH_NOW"})
    (item,) = owner.get("/api/collections").json["items"]
    assert item == {key: created[key] for key in created if key != "fields"} | {"field_count": 2}


def test_users_see_their_own_collections(owner, stranger, viewer, admin, make):
    mine = make.collection("Mine")
    make.collection("Given away")
    given = make.collection("Hers")
    admin.patch(f"/api/collections/{given['id']}", {"owner_id": viewer.user_id})
    assert list_names(owner) == ["Given away", "Mine"]
    assert list_names(viewer) == ["Hers"]
    assert list_names(stranger) == []
    assert mine["owner_id"] == owner.user_id


def test_an_admin_sees_all_collections_or_those_of_one_owner(owner, stranger, admin, make):
    make.collection("Owen's")
    stranger.post("/api/collections", {"name": "Stan's"})
    assert list_names(admin) == ["Owen's", "Stan's"]
    assert list_names(admin, owner_id=stranger.user_id) == ["Stan's"]


def test_filtering_by_another_owner_does_not_show_their_collections(stranger, owner, make):
    make.collection("Owen's")
    assert list_names(stranger, owner_id=owner.user_id) == []


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("truck", ["Truck 01", "Truck 02"]),
        ("TRUCK 0", ["Truck 01", "Truck 02"]),
        ("uck 01", ["Truck 01"]),
        ("tr ck", []),
        ("ÄÖ", ["Gäöße"]),
        ("äö", ["Gäöße"]),
        ("GÄÖßE", ["Gäöße"]),
        ("ОДЕССА", ["Одесса"]),
        ("ΟΔΟΣ", ["Οδός ΟΔΟΣ"]),
        ("ΔΟΣ", ["Οδός ΟΔΟΣ"]),
        ("İst", ["İstanbul"]),
        (unicodedata.normalize("NFD", "gäö"), ["Gäöße"]),
        ("%", ["100 %"]),
        ("0 %", ["100 %"]),
        ("_", ["a_b"]),
        ("/", ["a/c"]),
        ("\\", ["a\\d"]),
        ("'", ["it's"]),
        ("a%", []),
        ("", ["100 %", "Truck 01", "Truck 02", "a/c", "a\\d", "a_b", "it's", "Gäöße", "Οδός ΟΔΟΣ"]),
    ],
)
def test_search_is_case_insensitive_and_takes_wildcards_literally(owner, make, search, found):
    others = {"Одесса", "İstanbul"}
    for name in [
        "Truck 01",
        "Truck 02",
        "Gäöße",
        "Οδός ΟΔΟΣ",
        "100 %",
        "a_b",
        "a/c",
        "a\\d",
        "it's",
        *others,
    ]:
        make.collection(name)
    assert set(list_names(owner, search=search)) == set(found) | (others if not search else set())


@pytest.mark.parametrize("search", ["istanbul", "İSTANBUL", "İ", "i", "I", "İstan"])
def test_a_dotted_capital_i_is_found_by_a_plain_i(owner, make, search):
    collection = make.collection("İstanbul", {"name": "cpu"})
    make.spike(collection, name="İzmir")
    assert list_names(owner, search=search) == ["İstanbul"]
    spikes = owner.get("/api/spike-schedules", query_string={"search": search[:1]}).json["items"]
    assert [spike["name"] for spike in spikes] == ["İzmir"]


@given(name=any_name, data=st.data())
@talks_to_the_app
def test_search_finds_any_name_by_any_part_of_it(owner, name, data):
    created = owner.post("/api/collections", {"name": name})
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    part = name[start:end]
    assert name in list_names(owner, search=part)
    assert owner.delete(created.headers["Location"]).status_code == 204


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (None, ["a", "b", "c"]),
        ("name", ["a", "b", "c"]),
        ("-name", ["c", "b", "a"]),
        ("id", ["b", "c", "a"]),
        ("-id", ["a", "c", "b"]),
        ("created_at", ["b", "c", "a"]),
        ("-created_at", ["a", "c", "b"]),
        ("updated_at", ["c", "a", "b"]),
        ("-updated_at", ["b", "a", "c"]),
        ("owner", ["c", "a", "b"]),
        ("-owner", ["b", "a", "c"]),
    ],
)
def test_the_list_is_sorted_by_a_column_in_either_direction(admin, owner, viewer, make, clock, sort, order):
    ids = {}
    for name in "bca":
        ids[name] = make.collection(name)["id"]
        clock.shift(1)
    admin.patch(f"/api/collections/{ids['c']}", {"owner_id": admin.user_id})
    clock.shift(1)
    admin.patch(f"/api/collections/{ids['a']}", {"name": "x"})
    admin.patch(f"/api/collections/{ids['a']}", {"name": "a"})
    clock.shift(1)
    admin.patch(f"/api/collections/{ids['b']}", {"owner_id": viewer.user_id})
    assert list_names(admin, **({"sort": sort} if sort else {})) == order


@pytest.mark.parametrize(
    "sort", ["colour", "-", "--name", "Name", "name,id", "name desc", "", "password_hash", "owner_id"]
)
def test_an_invalid_sort_column_is_refused(owner, sort):
    (message,) = faults(owner.get("/api/collections", query_string={"sort": sort}))["sort"]
    assert message.startswith("must be one of id, -id, name, -name, ")


def test_pages_are_consecutive_and_report_the_total(owner, make):
    for name in "abcde":
        make.collection(name)
    pages = [
        owner.get("/api/collections", query_string={"per_page": 2, "page": page}).json
        for page in (1, 2, 3, 4)
    ]
    assert [[item["name"] for item in page["items"]] for page in pages] == [["a", "b"], ["c", "d"], ["e"], []]
    assert {page["total"] for page in pages} == {5}
    assert [(page["page"], page["per_page"]) for page in pages] == [(1, 2), (2, 2), (3, 2), (4, 2)]


def test_the_total_of_a_search_counts_all_matches(owner, make):
    for name in ("ab", "b", "bc"):
        make.collection(name)
    page = owner.get("/api/collections?search=b&per_page=1").json
    assert (len(page["items"]), page["total"]) == (1, 3)


@pytest.mark.parametrize("query", ["per_page=1", "per_page=200", "page=1", "page=10000000"])
def test_the_smallest_and_largest_page_parameters_are_accepted(owner, query):
    assert owner.get(f"/api/collections?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "path", "message"),
    [
        ("page=0", "page", "must be a whole number from 1 to 10000000"),
        ("page=-1", "page", "must be a whole number from 1 to 10000000"),
        ("page=", "page", "must be a whole number from 1 to 10000000"),
        ("page=one", "page", "must be a whole number from 1 to 10000000"),
        ("page=1.0", "page", "must be a whole number from 1 to 10000000"),
        ("page=%D9%A1", "page", "must be a whole number from 1 to 10000000"),
        ("page=99999999999999999999", "page", "must be a whole number from 1 to 10000000"),
        ("per_page=0", "per_page", "must be a whole number from 1 to 200"),
        ("per_page=201", "per_page", "must be a whole number from 1 to 200"),
        ("per_page=all", "per_page", "must be a whole number from 1 to 200"),
        ("owner_id=0", "owner_id", "must be a whole number from 1 to 2147483647"),
        ("owner_id=2147483648", "owner_id", "must be a whole number from 1 to 2147483647"),
        ("search=a%00b", "search", "must not contain NUL characters"),
        (f"search={'x' * 256}", "search", "must have at most 255 characters, not 256"),
        ("colour=red", "colour", "is not a known key"),
        ("Page=1", "Page", "is not a known key"),
    ],
)
def test_an_invalid_or_unknown_query_parameter_is_refused(owner, query, path, message):
    assert faults(owner.get(f"/api/collections?{query}")) == {path: [message]}


def test_the_number_of_queries_does_not_grow_with_the_number_of_collections(owner, make, queries):
    make.collection("a", {"value_type": "NUMBER_RANGE"})
    with queries() as few:
        owner.get("/api/collections")
    for name in "bcdef":
        make.collection(name, {"value_type": "NUMBER_RANGE"}, {"value_type": "EPOCH_NOW"})
    with queries() as many:
        assert len(owner.get("/api/collections").json["items"]) == 6
    assert many.count == few.count
