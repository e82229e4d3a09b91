"""The migrations build the schema of the models: upgrade, downgrade and upgrade again, on each database."""

from datetime import timedelta

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.exc import IntegrityError

from app import create_app
from app.db.errors import constraint_name
from app.db.session import Base, db
from app.db.transactions import set_mode
from app.models import Collection, Role, SpikeSchedule, User
from tests.conftest import settings_for
from tests.support.timestamps import NOW


@pytest.fixture
def empty_database(own_database_url, tmp_path):
    """Create the app with an empty database, and enter its context."""
    app = create_app(settings_for(own_database_url, tmp_path), TESTING=True)
    with app.app_context():
        set_mode(writes=True)
        yield app
        set_mode(writes=False)
        db.session.remove()
        db.engine.dispose()


def get_tables():
    return set(sa.inspect(db.engine).get_table_names()) - {"sqlite_sequence"}


def get_version():
    with db.engine.connect() as connection:
        return connection.scalar(sa.text("SELECT version_num FROM alembic_version"))


def get_revisions():
    """Return all revisions, oldest first."""
    return [script.revision for script in get_scripts().walk_revisions()][::-1]


def get_scripts():
    return ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())


def to_comparable(index):
    """Return an index with its options as text: SQL expressions are equal only to themselves."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def read_schema():
    """Return the tables with their columns, keys, constraints and indexes, and the guard against overlaps."""
    inspector = sa.inspect(db.engine)
    found = {
        name: {
            "columns": [
                (each["name"], str(each["type"]), each["nullable"]) for each in inspector.get_columns(name)
            ],
            "primary key": inspector.get_pk_constraint(name),
            "foreign keys": inspector.get_foreign_keys(name),
            "unique": inspector.get_unique_constraints(name),
            "checks": inspector.get_check_constraints(name),
            "indexes": [to_comparable(index) for index in inspector.get_indexes(name)],
        }
        for name in sorted(get_tables())
    }
    with db.engine.connect() as connection:
        guard = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
            if connection.dialect.name == "sqlite"
            else "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'x'"
        )
        return found, [tuple(row) for row in connection.execute(sa.text(guard))]


def test_migrations_build_the_schema_of_the_models(empty_database):
    flask_migrate.upgrade()
    flask_migrate.check()  # exits if the models differ


def test_constraints_have_the_same_names_as_in_the_models(empty_database):
    """Database errors are mapped to API errors by these names."""
    flask_migrate.upgrade()
    inspector = sa.inspect(db.engine)
    for name, table in Base.metadata.tables.items():
        actual = {each["name"] for each in inspector.get_unique_constraints(name)}
        expected = {each.name for each in table.constraints if isinstance(each, sa.UniqueConstraint)}
        assert actual == expected
        actual = {each["name"] for each in inspector.get_check_constraints(name)}
        expected = {each.name for each in table.constraints if isinstance(each, sa.CheckConstraint)}
        assert actual == expected


def test_a_full_downgrade_drops_all_tables_and_an_upgrade_restores_the_schema(empty_database):
    flask_migrate.upgrade()
    before = read_schema()
    flask_migrate.downgrade(revision="base")
    assert get_tables() <= {"alembic_version"}
    flask_migrate.upgrade()
    assert read_schema() == before


def test_every_migration_can_be_reverted_and_repeated(empty_database):
    for revision in get_revisions():
        flask_migrate.upgrade(revision=revision)
        before = read_schema()
        flask_migrate.downgrade(revision="-1")
        flask_migrate.upgrade(revision=revision)
        assert read_schema() == before
        assert get_version() == revision


def test_migrations_have_a_single_head(empty_database):
    assert len(get_scripts().get_heads()) == 1


def test_a_repeated_upgrade_changes_nothing(empty_database):
    flask_migrate.upgrade()
    before = read_schema()
    flask_migrate.upgrade()
    assert read_schema() == before


def spike(collection_id, minutes=0):
    start = NOW + timedelta(minutes=minutes)
    return SpikeSchedule(
        collection_id=collection_id,
        name="Spike",
        start_datetime=start,
        end_datetime=start + timedelta(hours=1),
    )


def test_migrations_keep_the_data_and_the_constraint_against_overlaps(empty_database):
    """Downgrade to the first revision and upgrade to the last one, with rows in the tables."""
    flask_migrate.upgrade()
    user = User(email="ada@example.org", password_hash="-", role=Role.ADMIN)
    user.rename("ada")
    db.session.add(user)
    db.session.flush()
    collection = Collection(name="Truck 01", owner_id=user.id)
    db.session.add(collection)
    db.session.flush()
    db.session.add(spike(collection.id))
    db.session.commit()
    flask_migrate.downgrade(revision=get_revisions()[0])
    flask_migrate.upgrade()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SpikeSchedule)) == 1
    db.session.add(spike(collection.id, minutes=30))
    with pytest.raises(IntegrityError) as caught:
        db.session.commit()
    assert constraint_name(caught.value) == "spike_no_overlap"
    db.session.rollback()
