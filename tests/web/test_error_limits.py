"""However many errors a request has, the response stays short, and the work and the memory stay bounded."""

import json
import tracemalloc
from collections.abc import Callable

import pytest

from app.core.errors import MAX_ERRORS, Invalid, NotFound
from app.spikes.schemas import MAX_OVERRIDES
from app.web.limits import MAX_BODY_BYTES, MAX_CREDENTIALS_BYTES
from tests.support.problems import refused

MEBIBYTE = 1024 * 1024
LONG = "\U0001f69a" * 10_000


def unknown_keys(count: int, **known: object) -> dict[str, object]:
    return {f"k{number}": 0 for number in range(count)} | known


def refuse(caller, path: str, body: object, status: int = 422) -> dict:
    """Return the problem for an invalid body. Checks that it is short and lists at most MAX_ERRORS."""
    answer = caller.post(path, data=json.dumps(body).encode(), content_type="application/json")
    problem = refused(answer, status)
    assert sum(map(len, problem.get("errors", {}).values())) <= MAX_ERRORS
    assert len(answer.data) < 64 * 1024
    return problem


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("count", "detail"),
    [
        (1, "1 input is invalid."),
        (99, "99 inputs are invalid."),
        (100, "100 inputs are invalid."),
        (101, "101 inputs are invalid. The first 100 are listed, and 1 more are not."),
        (300_000, "300,000 inputs are invalid. The first 100 are listed, and 299,900 more are not."),
    ],
)
def test_at_most_100_unknown_keys_are_listed_and_the_rest_are_counted(owner, count, detail):
    problem = refuse(owner, "/api/collections", unknown_keys(count, name="Truck"))
    assert problem["detail"] == detail
    listed = list(problem["errors"])
    assert listed == [f"k{number}" for number in range(min(count, MAX_ERRORS))]


@pytest.mark.any_database
def test_unknown_query_parameters_beyond_100_are_counted(owner):
    query = "&".join(f"k{number}=1" for number in range(500))
    problem = refused(owner.get(f"/api/collections?{query}"), 422)
    assert "and 400 more" in problem["detail"]


@pytest.fixture
def overrides(owner, make) -> Callable[[list], dict]:
    """Return a function that sends overrides of a new spike and returns the problem."""
    collection = make.collection("Truck", {"name": "cpu"})

    def send(entries: list) -> dict:
        body = {"collection_id": collection["id"], "name": "x", "duration": 60, "spike_fields": entries}
        return refuse(owner, "/api/spike-schedules", body)

    return send


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("entry", "each"),
    [
        (1, 1),
        (None, 1),
        ({}, 1),
        ({"original_field_id": "x", "step_number": "x", "reset_number": "x"}, 3),
        (unknown_keys(150, original_field_id="x"), 151),
    ],
    ids=["not an object", "null", "empty object", "wrong values", "unknown keys"],
)
def test_the_error_count_is_the_total_over_all_list_entries(overrides, entry, each):
    problem = overrides([entry] * 2_000)
    assert problem["detail"].startswith(f"{2_000 * each:,} inputs are invalid.")
    assert f"and {2_000 * each - MAX_ERRORS:,} more" in problem["detail"]
    assert next(iter(problem["errors"])).startswith("spike_fields.0")


def test_unknown_field_ids_of_overrides_beyond_100_are_counted(overrides):
    problem = overrides([{"original_field_id": 999_999}] * 500)
    assert "and 400 more" in problem["detail"]


@pytest.mark.any_database
def test_the_number_of_overrides_is_checked_before_the_entries(overrides):
    problem = overrides([{}] * 100_000)
    assert problem["errors"] == {"spike_fields": ["must have at most 10,000 entries, not 100,000"]}
    assert overrides([{}] * MAX_OVERRIDES)["errors"]["spike_fields.0.original_field_id"] == ["is required"]


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("path", "name", "message"),
    [
        ("/api/collections/bulk-delete", "collection_ids", "must list 1 to 1000 collections"),
        (
            "/api/api-keys",
            "allowed_collections",
            "must list 1 to 1000 collections; null allows all that you may read",
        ),
    ],
)
def test_the_number_of_collection_ids_is_checked_before_the_entries(owner, path, name, message):
    problem = refuse(owner, path, {name: ["x"] * 200_000})
    assert problem["errors"][name] == [message]


