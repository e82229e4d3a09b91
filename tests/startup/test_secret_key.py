"""The secret key that is made on the first start and kept."""

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


def test_it_is_made_once_and_kept(tmp_path):
    secret = load_or_create_secret(tmp_path / "instance")
    assert re.fullmatch("[0-9a-f]{64}", secret)
    assert load_or_create_secret(tmp_path / "instance") == secret
    assert (tmp_path / "instance" / "secret_key").read_text() == secret


def test_nobody_else_may_read_it(tmp_path):
    usual = os.umask(0)
    try:
        load_or_create_secret(tmp_path / "deep" / "instance")
    finally:
        os.umask(usual)
    assert mode(tmp_path / "deep" / "instance" / "secret_key") == 0o600
    assert mode(tmp_path / "deep" / "instance") == 0o700


def test_nothing_else_is_left_behind(tmp_path):
    load_or_create_secret(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_every_installation_has_its_own(tmp_path):
    assert load_or_create_secret(tmp_path / "a") != load_or_create_secret(tmp_path / "b")


def test_a_setting_outranks_it(tmp_path):
    app = create_app(settings_for("sqlite:////nowhere.db", tmp_path))
    assert app.config["JWT_SECRET_KEY"] == "a secret of the tests: 0123456789 abcdef"
    assert not (tmp_path / "secret_key").exists()


def test_without_a_setting_it_signs_the_tokens(tmp_path):
    app = create_app(settings_for("sqlite:////nowhere.db", tmp_path, SPIKECAST_SECRET_KEY=""))
    kept = (tmp_path / "secret_key").read_text()
    assert app.config["JWT_SECRET_KEY"] == app.config["SECRET_KEY"] == kept


@pytest.mark.parametrize(
    ("content", "says"),
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
def test_a_damaged_one_is_refused_in_one_sentence(tmp_path, content, says):
    (tmp_path / "secret_key").write_bytes(content)
    with pytest.raises(BadSetting, match=r"^SPIKECAST_INSTANCE contains a secret_key that ") as refusal:
        load_or_create_secret(tmp_path)
    said = str(refusal.value)
    assert says in said
    assert str(tmp_path / "secret_key") in said
    assert "\n" not in said
    assert "0123456789abcdef" not in said


@pytest.mark.parametrize(
    "text", ["0123456789abcdef0123456789abcdef\n", "correct horse battery staple, and some more"]
)
def test_one_that_somebody_made_by_hand_is_taken(tmp_path, text):
    (tmp_path / "secret_key").write_text(text)
    assert load_or_create_secret(tmp_path) == text.strip()


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: os.mkfifo(path)], ids=["a folder", "a pipe"])
def test_what_is_no_file_is_refused(tmp_path, make):
    make(tmp_path / "secret_key")
    with pytest.raises(BadSetting, match="is not a file"):
        load_or_create_secret(tmp_path)


def test_a_new_one_is_on_the_disk_before_it_is_used(tmp_path, monkeypatch):
    synced = []
    sync = os.fsync

    def note(handle):
        synced.append(os.path.basename(os.readlink(f"/proc/self/fd/{handle}")))
        sync(handle)

    monkeypatch.setattr(os, "fsync", note)
    load_or_create_secret(tmp_path / "instance")
    kinds = ["draft" if name.startswith(".secret_key") else name for name in synced]
    assert kinds == [tmp_path.name, "draft", "instance"]


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting, match=r"^SPIKECAST_INSTANCE .* no secret key can be stored"):
        load_or_create_secret(tmp_path / "file" / "instance")


def test_processes_that_start_at_once_agree_on_one(tmp_path):
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
