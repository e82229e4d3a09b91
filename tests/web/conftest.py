"""What hostile requests are sent to."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db.session import Base, db
from tests.support.client import Caller
from tests.support.route_fixtures import RouteFixtures


@pytest.fixture
def things(admin: Caller, owner: Caller) -> RouteFixtures:
    """A collection with a counter and a spike, a key, a user: all the Admin's."""
    return RouteFixtures({"admin": admin, "owner": owner}, admin)


@pytest.fixture
def rows(app: Flask) -> Callable[[], dict[str, list]]:
    """Everything that is in the database."""

    def read() -> dict[str, list]:
        with app.app_context():
            return {
                table.name: db.session.execute(sa.select(table).order_by(*table.primary_key)).all()
                for table in Base.metadata.sorted_tables
            }

    return read


@pytest.fixture
def nothing_written(rows) -> Iterator[None]:
    """Checks that the test left the database as it was when this fixture was asked for."""
    before = rows()
    yield
    assert rows() == before
