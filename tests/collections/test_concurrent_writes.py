"""Concurrent requests that create, change and delete collections and fields."""

from tests.support.concurrency import run_concurrently
from tests.support.problems import refused

THREADS = 16


def get_statuses(responses):
    return sorted(response.status_code for response in responses)


def test_only_one_of_16_concurrent_collections_with_the_same_name_is_created(owner):
    responses = run_concurrently(*[lambda: owner.post("/api/collections", {"name": "Truck 01"})] * THREADS)
    assert get_statuses(responses) == [201] + [409] * (THREADS - 1)
    for response in responses:
        if response.status_code == 409:
            assert refused(response, 409)["errors"] == {"name": ["is taken by another collection"]}
    assert owner.get("/api/collections").json["total"] == 1


def test_only_one_of_16_concurrent_copies_with_the_same_name_is_created(owner, make):
    original = make.collection("Truck 01", {"name": "cpu"}, {"name": "ram"})
    path = f"/api/collections/{original['id']}/copy"
    responses = run_concurrently(*[lambda: owner.post(path, {"name": "Truck 02"})] * THREADS)
    assert get_statuses(responses) == [201] + [409] * (THREADS - 1)
    assert {item["field_count"] for item in owner.get("/api/collections").json["items"]} == {2}


def test_only_one_of_16_concurrent_fields_with_the_same_name_is_created(owner, make):
    path = f"/api/collections/{make.collection('Truck 01')['id']}/fields"
    field = {"collection_type": "Performance", "field_name": "cpu", "value_type": "EPOCH_NOW"}
    responses = run_concurrently(*[lambda: owner.post(path, field)] * THREADS)
    assert get_statuses(responses) == [201] + [409] * (THREADS - 1)
    assert owner.get(path).json["total"] == 1


def test_concurrent_changes_of_different_settings_of_a_field_are_all_stored(owner, make):
    field = make.field(make.collection(), "INCREMENT", start_number=0, step_number=1)
    path = f"/api/fields/{field['id']}"
    changes = {"field_name": "km", "start_number": 5, "step_number": 2, "reset_number": 100}
    responses = run_concurrently(
        *(lambda name=name, value=value: owner.patch(path, {name: value}) for name, value in changes.items())
    )
    assert get_statuses(responses) == [200] * len(changes)
    assert owner.get(path).json == field | changes


def test_concurrent_changes_of_both_ends_never_leave_an_invalid_range(owner, make):
    field = make.field(make.collection(), "NUMBER_RANGE", range_start_number=0, range_end_number=100)
    path = f"/api/fields/{field['id']}"
    responses = run_concurrently(
        lambda: owner.patch(path, {"range_start_number": 60}),
        lambda: owner.patch(path, {"range_end_number": 40}),
    )
    assert get_statuses(responses) == [200, 422]
    stored = owner.get(path).json
    assert stored["range_start_number"] <= stored["range_end_number"]


def test_only_one_of_several_concurrent_bulk_deletes_that_share_a_collection_succeeds(owner, make):
    ids = [make.collection()["id"] for _ in range(9)]
    lists = [[*ids[each : each + 2], ids[8]] for each in range(0, 8, 2)]
    body = "collection_ids"
    responses = run_concurrently(
        *(
            lambda ids_of_list=ids_of_list: owner.post(
                "/api/collections/bulk-delete", {body: ids_of_list[::-1]}
            )
            for ids_of_list in lists
        )
    )
    assert get_statuses(responses) == [204, 404, 404, 404]
    assert owner.get("/api/collections").json["total"] == 6


def test_only_one_of_16_concurrent_deletions_of_a_collection_succeeds(owner, make):
    path = f"/api/collections/{make.collection('Truck 01', {'name': 'cpu'})['id']}"
    responses = run_concurrently(*[lambda: owner.delete(path)] * THREADS)
    assert get_statuses(responses) == [204] + [404] * (THREADS - 1)
