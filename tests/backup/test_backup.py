"""`flask backup` writes the whole database to one file, even during writes."""

import os
import shutil
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from app import create_app
from app.db.session import Base
from tests.cli.conftest import runner
from tests.conftest import settings_for
from tests.support.commands import done, refused
from tests.support.db_failures import no_file_growth

WRITERS = 3
BACKUPS = 6


@pytest.fixture
def target(tmp_path):
    """Return the path to write the backup to, in an empty folder."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "a.backup"


def rows(file):
    with closing(sqlite3.connect(file)) as connection:
        return {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()
            for name in Base.metadata.tables
        }


def test_a_backup_contains_every_row(installation, target):
    collection = installation.make.collection(
        "Truck 01", {"value_type": "INCREMENT"}, {"value_type": "FLOAT_RANGE"}
    )
    installation.make.spike(collection)
    installation.make.key().data("Truck 01")
    output = done(installation.run("backup", target))
    assert rows(target) == rows(installation.database)
    assert "1 user, 1 collection, 1 API key, 1 spike schedule; schema " in output


def test_a_backup_is_one_file_that_only_its_owner_may_read(installation, target):
    usual = os.umask(0)
    try:
        done(installation.run("backup", target))
    finally:
        os.umask(usual)
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_an_existing_file_is_not_replaced(installation, target):
    target.write_text("the only picture of Ada")
    assert "already exists" in refused(installation.run("backup", target))
    assert target.read_text() == "the only picture of Ada"
    assert len(list(target.parent.iterdir())) == 1


def test_an_existing_file_is_replaced_with_overwrite(installation, target):
    target.write_text("yesterday's")
    done(installation.run("backup", "--overwrite", target))
    assert rows(target) == rows(installation.database)


def test_a_backup_during_writes_is_consistent(installation, target):
    """Check counters that only advance together, and schedules that are only created with their copies."""
    counter = {"value_type": "INCREMENT", "start_number": 0, "step_number": 1}
    names = [f"Device {n}" for n in range(WRITERS)]
    made = [
        installation.make.collection(name, counter | {"name": "a"}, counter | {"name": "b"}) for name in names
    ]
    tool, stop = installation.make.key(), Event()

    def write(collection):
        written = 0
        while not stop.is_set():
            tool.data(collection["name"])
            installation.make.spike(
                collection, start_datetime=f"2027-01-01T{written % 24:02}:{written // 24:02}:00Z", duration=60
            )
            written += 1
        return written

    with ThreadPoolExecutor(WRITERS) as threads:
        writers = [threads.submit(write, collection) for collection in made]
        try:
            found = [back_up_and_check(installation, target.with_name("first"))]
            while len(found) < BACKUPS or found[-1] == found[0]:  # until a write came in between
                assert not any(writer.done() for writer in writers)
                found.append(back_up_and_check(installation, target.with_name(f"{len(found)}.backup")))
        finally:
            stop.set()
        assert all(writer.result() for writer in writers)


def back_up_and_check(installation, file):
    """Back up without closing the writers' connections; return how many values the backup counts."""
    done(runner(installation.app)("backup", str(file)))
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        counters = connection.execute(
            "SELECT collection_id, max(current_number), count(DISTINCT coalesce(current_number, '-')) "
            "FROM fields GROUP BY 1"
        ).fetchall()
        assert {distinct for _, _, distinct in counters} == {1}
        copies = connection.execute(
            "SELECT count(c.id) FROM spike_schedules s LEFT JOIN spike_schedule_fields c "
            "ON c.spike_schedule_id = s.id GROUP BY s.id"
        ).fetchall()
        assert set(copies) <= {(2,)}
        return sum(int(last or 0) for _, last, _ in counters)


def test_a_backup_without_disk_space_is_refused_with_the_free_space(installation, target, monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=2**14))
    assert "KiB free." in refused(installation.run("backup", target))
    assert not list(target.parent.iterdir())


