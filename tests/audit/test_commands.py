"""Commands and the server's start leave audit entries too."""

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


def summarize(entries):
    return [
        (entry.action, entry.thing_name, entry.actor_id, entry.actor_name, entry.source) for entry in entries
    ]


def test_create_user_is_recorded(run, new_entries):
    done(run("create-user", "eve@example.org", "eve", "--password-stdin", input=PASSWORD))
    (entry,) = new_entries()
    assert summarize([entry]) == [("create-user", "eve", None, None, "command line")]
    assert entry.details == {"role": "Editor"}


def test_set_password_is_recorded(run, owner, new_entries):
    new_entries()
    done(run("set-password", "owen", "--password-stdin", input=PASSWORD))
    assert summarize(new_entries()) == [("change-password", "owen", None, None, "command line")]


def test_revoke_key_is_recorded(run, make, new_entries):
    key = make.key()
    new_entries()
    done(run("revoke-key", str(key.id)))
    assert summarize(new_entries()) == [("revoke-key", "tests", None, None, "command line")]


def test_loading_the_demo_is_recorded(run, admin, new_entries):
    new_entries()
    done(run("demo"))
    entries = new_entries()
    assert {entry.source for entry in entries} == {"command line"}
    actions = {entry.action for entry in entries}
    assert actions == {"create-collection", "create-field", "create-key", "create-spike"}


def test_a_failed_command_leaves_no_entry(run, owner, new_entries):
    new_entries()
    assert run("create-user", "new@example.org", "owen", "--password-stdin", input=PASSWORD).exit_code == 1
    assert new_entries() == []


def test_creating_the_first_admin_from_settings_is_recorded_once(app, monkeypatch, new_entries):
    first = FirstAdmin("ada@example.org", "ada", PASSWORD)
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], first_admin=first))
    startup.prepare(app)
    startup.prepare(app)
    assert summarize(new_entries()) == [("set-up", "ada", None, None, "server")]
