"""All connections of the pool are taken."""

from contextlib import ExitStack

import pytest

from app.db.session import db
from tests.db_errors.conftest import short_timeout_app
from tests.support.client import Caller, Poller
from tests.support.db_failures import assert_unavailable


@pytest.fixture
def small(app):
    """An app with two connections, on the database of the tests."""
    small = short_timeout_app(app.config["SETTINGS"], pool_size=2, max_overflow=0)
    yield small
    with small.app_context():
        db.engine.dispose()


def test_while_no_connection_is_free_requests_are_503_and_afterwards_they_work(small, world):
    admin, tool = Caller(small, tokens=world.admin.tokens), Poller(small, world.tool.key)
    with small.app_context(), ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(db.engine.connect())
        assert_unavailable(admin.get("/api/collections"))
        assert_unavailable(admin.post("/api/collections", {"name": "Truck 02"}))
        assert_unavailable(tool.poll("Bridge"))
        assert_unavailable(admin.get("/api/health"))
    assert admin.get("/api/collections").json["total"] == 2
    assert tool.poll("Bridge").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/health", 200),
        ("/api/collections/999999", 404),
        ("/api/collections?page=0", 422),
        ("/api/nonsense", 404),
        ("/api/data/Truck 01/performance", 401),
    ],
)
def test_every_request_gives_its_connection_back(small, world, path, status):
    admin = Caller(small, tokens=world.admin.tokens)
    assert [admin.get(path).status_code for _ in range(4)] == [status] * 4
    with small.app_context():
        assert db.engine.pool.checkedout() == 0


def test_a_request_that_the_database_refuses_gives_its_connection_back(small, world):
    admin = Caller(small, tokens=world.admin.tokens)
    for _ in range(4):
        assert admin.post("/api/collections", {"name": "Bridge"}).status_code == 409
    with small.app_context():
        assert db.engine.pool.checkedout() == 0