@pytest.mark.parametrize("exists", [False, True])
def test_a_disk_that_fills_up_leaves_no_partial_backup_and_keeps_the_old_one(installation, target, exists):
    if exists:
        target.write_text("yesterday's")
    with no_file_growth():
        output = refused(runner(installation.app)("backup", "--overwrite", str(target)))
    assert f"{target} could not be written: " in output
    assert [path.read_text() for path in target.parent.iterdir()] == (["yesterday's"] if exists else [])


def test_a_missing_folder_is_reported(installation, target):
    assert "not/there cannot be written to: No such file or directory" in refused(
        installation.run("backup", target.parent / "not" / "there" / "a")
    )


def test_a_damaged_database_is_not_backed_up(installation, target):
    installation.make.collection("Truck 01")
    installation.close()
    damage(installation.database)
    assert "is damaged" in refused(installation.run("backup", target))
    assert not list(target.parent.iterdir())


def damage(database):
    """Let an index no longer match its table."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master "
            "WHERE name = 'ix_sign_ins_user_id') WHERE name = 'ix_collections_owner_id'"
        )


def test_a_missing_database_is_reported_and_not_created(installation, target):
    installation.close()
    installation.database.unlink()
    assert f"There is no database {installation.database} yet." in refused(installation.run("backup", target))
    assert not installation.database.exists()


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("backup", "pg_dump --format=custom --file=/b/a.dump 'postgresql://ada@db/spikecast'."),
        (
            "restore",
            "pg_restore --exit-on-error --dbname='postgresql://ada@db/spikecast' /b/a.dump; then",
        ),
    ],
)
def test_on_postgresql_the_commands_name_pg_dump_and_pg_restore(tmp_path, command, message):
    app = create_app(settings_for("postgresql://ada:hunter2@db/spikecast", tmp_path))
    output = refused(runner(app)(command, "/b/a.dump"))
    assert message in output
    assert "hunter2" not in output


# --- Files that must not be replaced -------------------------------------------------------------------


def another_spelling(path):
    return path.parent / ".." / path.parent.name / path.name


def hard_link(path):
    link = path.with_name("another name")
    os.link(path, link)
    return link


def symbolic_link(path):
    link = path.with_name("a link")
    link.symlink_to(path.name)
    return link


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal", ".serving", ".migrating", ".turn"])
@pytest.mark.parametrize("spell", [Path, another_spelling, hard_link, symbolic_link])
def test_a_backup_never_replaces_the_live_database_or_its_companion_files(installation, ending, spell):
    installation.make.collection("Truck 01")
    installation.close()
    existing = installation.database.with_name(installation.database.name + ending)
    if ending:
        existing.write_bytes(b"")
    target = spell(existing)
    content = existing.read_bytes()
    with closing(sqlite3.connect(installation.database)):
        output = refused(runner(installation.app)("backup", "--overwrite", str(target)))
    assert "belongs to the running installation" in output
    assert existing.read_bytes() == content
    assert not list(installation.database.parent.glob(".*draft*"))


@pytest.mark.parametrize("ending", ["-wal", "-journal", "-WAL", ".serving"])
def test_a_backup_is_never_written_as_a_companion_file_of_the_database(installation, ending):
    installation.close()
    target = installation.database.with_name(installation.database.name + ending)
    assert "belongs to the running installation" in refused(installation.run("backup", target))
    assert not target.exists()


def test_a_backup_never_replaces_the_secret_key(installation, tmp_path):
    secret = tmp_path / "instance" / "secret_key"
    secret.parent.mkdir(exist_ok=True)
    secret.write_text("the only copy")
    assert "belongs to the running installation" in refused(installation.run("backup", "--overwrite", secret))
    assert secret.read_text() == "the only copy"


def test_a_backup_never_replaces_a_database_that_is_in_use(installation, target):
    with closing(sqlite3.connect(target, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE theirs (id INTEGER)")
        assert "is in use or was not closed" in refused(installation.run("backup", "--overwrite", target))
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_backup_to_a_folder_is_refused(installation, target):
    assert "is a folder; name a file" in refused(installation.run("backup", "--overwrite", target.parent))
