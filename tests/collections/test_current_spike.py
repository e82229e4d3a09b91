"""The `spike` of a collection: the active one, or else the next one."""

from tests.support.statements import work
from tests.support.timestamps import at


def get_current_spike(caller, collection):
    """Return the `spike` of a list item. Fails if the collection itself shows another one."""
    items = caller.get("/api/collections?per_page=200").json["items"]
    in_list = next(item for item in items if item["id"] == collection["id"])["spike"]
    assert caller.get(f"/api/collections/{collection['id']}").json["spike"] == in_list
    return in_list


def test_a_collection_without_spikes_shows_none(owner, make):
    assert get_current_spike(owner, make.collection()) is None


def test_a_collection_shows_its_active_spike(owner, make):
    collection = make.collection(None, {})
    make.spike(collection, name="next", start_datetime=at(60))
    spike = make.spike(collection, name="now")
    assert get_current_spike(owner, collection) == {
        "id": spike["id"],
        "name": "now",
        "start_datetime": at(0),
        "end_datetime": at(60),
        "status": "active",
    }


def test_a_collection_without_an_active_spike_shows_the_next_one(owner, make):
    collection = make.collection(None, {})
    for name, start in (("later", at(300)), ("next", at(100)), ("last", at(500))):
        make.spike(collection, name=name, start_datetime=start)
    spike = get_current_spike(owner, collection)
    assert (spike["name"], spike["status"]) == ("next", "scheduled")


def test_a_collection_does_not_show_an_expired_spike(owner, make, clock):
    collection = make.collection(None, {})
    make.spike(collection, duration=60)
    clock.shift(60)
    assert get_current_spike(owner, collection) is None


def test_each_collection_shows_its_own_spike(owner, make):
    one, other = make.collection(None, {}), make.collection(None, {})
    make.spike(one, name="one's")
    make.spike(other, name="other's")
    assert get_current_spike(owner, one)["name"] == "one's"
    assert get_current_spike(owner, other)["name"] == "other's"


def test_the_response_to_a_rename_includes_the_spike(owner, make):
    collection = make.collection(None, {})
    make.spike(collection, name="now")
    assert owner.patch(f"/api/collections/{collection['id']}", {"name": "New"}).json["spike"]["name"] == "now"


def test_a_new_collection_and_a_copy_show_no_spike(owner, make):
    collection = make.collection(None, {})
    make.spike(collection)
    assert owner.post("/api/collections", {"name": "New"}).json["spike"] is None
    copy = owner.post(f"/api/collections/{collection['id']}/copy", {"name": "Copy"})
    assert copy.json["spike"] is None


def test_the_number_of_queries_does_not_grow_with_the_number_of_spikes(owner, make, queries):
    def count_queries():
        with queries() as seen:
            assert owner.get("/api/collections").status_code == 200
        return len(work(seen))

    make.spike(make.collection(None, {}))
    few = count_queries()
    for _ in range(5):
        make.spike(make.collection(None, {}))
    assert count_queries() == few
