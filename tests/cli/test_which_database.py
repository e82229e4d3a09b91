"""Which database a command works on: it is told, and no command makes one but those that serve."""

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
LOOKS_OR_SAVES = [
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
def by_hand(tmp_path):
    """Run a command in a process of its own, with an instance folder that is not there."""

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


@pytest.mark.parametrize("command", LOOKS_OR_SAVES, ids=lambda command: command[0])
def test_a_command_makes_no_installation(by_hand, tmp_path, command):
    result = by_hand(*command)
    assert result.returncode == 1, result.stdout
    assert f"{tmp_path / 'elsewhere' / 'spikecast.db'}" in result.stderr
    assert "There is no database" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "elsewhere").exists()


def test_nor_does_check_config(by_hand, tmp_path):
    result = by_hand("check-config")
    assert result.returncode == 0, result.stderr
    assert "does not exist yet; the next start creates it" in result.stdout
    assert not (tmp_path / "elsewhere").exists()


def test_prepare_makes_it_and_says_which(by_hand, tmp_path):
    result = by_hand("prepare")
    assert result.returncode == 0, result.stderr
    assert f"The database sqlite:///{tmp_path}/elsewhere/spikecast.db has the current schema" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("http://127.0.0.1:8088/setup?token=")
    assert {"spikecast.db", "secret_key"} <= {path.name for path in (tmp_path / "elsewhere").iterdir()}


def test_a_command_says_on_which_database_it_works(run, app):
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


# --- The line of the log that says how to make the first Admin ------------------------------------------


@pytest.fixture
def line(tmp_path, monkeypatch):
    """The line for these settings, as somebody who is not root has it in a service's log."""
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    monkeypatch.setattr(shell_command, "_is_container", lambda: False)

    def of(**settings):
        given = {f"SPIKECAST_{name}": value for name, value in settings.items()}
        return format_command(config.load(given), "list-keys")

    return of


def test_it_names_folder_user_and_settings(line, tmp_path):
    said = line(INSTANCE=str(tmp_path / "a folder"))
    assert said.startswith(f"cd {config.ROOT} && runuser -u nobody -- env SPIKECAST_INSTANCE=")
    assert f"SPIKECAST_INSTANCE={tmp_path / 'a folder'}" in shlex.split(said)
    assert said.endswith("flask --app wsgi list-keys")


def test_it_names_another_database_but_no_password(line):
    assert "SPIKECAST_DATABASE_URL=sqlite:////srv/other.db" in line(DATABASE_URL="sqlite:////srv/other.db")
    assert "SPIKECAST_DATABASE_URL" not in line()
    assert "postgresql+psycopg://ada@db/x" in line(DATABASE_URL="postgresql://ada@db/x")
    said = line(DATABASE_URL="postgresql://ada:hunter2@db/x")
    assert "hunter2" not in said
    assert said.endswith("# with SPIKECAST_DATABASE_URL as the server has it")


def test_the_line_makes_an_admin_in_the_very_database_that_is_served(tmp_path):
    settings = settings_for(f"sqlite:///{tmp_path / 'other.db'}", tmp_path, SPIKECAST_SECRET_KEY="")
    app = create_app(settings, **FAST_SETTINGS)
    told = startup.prepare(app)
    outside = {name: text for name, text in os.environ.items() if not name.startswith("SPIKECAST_")}
    done_by_hand = subprocess.run(
        ["sh", "-c", f"{told[1].strip()} --password-stdin"],
        cwd="/",
        env=outside,
        input=PASSWORD,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done_by_hand.returncode == 0, done_by_hand.stderr
    assert "Created Admin you" in done_by_hand.stdout
    assert startup.prepare(app) == []
    assert "you" in done(runner(app)("set-password", "you", "--password-stdin", input=PASSWORD))
