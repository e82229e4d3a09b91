"""Every write while the database accepts none: refused as a whole, and accepted after the failure."""

import re
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app.db.session import db
from tests.support.db_failures import (
    assert_unavailable,
    disk_full,
    dump_tables,
    read_only_database,
    write_lock,
)
from tests.support.write_catalog import DELIVERIES, WRITES

SAFE = {"GET", "HEAD", "OPTIONS"}
READS_BY_POST = {"auth.refresh", "preview.preview_draft"}


@pytest.mark.parametrize("write", [*WRITES, *DELIVERIES], ids=str)
def test_a_refused_write_changes_nothing_and_works_afterwards(app, world, write):
    before = dump_tables(app)
    for failure in (write_lock, disk_full, read_only_database):
        with failure(app):
            assert_unavailable(world.do(write))
        assert dump_tables(app) == before, failure
    assert world.do(write).status_code == write.status
    assert dump_tables(app) != before


def test_every_route_that_writes_is_in_the_write_catalog(app):
    routes = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - SAFE
        if rule.rule.startswith("/api/") and rule.endpoint not in READS_BY_POST
    }
    urls = app.url_map.bind("localhost")
    paths = [(write.method, re.sub(r"\{\w+\}", "1", write.path)) for write in (*WRITES, *DELIVERIES)]
    tested = {(method, urls.match(path, method)[0]) for method, path in paths}
    assert tested == routes


@pytest.mark.parametrize("write", [*WRITES, *DELIVERIES], ids=str)
def test_no_statement_follows_the_commit_of_a_write(app, world, write):
    """Otherwise a failure in between could make a committed write look refused."""
    with statements_after_commit(app) as seen:
        assert world.do(write).status_code == write.status
    assert seen == []


def test_the_last_statement_of_a_poll_advances_its_counters(world, queries):
    """Otherwise a failure in between could make a poll look refused whose counters have advanced."""
    world.tool.poll("Truck 01")  # records the use of the key
    with queries() as seen:
        assert world.tool.poll("Truck 01").status_code == 200
    *_, last = seen.statements
    assert "SET current_number" in last


@contextmanager
def statements_after_commit(app):
    """Yield the statements that the app runs after its first commit."""
    committed, seen = [], []

    def on_commit(_connection):
        committed.append(True)

    def on_execute(_connection, _cursor, statement, *_more):
        if committed:
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "commit", on_commit)
    sa.event.listen(engine, "before_cursor_execute", on_execute)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "commit", on_commit)
        sa.event.remove(engine, "before_cursor_execute", on_execute)
    assert committed
