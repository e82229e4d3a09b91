"""However much is wrong with a request, the answer is short, and so are the work and the memory it takes."""

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
    """The problem that a body meets: one that lists few faults, and is short."""
    answer = caller.post(path, data=json.dumps(body).encode(), content_type="application/json")
    problem = refused(answer, status)
    assert sum(map(len, problem.get("errors", {}).values())) <= MAX_ERRORS
    assert len(answer.data) < 64 * 1024
    return problem


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 input is invalid."),
        (99, "99 inputs are invalid."),
        (100, "100 inputs are invalid."),
        (101, "101 inputs are invalid. The first 100 are listed, and 1 more are not."),
        (300_000, "300,000 inputs are invalid. The first 100 are listed, and 299,900 more are not."),
    ],
)
def test_of_many_unknown_keys_a_hundred_are_listed_and_the_rest_is_counted(owner, count, said):
    problem = refuse(owner, "/api/collections", unknown_keys(count, name="Truck"))
    assert problem["detail"] == said
    listed = list(problem["errors"])
    assert listed == [f"k{number}" for number in range(min(count, MAX_ERRORS))]


@pytest.mark.any_database
def test_unknown_parameters_are_counted_too(owner):
    query = "&".join(f"k{number}=1" for number in range(500))
    problem = refused(owner.get(f"/api/collections?{query}"), 422)
    assert "and 400 more" in problem["detail"]


@pytest.fixture
def overrides(owner, make) -> Callable[[list], dict]:
    """The problem that overrides of a new spike meet."""
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
    ids=["no object", "null", "an empty one", "wrong values", "unknown keys"],
)
def test_faults_of_list_entries_are_counted_together(overrides, entry, each):
    problem = overrides([entry] * 2_000)
    assert problem["detail"].startswith(f"{2_000 * each:,} inputs are invalid.")
    assert f"and {2_000 * each - MAX_ERRORS:,} more" in problem["detail"]
    assert next(iter(problem["errors"])).startswith("spike_fields.0")


def test_what_the_service_finds_is_counted_too(overrides):
    problem = overrides([{"original_field_id": 999_999}] * 500)
    assert "and 400 more" in problem["detail"]


@pytest.mark.any_database
def test_the_length_of_a_list_is_looked_at_before_its_entries(overrides):
    problem = overrides([{}] * 100_000)
    assert problem["errors"] == {"spike_fields": ["must have at most 10,000 entries, not 100,000"]}
    assert overrides([{}] * MAX_OVERRIDES)["errors"]["spike_fields.0.original_field_id"] == ["is required"]


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("path", "name", "said"),
    [
        ("/api/collections/bulk-delete", "collection_ids", "must list 1 to 1000 collections"),
        (
            "/api/api-keys",
            "allowed_collections",
            "must list 1 to 1000 collections; null allows all that you may read",
        ),
    ],
)
def test_other_lists_are_measured_first_as_well(owner, path, name, said):
    problem = refuse(owner, path, {name: ["x"] * 200_000})
    assert problem["errors"][name] == [said]


def test_of_many_ids_that_do_not_exist_a_hundred_are_listed(owner):
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
    ids=["a key", "keys", "an object", "a name"],
)
def test_what_is_repeated_of_the_input_is_short(owner, body):
    answer = owner.post("/api/collections", body)
    assert refused(answer, 422)
    assert len(answer.data) < 2_000


@pytest.mark.any_database
def test_a_long_key_that_is_given_twice_is_not_repeated(owner):
    sent = json.dumps({LONG: 1})[:-1] + "," + json.dumps({LONG: 1})[1:]
    answer = owner.post("/api/collections", data=sent.encode(), content_type="application/json")
    assert "twice" in refused(answer, 400)["detail"]
    assert len(answer.data) < 2_000


X = "x" * 20_000
ECHOING_ADDRESSES = {
    "no route": f"/api/{LONG[:2000]}",
    "an unknown parameter": f"/api/collections?{X}=1",
    "a parameter given twice": f"/api/collections?{X}=1&{X}=2",
    "a search": f"/api/collections?search={X}",
    "an order": f"/api/collections?sort={X}",
    "a type": f"/api/collections/1/sample/{X}",
}


@pytest.mark.any_database
@pytest.mark.parametrize("case", ECHOING_ADDRESSES)
def test_what_is_repeated_of_an_address_is_short(owner, case):
    answer = owner.get(ECHOING_ADDRESSES[case])
    assert answer.status_code in (400, 404, 422)
    assert len(answer.data) < 2_000


def test_an_unknown_type_is_repeated_shortly(make):
    make.collection("Truck", {"name": "cpu"})
    answer = make.key().poll("Truck", "x" * 20_000)
    refused(answer, 400)
    assert len(answer.data) < 2_000


@pytest.mark.any_database
def test_without_a_sign_in_not_even_the_body_is_read(nobody):
    body = json.dumps(unknown_keys(300_000)).encode()
    assert len(body) > MAX_CREDENTIALS_BYTES
    for path, status in (("/api/auth/login", 413), ("/api/collections", 401), ("/api/data/x/y", 405)):
        tracemalloc.start()
        answer = nobody.post(path, data=body, content_type="application/json")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        refused(answer, status)
        assert peak < 10 * MEBIBYTE  # the test's own copies of the body among it


@pytest.mark.any_database
def test_a_body_of_nothing_but_faults_takes_little_more_memory_than_it_does_when_read(owner):
    body = json.dumps(unknown_keys(300_000, name="Truck")).encode()
    assert MAX_BODY_BYTES * 0.9 < len(body) < MAX_BODY_BYTES
    tracemalloc.start()
    refused(owner.post("/api/collections", data=body, content_type="application/json"), 422)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 120 * MEBIBYTE


def test_faults_beyond_those_that_are_listed_are_not_kept():
    faults = {f"k{number}": ["one", "two"] for number in range(1_000)}
    error = Invalid(faults)
    assert error.errors == {f"k{number}": ["one", "two"] for number in range(50)}
    assert error.detail == "2,000 inputs are invalid. The first 100 are listed, and 1,900 more are not."
    assert NotFound("Gone.", errors={"a": ["b"]}).detail == "Gone."
