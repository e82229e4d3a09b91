"""All connections of the pool are in use."""

from contextlib import ExitStack

import pytest

from app.db.session import db
from tests.db_errors.conftest import short_timeout_app
from tests.support.client import Caller, Poller
from tests.support.db_failures import assert_unavailable


@pytest.fixture
def small_pool_app(app):
    """Yield an app with a pool of two connections, on the database of the tests."""
    small_pool_app = short_timeout_app(app.config["SETTINGS"], pool_size=2, max_overflow=0)
    yield small_pool_app
    with small_pool_app.app_context():
        db.engine.dispose()


def test_requests_are_503_while_no_connection_is_free_and_work_afterwards(small_pool_app, world):
    admin, tool = Caller(small_pool_app, tokens=world.admin.tokens), Poller(small_pool_app, world.tool.key)
    with small_pool_app.app_context(), ExitStack() as stack:
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
def test_every_request_returns_its_connection(small_pool_app, world, path, status):
    admin = Caller(small_pool_app, tokens=world.admin.tokens)
    assert [admin.get(path).status_code for _ in range(4)] == [status] * 4
    with small_pool_app.app_context():
        assert db.engine.pool.checkedout() == 0


def test_a_write_refused_by_a_constraint_returns_its_connection(small_pool_app, world):
    admin = Caller(small_pool_app, tokens=world.admin.tokens)
    for _ in range(4):
        assert admin.post("/api/collections", {"name": "Bridge"}).status_code == 409
    with small_pool_app.app_context():
        assert db.engine.pool.checkedout() == 0
