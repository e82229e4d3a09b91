"""What would go with a collection: told before it is deleted."""

from tests.support.problems import refused
from tests.support.statements import get_writes, work
from tests.support.timestamps import at


def impact(caller, collection):
    response = caller.get(f"/api/collections/{collection['id']}/impact")
    assert response.status_code == 200, response.text
    return response.json


NOTHING = {
    "fields": 0,
    "active_spikes": 0,
    "scheduled_spikes": 0,
    "expired_spikes": 0,
    "keys_losing_access": 0,
}


def only(*collections, collection_type=None):
    """What limits a key to these collections."""
    limits = [{"collection_id": each["id"], "collection_type": collection_type} for each in collections]
    return {"allowed_collections": limits}


def test_with_an_empty_collection_goes_nothing(owner, make):
    make.collection(None, {})
    make.key()
    assert impact(owner, make.collection()) == NOTHING


def test_fields_of_both_types_and_spikes_by_their_status_are_counted(owner, make, clock):
    configuration = {"value_type": "TEXT_FIXED", "collection_type": "Configuration"}
    collection = make.collection(None, {}, {}, configuration)
    make.spike(collection, duration=60)
    clock.shift(60)
    make.spike(collection)
    for minutes in (100, 200):
        make.spike(collection, start_datetime=at(minutes))
    assert impact(owner, collection) == {
        "fields": 3,
        "active_spikes": 1,
        "scheduled_spikes": 2,
        "expired_spikes": 1,
        "keys_losing_access": 0,
    }


def test_keys_that_list_it_lose_access_others_do_not(owner, make):
    one, other = make.collection(), make.collection()
    make.key()
    make.key(**only(one))
    make.key(**only(one, other))
    make.key(**only(other))
    assert impact(owner, one)["keys_losing_access"] == 2


def test_a_key_that_lists_both_of_its_types_is_one_key(owner, make):
    collection = make.collection()
    limits = [
        {"collection_id": collection["id"], "collection_type": word}
        for word in ("Performance", "Configuration")
    ]
    make.key(allowed_collections=limits)
    assert impact(owner, collection)["keys_losing_access"] == 1


def test_a_key_that_is_revoked_or_expired_has_none_to_lose(owner, make, clock):
    collection = make.collection()
    revoked = make.key(**only(collection))
    owner.post(f"/api/api-keys/{revoked.id}/revoke")
    make.key(expires_at=at(1), **only(collection))
    make.key(expires_at=at(2), **only(collection))
    clock.shift(60)
    assert impact(owner, collection)["keys_losing_access"] == 1


def test_who_may_look(admin, owner, stranger, nobody, make):
    collection = make.collection()
    assert impact(admin, collection) == NOTHING
    refused(stranger.get(f"/api/collections/{collection['id']}/impact"), 404)
    refused(nobody.get(f"/api/collections/{collection['id']}/impact"), 401)


def test_it_only_reads_and_takes_the_same_number_of_queries_for_many(owner, make, queries):
    collection = make.collection(None, {})
    counts = []
    for _ in range(2):
        with queries() as seen:
            impact(owner, collection)
        assert get_writes(seen) == []
        counts.append(len(work(seen)))
        for _ in range(3):
            make.field(collection)
            make.key(**only(collection))
    assert counts[0] == counts[1]
