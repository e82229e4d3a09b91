"""Modes and owners of the files that Spikecast creates, and the errors if they cannot be used."""

import logging
import os
import shutil
import stat
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import config
from app import create_app, startup
from app.core import file_ownership
from app.db.session import db
from app.models import Role
from tests.conftest import FAST_SETTINGS, add_user, settings_for
from tests.support.factory import Maker

SERVICE, OTHER = 54321, 54322
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run commands as another user")


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@pytest.fixture
def umask_0():
    usual = os.umask(0)
    yield
    os.umask(usual)


@pytest.fixture
def folder(tmp_path):
    """Create a folder that all users may read."""
    made = tmp_path / "data"
    made.mkdir()
    made.chmod(0o755)
    return made


def serve_once(folder):
    """Start the app, and have it create all files that a server creates."""
    url = f"sqlite:///{folder / 'spikecast.db'}"
    app = create_app(settings_for(url, folder, SPIKECAST_SECRET_KEY=""), **FAST_SETTINGS)
    startup.prepare(app)
    make = Maker(add_user(app, Role.EDITOR, "owen"))
    make.collection("Truck", {"value_type": "INCREMENT"})
    make.key().data("Truck")
    return app


def close(app):
    app.extensions["polls"].close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("umask_0")
def test_in_a_folder_readable_by_all_the_files_are_private_to_their_owner(folder):
    app = serve_once(folder)
    assert {"spikecast.db", "spikecast.db-wal", "spikecast.db-shm", "secret_key"} <= modes(folder).keys()
    assert set(modes(folder).values()) == {0o600}
    close(app)


@pytest.mark.usefixtures("umask_0")
@as_root
def test_in_a_folder_writable_by_group_0_the_group_may_use_the_files(folder):
    os.chown(folder, SERVICE, 0)
    folder.chmod(0o770)
    app = serve_once(folder)
    assert set(modes(folder).values()) == {0o660}
    close(app)


def get_mode_warnings(app, caplog):
    with caplog.at_level(logging.WARNING, logger="app.startup"):
        startup.prepare(app)
    return [line for line in caplog.messages if "has mode" in line]


def test_a_folder_readable_by_all_gives_a_warning_with_the_remedy(folder, caplog):
    app = create_app(settings_for(f"sqlite:///{folder / 'spikecast.db'}", folder))
    [message] = get_mode_warnings(app, caplog)
    assert message.startswith(f"{folder} has mode 0755: all users of this machine may read it.")
    assert message.endswith(f"Remedy: chmod 0750 {folder}")


def test_files_readable_by_all_give_warnings_with_the_remedy(folder, caplog):
    folder.chmod(0o700)
    app = create_app(settings_for(f"sqlite:///{folder / 'spikecast.db'}", folder, SPIKECAST_SECRET_KEY=""))
    assert get_mode_warnings(app, caplog) == []
    (folder / "spikecast.db").chmod(0o644)
    (folder / "secret_key").chmod(0o666)
    warnings = get_mode_warnings(app, caplog)
    assert any(f"chmod 0640 {folder / 'spikecast.db'}" in line for line in warnings)
    assert any("may write to it" in line and "secret_key" in line for line in warnings)


# --- Commands of root and of other users ---------------------------------------------------------------


def chown_all(folder, uid):
    for path in (folder, *folder.iterdir()):
        os.chown(path, uid, uid)


def owners(folder):
    return {path.stat().st_uid for path in folder.iterdir()}


class CommandResult(NamedTuple):
    """The exit code and error output of a command."""

    returncode: int
    stderr: str


