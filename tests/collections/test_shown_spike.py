"""A collection tells which spike is on, else which comes next."""

from tests.support.statements import work
from tests.support.timestamps import at


def shown(caller, collection):
    """The spike that the list shows, which the collection by itself must show too."""
    items = caller.get("/api/collections?per_page=200").json["items"]
    in_list = next(item for item in items if item["id"] == collection["id"])["spike"]
    assert caller.get(f"/api/collections/{collection['id']}").json["spike"] == in_list
    return in_list


def test_without_a_schedule_there_is_none(owner, make):
    assert shown(owner, make.collection()) is None


def test_the_active_one_is_shown(owner, make):
    collection = make.collection(None, {})
    make.spike(collection, name="next", start_datetime=at(60))
    spike = make.spike(collection, name="now")
    assert shown(owner, collection) == {
        "id": spike["id"],
        "name": "now",
        "start_datetime": at(0),
        "end_datetime": at(60),
        "status": "active",
    }


def test_otherwise_the_next_one(owner, make):
    collection = make.collection(None, {})
    for name, start in (("later", at(300)), ("next", at(100)), ("last", at(500))):
        make.spike(collection, name=name, start_datetime=start)
    spike = shown(owner, collection)
    assert (spike["name"], spike["status"]) == ("next", "scheduled")


def test_an_expired_one_is_not_shown(owner, make, clock):
    collection = make.collection(None, {})
    make.spike(collection, duration=60)
    clock.shift(60)
    assert shown(owner, collection) is None


def test_each_collection_shows_its_own(owner, make):
    one, other = make.collection(None, {}), make.collection(None, {})
    make.spike(one, name="one's")
    make.spike(other, name="other's")
    assert shown(owner, one)["name"] == "one's"
    assert shown(owner, other)["name"] == "other's"


def test_a_rename_answers_with_it(owner, make):
    collection = make.collection(None, {})
    make.spike(collection, name="now")
    assert owner.patch(f"/api/collections/{collection['id']}", {"name": "New"}).json["spike"]["name"] == "now"


def test_a_new_collection_and_a_copy_have_none(owner, make):
    collection = make.collection(None, {})
    make.spike(collection)
    assert owner.post("/api/collections", {"name": "New"}).json["spike"] is None
    copy = owner.post(f"/api/collections/{collection['id']}/copy", {"name": "Copy"})
    assert copy.json["spike"] is None


def test_the_number_of_queries_is_the_same_for_many(owner, make, queries):
    def listed():
        with queries() as seen:
            assert owner.get("/api/collections").status_code == 200
        return len(work(seen))

    make.spike(make.collection(None, {}))
    few = listed()
    for _ in range(5):
        make.spike(make.collection(None, {}))
    assert listed() == few
