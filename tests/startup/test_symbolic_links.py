"""A SQLite database behind symbolic links: SQLite and Spikecast keep their files beside the real one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app import create_app, startup
from app.core.errors import CannotStart
from app.db.session import db
from app.models import Role
from tests.cli.conftest import runner
from tests.conftest import FAST_SETTINGS, add_user, settings_for
from tests.support.commands import done
from tests.support.factory import Maker


def link_to_the_file(tmp_path: Path, real: Path) -> Path:
    link = tmp_path / "instance" / "spikecast.db"
    link.parent.mkdir()
    link.symlink_to(real)
    return link


def relative_link(tmp_path: Path, real: Path) -> Path:
    link = tmp_path / "instance" / "spikecast.db"
    link.parent.mkdir()
    link.symlink_to(Path("..") / real.relative_to(tmp_path))
    return link


def link_to_the_folder(tmp_path: Path, real: Path) -> Path:
    (tmp_path / "instance").symlink_to(real.parent)
    return tmp_path / "instance" / real.name


def link_to_a_link(tmp_path: Path, real: Path) -> Path:
    first = link_to_the_folder(tmp_path, real)
    second = tmp_path / "second.db"
    second.symlink_to(first)
    return second


LINKS = [link_to_the_file, relative_link, link_to_the_folder, link_to_a_link]


@pytest.fixture(params=[True, False], ids=["existing", "dangling"])
def real(request, tmp_path):
    """Return the path of the real file, which exists or does not exist yet."""
    file = tmp_path / "disk" / "real.db"
    file.parent.mkdir()
    if request.param:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("VACUUM")
    return file


@pytest.mark.parametrize("link", LINKS)
def test_a_linked_database_is_served_backed_up_and_restored_at_its_real_path(tmp_path, real, link, clock):
    path = link(tmp_path, real)
    app = create_app(settings_for(f"sqlite:///{path}", tmp_path / "secret"), **FAST_SETTINGS)
    startup.prepare(app)
    make = Maker(add_user(app, Role.EDITOR, "owen"))
    make.collection("Truck", {"name": "km", "value_type": "INCREMENT", "start_number": 1, "step_number": 1})
    tool = make.key()
    assert [tool.data("Truck")["km"] for _ in range(3)] == [1, 2, 3]
    assert {file.name for file in real.parent.iterdir()} >= {"real.db", "real.db-wal", "real.db.turn"}
    run, file = runner(app), tmp_path / "a.backup"
    done(run("backup", str(file)))
    app.extensions["polls"].close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    done(run("restore", str(file)))
    assert real.is_file()
    assert not real.is_symlink()
    assert path.resolve() == real
    assert list(real.parent.glob("real.db.before-restore-*"))
    assert tool.data("Truck")["km"] == 4
    app.extensions["polls"].close()
    with app.app_context():
        db.engine.dispose()


def test_a_wal_whose_database_is_missing_is_found_behind_a_link(tmp_path):
    real = tmp_path / "real.db"
    (tmp_path / "link.db").symlink_to(real)
    (tmp_path / "real.db-wal").write_bytes(b"what was written last")
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'link.db'}", tmp_path))
    with pytest.raises(CannotStart, match="contains the latest changes"):
        startup.prepare(app)
    assert not real.exists()