def run_as(uid, folder, *arguments):
    """Run a command as this user, in a fork because the user may not be able to read this Python."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status, message = 1, ""
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            status, message = run_in_this_process(folder, arguments)
        except BaseException:
            message = traceback.format_exc()
        finally:
            os.write(writing, message.encode())
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as answer:
        message = answer.read()
    return CommandResult(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), message)


def run_in_this_process(folder, arguments):
    url = f"sqlite:///{folder / 'spikecast.db'}"
    try:
        app = create_app(settings_for(url, folder, SPIKECAST_SECRET_KEY=""), **FAST_SETTINGS)
    except config.BadSetting as error:
        return 1, f"Spikecast does not start: {error}"
    try:
        result = app.test_cli_runner().invoke(args=[str(each) for each in arguments])
    finally:
        close(app)
    message = result.stderr
    if isinstance(result.exception, SystemExit) and isinstance(result.exception.code, str):
        message += result.exception.code
    elif result.exception and not isinstance(result.exception, SystemExit):
        message += "".join(traceback.format_exception(result.exception))
    return result.exit_code and 1, message


@pytest.fixture(scope="module")
def prepared_folder() -> Iterator[Path]:
    """Yield a folder with a database; every command has run once, so that its modules are loaded."""
    if os.geteuid() != 0:
        pytest.skip("only root can run commands as another user")
    with tempfile.TemporaryDirectory(prefix="spikecast-owners-", dir="/tmp") as place:
        Path(place).chmod(0o755)
        folder = Path(place, "finished")
        folder.mkdir()
        backup = folder.parent / "a.backup"
        close(serve_once(folder))
        for arguments in (["prepare"], ["list-keys"], ["backup", backup], ["restore", backup]):
            assert run_in_this_process(folder, arguments)[0] == 0
        yield folder


@pytest.fixture
def installation(prepared_folder: Path) -> Iterator[Path]:
    """Yield a copy of `prepared_folder` that belongs to the service's user."""
    folder = prepared_folder.parent / "data"
    shutil.copytree(prepared_folder, folder)
    folder.chmod(0o700)
    chown_all(folder, SERVICE)
    yield folder
    shutil.rmtree(folder)


def test_a_database_restored_by_root_still_belongs_to_the_service(installation):
    backup = installation.parent / "a.backup"
    assert run_as(0, installation, "backup", "--overwrite", backup).returncode == 0
    restored = run_as(0, installation, "restore", backup)
    assert restored.returncode == 0, restored.stderr
    assert owners(installation) == {SERVICE}
    assert modes(installation)["spikecast.db"] == 0o600
    listed = run_as(SERVICE, installation, "list-keys")
    assert listed.returncode == 0, listed.stderr
    (installation / "spikecast.db").unlink()
    (installation / "spikecast.db-wal").unlink(missing_ok=True)
    again = run_as(0, installation, "restore", backup, "--accept-repeats")
    assert again.returncode == 0, again.stderr
    assert owners(installation) == {SERVICE}


def test_a_restore_that_cannot_keep_the_owner_is_refused(installation):
    backup = installation.parent / "a.backup"
    assert run_as(0, installation, "backup", "--overwrite", backup).returncode == 0
    backup.chmod(0o644)
    installation.chmod(0o777)
    for path in installation.iterdir():
        path.chmod(0o666)
    before = (installation / "spikecast.db").stat()
    refused = run_as(OTHER, installation, "restore", backup)
    assert refused.returncode == 1
    assert f"belongs to user id {SERVICE}" in refused.stderr
    assert (installation / "spikecast.db").stat().st_ino == before.st_ino


FILES = ["spikecast.db", "spikecast.db-wal", "spikecast.db.migrating", "secret_key", "."]


@pytest.mark.parametrize("mode", [0o600, 0o644], ids=["unreadable", "read-only"])
@pytest.mark.parametrize("name", FILES)
def test_an_unusable_file_of_root_is_reported_with_its_owner_and_the_remedy(installation, name, mode):
    if name == "secret_key" and mode == 0o644:
        pytest.skip("the key is only read")
    victim = (installation / name).resolve()
    if not victim.exists():
        victim.write_bytes(b"")
    os.chown(victim, 0, 0)
    victim.chmod(mode | (0o111 if victim.is_dir() and mode & 0o044 else 0))
    for arguments in (["prepare"], ["list-keys"]):
        result = run_as(SERVICE, installation, *arguments)
        assert result.returncode == 1, result.stdout
        assert "Traceback" not in result.stderr
        last = result.stderr.strip().splitlines()[-1]
        assert f"{victim} cannot be " in last, result.stderr
        assert "it belongs to root" in last
        assert f"chown -R {SERVICE} {installation}" in last


def test_for_an_unusable_folder_of_the_same_user_the_remedy_is_chmod(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_arguments, **_options: False)
    message = file_ownership.find_access_problem([tmp_path])
    assert message.endswith(f"Remedy: chmod u+rwx {tmp_path}")
