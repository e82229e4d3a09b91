"""`flask list-keys`."""

from datetime import timedelta

import pytest

from app.core.key_format import PREFIX_LENGTH
from tests.conftest import NOW
from tests.support.commands import done
from tests.support.factory import Maker


@pytest.fixture
def list_keys(run):
    """Return a function that runs `list-keys` and splits the lines below the heading into words."""
    return lambda: [line.split() for line in done(run("list-keys")).splitlines()[1:]]


def test_without_keys_only_the_count_is_shown(list_keys):
    assert list_keys() == [["0", "keys"]]


def test_the_keys_of_all_users_are_listed_by_id(list_keys, make, viewer):
    first, second = make.key(label="Grafana"), Maker(viewer).key(label="Zabbix")
    assert list_keys() == [
        [str(first.id), f"{first.key[:PREFIX_LENGTH]}…", "owen", "valid", "never", "never", "Grafana"],
        [str(second.id), f"{second.key[:PREFIX_LENGTH]}…", "vera", "valid", "never", "never", "Zabbix"],
        ["2", "keys"],
    ]


def test_a_whole_key_is_never_shown(run, make):
    tool = make.key()
    assert tool.key not in done(run("list-keys"))


def test_the_last_use_of_a_key_is_shown(list_keys, make, clock):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    tool = make.key()
    clock.shift(125)
    tool.data("Truck 01")
    assert list_keys()[0][4:6] == ["2026-11-27", "08:02"]


def test_the_expiry_of_a_key_and_an_expired_key_are_shown(list_keys, make, clock):
    make.key(expires_at=(NOW + timedelta(hours=1)).isoformat())
    assert list_keys()[0][3:7] == ["valid", "never", "2026-11-27", "09:00"]
    clock.shift(3600)
    assert list_keys()[0][3] == "expired"


def test_a_revoked_key_is_shown_as_revoked(list_keys, run, make):
    tool = make.key()
    done(run("revoke-key", str(tool.id)))
    assert list_keys()[0][3] == "revoked"


def test_list_keys_works_on_a_newly_prepared_database(run_new):
    done(run_new("prepare"))
    assert done(run_new("list-keys")).endswith("0 keys\n")
