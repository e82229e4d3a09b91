"""`flask restore` replaces the database with a backup and keeps the old one, or changes nothing."""

import fcntl
import shutil
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.models import AuditEntry
from tests.support.commands import refused
from tests.support.server import running_server
from tests.support.signing_in import is_signed_in


def list_collections(installation):
    installation.sign_in_again()
    return [each["name"] for each in installation.owner.get("/api/collections").json["items"]]


def find_kept_files(installation):
    return list(installation.database.parent.glob("spikecast.db.before-restore-*"))


# --- Restored databases --------------------------------------------------------------------------------


def test_a_restore_brings_back_the_collections_of_the_backup(installation):
    installation.make.collection("Truck 01")
    file = installation.backup()
    installation.make.collection("Truck 02")
    assert "Restored" in installation.restored(file)
    assert list_collections(installation) == ["Truck 01"]


def test_the_previous_database_is_kept_and_can_be_restored(installation):
    file = installation.backup()
    installation.make.collection("Truck 02")
    output = installation.restored(file)
    (before,) = find_kept_files(installation)
    assert str(before) in output
    installation.restored(before)
    assert list_collections(installation) == ["Truck 02"]


def test_three_restores_within_a_second_keep_three_databases(installation):
    file = installation.backup()
    for _ in range(3):
        installation.restored(file)
    assert len(find_kept_files(installation)) == 3


def test_a_restore_does_not_change_the_backup(installation):
    installation.make.collection("Truck 01", {"value_type": "INCREMENT"})
    file = installation.backup()
    content = file.read_bytes()
    installation.restored(file)
    assert file.read_bytes() == content
    assert [path.name for path in file.parent.iterdir() if path.name.startswith("a.backup")] == ["a.backup"]


def test_a_copy_made_by_vacuum_into_can_be_restored(installation):
    installation.make.collection("Truck 01")
    installation.close()
    copy = installation.database.with_name("vacuumed")
    with closing(sqlite3.connect(installation.database)) as connection:
        connection.execute("VACUUM INTO ?", [str(copy)])
    installation.restored(copy)
    assert list_collections(installation) == ["Truck 01"]


def test_a_backup_can_be_restored_without_any_database(installation):
    installation.make.collection("Truck 01")
    file = installation.backup()
    installation.close()
    shutil.rmtree(installation.database.parent)
    installation.restored(file)
    assert list_collections(installation) == ["Truck 01"]
    assert find_kept_files(installation) == []


def test_a_backup_can_be_restored_over_a_damaged_database(installation):
    installation.make.collection("Truck 01")
    file = installation.backup()
    installation.database.write_bytes(b"no database " * 1000)
    installation.database.with_name("spikecast.db-wal").write_bytes(b"nor a log")
    installation.restored(file)
    assert list_collections(installation) == ["Truck 01"]
    assert b"no database" in find_kept_files(installation)[0].read_bytes()


def test_a_restore_ends_all_sign_ins(installation):
    was = installation.owner
    assert "Ended all sign-ins (1)" in installation.restored(installation.backup())
    assert not is_signed_in(was)


# --- Refused restores, which change nothing ------------------------------------------------------------


def text_file(file):
    file.write_text("Dear Ada, this is no database. " * 100)


def empty(file):
    file.write_bytes(b"")


def truncated(file):
    file.write_bytes(file.read_bytes()[:50_000])


def overwritten(file):
    """Overwrite a page of a table; the header stays intact."""
    content = bytearray(file.read_bytes())
    content[8192 : 8192 + 4096] = b"\xff" * 4096
    file.write_bytes(content)


def other_program(file):
    file.unlink()
    _run(file, "CREATE TABLE users (id INTEGER)")


def never_migrated(file):
    _run(file, "DELETE FROM alembic_version")


def newer(file):
    _run(file, "UPDATE alembic_version SET version_num = '9999'")


def orphaned(file):
    _run(file, "INSERT INTO polls VALUES (7, 7, 'PERFORMANCE', '2026-11-27', NULL)")


def half_copied(file):
    file.with_name(f"{file.name}-wal").write_bytes(b"what was written last")


def _run(file, statement):
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (text_file, "is not a SQLite database."),
        (empty, "is not a SQLite database."),
        (truncated, "is damaged: "),
        (overwritten, "is damaged: "),
        (other_program, "is a SQLite database, but not one of Spikecast."),
        (never_migrated, "is a SQLite database, but not one of Spikecast."),
        (
            newer,
            "was made by a newer version of Spikecast: its schema is 9999, and this version supports",
        ),
        (orphaned, "is damaged: a row in polls refers to a missing row in"),
        (half_copied, "was copied while it was in use: part of it is in "),
    ],
)
def test_an_invalid_or_incomplete_backup_is_refused(installation, damage, message):
    installation.make.collection("Truck 01", {"value_type": "TEXT_FIXED"})
    file = installation.backup()
    before = installation.state()
    damage(file)
    output = refused(installation.run("restore", file))
    assert str(file) in output
    assert message in output
    assert installation.state() == before


def test_a_missing_file_is_refused(installation):
    before = installation.state()
    assert "There is no file /nowhere." in refused(installation.run("restore", "/nowhere"))
    assert installation.state() == before


def test_restoring_the_database_from_itself_is_refused(installation):
    assert "is the database itself." in refused(installation.run("restore", installation.database))
    link = installation.database.with_name("link")
    link.symlink_to(installation.database)
    assert "is the database itself." in refused(installation.run("restore", link))


