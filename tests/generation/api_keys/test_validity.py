"""API keys that are unknown, revoked, deleted or expired, and when a valid one was last used."""

from datetime import timedelta

import pytest

from app.core import key_format
from tests.conftest import NOW
from tests.support.client import Poller
from tests.support.problems import refused

PATH = "/api/data/Truck%2001/performance"


def test_an_unknown_key_is_refused(app, truck):
    assert refused(Poller(app, key_format.generate()).poll("Truck 01"), 401)["detail"] == "Unknown API key."


def test_a_revoked_key_is_refused_at_once(make, truck):
    tool = make.key()
    assert tool.poll("Truck 01").status_code == 200
    make.person.post(f"/api/api-keys/{tool.id}/revoke")
    assert refused(tool.poll("Truck 01"), 401)["detail"] == "The API key has been revoked."


def test_a_deleted_key_is_refused_as_unknown(make, truck):
    tool = make.key()
    make.person.delete(f"/api/api-keys/{tool.id}")
    assert refused(tool.poll("Truck 01"), 401)["detail"] == "Unknown API key."


def test_a_key_is_valid_until_just_before_it_expires(make, truck, clock):
    tool = make.key(expires_at="2026-11-27T10:00:00+01:00")  # an hour after NOW
    clock.move_to(NOW + timedelta(hours=1, microseconds=-1))
    assert tool.poll("Truck 01").status_code == 200
    clock.move_to(NOW + timedelta(hours=1))
    assert refused(tool.poll("Truck 01"), 401)["detail"] == "The API key has expired."


def test_removing_the_expiry_makes_an_expired_key_valid_again(make, truck, clock):
    tool = make.key(expires_at="2026-11-27T08:01:00Z")
    clock.shift(60)
    refused(tool.poll("Truck 01"), 401)
    make.person.patch(f"/api/api-keys/{tool.id}", {"expires_at": None})
    assert tool.poll("Truck 01").status_code == 200


def test_the_keys_of_a_deleted_user_are_refused(make, truck, owner, admin, stranger):
    tool = make.key()
    admin.delete(f"/api/users/{owner.user_id}?transfer_to={stranger.user_id}")
    refused(tool.poll("Truck 01"), 401)


def test_the_key_is_checked_before_the_collection_and_its_type(nobody):
    refused(nobody.get("/api/data/nothing/no-type"), 401)
    refused(nobody.get("/api/collections/12345/data/performance"), 401)


def get_last_used(make, tool) -> str | None:
    """Return the time of the last use of the tool's key."""
    return make.person.get(f"/api/api-keys/{tool.id}").json["last_used_at"]


@pytest.mark.parametrize("value_type", ["NUMBER_FIXED", "INCREMENT"])
def test_last_used_at_is_updated_at_most_once_a_minute(make, clock, value_type):
    make.collection("Truck 01", {"value_type": value_type, "name": "it"})
    tool = make.key()
    seen = [get_last_used(make, tool)]
    for seconds in (0, 59.999_999, 60, 119, 120.5):
        clock.move_to(NOW + timedelta(seconds=seconds))
        tool.data("Truck 01")
        seen.append(get_last_used(make, tool))
    times = [None, "08:00:00", "08:00:00", "08:01:00", "08:01:00", "08:02:00.500000"]
    assert seen == [time and f"2026-11-27T{time}Z" for time in times]


def test_a_refused_poll_does_not_update_last_used_at(make, truck):
    tool = make.key()
    tool.poll("Truck 02")
    tool.poll("Truck 01", "no-type")
    tool.call("HEAD", PATH)
    assert get_last_used(make, tool) is None


def test_last_used_at_is_stored_for_each_key(make, truck):
    one, other = make.key(), make.key()
    one.data("Truck 01")
    assert get_last_used(make, one) == "2026-11-27T08:00:00Z"
    assert get_last_used(make, other) is None
