"""An upgrade from every earlier schema keeps the data. A new migration is tested without further changes."""

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

import config
from app import create_app, startup
from app.core.errors import CannotStart
from app.db.session import Base, db
from app.db.transactions import set_mode
from tests.conftest import FAST_SETTINGS, settings_for
from tests.support.client import Poller
from tests.support.table_rows import KEY, ROWS, content, fill

SCHEMAS = [script.revision for script in ScriptDirectory(str(config.ROOT / "migrations")).walk_revisions()]
NEWEST, *EARLIER = SCHEMAS


@pytest.fixture
def app(own_database_url, tmp_path, clock):
    """Create the app with an empty database."""
    app = create_app(settings_for(own_database_url, tmp_path), TESTING=True, **FAST_SETTINGS)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def migrate_to(app):
    """Return a function that migrates to a schema, fills every table, and returns the rows."""

    def migrate(schema):
        with app.app_context():
            set_mode(writes=True)
            flask_migrate.upgrade(revision=schema)
            with db.engine.begin() as connection:
                fill(connection)
                rows = content(connection)
            set_mode(writes=False)
        return rows

    return migrate


def read_rows(app, like):
    with app.app_context(), db.engine.connect() as connection:
        return content(connection, like)


@pytest.mark.parametrize("schema", EARLIER[::-1])
def test_an_upgrade_keeps_all_rows_of_all_tables(app, migrate_to, schema):
    before = migrate_to(schema)
    assert {len(rows) for rows in before.values()} == {ROWS}
    startup.prepare(app)
    assert read_rows(app, like=before) == before


@pytest.mark.parametrize("schema", EARLIER[::-1])
def test_upgraded_data_can_be_polled_and_read_by_the_models(app, migrate_to, schema):
    collection = migrate_to(schema)["collections"][0]["id"]
    startup.prepare(app)
    response = Poller(app, KEY).get(f"/api/collections/{collection}/data/performance")
    assert response.status_code == 200, response.text
    assert list(response.json["data"].values()) == [25]
    with app.app_context():
        rows = [db.session.scalars(sa.select(each.class_)).unique().all() for each in Base.registry.mappers]
    assert rows


def test_a_database_of_a_newer_version_is_refused_and_not_changed(app, migrate_to):
    before = migrate_to(NEWEST)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CannotStart, match=f"by a newer version .* 9999, .* supports schemas up to {NEWEST}"):
        startup.prepare(app)
    assert read_rows(app, like=before) == before
