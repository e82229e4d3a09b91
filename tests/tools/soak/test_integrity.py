"""The integrity check of a soak finds damaged and inconsistent databases."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade
from sqlalchemy.pool import NullPool

from app import create_app
from app.models import SpikeSchedule
from tests.conftest import settings_for
from tests.support.table_rows import fill
from tests.support.timestamps import NOW
from tools.soak import integrity
from tools.soak.cluster import create_cluster

TRUCK, MISSING_COLLECTION = 1, 987_654
INDEX = "ix_spike_schedules_window"


class DamagedDatabase:
    """A database with rows in every table, and methods that damage it."""

    def __init__(self, url):
        self.url = url
        self.engine = sa.create_engine(url, poolclass=NullPool)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        with self.engine.begin() as connection:
            fill(connection)

    def spike(self, start, end, collection_id=TRUCK):
        row = {"name": "Spike", "collection_id": collection_id, "created_at": NOW, "updated_at": NOW}
        row |= {"start_datetime": _minute(start), "end_datetime": _minute(end)}
        with self.engine.begin() as connection:
            if not self.is_sqlite:  # PostgreSQL enforces foreign keys unless they are turned off
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.execute(sa.insert(SpikeSchedule.__table__).values(row))

    def run(self, *statements):
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def drop_overlap_constraint(self):
        """Remove the constraint that prevents overlapping windows."""
        if not self.is_sqlite:
            self.run("ALTER TABLE spike_schedules DROP CONSTRAINT spike_no_overlap")
            return
        with self.engine.begin() as connection:
            wanted = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%spike_no_overlap%'"
            for (name,) in connection.exec_driver_sql(wanted).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")

    def drop_index_entry(self):
        """Damage an index like a crash of a disk that reported unwritten data as written."""
        if not self.is_sqlite:
            off = "UPDATE pg_index SET indisready = {0}, indisvalid = {0} WHERE indexrelid = '{1}'::regclass"
            self.run(off.format("false", INDEX))
            self.spike(0, 10)
            self.run(off.format("true", INDEX))
            return
        self.spike(0, 10)
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")
        with self.engine.connect() as connection:
            page = connection.exec_driver_sql(
                f"SELECT rootpage FROM sqlite_master WHERE name = '{INDEX}'"
            ).scalar_one()
            size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        empty_leaf = bytes([10, 0, 0, 0, 0, *size.to_bytes(2, "big"), 0])
        with Path(self.engine.url.database).open("r+b") as file:
            file.seek((page - 1) * size)
            file.write(empty_leaf)


def _minute(minute):
    return NOW - timedelta(days=9) + timedelta(minutes=minute)


@pytest.fixture
def database(kind, tmp_path):
    with create_cluster(kind, workers=1) as found:
        app = create_app(settings_for(found.database_url, tmp_path))
        with app.app_context():
            upgrade()
            app.extensions["migrate"].db.engine.dispose()
        yield DamagedDatabase(found.database_url)


def find_faults(database):
    return integrity.find_faults(database.url)


def test_an_intact_database_has_no_faults(database):
    database.spike(0, 10)
    database.spike(10, 20)
    assert find_faults(database) == []


def test_overlapping_windows_are_reported(database):
    database.drop_overlap_constraint()
    database.spike(0, 10)
    database.spike(9, 20)
    (found,) = find_faults(database)
    assert found.startswith("overlap: ")


def test_a_dangling_foreign_key_is_reported(database):
    database.spike(0, 10, collection_id=MISSING_COLLECTION)
    (found,) = find_faults(database)
    assert found.startswith("foreign key: ")


def test_an_index_without_an_entry_for_a_row_is_reported(database):
    database.drop_index_entry()
    assert any(INDEX in fault for fault in find_faults(database))
