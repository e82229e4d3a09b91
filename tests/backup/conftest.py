"""A SQLite installation for each test, whose database is backed up, lost, damaged and restored."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app import create_app, startup
from app.db.session import db
from app.models import Role
from tests.conftest import FAST_SETTINGS, add_user, settings_for
from tests.support.commands import done
from tests.support.db_failures import dump_tables
from tests.support.factory import Maker
from tests.support.signing_in import signed_in


class Installation:
    """The app on a file, with an Editor who owns what `make` creates, and the commands."""

    def __init__(self, app: Flask, database: Path) -> None:
        self.app, self.database = app, database
        self.owner = add_user(app, Role.EDITOR, "owen")
        self.make = Maker(self.owner)

    def run(self, *arguments: object) -> Result:
        """Run a command as its own process would: with no connection left open before or after."""
        self.close()
        try:
            return self.app.test_cli_runner().invoke(args=[str(each) for each in arguments])
        finally:
            self.close()

    def backup(self) -> Path:
        """Write a backup of the current state, and return its path."""
        file = self.database.parents[1] / "a.backup"
        done(self.run("backup", "--overwrite", file))
        return file

    def restored(self, *arguments: object) -> str:
        """Restore, which must succeed, and return the output."""
        return done(self.run("restore", *arguments))

    def sign_in_again(self) -> None:
        """Sign in again, which a restore makes necessary."""
        self.owner = self.make.person = signed_in(self.app, self.owner.name)

    def state(self) -> tuple[dict[str, list[str]], set[str]]:
        """Return all rows and the names of all files."""
        rows = dump_tables(self.app)
        self.close()
        return rows, {path.name for path in self.database.parent.iterdir()} - LOCKS

    def close(self) -> None:
        self.app.extensions["polls"].close()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


LOCKS = {"spikecast.db.migrating", "spikecast.db.serving"}


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty, migrated database file."""
    folder = tmp_path_factory.mktemp("migrated")
    file = folder / "migrated.db"
    app = create_app(settings_for(f"sqlite:///{file}", folder))
    startup.prepare(app)
    return file


@pytest.fixture
def installation(migrated_file: Path, tmp_path: Path, clock: object) -> Iterator[Installation]:
    """Return an installation for this test alone."""
    database = tmp_path / "data" / "spikecast.db"
    database.parent.mkdir()
    shutil.copyfile(migrated_file, database)
    app = create_app(settings_for(f"sqlite:///{database}", tmp_path / "instance"), **FAST_SETTINGS)
    installation = Installation(app, database)
    yield installation
    installation.close()
