"""Resources that hostile requests refer to."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db.session import Base, db
from tests.support.client import Caller
from tests.support.route_fixtures import RouteFixtures


@pytest.fixture
def route_fixtures(admin: Caller, owner: Caller) -> RouteFixtures:
    """Create a collection with a counter and a spike, a key and a user, all owned by the Admin."""
    return RouteFixtures({"admin": admin, "owner": owner}, admin)


@pytest.fixture
def rows(app: Flask) -> Callable[[], dict[str, list]]:
    """Return all rows of the database."""

    def read() -> dict[str, list]:
        with app.app_context():
            return {
                table.name: db.session.execute(sa.select(table).order_by(*table.primary_key)).all()
                for table in Base.metadata.sorted_tables
            }

    return read


@pytest.fixture
def nothing_written(rows) -> Iterator[None]:
    """Check that the test did not change the database."""
    before = rows()
    yield
    assert rows() == before
