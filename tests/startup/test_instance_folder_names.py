"""The instance folder may have any name: the server and all commands use the database in it."""

import os
from pathlib import Path

import pytest

import config
from app import create_app, startup
from app.db.session import db
from app.models import Role
from tests.conftest import FAST_SETTINGS, add_user
from tests.support.factory import Maker

NAMES = [
    "a b", "a%20b", "a?b=c", "?mode=memory", "a#b", "a:b", "a@b", "100%", "ä ü 试", "a&b;c", "it's", 'a"b',
    "a\\b", "%2e%2e", "file:x", ":memory:", "a+b",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_all_files_are_in_the_instance_folder_and_nowhere_else(tmp_path: Path, monkeypatch, name: str):
    folder = tmp_path / name
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    environ = {key: text for key, text in os.environ.items() if not key.startswith("SPIKECAST_")}
    settings = config.load(environ | {"SPIKECAST_INSTANCE": str(folder)})
    app = create_app(settings, TESTING=True, **FAST_SETTINGS)
    startup.prepare(app)
    make = Maker(add_user(app, Role.EDITOR, "owen"))
    make.collection("Truck", {"value_type": "INCREMENT", "start_number": 1, "step_number": 1})
    key = make.key()
    assert [list(key.data("Truck").values()) for _ in range(2)] == [[1], [2]]
    run = app.test_cli_runner().invoke
    backup = run(args=["backup", str(tmp_path / "backup")])
    assert backup.exit_code == 0, backup.output
    with app.app_context():
        app.extensions["polls"].close()
        db.engine.dispose()
    restored = run(args=["restore", str(tmp_path / "backup")])
    assert restored.exit_code == 0, restored.output
    assert list(key.data("Truck").values()) == [3]
    with app.app_context():
        app.extensions["polls"].close()
        db.engine.dispose()
    assert {each.name for each in tmp_path.iterdir()} == {name, "elsewhere", "backup"}
    assert list(elsewhere.iterdir()) == []
    expected = {
        "spikecast.db",
        "secret_key",
        "spikecast.db.migrating",
        "spikecast.db.turn",
        "spikecast.db.serving",
    }
    assert {each.name for each in folder.iterdir() if ".before-restore-" not in each.name} <= expected
