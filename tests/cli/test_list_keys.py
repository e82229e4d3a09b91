"""`flask list-keys`."""

from datetime import timedelta

import pytest

from app.core.key_format import PREFIX_LENGTH
from tests.conftest import NOW
from tests.support.commands import done
from tests.support.factory import Maker


@pytest.fixture
def listed(run):
    """The lines below the heading, as lists of words."""
    return lambda: [line.split() for line in done(run("list-keys")).splitlines()[1:]]


def test_without_keys_it_says_so(listed):
    assert listed() == [["0", "keys"]]


def test_it_shows_the_keys_of_everybody_in_the_order_of_their_ids(listed, make, viewer):
    first, second = make.key(label="Grafana"), Maker(viewer).key(label="Zabbix")
    assert listed() == [
        [str(first.id), f"{first.key[:PREFIX_LENGTH]}…", "owen", "valid", "never", "never", "Grafana"],
        [str(second.id), f"{second.key[:PREFIX_LENGTH]}…", "vera", "valid", "never", "never", "Zabbix"],
        ["2", "keys"],
    ]


def test_it_never_shows_a_whole_key(run, make):
    tool = make.key()
    assert tool.key not in done(run("list-keys"))


def test_it_shows_when_a_key_was_last_used(listed, make, clock):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    tool = make.key()
    clock.shift(125)
    tool.data("Truck 01")
    assert listed()[0][4:6] == ["2026-11-27", "08:02"]


def test_it_shows_when_a_key_expires_and_that_it_has(listed, make, clock):
    make.key(expires_at=(NOW + timedelta(hours=1)).isoformat())
    assert listed()[0][3:7] == ["valid", "never", "2026-11-27", "09:00"]
    clock.shift(3600)
    assert listed()[0][3] == "expired"


def test_it_shows_that_a_key_is_revoked(listed, run, make):
    tool = make.key()
    done(run("revoke-key", str(tool.id)))
    assert listed()[0][3] == "revoked"


def test_the_first_use_on_a_database_without_tables_makes_them(run_new):
    done(run_new("prepare"))
    assert done(run_new("list-keys")).endswith("0 keys\n")
