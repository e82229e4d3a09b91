"""`flask check-config`."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

import config
from app import create_app
from app.db.session import db
from tests.cli.conftest import runner
from tests.conftest import settings_for
from tests.support.commands import done, refused

A_FILE = "sqlite:////tmp/spikecast-that-is-not-there.db"
FIRST_ADMIN = {
    "SPIKECAST_ADMIN_EMAIL": "ada@example.org",
    "SPIKECAST_ADMIN_USERNAME": "ada",
    "SPIKECAST_ADMIN_PASSWORD": "a password to hide",
}


def ended_with_message(result):
    """Return whether the command ended with its own error message, whatever it printed before."""
    return result.exit_code == 1 and isinstance(result.exception, SystemExit)


def parse_output(output):
    """Return the printed settings by name."""
    return dict(line.split(maxsplit=1) for line in output.splitlines())


@pytest.fixture
def check(tmp_path):
    """Run `check-config` with these settings, as its users do: in a process of its own."""

    def run(**settings: str) -> subprocess.CompletedProcess[str]:
        usual = {
            "SPIKECAST_INSTANCE": str(tmp_path / "instance"),
            "SPIKECAST_DATABASE_URL": f"sqlite:///{tmp_path / 'data.db'}",
        }
        outside = {name: text for name, text in os.environ.items() if not name.startswith("SPIKECAST_")}
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", "flask", "--app", "wsgi", "check-config"],
            cwd=config.ROOT,
            env=outside | usual | settings,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.fixture
def run_with(tmp_path):
    """Run a command in an app with this database URL and these settings."""

    def run(url, *args, typed="", **settings):
        app = create_app(settings_for(url, tmp_path / "instance", **settings))
        return runner(app)(*args, input=typed)

    return run


# --- Output --------------------------------------------------------------------------------------------


def test_check_config_shows_every_setting(run):
    assert parse_output(done(run("check-config"))).keys() == {
        "SPIKECAST_DATABASE_URL",
        "SPIKECAST_INSTANCE",
        "SPIKECAST_SECRET_KEY",
        "SPIKECAST_BIND",
        "SPIKECAST_WORKERS",
        "SPIKECAST_SQLITE_SYNCHRONOUS",
        "SPIKECAST_CACHED_FIELDS",
        "SPIKECAST_FAST_POLLS",
        "SPIKECAST_TRUSTED_PROXIES",
        "SPIKECAST_URL_PREFIX",
        "SPIKECAST_COOKIE_NAME",
        "SPIKECAST_CORS_ORIGINS",
        "SPIKECAST_AUDIT_ENTRIES",
        "SPIKECAST_AUDIT_PEOPLE_ENTRIES",
        "SPIKECAST_AUDIT_REFUSALS",
        "SPIKECAST_ALERTS",
        "SPIKECAST_REHEARSALS",
        "SPIKECAST_ADMIN_USERNAME",
        "database",
    }


def test_check_config_reports_the_database_and_its_current_schema(run, app):
    state = parse_output(done(run("check-config")))["database"]
    assert re.fullmatch(r"(sqlite|postgresql) \d+.* answers; its schema is up to date", state)


def test_check_config_reports_a_new_database_and_changes_nothing(new_app, run_new):
    state = parse_output(done(run_new("check-config")))["database"]
    with new_app.app_context():
        if db.engine.dialect.name == "sqlite":
            assert state == "sqlite, does not exist yet; the next start creates it"
            assert not Path(db.engine.url.database).exists()
        else:
            assert re.fullmatch(
                r"postgresql \d+.* answers; its schema is missing; the next start upgrades it to \w+",
                state,
            )
            assert sa.inspect(db.engine).get_table_names() == []


def test_a_schema_of_a_newer_version_is_refused(new_app, run_new):
    done(run_new("prepare"))
    with new_app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    result = run_new("check-config")
    assert result.exit_code == 1
    assert "The database's schema is 9999, which this version of Spikecast does not know." in result.stderr


def test_check_config_shows_the_first_admins_username_but_not_the_password(run_with):
    result = run_with(A_FILE, "check-config", **FIRST_ADMIN)
    assert parse_output(done(result))["SPIKECAST_ADMIN_USERNAME"] == "ada"
    assert FIRST_ADMIN["SPIKECAST_ADMIN_PASSWORD"] not in result.output


def test_check_config_reports_a_given_secret_key_without_showing_it(run, app):
    result = run("check-config")
    assert parse_output(done(result))["SPIKECAST_SECRET_KEY"] == "given"
    assert app.config["SECRET_KEY"] not in result.output


def test_check_config_reports_where_the_secret_key_is_stored_without_showing_it(check, tmp_path):
    text = secrets.token_hex(32)
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "secret_key").write_text(f"{text}\n")
    result = check()
    assert result.returncode == 0, result.stderr
    assert parse_output(result.stdout)["SPIKECAST_SECRET_KEY"] == f"stored in {tmp_path / 'instance'}"
    assert text not in result.stdout + result.stderr


# --- Invalid settings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("DATABASE_URL", "mysql://u:hunter2@db.example.org/x", id="unsupported database"),
        pytest.param("DATABSE_URL", "sqlite:////tmp/x", id="misspelt"),
        pytest.param("INSTANCE", "/dev/null", id="instance is not a folder"),
    ],
)
def test_an_invalid_setting_is_reported_in_one_line(check, name, text):
    result = check(**{f"SPIKECAST_{name}": text})
    assert result.returncode == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert result.stderr.startswith(f"Spikecast does not start: SPIKECAST_{name} ")
    assert "hunter2" not in result.stderr


@pytest.mark.parametrize(
    ("name", "text"),
    [("EMAIL", "nonsense"), ("USERNAME", "a@b"), ("PASSWORD", "hunter2")],
)
def test_check_config_refuses_an_invalid_first_admin(run_with, name, text):
    result = run_with(A_FILE, "check-config", **FIRST_ADMIN | {f"SPIKECAST_ADMIN_{name}": text})
    assert f"Error: Spikecast does not start: SPIKECAST_ADMIN_{name} must" in refused(result)
    assert "hunter2" not in result.output


def test_an_empty_secret_key_file_is_refused(check, tmp_path):
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "secret_key").touch()
    result = check()
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert f"too short ({tmp_path / 'instance' / 'secret_key'})" in result.stderr


# --- An unusable database ------------------------------------------------------------------------------

UNREACHABLE = "postgresql://spikecast:hunter2@127.0.0.1:1/spikecast"


COMMANDS = [
    ("check-config",),
    ("list-keys",),
    ("revoke-key", "1"),
    ("create-user", "ada@example.org", "ada", "--password-stdin"),
    ("set-password", "ada", "--password-stdin"),
    ("demo",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_an_unreachable_database_is_reported_with_an_error_message(run_with, command):
    result = run_with(UNREACHABLE, *command, typed="a long enough password")
    assert ended_with_message(result)
    assert "Error: The database does not answer: " in result.stderr
    assert "127.0.0.1" in result.stderr
    assert "hunter2" not in result.output


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_file_that_is_not_a_database_is_reported_with_an_error_message(run_with, tmp_path, command):
    file = tmp_path / "letter.db"
    file.write_text("Dear Ada, this is no database. " * 100)
    result = run_with(f"sqlite:///{file}", *command, typed="a long enough password")
    assert ended_with_message(result)
    assert "Error: The database does not answer: file is not a database" in result.stderr


@pytest.mark.parametrize("command", COMMANDS[1:], ids=lambda command: command[0])
def test_a_missing_database_is_reported_with_an_error_message(run_with, command):
    result = run_with("sqlite:////dev/null/spikecast.db", *command, typed="a long enough password")
    assert ended_with_message(result)
    assert "There is no database of Spikecast at sqlite:////dev/null/spikecast.db." in result.stderr


@pytest.mark.parametrize(
    "password", ["hunter2@swordfish", "hunter2@/swordfish", "swordfish%40x", "swordfish?hunter2"]
)
def test_no_part_of_the_urls_password_is_shown(check, password):
    result = check(SPIKECAST_DATABASE_URL=f"postgresql://u:{password}@127.0.0.1:1/x")
    assert result.returncode == 1
    assert not re.search("hunter2|swordfish", result.stdout + result.stderr)


def test_a_password_in_the_urls_parameters_is_hidden(run_with):
    result = run_with("postgresql://u@127.0.0.1:1/x?password=hunter2&sslpassword=hunter2", "check-config")
    assert result.exit_code == 1
    assert "127.0.0.1:1/x" in result.stdout
    assert "hunter2" not in result.output
