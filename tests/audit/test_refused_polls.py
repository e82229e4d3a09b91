"""Refused polls are recorded within limits, and without the key."""

import pytest

from app.core import key_format
from tests.support.client import Poller


@pytest.fixture(autouse=True)
def clear_refused_polls(app):
    app.extensions["refused_polls"].clear()


def poll(app, key, address="192.0.2.7", path="/api/data/Truck 01/performance"):
    return Poller(app, key).get(path, environ_base={"REMOTE_ADDR": address}).status_code


def summarize(entries):
    return [(entry.outcome, entry.thing_kind, entry.thing_name, entry.details["why"]) for entry in entries]


def test_polls_with_a_revoked_key_are_recorded_with_its_label_once_an_hour(
    app, make, owner, new_entries, clock
):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    tool = make.key()
    owner.post(f"/api/api-keys/{tool.id}/revoke")
    new_entries()
    assert [poll(app, tool.key) for _ in range(5)] == [401] * 5
    (entry,) = new_entries()
    assert summarize([entry]) == [("refused", "key", "tests", "The API key has been revoked.")]
    assert (entry.source, entry.category, entry.actor_id) == ("192.0.2.7", "refused-keys", None)
    assert entry.details["request"] == "GET /api/data/Truck 01/performance"
    clock.shift(3600)
    poll(app, tool.key)
    assert len(new_entries()) == 1


def test_polls_with_unknown_and_missing_keys_are_recorded(app, new_entries):
    new_entries()
    assert [poll(app, key) for key in (key_format.generate(), "", "spk_nonsense")] == [401] * 3
    assert [entry.thing_kind for entry in new_entries()] == [None] * 3


def test_a_refused_request_for_the_poll_index_is_recorded(app, new_entries):
    new_entries()
    assert poll(app, key_format.generate(), path="/api/data") == 401
    (entry,) = new_entries()
    assert entry.details["request"] == "GET /api/data"


def test_recorded_polls_do_not_contain_the_key(app, new_entries, caplog):
    caplog.set_level("INFO")
    key = key_format.generate()
    poll(app, key)
    assert key not in caplog.text + "".join(str(vars(entry)) for entry in new_entries())


def test_a_poll_of_a_collection_that_the_key_may_not_read_is_recorded(app, make, stranger, new_entries):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    key = stranger.post("/api/api-keys", {"label": "of stan"}).json["key"]
    new_entries()
    assert poll(app, key) == 404
    (entry,) = new_entries()
    assert (entry.thing_name, entry.details["why"]) == (
        "of stan",
        "There is no such collection for this API key.",
    )


def test_at_most_twenty_refused_polls_are_recorded_in_five_minutes(app, new_entries, clock):
    new_entries()
    for number in range(60):
        poll(app, key_format.generate(), f"198.18.0.{number}")
    assert len(new_entries()) == 20
    clock.shift(300)
    poll(app, key_format.generate(), "198.18.1.1")
    assert len(new_entries()) == 1


def test_refused_polls_from_one_network_are_recorded_once(app, new_entries):
    new_entries()
    for number in range(9):
        poll(app, key_format.generate(), f"2001:db8::{number + 1:x}")
    assert len(new_entries()) == 1


def test_a_refused_poll_that_is_recorded_already_costs_no_audit_statement(app, make, queries):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    bad = key_format.generate()
    poll(app, bad)
    with queries() as seen:
        poll(app, bad)
    assert not [each for each in seen.statements if "audit" in each]


def test_a_poll_of_a_type_without_fields_is_not_recorded(app, make, new_entries):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    tool = make.key()
    new_entries()
    assert tool.poll("Truck 01", "configuration").status_code == 404
    assert new_entries() == []
