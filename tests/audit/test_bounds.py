"""The log keeps its size, and holds no secret."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.database import db
from app.models import ApiKey, AuditEntry, SignIn, User
from app.models.audit import TRIMMED_EVERY
from tests.conftest import NOW
from tests.support.signing_in import PASSWORD, sign_in
from tests.support.writes import WRITES, World

ENTRY = {
    "noted_at": NOW,
    "source": "127.0.0.1",
    "action": "sign-in",
    "outcome": "done",
    "details": {},
}


@pytest.fixture
def keep(app, monkeypatch):
    """Let the log keep so many entries."""

    def set_most(most: int) -> None:
        monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], audit_entries=most))

    return set_most


def fill(app, count):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.insert(AuditEntry), [ENTRY] * count)


def test_it_keeps_the_newest_and_about_as_many_as_it_is_told_to(app, keep, owner, noted):
    keep(300)
    fill(app, 1000)
    for number in range(TRIMMED_EVERY):
        owner.post("/api/collections", {"name": f"Device {number}"})
    kept = noted()
    assert 300 <= len(kept) < 300 + TRIMMED_EVERY
    assert [entry.action for entry in kept[-TRIMMED_EVERY:]] == ["create-collection"] * TRIMMED_EVERY


def test_many_entries_at_once_are_trimmed_as_well(app, keep, admin, noted):
    keep(100)
    fill(app, 500)
    ids = [admin.post("/api/collections", {"name": f"Device {number}"}).json["id"] for number in range(120)]
    assert admin.post("/api/collections/bulk-delete", {"collection_ids": ids}).status_code == 204
    kept = noted()
    assert 100 <= len(kept) < 100 + 120
    assert {entry.action for entry in kept[-120:]} == {"delete-collection"}


def everything(app, caplog):
    """All that was noted, in the database and in the log."""
    with app.app_context(), db.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM audit_entries")).all()
    return "\n".join([*map(str, rows), *caplog.messages])


def secrets_of(app):
    """What the database holds and nobody may see."""
    columns = (User.password_hash, ApiKey.key_hash, ApiKey.prefix, SignIn.id)
    with app.app_context():
        return [secret for column in columns for secret in db.session.scalars(sa.select(column))]


def secrets_in(answer):
    """What an answer gave to somebody, to be shown once."""
    given = answer.get_json(silent=True) if answer.data else None
    return [given[name] for name in ("access_token", "refresh_token", "key") if name in (given or {})]


def ends_much(write):
    """Writes that end others' worlds come last."""
    return write.method == "DELETE" or write.path.endswith(("bulk-delete", "password", "logout"))


def test_no_secret_is_in_it_after_everything_was_done(app, admin, caplog):
    caplog.set_level("INFO")
    world = World(app, admin)
    secrets = [PASSWORD, "new password", "typed by mistake", world.tool.key, *admin.tokens.values()]
    for login in ("typed by mistake", "ada"):
        sign_in(app, login, "typed by mistake")
    for write in sorted(WRITES, key=ends_much):
        secrets += secrets_of(app)
        secrets += secrets_in(world.do(write))
    found = everything(app, caplog)
    assert found.count("ada") > 20
    assert [secret for secret in secrets if isinstance(secret, str) and secret in found] == []
