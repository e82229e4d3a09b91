"""Commands report which database they use, and none but `prepare` creates one."""

import os
import shlex
import subprocess
import sys

import pytest

import config
from app import create_app, startup
from app.core import shell_command
from app.core.shell_command import format_command
from app.db.migrate import current_revision, known_revisions
from app.db.session import db
from settings.database_url import redact_url
from tests.cli.conftest import runner
from tests.conftest import FAST_SETTINGS, settings_for
from tests.support.commands import done

PASSWORD = "a long enough password"
COMMANDS = [
    ("list-keys",),
    ("revoke-key", "1"),
    ("create-user", "ada@example.org", "ada", "--password-stdin"),
    ("set-password", "ada", "--password-stdin"),
    ("reset-two-factor", "ada"),
    ("demo",),
    ("backup", "no.backup"),
    ("db", "current"),
]


@pytest.fixture
def run_in_new_process(tmp_path):
    """Return a function that runs a command in a new process, with a missing instance folder."""

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        outside = {name: text for name, text in os.environ.items() if not name.startswith("SPIKECAST_")}
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=config.ROOT,
            env=outside | {"SPIKECAST_INSTANCE": str(tmp_path / "elsewhere")} | settings,
            input=PASSWORD,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_without_a_database_is_refused_and_creates_none(run_in_new_process, tmp_path, command):
    result = run_in_new_process(*command)
    assert result.returncode == 1, result.stdout
    assert f"{tmp_path / 'elsewhere' / 'spikecast.db'}" in result.stderr
    assert "There is no database" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "elsewhere").exists()


def test_check_config_creates_no_database(run_in_new_process, tmp_path):
    result = run_in_new_process("check-config")
    assert result.returncode == 0, result.stderr
    assert "does not exist yet; the next start creates it" in result.stdout
    assert not (tmp_path / "elsewhere").exists()


def test_prepare_creates_the_database_and_reports_it(run_in_new_process, tmp_path):
    result = run_in_new_process("prepare")
    assert result.returncode == 0, result.stderr
    assert f"The database sqlite:///{tmp_path}/elsewhere/spikecast.db has the current schema" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("http://127.0.0.1:8088/setup?token=")
    assert {"spikecast.db", "secret_key"} <= {path.name for path in (tmp_path / "elsewhere").iterdir()}


def test_a_command_reports_which_database_it_uses(run, app):
    result = run("list-keys")
    done(result)
    url = redact_url(app.config["SETTINGS"].database_url)
    assert result.stderr.splitlines()[0] == f"Database: {url}"


def test_an_older_schema_is_not_migrated_by_a_command(run_new, new_app):
    done(run_new("db", "upgrade", "0005"))
    result = run_new("list-keys")
    assert result.exit_code == 1
    assert f"has schema 0005, and this version needs {known_revisions()[0]}" in result.stderr
    with new_app.app_context():
        assert current_revision(db.engine) == "0005"


# --- The logged command that creates the first Admin ----------------------------------------------------


@pytest.fixture
def format_logged(tmp_path, monkeypatch):
    """Return a function that formats the logged command of a service that is not root."""
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    monkeypatch.setattr(shell_command, "_is_container", lambda: False)

    def format_for(**settings):
        given = {f"SPIKECAST_{name}": value for name, value in settings.items()}
        return format_command(config.load(given), "list-keys")

    return format_for


def test_the_logged_command_contains_folder_user_and_settings(format_logged, tmp_path):
    command = format_logged(INSTANCE=str(tmp_path / "a folder"))
    assert command.startswith(f"cd {config.ROOT} && runuser -u nobody -- env SPIKECAST_INSTANCE=")
    assert f"SPIKECAST_INSTANCE={tmp_path / 'a folder'}" in shlex.split(command)
    assert command.endswith("flask --app wsgi list-keys")


def test_the_logged_command_contains_the_database_url_but_no_password(format_logged):
    assert "SPIKECAST_DATABASE_URL=sqlite:////srv/other.db" in format_logged(
        DATABASE_URL="sqlite:////srv/other.db"
    )
    assert "SPIKECAST_DATABASE_URL" not in format_logged()
    assert "postgresql+psycopg://ada@db/x" in format_logged(DATABASE_URL="postgresql://ada@db/x")
    command = format_logged(DATABASE_URL="postgresql://ada:hunter2@db/x")
    assert "hunter2" not in command
    assert command.endswith("# with SPIKECAST_DATABASE_URL as the server has it")


def test_the_logged_command_creates_an_admin_in_the_served_database(tmp_path):
    settings = settings_for(f"sqlite:///{tmp_path / 'other.db'}", tmp_path, SPIKECAST_SECRET_KEY="")
    app = create_app(settings, **FAST_SETTINGS)
    lines = startup.prepare(app)
    outside = {name: text for name, text in os.environ.items() if not name.startswith("SPIKECAST_")}
    result = subprocess.run(
        ["sh", "-c", f"{lines[1].strip()} --password-stdin"],
        cwd="/",
        env=outside,
        input=PASSWORD,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    assert "Created Admin you" in result.stdout
    assert startup.prepare(app) == []
    assert "you" in done(runner(app)("set-password", "you", "--password-stdin", input=PASSWORD))
