"""`flask restore`: the backup takes the place of the database, which is kept; or nothing changes."""

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


def names(here):
    here.sign_in_again()
    return [each["name"] for each in here.owner.get("/api/collections").json["items"]]


def kept(here):
    return list(here.database.parent.glob("spikecast.db.before-restore-*"))


# --- What comes back -----------------------------------------------------------------------------------


def test_what_was_there_at_the_backup_is_there_again(here):
    here.make.collection("Truck 01")
    file = here.backup()
    here.make.collection("Truck 02")
    assert "Restored" in here.restored(file)
    assert names(here) == ["Truck 01"]


def test_the_database_from_before_is_kept_whole(here):
    file = here.backup()
    here.make.collection("Truck 02")
    said = here.restored(file)
    (before,) = kept(here)
    assert str(before) in said
    here.restored(before)
    assert names(here) == ["Truck 02"]


def test_three_restores_within_a_second_keep_three_databases(here):
    file = here.backup()
    for _ in range(3):
        here.restored(file)
    assert len(kept(here)) == 3


def test_the_backup_stays_as_it_is(here):
    here.make.collection("Truck 01", {"value_type": "INCREMENT"})
    file = here.backup()
    content = file.read_bytes()
    here.restored(file)
    assert file.read_bytes() == content
    assert [path.name for path in file.parent.iterdir() if path.name.startswith("a.backup")] == ["a.backup"]


def test_what_else_made_the_copy_does_not_matter(here):
    here.make.collection("Truck 01")
    here.close()
    copy = here.database.with_name("vacuumed")
    with closing(sqlite3.connect(here.database)) as connection:
        connection.execute("VACUUM INTO ?", [str(copy)])
    here.restored(copy)
    assert names(here) == ["Truck 01"]


def test_it_comes_back_where_nothing_is_left(here):
    here.make.collection("Truck 01")
    file = here.backup()
    here.close()
    shutil.rmtree(here.database.parent)
    here.restored(file)
    assert names(here) == ["Truck 01"]
    assert kept(here) == []


def test_it_comes_back_where_the_database_is_damaged(here):
    here.make.collection("Truck 01")
    file = here.backup()
    here.database.write_bytes(b"no database " * 1000)
    here.database.with_name("spikecast.db-wal").write_bytes(b"nor a log")
    here.restored(file)
    assert names(here) == ["Truck 01"]
    assert b"no database" in kept(here)[0].read_bytes()


def test_all_sign_ins_end(here):
    was = here.owner
    assert "Ended all sign-ins (1)" in here.restored(here.backup())
    assert not is_signed_in(was)


# --- What is refused, and changes nothing --------------------------------------------------------------


def letter(file):
    file.write_text("Dear Ada, this is no database. " * 100)


def empty(file):
    file.write_bytes(b"")


def truncated(file):
    file.write_bytes(file.read_bytes()[:50_000])


def scribbled(file):
    """A page of a table is no page any more; the header is as it was."""
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
    ("spoil", "says"),
    [
        (letter, "is not a SQLite database."),
        (empty, "is not a SQLite database."),
        (truncated, "is damaged: "),
        (scribbled, "is damaged: "),
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
def test_a_file_that_is_no_whole_backup_is_refused(here, spoil, says):
    here.make.collection("Truck 01", {"value_type": "TEXT_FIXED"})
    file = here.backup()
    before = here.state()
    spoil(file)
    said = refused(here.run("restore", file))
    assert str(file) in said
    assert says in said
    assert here.state() == before


def test_a_file_that_is_not_there_is_refused(here):
    before = here.state()
    assert "There is no file /nowhere." in refused(here.run("restore", "/nowhere"))
    assert here.state() == before


def test_the_database_itself_is_refused(here):
    assert "is the database itself." in refused(here.run("restore", here.database))
    link = here.database.with_name("link")
    link.symlink_to(here.database)
    assert "is the database itself." in refused(here.run("restore", link))


def test_where_the_database_cannot_be_put_nothing_changes(here, monkeypatch):
    """The disk is full when the work is nearly done."""
    file = here.backup()
    here.make.collection("Truck 02")
    before = here.state()

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        assert "No space left on device" in refused(here.run("restore", file))
    assert here.state() == before


def test_the_audit_log_says_that_it_was_done(here):
    file = here.backup()
    here.make.collection("Truck 02")
    here.restored(file)
    with here.app.app_context():
        newest = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (newest.action, newest.outcome, newest.source) == ("restore", "done", "command line")
    here.close()


# --- While somebody uses it ----------------------------------------------------------------------------


def test_while_a_server_runs_it_refuses(here, tmp_path):
    file = here.backup()
    with running_server(f"sqlite:///{here.database}", workers=1):
        assert f"A server is running on {here.database}." in refused(here.run("restore", file))
        here.make.collection("Truck 02")
    with open(f"{here.database}.serving") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a worker may outlive the server by a moment
    here.restored(file)
    assert names(here) == []


def test_while_another_program_has_it_open_it_refuses(here):
    file = here.backup()
    with closing(sqlite3.connect(here.database)) as other:
        other.execute("SELECT count(*) FROM users").fetchone()
        assert f"Another program has {here.database} open." in refused(here.run("restore", file))
    here.restored(file)


# --- A schema of somebody else's -----------------------------------------------------------------------

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
    "a missing guard": ("DROP TRIGGER spike_no_overlap_on_insert", "lacks the trigger 'spike_no_overlap_on_"),
    "another guard": (
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
def test_what_was_added_to_or_taken_from_the_schema_of_a_backup_is_refused_in_words(here, case):
    statement, says = FOREIGN[case]
    here.make.collection("Truck 01")
    file = here.backup()
    before = here.state()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.executescript(statement)
    assert says in refused(here.run("restore", file))
    assert here.state() == before


def test_a_backup_that_was_analyzed_and_vacuumed_is_as_good(here):
    here.make.collection("Truck 01")
    file = here.backup()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.executescript("ANALYZE; VACUUM")
    here.restored(file)
    assert names(here) == ["Truck 01"]


def test_no_connection_trusts_the_schema_of_its_file(here):
    here.make.collection("Truck 01", {"value_type": "INCREMENT"})
    here.make.key().data("Truck 01")
    with here.app.app_context():
        assert db.session.execute(sa.text("PRAGMA trusted_schema")).scalar_one() == 0
        polls = here.app.extensions["polls"].database.connection
        assert polls.read("PRAGMA trusted_schema", {}) == [(0,)]
    here.close()


# --- Links, and what is left of a database -------------------------------------------------------------


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_a_log_whose_database_is_gone_is_kept_and_not_applied(here, ending):
    here.make.collection("Truck 01")
    file = here.backup()
    here.make.collection("Truck 02")
    with closing(sqlite3.connect(here.database)) as connection:
        connection.execute("SELECT count(*) FROM users").fetchone()
        log = here.database.with_name("spikecast.db-wal").read_bytes()
    here.close()
    here.database.unlink()
    here.database.with_name(f"spikecast.db{ending}").write_bytes(log or b"what was written last")
    here.database.with_name("spikecast.db-shm").write_bytes(b"an index")
    said = here.restored(file, "--accept-repeats")
    assert "its remaining files are kept as" in said
    assert [each.name.endswith(ending) for each in kept(here)] == [True]
    assert names(here) == ["Truck 01"]


def test_an_empty_file_with_a_log_is_no_database(here):
    file = here.backup()
    here.close()
    here.database.write_bytes(b"")
    here.database.with_name("spikecast.db-wal").write_bytes(b"what was written last")
    here.restored(file)
    assert any(each.read_bytes() == b"what was written last" for each in kept(here))