def test_a_full_disk_during_a_restore_changes_nothing(installation, monkeypatch):
    """The restored file cannot be flushed to disk."""
    file = installation.backup()
    installation.make.collection("Truck 02")
    before = installation.state()

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        assert "No space left on device" in refused(installation.run("restore", file))
    assert installation.state() == before


def test_a_restore_is_recorded_in_the_audit_log(installation):
    file = installation.backup()
    installation.make.collection("Truck 02")
    installation.restored(file)
    with installation.app.app_context():
        newest = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (newest.action, newest.outcome, newest.source) == ("restore", "done", "command line")
    installation.close()


# --- Databases in use ----------------------------------------------------------------------------------


def test_a_restore_is_refused_while_a_server_runs(installation, tmp_path):
    file = installation.backup()
    with running_server(f"sqlite:///{installation.database}", workers=1):
        assert f"A server is running on {installation.database}." in refused(
            installation.run("restore", file)
        )
        installation.make.collection("Truck 02")
    with open(f"{installation.database}.serving") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a worker may outlive the server by a moment
    installation.restored(file)
    assert list_collections(installation) == []


def test_a_restore_is_refused_while_another_program_has_the_database_open(installation):
    file = installation.backup()
    with closing(sqlite3.connect(installation.database)) as other:
        other.execute("SELECT count(*) FROM users").fetchone()
        assert f"Another program has {installation.database} open." in refused(
            installation.run("restore", file)
        )
    installation.restored(file)


# --- Changed schemas -----------------------------------------------------------------------------------

PROMOTE = "UPDATE users SET role = 'ADMIN' WHERE username = 'vera'; END"
FOREIGN = {
    "a trigger": (
        f"CREATE TRIGGER help AFTER INSERT ON sign_in_failures BEGIN {PROMOTE}",
        "contains the trigger 'help'",
    ),
    "a view": ("CREATE VIEW help AS SELECT * FROM users", "contains the view 'help'"),
    "a table": ("CREATE TABLE help (id INTEGER)", "contains the table 'help'"),
    "a virtual table": ("CREATE VIRTUAL TABLE help USING fts5(words)", "contains the table 'help"),
    "an index": ("CREATE INDEX help ON users (role)", "contains the index 'help'"),
    "a column": ("ALTER TABLE users ADD COLUMN help TEXT", "has a table 'users'"),
    "a generated column": (
        "ALTER TABLE users ADD COLUMN help TEXT AS (lower(email)) VIRTUAL",
        "has a table 'users'",
    ),
    "a missing index": ("DROP INDEX ix_sign_ins_user_id", "lacks the index 'ix_sign_ins_user_id'"),
    "a missing trigger": (
        "DROP TRIGGER spike_no_overlap_on_insert",
        "lacks the trigger 'spike_no_overlap_on_",
    ),
    "a changed trigger": (
        "DROP TRIGGER spike_no_overlap_on_insert; CREATE TRIGGER spike_no_overlap_on_insert "
        f"BEFORE INSERT ON spike_schedules BEGIN {PROMOTE}",
        "has a trigger 'spike_no_overlap_on_insert'",
    ),
    "a hidden trigger": (
        "PRAGMA writable_schema=ON; INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES "
        "('trigger', 'sqlite_help', 'users', 0, 'CREATE TRIGGER sqlite_help AFTER INSERT ON users BEGIN "
        "DELETE FROM api_keys; END')",
        "contains the trigger 'sqlite_help'",
    ),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_a_backup_with_a_changed_schema_is_refused_with_the_difference(installation, case):
    statement, message = FOREIGN[case]
    installation.make.collection("Truck 01")
    file = installation.backup()
    before = installation.state()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.executescript(statement)
    assert message in refused(installation.run("restore", file))
    assert installation.state() == before


def test_an_analyzed_and_vacuumed_backup_can_be_restored(installation):
    installation.make.collection("Truck 01")
    file = installation.backup()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.executescript("ANALYZE; VACUUM")
    installation.restored(file)
    assert list_collections(installation) == ["Truck 01"]


def test_every_connection_turns_trusted_schema_off(installation):
    installation.make.collection("Truck 01", {"value_type": "INCREMENT"})
    installation.make.key().data("Truck 01")
    with installation.app.app_context():
        assert db.session.execute(sa.text("PRAGMA trusted_schema")).scalar_one() == 0
        polls = installation.app.extensions["polls"].database.connection
        assert polls.read("PRAGMA trusted_schema", {}) == [(0,)]
    installation.close()


# --- Remaining files of a database ---------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_a_log_without_its_database_is_kept_and_not_applied(installation, ending):
    installation.make.collection("Truck 01")
    file = installation.backup()
    installation.make.collection("Truck 02")
    with closing(sqlite3.connect(installation.database)) as connection:
        connection.execute("SELECT count(*) FROM users").fetchone()
        log = installation.database.with_name("spikecast.db-wal").read_bytes()
    installation.close()
    installation.database.unlink()
    installation.database.with_name(f"spikecast.db{ending}").write_bytes(log or b"what was written last")
    installation.database.with_name("spikecast.db-shm").write_bytes(b"an index")
    output = installation.restored(file, "--accept-repeats")
    assert "its remaining files are kept as" in output
    assert [each.name.endswith(ending) for each in find_kept_files(installation)] == [True]
    assert list_collections(installation) == ["Truck 01"]


def test_the_log_of_an_empty_database_file_is_kept(installation):
    file = installation.backup()
    installation.close()
    installation.database.write_bytes(b"")
    installation.database.with_name("spikecast.db-wal").write_bytes(b"what was written last")
    installation.restored(file)
    assert any(each.read_bytes() == b"what was written last" for each in find_kept_files(installation))
