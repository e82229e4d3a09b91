"""A write reads everything that its response shows before it commits.

A read after the commit could wait for the lock of the next writer, report a failure although the write
succeeded, or show changes that another request made in between.
"""

import pytest
import sqlalchemy as sa

from app.db.session import db
from tests.support.statements import TRANSACTIONS
from tests.support.write_catalog import WRITES, WriteFixtures


@pytest.fixture
def statements(app):
    """Record every statement that reaches the database, and every commit."""
    seen = []

    def record(_connection, _cursor, statement, *_more):
        seen.append(statement)

    def record_commit(_connection):
        seen.append("COMMIT")

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", record)
    sa.event.listen(engine, "commit", record_commit)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", record)
    sa.event.remove(engine, "commit", record_commit)


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_a_write_reads_nothing_after_its_commit(app, admin, statements, write):
    fixtures = WriteFixtures(app, admin)
    statements.clear()
    response = fixtures.do(write)
    assert response.status_code == write.status, response.text
    last = len(statements) - statements[::-1].index("COMMIT")
    assert [each for each in statements[last:] if not each.startswith(TRANSACTIONS)] == []
