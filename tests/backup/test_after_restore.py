"""`flask after-restore`, for a database that other tools have restored, such as pg_restore."""

import os
import subprocess
from collections.abc import Iterator

import pytest
from flask import Flask

from app import create_app, startup
from app.db.migrate import current_revision
from app.db.session import db
from app.models import Role
from tests.cli.conftest import runner
from tests.conftest import FAST_SETTINGS, add_user, create_empty_database, settings_for
from tests.support.client import Caller, Poller
from tests.support.commands import done, refused
from tests.support.factory import Maker
from tests.support.server import running_server
from tests.support.signing_in import is_signed_in
from tests.support.throwaway_postgres import programs

COUNTER = {"value_type": "INCREMENT", "name": "n", "start_number": 1, "step_number": 1}


@pytest.fixture
def postgresql(request: pytest.FixtureRequest, worker_id: str) -> Iterator[list[str]]:
    """Yield the URLs of two empty PostgreSQL databases: the current one, and one to restore to."""
    names = (f"spikecast_{place}_{worker_id}" for place in ("present", "restored"))
    with (
        create_empty_database("postgresql", next(names), request.config) as present,
        create_empty_database("postgresql", next(names), request.config) as restored,
    ):
        yield [present, restored]


@pytest.fixture
def open_app(tmp_path, clock):
    """Return a function that creates the app on a database; its connections are closed at the end."""
    apps: list[Flask] = []

    def make(url: str) -> Flask:
        apps.append(create_app(settings_for(url, tmp_path / "instance"), **FAST_SETTINGS))
        return apps[-1]

    yield make
    for app in apps:
        close(app)


def close(app: Flask) -> None:
    app.extensions["polls"].close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def run(app: Flask, *arguments: object):
    close(app)
    result = runner(app)("after-restore", *map(str, arguments))
    close(app)
    return result


def run_program(program: str, *arguments: str) -> None:
    subprocess.run(
        [programs() / program, *arguments], check=True, capture_output=True, timeout=60, env=os.environ
    )


def to_libpq_url(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")


@pytest.mark.postgresql
def test_a_database_restored_by_pg_restore_serves_no_value_twice(postgresql, open_app, tmp_path, clock):
    """The steps of docs/operating.md: dump, serve on, restore to a new database, keep the old one."""
    present, restored = postgresql
    app = open_app(present)
    startup.prepare(app)
    owner = add_user(app, Role.EDITOR, "owen")
    make = Maker(owner)
    make.collection("Truck 01", COUNTER)
    tool, revoked = make.key(), make.key()
    served = [tool.data("Truck 01")["n"]]
    dump = str(tmp_path / "spikecast.dump")
    run_program("pg_dump", "--format=custom", f"--file={dump}", to_libpq_url(present))
    clock.shift(60)
    served += [tool.data("Truck 01")["n"] for _ in range(3)]
    assert owner.post(f"/api/api-keys/{revoked.id}/revoke").status_code == 200
    last = make.collection("Truck 02")
    run_program("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={to_libpq_url(restored)}", dump)

    restored_app = open_app(restored)
    assert "How far these counters have counted" in refused(run(restored_app))
    output = done(run(restored_app, "--previous", present))
    assert "1 counter continued" in output
    assert f"since the backup: {revoked.id}." in output
    assert not is_signed_in(Caller(restored_app, tokens=owner.tokens))
    assert [*served, Poller(restored_app, tool.key).data("Truck 01")["n"]] == [1, 2, 3, 4, 5]
    assert Poller(restored_app, revoked.key).poll("Truck 01").status_code == 401
    assert Maker(add_user(restored_app, Role.EDITOR, "eve")).collection("Truck 03")["id"] > last["id"]


def test_without_the_previous_database_an_option_is_required(own_database_url, open_app):
    app = open_app(own_database_url)
    startup.prepare(app)
    make = Maker(add_user(app, Role.EDITOR, "owen"))
    make.collection("Truck 01", COUNTER)
    tool = make.key()
    assert tool.data("Truck 01")["n"] == 1
    refused(run(app))
    assert tool.data("Truck 01")["n"] == 2
    assert "1 counter skipped ahead by 10 values." in done(run(app, "--counters-on", 10))
    assert tool.data("Truck 01")["n"] == 13


def test_an_older_schema_is_upgraded(own_database_url, open_app):
    app = open_app(own_database_url)
    done(runner(app)("db", "upgrade", "0005"))
    done(run(app))
    assert "its schema is up to date" in done(runner(app)("check-config"))


def test_an_empty_database_is_refused_and_stays_empty(own_database_url, open_app):
    app = open_app(own_database_url)
    assert "has no tables of Spikecast" in refused(run(app))
    with app.app_context():
        assert current_revision(db.engine) is None


def test_after_restore_is_refused_while_a_server_runs(own_database_url, open_app):
    with running_server(own_database_url, workers=1):
        assert "Stop Spikecast first" in refused(run(open_app(own_database_url), "--accept-repeats"))


@pytest.mark.parametrize(
    ("previous", "message"),
    [
        ("nonsense", "--previous: SPIKECAST_DATABASE_URL is not a database URL"),
        ("sqlite:////nowhere/spikecast.db", "There is no database /nowhere/spikecast.db."),
        ("postgresql://ada:hunter2@127.0.0.1:1/x", "The previous database does not answer: "),
    ],
)
def test_an_invalid_previous_database_is_reported_without_its_password(
    own_database_url, open_app, previous, message
):
    output = refused(run(open_app(own_database_url), "--previous", previous))
    assert message in output
    assert "hunter2" not in output
