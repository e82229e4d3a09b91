"""The secret key that the first start creates and stores."""

import os
import re
import stat
from pathlib import Path

import pytest

from app import create_app
from app.core.secret_key import load_or_create_secret
from config import BadSetting
from tests.conftest import settings_for
from tests.support.forked import run_in_processes

PROCESSES = 16


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_secret_key_is_created_once_and_stored(tmp_path):
    secret = load_or_create_secret(tmp_path / "instance")
    assert re.fullmatch("[0-9a-f]{64}", secret)
    assert load_or_create_secret(tmp_path / "instance") == secret
    assert (tmp_path / "instance" / "secret_key").read_text() == secret


def test_the_secret_key_is_private_to_its_owner(tmp_path):
    usual = os.umask(0)
    try:
        load_or_create_secret(tmp_path / "deep" / "instance")
    finally:
        os.umask(usual)
    assert mode(tmp_path / "deep" / "instance" / "secret_key") == 0o600
    assert mode(tmp_path / "deep" / "instance") == 0o700


def test_creating_the_secret_key_leaves_no_other_file(tmp_path):
    load_or_create_secret(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_every_installation_has_its_own_secret_key(tmp_path):
    assert load_or_create_secret(tmp_path / "a") != load_or_create_secret(tmp_path / "b")


def test_the_setting_takes_precedence_over_the_stored_secret_key(tmp_path):
    app = create_app(settings_for("sqlite:////nowhere.db", tmp_path))
    assert app.config["JWT_SECRET_KEY"] == "a secret of the tests: 0123456789 abcdef"
    assert not (tmp_path / "secret_key").exists()


def test_without_the_setting_the_stored_secret_key_signs_tokens(tmp_path):
    app = create_app(settings_for("sqlite:////nowhere.db", tmp_path, SPIKECAST_SECRET_KEY=""))
    stored = (tmp_path / "secret_key").read_text()
    assert app.config["JWT_SECRET_KEY"] == app.config["SECRET_KEY"] == stored


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "too short"),
        (b"\n", "too short"),
        (b"0123456789abcdef0123456789abcde", "too short"),
        (b"\0" * 64, "not printable text"),
        (b"0123456789abcdef" * 3 + b"\0" * 16, "not printable text"),
        (b"0123456789abcdef" * 3, "cut off: 48 of 64 digits"),
        (b"0123456789abcdef" * 4 + b"\n" + b"0123456789abcdef" * 4, "not printable text"),
        (bytes(range(128, 192)), "not text in UTF-8"),
        (b"x" * 64, "too simple"),
        (b"please-change-this-secret-key-now!", "an example"),
        (b"0123456789abcdef" * 1000, "damaged"),
    ],
)
def test_a_damaged_secret_key_is_refused_in_one_line(tmp_path, content, reason):
    (tmp_path / "secret_key").write_bytes(content)
    with pytest.raises(BadSetting, match=r"^SPIKECAST_INSTANCE contains a secret_key that ") as refusal:
        load_or_create_secret(tmp_path)
    message = str(refusal.value)
    assert reason in message
    assert str(tmp_path / "secret_key") in message
    assert "\n" not in message
    assert "0123456789abcdef" not in message


@pytest.mark.parametrize(
    "text", ["0123456789abcdef0123456789abcdef\n", "correct horse battery staple, and some more"]
)
def test_a_secret_key_written_by_hand_is_accepted(tmp_path, text):
    (tmp_path / "secret_key").write_text(text)
    assert load_or_create_secret(tmp_path) == text.strip()


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: os.mkfifo(path)], ids=["a folder", "a pipe"])
def test_a_secret_key_that_is_not_a_file_is_refused(tmp_path, make):
    make(tmp_path / "secret_key")
    with pytest.raises(BadSetting, match="is not a file"):
        load_or_create_secret(tmp_path)


def test_a_new_secret_key_is_synced_to_disk_with_its_folders(tmp_path, monkeypatch):
    synced = []
    sync = os.fsync

    def record_fsync(handle):
        synced.append(os.path.basename(os.readlink(f"/proc/self/fd/{handle}")))
        sync(handle)

    monkeypatch.setattr(os, "fsync", record_fsync)
    load_or_create_secret(tmp_path / "instance")
    kinds = ["draft" if name.startswith(".secret_key") else name for name in synced]
    assert kinds == [tmp_path.name, "draft", "instance"]


def test_an_instance_folder_that_cannot_be_created_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting, match=r"^SPIKECAST_INSTANCE .* no secret key can be stored"):
        load_or_create_secret(tmp_path / "file" / "instance")


def test_processes_that_start_concurrently_share_one_secret_key(tmp_path):
    setup = """
        from pathlib import Path
        from app.core import secret_key

        def run():
            return secret_key.load_or_create_secret(Path(sys.argv[1]))
    """
    secrets = run_in_processes(PROCESSES, setup, str(tmp_path / "instance"))
    assert len(secrets) == PROCESSES
    assert set(secrets) == {(tmp_path / "instance" / "secret_key").read_text()}
    assert [path.name for path in (tmp_path / "instance").iterdir()] == ["secret_key"]
