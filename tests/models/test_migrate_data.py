"""Upgrading from every earlier schema keeps what is in it; a new migration is tested by itself."""

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
    """The app on a database without any tables."""
    app = create_app(settings_for(own_database_url, tmp_path), TESTING=True, **FAST_SETTINGS)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def at(app):
    """Bring the database to an earlier schema with rows in every table; what they are."""

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


def everything(app, like):
    with app.app_context(), db.engine.connect() as connection:
        return content(connection, like)


@pytest.mark.parametrize("schema", EARLIER[::-1])
def test_an_upgrade_keeps_every_row_of_every_table(app, at, schema):
    before = at(schema)
    assert {len(rows) for rows in before.values()} == {ROWS}
    startup.prepare(app)
    assert everything(app, like=before) == before


@pytest.mark.parametrize("schema", EARLIER[::-1])
def test_what_was_upgraded_is_polled_and_read_as_ever(app, at, schema):
    collection = at(schema)["collections"][0]["id"]
    startup.prepare(app)
    answer = Poller(app, KEY).get(f"/api/collections/{collection}/data/performance")
    assert answer.status_code == 200, answer.text
    assert list(answer.json["data"].values()) == [25]
    with app.app_context():
        read = [db.session.scalars(sa.select(each.class_)).unique().all() for each in Base.registry.mappers]
    assert read


def test_a_database_of_a_newer_version_is_left_alone_and_named(app, at):
    before = at(NEWEST)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CannotStart, match=f"by a newer version .* 9999, .* supports schemas up to {NEWEST}"):
        startup.prepare(app)
    assert everything(app, like=before) == before
