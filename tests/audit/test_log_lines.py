"""Each entry is a line of the log as well: JSON, once it is certain."""

import json
import logging

import pytest

from app.core.log_format import AUDIT_LOGGER, LineFormatter
from app.models import AuditEntry
from tests.support.db_failures import write_lock


@pytest.fixture
def lines(caplog):
    """`lines()` gives the lines since it was last called."""
    caplog.set_level("INFO")

    def read():
        found = [record.getMessage() for record in caplog.records if record.name == AUDIT_LOGGER]
        caplog.clear()
        return found

    return read


def test_a_line_says_what_the_entry_does(owner, lines, noted):
    lines(), noted()
    owner.post("/api/collections", {"name": "Truck 01"})
    (line,), (entry,) = lines(), noted()
    said = json.loads(line)
    assert said.pop("event") == "audit"
    assert said.pop("noted_at") == "2026-11-27T08:00:00Z"
    columns = {column.name for column in AuditEntry.__table__.columns} - {"id", "noted_at"}
    assert said == {name: getattr(entry, name) for name in columns}


def test_a_name_cannot_forge_a_line(owner, lines):
    lines()
    owner.post("/api/collections", {"name": 'x"}\u2028{"event": "audit"} é'})
    (line,) = lines()
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["thing_name"] == 'x"}\u2028{"event": "audit"} é'


def test_what_is_rolled_back_is_not_told(make, owner, lines):
    make.collection("Truck 01")
    lines()
    owner.post("/api/collections", {"name": "Truck 01"})
    assert lines() == []


def test_a_refusal_is_told_and_stands_though_the_database_takes_no_entry(app, viewer, lines, noted):
    noted(), lines()
    with write_lock(app):
        assert viewer.post("/api/collections", {"name": "x"}).status_code == 403
    assert [json.loads(line)["outcome"] for line in lines()] == ["refused"]


def test_the_lines_are_json_alone_and_others_keep_their_form():
    form = LineFormatter("[%(levelname)s] %(message)s")
    records = [
        logging.LogRecord(name, logging.INFO, "", 0, "{}", None, None) for name in (AUDIT_LOGGER, "app.x")
    ]
    assert [form.format(record) for record in records] == ["{}", "[INFO] {}"]
