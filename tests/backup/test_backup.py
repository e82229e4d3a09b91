"""`flask backup`: the whole database in one file, while everybody writes."""

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
    """Where to write the backup; the folder holds nothing else."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "a.backup"


def rows(file):
    with closing(sqlite3.connect(file)) as connection:
        return {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()
            for name in Base.metadata.tables
        }


def test_it_holds_every_row(here, target):
    collection = here.make.collection("Truck 01", {"value_type": "INCREMENT"}, {"value_type": "FLOAT_RANGE"})
    here.make.spike(collection)
    here.make.key().data("Truck 01")
    said = done(here.run("backup", target))
    assert rows(target) == rows(here.database)
    assert "1 user, 1 collection, 1 API key, 1 spike schedule; schema " in said


def test_it_is_one_file_that_nobody_else_may_read(here, target):
    usual = os.umask(0)
    try:
        done(here.run("backup", target))
    finally:
        os.umask(usual)
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_kept(here, target):
    target.write_text("the only picture of Ada")
    assert "already exists" in refused(here.run("backup", target))
    assert target.read_text() == "the only picture of Ada"
    assert len(list(target.parent.iterdir())) == 1


def test_a_file_that_is_there_is_replaced_when_told(here, target):
    target.write_text("yesterday's")
    done(here.run("backup", "--overwrite", target))
    assert rows(target) == rows(here.database)


def test_while_everybody_writes_it_is_the_database_of_one_instant(here, target):
    """Two counters that only move together, and schedules that only come with their copies."""
    counter = {"value_type": "INCREMENT", "start_number": 0, "step_number": 1}
    names = [f"Device {n}" for n in range(WRITERS)]
    made = [here.make.collection(name, counter | {"name": "a"}, counter | {"name": "b"}) for name in names]
    tool, over = here.make.key(), Event()

    def write(collection):
        written = 0
        while not over.is_set():
            tool.data(collection["name"])
            here.make.spike(
                collection, start_datetime=f"2027-01-01T{written % 24:02}:{written // 24:02}:00Z", duration=60
            )
            written += 1
        return written

    with ThreadPoolExecutor(WRITERS) as threads:
        writers = [threads.submit(write, collection) for collection in made]
        try:
            found = [one_instant(here, target.with_name("first"))]
            while len(found) < BACKUPS or found[-1] == found[0]:  # until somebody wrote meanwhile
                assert not any(writer.done() for writer in writers)
                found.append(one_instant(here, target.with_name(f"{len(found)}.backup")))
        finally:
            over.set()
        assert all(writer.result() for writer in writers)


def one_instant(here, file):
    """Back up; how many values had been served by then. Without ending the writers' connections."""
    done(runner(here.app)("backup", str(file)))
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


def test_without_room_it_says_how_much_it_needs(here, target, monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=2**14))
    assert "KiB free." in refused(here.run("backup", target))
    assert not list(target.parent.iterdir())


@pytest.mark.parametrize("was_there", [False, True])
def test_where_the_disk_fills_up_meanwhile_nothing_is_left_or_lost(here, target, was_there):
    if was_there:
        target.write_text("yesterday's")
    with no_file_growth():
        said = refused(runner(here.app)("backup", "--overwrite", str(target)))
    assert f"{target} could not be written: " in said
    assert [path.read_text() for path in target.parent.iterdir()] == (["yesterday's"] if was_there else [])


def test_a_folder_that_is_not_there_is_named(here, target):
    assert "not/there cannot be written to: No such file or directory" in refused(
        here.run("backup", target.parent / "not" / "there" / "a")
    )


def test_a_damaged_database_makes_no_backup(here, target):
    here.make.collection("Truck 01")
    here.close()
    damage(here.database)
    assert "is damaged" in refused(here.run("backup", target))
    assert not list(target.parent.iterdir())


def damage(database):
    """An index that no longer knows what its table holds."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master "
            "WHERE name = 'ix_sign_ins_user_id') WHERE name = 'ix_collections_owner_id'"
        )


def test_where_there_is_no_database_yet_none_is_made(here, target):
    here.close()
    here.database.unlink()
    assert f"There is no database {here.database} yet." in refused(here.run("backup", target))
    assert not here.database.exists()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("backup", "pg_dump --format=custom --file=/b/a.dump 'postgresql://ada@db/spikecast'."),
        (
            "restore",
            "pg_restore --exit-on-error --dbname='postgresql://ada@db/spikecast' /b/a.dump; then",
        ),
    ],
)
def test_on_postgresql_the_tools_that_do_it_are_named(tmp_path, command, says):
    app = create_app(settings_for("postgresql://ada:hunter2@db/spikecast", tmp_path))
    said = refused(runner(app)(command, "/b/a.dump"))
    assert says in said
    assert "hunter2" not in said


# --- Files that must not be replaced -------------------------------------------------------------------


def spelled_otherwise(path):
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
@pytest.mark.parametrize("spell", [Path, spelled_otherwise, hard_link, symbolic_link])
def test_the_live_database_and_what_belongs_to_it_is_never_replaced(here, ending, spell):
    here.make.collection("Truck 01")
    here.close()
    victim = here.database.with_name(here.database.name + ending)
    if ending:
        victim.write_bytes(b"")
    target = spell(victim)
    content = victim.read_bytes()
    with closing(sqlite3.connect(here.database)):
        said = refused(runner(here.app)("backup", "--overwrite", str(target)))
    assert "belongs to the running installation" in said
    assert victim.read_bytes() == content
    assert not list(here.database.parent.glob(".*draft*"))


@pytest.mark.parametrize("ending", ["-wal", "-journal", "-WAL", ".serving"])
def test_nor_is_a_companion_made_that_is_not_there(here, ending):
    here.close()
    target = here.database.with_name(here.database.name + ending)
    assert "belongs to the running installation" in refused(here.run("backup", target))
    assert not target.exists()


def test_nor_is_the_secret_key(here, tmp_path):
    secret = tmp_path / "instance" / "secret_key"
    secret.parent.mkdir(exist_ok=True)
    secret.write_text("the only copy")
    assert "belongs to the running installation" in refused(here.run("backup", "--overwrite", secret))
    assert secret.read_text() == "the only copy"


def test_nor_is_a_database_that_another_program_has_open(here, target):
    with closing(sqlite3.connect(target, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE theirs (id INTEGER)")
        assert "is in use or was not closed" in refused(here.run("backup", "--overwrite", target))
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_folder_is_no_target(here, target):
    assert "is a folder; name a file" in refused(here.run("backup", "--overwrite", target.parent))
