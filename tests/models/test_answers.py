"""What an answer shows is read before the commit.

Read after it, it would wait for the lock of the next writer, and might answer that nothing was done
when all was, or show what somebody else did meanwhile.
"""

import pytest
import sqlalchemy as sa

from app.db.session import db
from tests.support.statements import TRANSACTIONS
from tests.support.write_catalog import WRITES, WriteFixtures


@pytest.fixture
def log(app):
    """Every statement that reaches the database, and every commit."""
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    def note_commit(_connection):
        seen.append("COMMIT")

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    sa.event.listen(engine, "commit", note_commit)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)
    sa.event.remove(engine, "commit", note_commit)


@pytest.mark.parametrize("write", WRITES, ids=str)
def test_nothing_is_read_for_an_answer_after_the_commit(app, admin, log, write):
    world = WriteFixtures(app, admin)
    log.clear()
    response = world.do(write)
    assert response.status_code == write.status, response.text
    last = len(log) - log[::-1].index("COMMIT")
    assert [each for each in log[last:] if not each.startswith(TRANSACTIONS)] == []
