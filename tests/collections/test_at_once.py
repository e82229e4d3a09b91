"""Many who make, change and delete collections and fields at the same moment."""

from tests.support.concurrency import run_concurrently
from tests.support.problems import refused

THREADS = 16


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


def test_of_16_who_want_the_same_name_one_gets_it_and_the_others_are_told(owner):
    answers = run_concurrently(*[lambda: owner.post("/api/collections", {"name": "Truck 01"})] * THREADS)
    assert statuses(answers) == [201] + [409] * (THREADS - 1)
    for answer in answers:
        if answer.status_code == 409:
            assert refused(answer, 409)["errors"] == {"name": ["is taken by another collection"]}
    assert owner.get("/api/collections").json["total"] == 1


def test_of_16_copies_of_the_same_name_one_is_made(owner, make):
    original = make.collection("Truck 01", {"name": "cpu"}, {"name": "ram"})
    path = f"/api/collections/{original['id']}/copy"
    answers = run_concurrently(*[lambda: owner.post(path, {"name": "Truck 02"})] * THREADS)
    assert statuses(answers) == [201] + [409] * (THREADS - 1)
    assert {item["field_count"] for item in owner.get("/api/collections").json["items"]} == {2}


def test_of_16_fields_of_the_same_name_one_is_added(owner, make):
    path = f"/api/collections/{make.collection('Truck 01')['id']}/fields"
    field = {"collection_type": "Performance", "field_name": "cpu", "value_type": "EPOCH_NOW"}
    answers = run_concurrently(*[lambda: owner.post(path, field)] * THREADS)
    assert statuses(answers) == [201] + [409] * (THREADS - 1)
    assert owner.get(path).json["total"] == 1


def test_changes_of_different_settings_of_one_field_all_count(owner, make):
    field = make.field(make.collection(), "INCREMENT", start_number=0, step_number=1)
    path = f"/api/fields/{field['id']}"
    changes = {"field_name": "km", "start_number": 5, "step_number": 2, "reset_number": 100}
    answers = run_concurrently(
        *(lambda name=name, value=value: owner.patch(path, {name: value}) for name, value in changes.items())
    )
    assert statuses(answers) == [200] * len(changes)
    assert owner.get(path).json == field | changes


def test_a_range_is_never_left_inside_out(owner, make):
    field = make.field(make.collection(), "NUMBER_RANGE", range_start_number=0, range_end_number=100)
    path = f"/api/fields/{field['id']}"
    answers = run_concurrently(
        lambda: owner.patch(path, {"range_start_number": 60}),
        lambda: owner.patch(path, {"range_end_number": 40}),
    )
    assert statuses(answers) == [200, 422]
    kept = owner.get(path).json
    assert kept["range_start_number"] <= kept["range_end_number"]


def test_lists_that_share_a_collection_are_deleted_one_whole_and_the_others_not_at_all(owner, make):
    ids = [make.collection()["id"] for _ in range(9)]
    lists = [[*ids[each : each + 2], ids[8]] for each in range(0, 8, 2)]
    body = "collection_ids"
    answers = run_concurrently(
        *(
            lambda wanted=wanted: owner.post("/api/collections/bulk-delete", {body: wanted[::-1]})
            for wanted in lists
        )
    )
    assert statuses(answers) == [204, 404, 404, 404]
    assert owner.get("/api/collections").json["total"] == 6


def test_of_16_who_delete_the_same_collection_one_does(owner, make):
    path = f"/api/collections/{make.collection('Truck 01', {'name': 'cpu'})['id']}"
    answers = run_concurrently(*[lambda: owner.delete(path)] * THREADS)
    assert statuses(answers) == [204] + [404] * (THREADS - 1)
