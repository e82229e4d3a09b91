"""Commands and starts are noted as well."""

from dataclasses import replace

import pytest

from app import startup
from config import FirstAdmin
from tests.cli.conftest import runner
from tests.support.commands import done

PASSWORD = "a long enough password"


@pytest.fixture
def run(app):
    return runner(app)


def told(entries):
    return [
        (entry.action, entry.thing_name, entry.actor_id, entry.actor_name, entry.source) for entry in entries
    ]


def test_creating_a_user(run, noted):
    done(run("create-user", "eve@example.org", "eve", "--password-stdin", input=PASSWORD))
    (entry,) = noted()
    assert told([entry]) == [("create-user", "eve", None, None, "command line")]
    assert entry.details == {"role": "Editor"}


def test_setting_a_password(run, owner, noted):
    noted()
    done(run("set-password", "owen", "--password-stdin", input=PASSWORD))
    assert told(noted()) == [("change-password", "owen", None, None, "command line")]


def test_revoking_a_key(run, make, noted):
    key = make.key()
    noted()
    done(run("revoke-key", str(key.id)))
    assert told(noted()) == [("revoke-key", "tests", None, None, "command line")]


def test_loading_the_demo(run, admin, noted):
    noted()
    done(run("demo"))
    entries = noted()
    assert {entry.source for entry in entries} == {"command line"}
    actions = {entry.action for entry in entries}
    assert actions == {"create-collection", "create-field", "create-key", "create-spike"}


def test_a_command_that_fails_leaves_no_entry(run, owner, noted):
    noted()
    assert run("create-user", "new@example.org", "owen", "--password-stdin", input=PASSWORD).exit_code == 1
    assert noted() == []


def test_the_first_admin_of_the_settings_is_set_up_by_the_server(app, monkeypatch, noted):
    first = FirstAdmin("ada@example.org", "ada", PASSWORD)
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], first_admin=first))
    startup.prepare(app)
    startup.prepare(app)
    assert told(noted()) == [("set-up", "ada", None, None, "server")]