def test_a_bulk_delete_counts_more_than_100_missing_collections(owner):
    ids = list(range(1_000_001, 1_001_001))
    problem = refuse(owner, "/api/collections/bulk-delete", {"collection_ids": ids}, 404)
    assert problem["detail"] == (
        "Nothing was deleted: some of the collections do not exist. "
        "The first 100 are listed, and 900 more are not."
    )


@pytest.mark.any_database
@pytest.mark.parametrize(
    "body",
    [{LONG: 1}, {"name": "x", LONG: {LONG: 1}}, {"name": {LONG: [LONG]}}, {"name": LONG * 20}],
    ids=["long key", "nested long keys", "long key and value in a name", "long name"],
)
def test_a_validation_error_echoes_only_a_short_part_of_the_body(owner, body):
    answer = owner.post("/api/collections", body)
    assert refused(answer, 422)
    assert len(answer.data) < 2_000


@pytest.mark.any_database
def test_the_error_for_a_long_duplicate_key_is_short(owner):
    sent = json.dumps({LONG: 1})[:-1] + "," + json.dumps({LONG: 1})[1:]
    answer = owner.post("/api/collections", data=sent.encode(), content_type="application/json")
    assert "twice" in refused(answer, 400)["detail"]
    assert len(answer.data) < 2_000


X = "x" * 20_000
LONG_URLS = {
    "no route": f"/api/{LONG[:2000]}",
    "an unknown parameter": f"/api/collections?{X}=1",
    "a duplicate parameter": f"/api/collections?{X}=1&{X}=2",
    "a search": f"/api/collections?search={X}",
    "an order": f"/api/collections?sort={X}",
    "a type": f"/api/collections/1/sample/{X}",
}


@pytest.mark.any_database
@pytest.mark.parametrize("case", LONG_URLS)
def test_an_error_echoes_only_a_short_part_of_the_url(owner, case):
    answer = owner.get(LONG_URLS[case])
    assert answer.status_code in (400, 404, 422)
    assert len(answer.data) < 2_000


def test_a_poll_error_echoes_only_a_short_part_of_an_unknown_type(make):
    make.collection("Truck", {"name": "cpu"})
    answer = make.key().poll("Truck", "x" * 20_000)
    refused(answer, 400)
    assert len(answer.data) < 2_000


@pytest.mark.any_database
def test_a_large_body_of_an_anonymous_request_is_not_parsed(nobody):
    body = json.dumps(unknown_keys(300_000)).encode()
    assert len(body) > MAX_CREDENTIALS_BYTES
    for path, status in (("/api/auth/login", 413), ("/api/collections", 401), ("/api/data/x/y", 405)):
        tracemalloc.start()
        answer = nobody.post(path, data=body, content_type="application/json")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        refused(answer, status)
        assert peak < 10 * MEBIBYTE  # includes the test's own copies of the body


@pytest.mark.any_database
def test_validating_a_body_of_unknown_keys_needs_less_than_120_mib(owner):
    body = json.dumps(unknown_keys(300_000, name="Truck")).encode()
    assert MAX_BODY_BYTES * 0.9 < len(body) < MAX_BODY_BYTES
    tracemalloc.start()
    refused(owner.post("/api/collections", data=body, content_type="application/json"), 422)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 120 * MEBIBYTE


def test_the_invalid_exception_keeps_only_the_errors_it_lists():
    found = {f"k{number}": ["one", "two"] for number in range(1_000)}
    error = Invalid(found)
    assert error.errors == {f"k{number}": ["one", "two"] for number in range(50)}
    assert error.detail == "2,000 inputs are invalid. The first 100 are listed, and 1,900 more are not."
    assert NotFound("Gone.", errors={"a": ["b"]}).detail == "Gone."
