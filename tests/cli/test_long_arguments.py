"""Long text on the command line and in settings is refused by its length, before it is normalized."""

import pytest

import config
from app import startup
from tests.support.commands import refused
from tests.support.normalizing import MARKS, MAX_NORMALIZED, spy_on_normalizing

COMMANDS = {
    "create-user, e-mail": ("create-user", f"{MARKS}@example.org", "ada", "--password-stdin"),
    "create-user, name": ("create-user", "ada@example.org", MARKS, "--password-stdin"),
    "set-password": ("set-password", MARKS, "--password-stdin"),
    "reset-two-factor": ("reset-two-factor", MARKS),
    "demo": ("demo", "--owner", MARKS),
    "revoke-key": ("revoke-key", "9" * 5_000),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_a_long_argument_is_refused_by_its_length(run, monkeypatch, case):
    normalized = spy_on_normalizing(monkeypatch)
    output = refused(run(*COMMANDS[case], input="a long enough password"))
    assert max(normalized, default=0) <= MAX_NORMALIZED
    assert len(output) < 6_000


def test_a_long_password_is_refused_by_its_length(run, monkeypatch):
    normalized = spy_on_normalizing(monkeypatch)
    output = refused(run("create-user", "ada@example.org", "ada", "--password-stdin", input=MARKS))
    assert "must have at most 128 characters" in output
    assert max(normalized, default=0) <= MAX_NORMALIZED


@pytest.mark.parametrize("wrong", ["email", "username", "password"])
def test_a_long_setting_of_the_first_admin_is_refused_by_its_length(app, monkeypatch, wrong):
    normalized = spy_on_normalizing(monkeypatch)
    right = {"email": "ada@example.org", "username": "ada", "password": "a long enough password"}
    with app.app_context(), pytest.raises(config.BadSetting, match="at most"):
        startup.validate_first_admin(config.FirstAdmin(**(right | {wrong: MARKS})))
    assert max(normalized, default=0) <= MAX_NORMALIZED
