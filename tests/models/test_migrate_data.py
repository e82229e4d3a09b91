"""An upgrade from every earlier schema keeps the data. A new migration is tested without further changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask

import config
from app import create_app, startup
from app.core.errors import CannotStart
from app.db.session import Base, db
from app.db.transactions import set_mode
from tests.conftest import DATABASE_KINDS, FAST_SETTINGS, create_empty_database, settings_for
from tests.support.client import Poller
from tests.support.table_rows import KEY, ROWS, Rows, content, fill

SCHEMAS = [script.revision for script in ScriptDirectory(str(config.ROOT / "migrations")).walk_revisions()]
NEWEST, *EARLIER = SCHEMAS


class Database(NamedTuple):
    """An app, and the rows that its database had after it was filled in some schema."""

    app: Flask
    before: Rows


@contextmanager
def filled_database(
    kind: str, schema: str, folder: Path, request: pytest.FixtureRequest
) -> Iterator[Database]:
    """Yield a database of this schema with rows in every table."""
    name = f"spikecast_filled_{schema}_{request.getfixturevalue('worker_id')}"
    with create_empty_database(kind, name, request.config) as url:
        app = create_app(settings_for(url, folder), TESTING=True, **FAST_SETTINGS)
        with app.app_context():
            set_mode(writes=True)
            flask_migrate.upgrade(revision=schema)
            with db.engine.begin() as connection:
                fill(connection)
                before = content(connection)
            set_mode(writes=False)
        yield Database(app, before)
        with app.app_context():
            app.extensions["polls"].close()
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="module", params=DATABASE_KINDS)
def kind(request):
    return request.param


@pytest.fixture(scope="module", params=EARLIER[::-1])
def upgraded(request, kind, tmp_path_factory):
    """Yield a database that was filled in an earlier schema and upgraded since."""
    folder = tmp_path_factory.mktemp("upgraded")
    with filled_database(kind, request.param, folder, request) as database:
        startup.prepare(database.app)
        yield database


def read_rows(app, like):
    with app.app_context(), db.engine.connect() as connection:
        return content(connection, like)


def test_an_upgrade_keeps_all_rows_of_all_tables(upgraded):
    assert {len(rows) for rows in upgraded.before.values()} == {ROWS}
    assert read_rows(upgraded.app, like=upgraded.before) == upgraded.before


def test_upgraded_data_can_be_polled_and_read_by_the_models(upgraded, clock):
    app, before = upgraded
    collection = before["collections"][0]["id"]
    response = Poller(app, KEY).get(f"/api/collections/{collection}/data/performance")
    assert response.status_code == 200, response.text
    assert list(response.json["data"].values()) == [25]
    with app.app_context():
        rows = [db.session.scalars(sa.select(each.class_)).unique().all() for each in Base.registry.mappers]
    assert rows


def test_a_database_of_a_newer_version_is_refused_and_not_changed(request, kind, tmp_path):
    with filled_database(kind, NEWEST, tmp_path, request) as (app, before):
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(
            CannotStart, match=f"by a newer version .* 9999, .* supports schemas up to {NEWEST}"
        ):
            startup.prepare(app)
        assert read_rows(app, like=before) == before
