"""GET /api/collections/{id}/impact: what the deletion of a collection would delete."""

from tests.support.problems import refused
from tests.support.statements import get_writes, work
from tests.support.timestamps import at


def get_impact(caller, collection):
    response = caller.get(f"/api/collections/{collection['id']}/impact")
    assert response.status_code == 200, response.text
    return response.json


NOTHING = {
    "fields": 0,
    "active_spikes": 0,
    "scheduled_spikes": 0,
    "expired_spikes": 0,
    "rehearsals": 0,
    "keys_losing_access": 0,
}


def limit_to(*collections, collection_type=None):
    """Return the attribute of a key that limits it to these collections."""
    limits = [{"collection_id": each["id"], "collection_type": collection_type} for each in collections]
    return {"allowed_collections": limits}


def test_the_impact_of_an_empty_collection_is_zero(owner, make):
    make.collection(None, {})
    make.key()
    assert get_impact(owner, make.collection()) == NOTHING


def test_fields_and_spikes_by_status_are_counted(owner, make, clock):
    configuration = {"value_type": "TEXT_FIXED", "collection_type": "Configuration"}
    collection = make.collection(None, {}, {}, configuration)
    make.spike(collection, duration=60)
    clock.shift(60)
    make.spike(collection)
    for minutes in (100, 200):
        make.spike(collection, start_datetime=at(minutes))
    assert get_impact(owner, collection) == {
        "fields": 3,
        "active_spikes": 1,
        "scheduled_spikes": 2,
        "expired_spikes": 1,
        "rehearsals": 4,
        "keys_losing_access": 0,
    }


def test_only_keys_limited_to_the_collection_lose_access(owner, make):
    one, other = make.collection(), make.collection()
    make.key()
    make.key(**limit_to(one))
    make.key(**limit_to(one, other))
    make.key(**limit_to(other))
    assert get_impact(owner, one)["keys_losing_access"] == 2


def test_a_key_that_lists_both_collection_types_is_counted_once(owner, make):
    collection = make.collection()
    limits = [
        {"collection_id": collection["id"], "collection_type": word}
        for word in ("Performance", "Configuration")
    ]
    make.key(allowed_collections=limits)
    assert get_impact(owner, collection)["keys_losing_access"] == 1


def test_revoked_and_expired_keys_are_not_counted(owner, make, clock):
    collection = make.collection()
    revoked = make.key(**limit_to(collection))
    owner.post(f"/api/api-keys/{revoked.id}/revoke")
    make.key(expires_at=at(1), **limit_to(collection))
    make.key(expires_at=at(2), **limit_to(collection))
    clock.shift(60)
    assert get_impact(owner, collection)["keys_losing_access"] == 1


def test_only_owners_and_admins_may_see_the_impact(admin, owner, stranger, nobody, make):
    collection = make.collection()
    assert get_impact(admin, collection) == NOTHING
    refused(stranger.get(f"/api/collections/{collection['id']}/impact"), 404)
    refused(nobody.get(f"/api/collections/{collection['id']}/impact"), 401)


def test_the_impact_writes_nothing_and_its_number_of_queries_is_constant(owner, make, queries):
    collection = make.collection(None, {})
    counts = []
    for _ in range(2):
        with queries() as seen:
            get_impact(owner, collection)
        assert get_writes(seen) == []
        counts.append(len(work(seen)))
        for _ in range(3):
            make.field(collection)
            make.key(**limit_to(collection))
    assert counts[0] == counts[1]
