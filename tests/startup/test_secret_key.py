"""The secret key that is made on the first start and kept."""

import os
import re
import stat
from pathlib import Path

import pytest

from app import create_app, startup
from config import BadSetting
from tests.conftest import settings_for
from tests.support.forked import in_processes

PROCESSES = 16


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_once_and_kept(tmp_path):
    secret = startup.kept_secret(tmp_path / "instance")
    assert re.fullmatch("[0-9a-f]{64}", secret)
    assert startup.kept_secret(tmp_path / "instance") == secret
    assert (tmp_path / "instance" / "secret_key").read_text() == secret


def test_nobody_else_may_read_it(tmp_path):
    usual = os.umask(0)
    try:
        startup.kept_secret(tmp_path / "deep" / "instance")
    finally:
        os.umask(usual)
    assert mode(tmp_path / "deep" / "instance" / "secret_key") == 0o600
    assert mode(tmp_path / "deep" / "instance") == 0o700


def test_nothing_else_is_left_behind(tmp_path):
    startup.kept_secret(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_every_installation_has_its_own(tmp_path):
    assert startup.kept_secret(tmp_path / "a") != startup.kept_secret(tmp_path / "b")


def test_a_setting_outranks_it(tmp_path):
    app = create_app(settings_for("sqlite:////nowhere.db", tmp_path))
    assert app.config["JWT_SECRET_KEY"] == "a secret of the tests: 0123456789 abcdef"
    assert not (tmp_path / "secret_key").exists()


def test_without_a_setting_it_signs_the_tokens(tmp_path):
    app = create_app(settings_for("sqlite:////nowhere.db", tmp_path, SPIKECAST_SECRET_KEY=""))
    kept = (tmp_path / "secret_key").read_text()
    assert app.config["JWT_SECRET_KEY"] == app.config["SECRET_KEY"] == kept


@pytest.mark.parametrize("text", ["", "\n", "0123456789abcdef0123456789abcde"])
def test_a_damaged_one_is_refused(tmp_path, text):
    (tmp_path / "secret_key").write_text(text)
    with pytest.raises(BadSetting, match=r"^SPIKECAST_INSTANCE .*secret_key.* too short"):
        startup.kept_secret(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting, match=r"^SPIKECAST_INSTANCE .* no secret key can be kept"):
        startup.kept_secret(tmp_path / "file" / "instance")


def test_processes_that_start_at_once_agree_on_one(tmp_path):
    setup = """
        from pathlib import Path
        from app import startup

        def run():
            return startup.kept_secret(Path(sys.argv[1]))
    """
    secrets = in_processes(PROCESSES, setup, str(tmp_path / "instance"))
    assert len(secrets) == PROCESSES
    assert set(secrets) == {(tmp_path / "instance" / "secret_key").read_text()}
    assert [path.name for path in (tmp_path / "instance").iterdir()] == ["secret_key"]
