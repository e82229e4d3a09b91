"""Who may use the files that Spikecast makes, who owns them, and what is said where they cannot be used."""

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
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may be somebody else")


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@pytest.fixture
def umask_0():
    usual = os.umask(0)
    yield
    os.umask(usual)


@pytest.fixture
def folder(tmp_path):
    """A folder that was there, as wide as they are."""
    made = tmp_path / "data"
    made.mkdir()
    made.chmod(0o755)
    return made


def serve_once(folder):
    """Start, and have everything made that a server makes."""
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
def test_in_a_wide_folder_all_files_are_for_their_owner_alone(folder):
    app = serve_once(folder)
    assert {"spikecast.db", "spikecast.db-wal", "spikecast.db-shm", "secret_key"} <= modes(folder).keys()
    assert set(modes(folder).values()) == {0o600}
    close(app)


@pytest.mark.usefixtures("umask_0")
@as_root
def test_in_a_folder_of_group_0_that_it_may_write_the_group_may_use_the_files(folder):
    os.chown(folder, SERVICE, 0)
    folder.chmod(0o770)
    app = serve_once(folder)
    assert set(modes(folder).values()) == {0o660}
    close(app)


def warnings_of(app, caplog):
    with caplog.at_level(logging.WARNING, logger="app.startup"):
        startup.prepare(app)
    return [line for line in caplog.messages if "has mode" in line]


def test_a_wide_folder_is_warned_of_with_the_remedy(folder, caplog):
    app = create_app(settings_for(f"sqlite:///{folder / 'spikecast.db'}", folder))
    [said] = warnings_of(app, caplog)
    assert said.startswith(f"{folder} has mode 0755: all users of this machine may read it.")
    assert said.endswith(f"Remedy: chmod 0750 {folder}")


def test_so_are_files_of_an_older_version(folder, caplog):
    folder.chmod(0o700)
    app = create_app(settings_for(f"sqlite:///{folder / 'spikecast.db'}", folder, SPIKECAST_SECRET_KEY=""))
    assert warnings_of(app, caplog) == []
    (folder / "spikecast.db").chmod(0o644)
    (folder / "secret_key").chmod(0o666)
    said = warnings_of(app, caplog)
    assert any(f"chmod 0640 {folder / 'spikecast.db'}" in line for line in said)
    assert any("may write to it" in line and "secret_key" in line for line in said)


# --- Root, and somebody else ---------------------------------------------------------------------------


def given_to(folder, uid):
    for path in (folder, *folder.iterdir()):
        os.chown(path, uid, uid)


def owners(folder):
    return {path.stat().st_uid for path in folder.iterdir()}


class Done(NamedTuple):
    """What a command did."""

    returncode: int
    stderr: str


def command(uid, folder, *arguments):
    """Run a command as this user: in a fork, for that user may not be able to read this Python."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status, said = 1, ""
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            status, said = run_here(folder, arguments)
        except BaseException:
            said = traceback.format_exc()
        finally:
            os.write(writing, said.encode())
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    return Done(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said)


def run_here(folder, arguments):
    url = f"sqlite:///{folder / 'spikecast.db'}"
    try:
        app = create_app(settings_for(url, folder, SPIKECAST_SECRET_KEY=""), **FAST_SETTINGS)
    except config.BadSetting as fault:
        return 1, f"Spikecast does not start: {fault}"
    try:
        result = app.test_cli_runner().invoke(args=[str(each) for each in arguments])
    finally:
        close(app)
    said = result.stderr
    if isinstance(result.exception, SystemExit) and isinstance(result.exception.code, str):
        said += result.exception.code
    elif result.exception and not isinstance(result.exception, SystemExit):
        said += "".join(traceback.format_exception(result.exception))
    return result.exit_code and 1, said


@pytest.fixture(scope="module")
def finished() -> Iterator[Path]:
    """A folder with a database; each command has been run, and its modules loaded."""
    if os.geteuid() != 0:
        pytest.skip("only root may be somebody else")
    with tempfile.TemporaryDirectory(prefix="spikecast-owners-", dir="/tmp") as place:
        Path(place).chmod(0o755)
        folder = Path(place, "finished")
        folder.mkdir()
        backup = folder.parent / "a.backup"
        close(serve_once(folder))
        for arguments in (["prepare"], ["list-keys"], ["backup", backup], ["restore", backup]):
            assert run_here(folder, arguments)[0] == 0
        yield folder


@pytest.fixture
def installation(finished: Path) -> Iterator[Path]:
    """The same of the service's user."""
    folder = finished.parent / "data"
    shutil.copytree(finished, folder)
    folder.chmod(0o700)
    given_to(folder, SERVICE)
    yield folder
    shutil.rmtree(folder)


def test_what_root_restores_still_belongs_to_the_service(installation):
    backup = installation.parent / "a.backup"
    assert command(0, installation, "backup", "--overwrite", backup).returncode == 0
    restored = command(0, installation, "restore", backup)
    assert restored.returncode == 0, restored.stderr
    assert owners(installation) == {SERVICE}
    assert modes(installation)["spikecast.db"] == 0o600
    listed = command(SERVICE, installation, "list-keys")
    assert listed.returncode == 0, listed.stderr
    (installation / "spikecast.db").unlink()
    (installation / "spikecast.db-wal").unlink(missing_ok=True)
    again = command(0, installation, "restore", backup, "--accept-repeats")
    assert again.returncode == 0, again.stderr
    assert owners(installation) == {SERVICE}


def test_who_cannot_give_it_back_to_its_owner_is_refused(installation):
    backup = installation.parent / "a.backup"
    assert command(0, installation, "backup", "--overwrite", backup).returncode == 0
    backup.chmod(0o644)
    installation.chmod(0o777)
    for path in installation.iterdir():
        path.chmod(0o666)
    before = (installation / "spikecast.db").stat()
    refused = command(OTHER, installation, "restore", backup)
    assert refused.returncode == 1
    assert f"belongs to user id {SERVICE}" in refused.stderr
    assert (installation / "spikecast.db").stat().st_ino == before.st_ino


FILES = ["spikecast.db", "spikecast.db-wal", "spikecast.db.migrating", "secret_key", "."]


@pytest.mark.parametrize("mode", [0o600, 0o644], ids=["unreadable", "read-only"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_root_has_left_is_named_with_its_owner_and_the_remedy(installation, name, mode):
    if name == "secret_key" and mode == 0o644:
        pytest.skip("the key is only read")
    victim = (installation / name).resolve()
    if not victim.exists():
        victim.write_bytes(b"")
    os.chown(victim, 0, 0)
    victim.chmod(mode | (0o111 if victim.is_dir() and mode & 0o044 else 0))
    for arguments in (["prepare"], ["list-keys"]):
        said = command(SERVICE, installation, *arguments)
        assert said.returncode == 1, said.stdout
        assert "Traceback" not in said.stderr
        last = said.stderr.strip().splitlines()[-1]
        assert f"{victim} cannot be " in last, said.stderr
        assert "it belongs to root" in last
        assert f"chown -R {SERVICE} {installation}" in last


def test_what_this_user_owns_is_mended_by_chmod(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_arguments, **_options: False)
    said = file_ownership.find_access_problem([tmp_path])
    assert said.endswith(f"Remedy: chmod u+rwx {tmp_path}")
