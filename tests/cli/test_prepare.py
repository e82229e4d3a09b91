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

ADA = ("ada", "ADMIN")  # as stored in the database


@pytest.fixture
def run_prepare(own_database_url, tmp_path, clock):
    """Return a function that runs `prepare` on the test's own database; it returns the app and the result."""
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


def test_prepare_creates_a_missing_schema(run_prepare):
    app, result = run_prepare()
    done(result)
    assert "its schema is up to date" in done(runner(app)("check-config"))


def test_preparing_again_changes_nothing(run_prepare):
    done(run_prepare(**FIRST_ADMIN)[1])
    app, result = run_prepare(**FIRST_ADMIN | {"SPIKECAST_ADMIN_PASSWORD": "another password"})
    done(result)
    assert users(app) == [ADA]
    assert sign_in(app, "ada", FIRST_ADMIN["SPIKECAST_ADMIN_PASSWORD"]).status_code == 200


def test_prepare_creates_the_first_admin_of_the_settings(run_prepare):
    app, result = run_prepare(**FIRST_ADMIN)
    done(result)
    assert users(app) == [ADA]
    assert sign_in(app, "ada", FIRST_ADMIN["SPIKECAST_ADMIN_PASSWORD"]).status_code == 200
    assert FIRST_ADMIN["SPIKECAST_ADMIN_PASSWORD"] not in result.output


def test_an_invalid_first_admin_is_refused(run_prepare):
    app, result = run_prepare(**FIRST_ADMIN | {"SPIKECAST_ADMIN_PASSWORD": "hunter2"})
    assert "Spikecast does not start: SPIKECAST_ADMIN_PASSWORD must have at least 8" in get_exit_message(
        result
    )
    assert "hunter2" not in result.output
    assert users(app) == []


def get_exit_message(result):
    """Return the one line with which a refused command ends the process."""
    assert isinstance(result.exception, SystemExit)
    message = str(result.exception.code)
    assert len(message.splitlines()) == 1
    return message


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param(
            "postgresql://u:hunter2@127.0.0.1:1/x",
            "127.0.0.1:1/x, and that database does not",
            id="unreachable",
        ),
        pytest.param(
            "sqlite:////dev/null/x.db", "sqlite:////dev/null/x.db, where no file can be", id="not a folder"
        ),
        pytest.param("sqlite:///{folder}/letter.db", "file is not a database", id="not a database"),
    ],
)
def test_an_unusable_database_is_reported(tmp_path, url, message):
    (tmp_path / "letter.db").write_text("Dear Ada, this is no database. " * 100)
    url = url.format(folder=tmp_path)
    line = get_exit_message(runner(create_app(settings_for(url, tmp_path / "instance")))("prepare"))
    assert line.startswith("Spikecast does not start: SPIKECAST_DATABASE_URL is ")
    assert message in line
    assert "hunter2" not in line
