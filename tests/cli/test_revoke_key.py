"""`flask revoke-key ID`."""

import pytest

from tests.support.commands import done, refused


@pytest.fixture
def tool(make):
    """Return a monitoring tool that polls `Truck 01`."""
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED"})
    return make.key(label="Grafana")


def test_a_revoked_key_stops_working_at_once(run, tool):
    assert tool.poll("Truck 01").status_code == 200
    output = done(run("revoke-key", str(tool.id)))
    assert output == f"Revoked {tool.key[:12]}… (Grafana).\n"
    assert tool.poll("Truck 01").status_code == 401


def test_other_keys_keep_working(run, make, tool):
    other = make.key()
    done(run("revoke-key", str(tool.id)))
    assert other.poll("Truck 01").status_code == 200


def test_a_revoked_key_is_kept_with_the_time_of_its_revocation(run, owner, tool):
    done(run("revoke-key", str(tool.id)))
    key = owner.get(f"/api/api-keys/{tool.id}").json
    assert (key["status"], key["revoked_at"]) == ("revoked", "2026-11-27T08:00:00Z")


def test_revoking_a_key_again_changes_nothing(run, owner, tool, clock):
    done(run("revoke-key", str(tool.id)))
    clock.shift(60)
    done(run("revoke-key", str(tool.id)))
    assert owner.get(f"/api/api-keys/{tool.id}").json["revoked_at"] == "2026-11-27T08:00:00Z"


def test_an_unknown_id_is_refused(run, tool):
    assert f"There is no API key {tool.id + 1}. See list-keys." in refused(
        run("revoke-key", str(tool.id + 1))
    )
    assert tool.poll("Truck 01").status_code == 200


@pytest.mark.parametrize("text", ["0", "Grafana", "", "1.5", "2147483648", "9" * 30])
def test_an_invalid_id_is_refused(run, text):
    assert "Invalid value for 'KEY_ID'" in refused(run("revoke-key", text))
