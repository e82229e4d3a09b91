"""Each entry is also written to the log as one line of JSON, once it is committed."""

import json
import logging

import pytest

from app.core.log_format import AUDIT_LOGGER, LineFormatter
from app.models import AuditEntry
from tests.support.db_failures import write_lock


@pytest.fixture
def new_lines(caplog):
    """Return a function that returns the audit lines since its last call."""
    caplog.set_level("INFO")

    def read():
        found = [record.getMessage() for record in caplog.records if record.name == AUDIT_LOGGER]
        caplog.clear()
        return found

    return read


def test_a_log_line_contains_the_properties_of_its_entry(owner, new_lines, new_entries):
    new_lines(), new_entries()
    owner.post("/api/collections", {"name": "Truck 01"})
    (line,), (entry,) = new_lines(), new_entries()
    logged = json.loads(line)
    assert logged.pop("event") == "audit"
    assert logged.pop("noted_at") == "2026-11-27T08:00:00Z"
    columns = {column.name for column in AuditEntry.__table__.columns} - {"id", "noted_at"}
    assert logged == {name: getattr(entry, name) for name in columns}


def test_a_name_cannot_forge_a_log_line(owner, new_lines):
    new_lines()
    owner.post("/api/collections", {"name": 'x"}\u2028{"event": "audit"} é'})
    (line,) = new_lines()
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["thing_name"] == 'x"}\u2028{"event": "audit"} é'


def test_a_rolled_back_change_is_not_logged(make, owner, new_lines):
    make.collection("Truck 01")
    new_lines()
    owner.post("/api/collections", {"name": "Truck 01"})
    assert new_lines() == []


def test_a_refusal_is_logged_even_if_the_database_is_locked(app, viewer, new_lines, new_entries):
    new_entries(), new_lines()
    with write_lock(app):
        assert viewer.post("/api/collections", {"name": "x"}).status_code == 403
    assert [json.loads(line)["outcome"] for line in new_lines()] == ["refused"]


def test_audit_lines_are_plain_json_and_other_lines_keep_their_format():
    formatter = LineFormatter("[%(levelname)s] %(message)s")
    records = [
        logging.LogRecord(name, logging.INFO, "", 0, "{}", None, None) for name in (AUDIT_LOGGER, "app.x")
    ]
    assert [formatter.format(record) for record in records] == ["{}", "[INFO] {}"]
