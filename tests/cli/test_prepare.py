"""`flask prepare`: what the server does before its workers start."""

import pytest
import sqlalchemy as sa

from app import create_app
from app.db.session import db
from tests.cli.conftest import runner
from tests.conftest import FAST_SETTINGS, settings_for
from tests.support.commands import done
from tests.support.signing_in import sign_in

FIRST_ADMIN = {
    "SPIKECAST_ADMIN_EMAIL": "ada@example.org",
    "SPIKECAST_ADMIN_USERNAME": "ada",
    "SPIKECAST_ADMIN_PASSWORD": "a password to hide",
}

ADA = ("ada", "ADMIN")  # as the database has it


@pytest.fixture
def prepared(own_database_url, tmp_path, clock):
    """Run `prepare` with these settings on the test's own database; the app comes with what it did."""
    apps = []

    def run(**settings):
        app = create_app(settings_for(own_database_url, tmp_path / "instance", **settings), **FAST_SETTINGS)
        apps.append(app)
        return app, runner(app)("prepare")

    yield run
    for app in apps:
        with app.app_context():
            db.engine.dispose()


def users(app):
    with app.app_context():
        return db.session.execute(sa.text("SELECT username, role FROM users")).all()


def test_it_makes_the_schema_where_there_is_none(prepared):
    app, result = prepared()
    done(result)
    assert "its schema is up to date" in done(runner(app)("check-config"))


def test_a_second_time_it_changes_nothing(prepared):
    done(prepared(**FIRST_ADMIN)[1])
    app, result = prepared(**FIRST_ADMIN | {"SPIKECAST_ADMIN_PASSWORD": "another password"})
    done(result)
    assert users(app) == [ADA]
    assert sign_in(app, "ada", FIRST_ADMIN["SPIKECAST_ADMIN_PASSWORD"]).status_code == 200


def test_it_makes_the_first_admin_that_the_settings_name(prepared):
    app, result = prepared(**FIRST_ADMIN)
    done(result)
    assert users(app) == [ADA]
    assert sign_in(app, "ada", FIRST_ADMIN["SPIKECAST_ADMIN_PASSWORD"]).status_code == 200
    assert FIRST_ADMIN["SPIKECAST_ADMIN_PASSWORD"] not in result.output


def test_a_first_admin_who_cannot_be_made_is_refused_and_named(prepared):
    app, result = prepared(**FIRST_ADMIN | {"SPIKECAST_ADMIN_PASSWORD": "hunter2"})
    assert "Spikecast does not start: SPIKECAST_ADMIN_PASSWORD must have at least 8" in told(result)
    assert "hunter2" not in result.output
    assert users(app) == []


def told(result):
    """What it said when it refused: one line, with which Python ends the process."""
    assert isinstance(result.exception, SystemExit)
    said = str(result.exception.code)
    assert len(said.splitlines()) == 1
    return said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param(
            "postgresql://u:hunter2@127.0.0.1:1/x", "127.0.0.1:1/x, and that database does not", id="away"
        ),
        pytest.param(
            "sqlite:////dev/null/x.db", "sqlite:////dev/null/x.db, where no file can be", id="no folder"
        ),
        pytest.param("sqlite:///{folder}/letter.db", "file is not a database", id="no database"),
    ],
)
def test_a_database_that_does_not_serve_is_named(tmp_path, url, said):
    (tmp_path / "letter.db").write_text("Dear Ada, this is no database. " * 100)
    url = url.format(folder=tmp_path)
    line = told(runner(create_app(settings_for(url, tmp_path / "instance")))("prepare"))
    assert line.startswith("Spikecast does not start: SPIKECAST_DATABASE_URL is ")
    assert said in line
    assert "hunter2" not in line
