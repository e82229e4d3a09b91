"""The migrations alone build the schema: up, down, and up again, on each database."""

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
def empty(own_database_url, tmp_path):
    """The app on a database without any tables, and its context."""
    app = create_app(settings_for(own_database_url, tmp_path), TESTING=True)
    with app.app_context():
        set_mode(writes=True)
        yield app
        set_mode(writes=False)
        db.session.remove()
        db.engine.dispose()


def tables():
    return set(sa.inspect(db.engine).get_table_names()) - {"sqlite_sequence"}


def version():
    with db.engine.connect() as connection:
        return connection.scalar(sa.text("SELECT version_num FROM alembic_version"))


def revisions():
    """Every revision, the first one first."""
    return [script.revision for script in scripts().walk_revisions()][::-1]


def scripts():
    return ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())


def comparable(index):
    """An index whose condition, where it has one, is text: the object that it is equals only itself."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def schema():
    """All that there is: tables with their columns, keys, constraints and indexes, and triggers."""
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
            "indexes": [comparable(index) for index in inspector.get_indexes(name)],
        }
        for name in sorted(tables())
    }
    with db.engine.connect() as connection:
        guard = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
            if connection.dialect.name == "sqlite"
            else "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'x'"
        )
        return found, [tuple(row) for row in connection.execute(sa.text(guard))]


def test_what_they_build_is_what_the_models_say(empty):
    flask_migrate.upgrade()
    flask_migrate.check()  # exits with what it finds


def test_every_constraint_has_the_name_that_the_models_give_it(empty):
    """Errors are told apart by these names."""
    flask_migrate.upgrade()
    inspector = sa.inspect(db.engine)
    for name, table in Base.metadata.tables.items():
        built = {each["name"] for each in inspector.get_unique_constraints(name)}
        meant = {each.name for each in table.constraints if isinstance(each, sa.UniqueConstraint)}
        assert built == meant
        built = {each["name"] for each in inspector.get_check_constraints(name)}
        meant = {each.name for each in table.constraints if isinstance(each, sa.CheckConstraint)}
        assert built == meant


def test_all_the_way_down_nothing_is_left_and_up_again_it_is_the_same(empty):
    flask_migrate.upgrade()
    built = schema()
    flask_migrate.downgrade(revision="base")
    assert tables() <= {"alembic_version"}
    flask_migrate.upgrade()
    assert schema() == built


def test_every_step_can_be_taken_back_and_taken_again(empty):
    for revision in revisions():
        flask_migrate.upgrade(revision=revision)
        built = schema()
        flask_migrate.downgrade(revision="-1")
        flask_migrate.upgrade(revision=revision)
        assert schema() == built
        assert version() == revision


def test_there_is_one_line_of_them(empty):
    assert len(scripts().get_heads()) == 1


def test_a_second_time_there_is_nothing_to_do(empty):
    flask_migrate.upgrade()
    built = schema()
    flask_migrate.upgrade()
    assert schema() == built


def spike(collection_id, minutes=0):
    start = NOW + timedelta(minutes=minutes)
    return SpikeSchedule(
        collection_id=collection_id,
        name="Spike",
        start_datetime=start,
        end_datetime=start + timedelta(hours=1),
    )


def test_they_keep_the_data_and_the_guard_against_overlaps(empty):
    """Down to the first revision and up to the last one, with rows in the tables."""
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
    flask_migrate.downgrade(revision=revisions()[0])
    flask_migrate.upgrade()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SpikeSchedule)) == 1
    db.session.add(spike(collection.id, minutes=30))
    with pytest.raises(IntegrityError) as caught:
        db.session.commit()
    assert constraint_name(caught.value) == "spike_no_overlap"
    db.session.rollback()
