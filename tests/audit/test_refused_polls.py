"""Polls that are refused leave a note, but few of them, and cost a good key nothing."""

import pytest

from app.core import key_format
from tests.support.client import Poller


@pytest.fixture(autouse=True)
def nothing_noted_yet(app):
    app.extensions["refused_polls"].clear()


def poll(app, key, address="192.0.2.7", path="/api/data/Truck 01/performance"):
    return Poller(app, key).get(path, environ_base={"REMOTE_ADDR": address}).status_code


def told(entries):
    return [(entry.outcome, entry.thing_kind, entry.thing_name, entry.details["why"]) for entry in entries]


def test_a_revoked_key_is_noted_with_its_label_once_an_hour(app, make, owner, noted, clock):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    tool = make.key()
    owner.post(f"/api/api-keys/{tool.id}/revoke")
    noted()
    assert [poll(app, tool.key) for _ in range(5)] == [401] * 5
    (entry,) = noted()
    assert told([entry]) == [("refused", "key", "tests", "The API key has been revoked.")]
    assert (entry.source, entry.category, entry.actor_id) == ("192.0.2.7", "refused-keys", None)
    assert entry.details["request"] == "GET /api/data/Truck 01/performance"
    clock.shift(3600)
    poll(app, tool.key)
    assert len(noted()) == 1


def test_a_key_that_nobody_knows_and_none_at_all_are_noted(app, noted):
    noted()
    assert [poll(app, key) for key in (key_format.generate(), "", "spk_nonsense")] == [401] * 3
    assert [entry.thing_kind for entry in noted()] == [None] * 3


def test_so_is_one_that_asks_what_it_may_poll(app, noted):
    noted()
    assert poll(app, key_format.generate(), path="/api/data") == 401
    (entry,) = noted()
    assert entry.details["request"] == "GET /api/data"


def test_no_key_is_in_what_is_noted(app, noted, caplog):
    caplog.set_level("INFO")
    key = key_format.generate()
    poll(app, key)
    assert key not in caplog.text + "".join(str(vars(entry)) for entry in noted())


def test_a_collection_that_a_key_may_not_read_is_noted(app, make, stranger, noted):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    key = stranger.post("/api/api-keys", {"label": "of stan"}).json["key"]
    noted()
    assert poll(app, key) == 404
    (entry,) = noted()
    assert (entry.thing_name, entry.details["why"]) == (
        "of stan",
        "There is no such collection for this API key.",
    )


def test_twenty_in_five_minutes_are_the_most(app, noted, clock):
    noted()
    for number in range(60):
        poll(app, key_format.generate(), f"198.18.0.{number}")
    assert len(noted()) == 20
    clock.shift(300)
    poll(app, key_format.generate(), "198.18.1.1")
    assert len(noted()) == 1


def test_one_network_is_one_however_it_is_written(app, noted):
    noted()
    for number in range(9):
        poll(app, key_format.generate(), f"2001:db8::{number + 1:x}")
    assert len(noted()) == 1


def test_a_good_poll_costs_no_statement_more_and_a_bad_one_none_once_it_is_noted(app, make, queries):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    bad = key_format.generate()
    poll(app, bad)
    with queries() as seen:
        poll(app, bad)
    assert not [each for each in seen.statements if "audit" in each]


def test_a_type_without_fields_is_no_refusal(app, make, noted):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    tool = make.key()
    noted()
    assert tool.poll("Truck 01", "configuration").status_code == 404
    assert noted() == []
