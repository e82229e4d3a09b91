"""Fixtures of all tests: the app on each database, clients, a factory of things to work with, and a clock."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import hypothesis
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

import config
from app import create_app, startup
from app.auth import service, tokens
from app.auth.attempts import Client
from app.auth.users import service as users_service
from app.core import clock as app_clock
from app.db.session import Base, db
from app.generation.fastpath.connection import ThreadLocalConnection
from app.models import Role, User
from tests.support.cheap_hashes import CHEAP_HASHES
from tests.support.client import Caller
from tests.support.factory import Maker
from tests.support.postgres import POSTGRESQL, server_url, unavailable_reason
from tests.support.ram_disk import ram_folder
from tests.support.throwaway_postgres import fresh_database
from tests.support.timestamps import to_database_time

pytest_plugins = ["tests.support.postgres", "tests.support.skipping"]

# How long an example takes says nothing on a busy machine.
hypothesis.settings.register_profile("spikecast", deadline=None)
hypothesis.settings.load_profile("spikecast")

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"

# Tests look at the record of a poll's use as soon as the poll is over.
FAST_SETTINGS = {**CHEAP_HASHES, "USAGE_BATCH_SECONDS": 0}


DATABASE_KINDS = ["sqlite", POSTGRESQL]

HERE = Path(__file__).parent
SLOW = [
    HERE / name
    for name in (
        "backup",
        "db_errors/test_disk_full.py",
        "deploy",
        "e2e",
        "multi_node",
        "outages",
        "startup/test_gunicorn.py",
        "startup/test_killed_migration.py",
        "startup/test_migration_while_served.py",
        "tools/bench/test_load.py",
        "tools/bench/test_scale.py",
        "tools/fuzz/test_main.py",
        "tools/soak",
    )
]
"""Files and folders whose tests `make test` leaves to `make test-slow`."""
SLOW_VARIANTS = {"postgresql", "phone"}
"""Parameters that repeat a test on the second database, or in a second width: `make test-slow` runs them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests. Raises UsageError if the list names a file that is gone."""
    if missing := [str(slow) for slow in SLOW if not slow.exists()]:
        raise pytest.UsageError(f"tests/conftest.py: SLOW names what does not exist: {missing}")
    for item in items:
        if _is_slow_path(item.path) or _is_slow_variant(item):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Exempt the collected tests from garbage collection, which would traverse them again and again."""
    gc.collect()
    gc.freeze()


@cache
def _is_slow_path(path: Path) -> bool:
    return any(path.is_relative_to(slow) for slow in SLOW)


def _is_slow_variant(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    return callspec is not None and any(
        isinstance(value, str) and value in SLOW_VARIANTS for value in callspec.params.values()
    )


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests that are marked `any_database` on SQLite alone."""
    marks = list(metafunc.definition.iter_markers("parametrize"))
    for name in {"database_url", "own_database_url"} & set(metafunc.fixturenames):
        has_own = any(name in mark.args[0] for mark in marks)
        if metafunc.definition.get_closest_marker("any_database") and not has_own:
            scope = "session" if name == "database_url" else "function"
            metafunc.definition.add_marker(
                pytest.mark.parametrize(name, ["sqlite"], indirect=True, scope=scope)
            )


@contextmanager
def create_empty_database(kind: str, name: str, pytest_config: pytest.Config) -> Iterator[str]:
    """Yield the URL of a new database without tables; skip the test if its kind is not available."""
    if kind == "sqlite":
        with ram_folder("spikecast-tests-") as folder:
            yield f"sqlite:///{folder / name}.db"
        return
    server = server_url(pytest_config)
    if server is None:
        pytest.skip(unavailable_reason(pytest_config))
    with fresh_database(server, name) as url:
        yield url


@pytest.fixture(scope="session", params=DATABASE_KINDS)
def database_url(request: pytest.FixtureRequest, worker_id: str) -> Iterator[str]:
    """Yield the URL of this process's test database, which `app` empties after each test."""
    with create_empty_database(request.param, f"spikecast_test_{worker_id}", request.config) as url:
        yield url


@pytest.fixture(params=DATABASE_KINDS)
def own_database_url(request: pytest.FixtureRequest, worker_id: str) -> Iterator[str]:
    """Yield the URL of a database without tables, for one test alone."""
    with create_empty_database(request.param, f"spikecast_own_{worker_id}", request.config) as url:
        yield url


def settings_for(database_url: str, instance: Path, **environment: str) -> config.Settings:
    """Return the settings of a test database."""
    return config.load(
        {
            "SPIKECAST_DATABASE_URL": database_url,
            "SPIKECAST_INSTANCE": str(instance),
            "SPIKECAST_SECRET_KEY": "a secret of the tests: 0123456789 abcdef",
            **environment,
        }
    )


@pytest.fixture(scope="session")
def migrated_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield the app on a migrated database. Use `app`, which also cleans up."""
    settings = settings_for(database_url, tmp_path_factory.mktemp("instance"))
    app = create_app(settings, TESTING=True, PROPAGATE_EXCEPTIONS=False, **FAST_SETTINGS)
    startup.prepare(app)
    yield app
    with app.app_context():
        app.extensions["polls"].close()
        db.engine.dispose()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """Time stands still at NOW, until the test moves it: `clock.shift(60)`, `clock.move_to(…)`."""
    monkeypatch.setattr(app_clock, "from_database", lambda _instant: app_clock.now())
    monkeypatch.setattr(app_clock, "to_database", to_database_time)
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(migrated_app: Flask, clock: time_machine.Traveller) -> Iterator[Flask]:
    """Yield the app on an empty database, with a stopped clock."""
    yield migrated_app
    delete_all_rows(migrated_app)


TABLES = {table.name: table for table in reversed(Base.metadata.sorted_tables)}
"""Each table after those that refer to it."""
TABLES_WITH_ROWS = sa.union_all(
    *(sa.select(sa.literal(name)).where(sa.exists().select_from(table)) for name, table in TABLES.items())
)


def delete_all_rows(app: Flask) -> None:
    """Empty every table."""
    with app.app_context(), db.engine.begin() as connection:
        filled = set(connection.scalars(TABLES_WITH_ROWS))
        for name, table in TABLES.items():
            if name in filled:
                connection.execute(sa.delete(table))


def add_user(app: Flask, role: Role, name: str) -> Caller:
    """Somebody who is signed in; their password is PASSWORD."""
    with app.app_context():
        user: User = users_service.create_user(f"{name}@example.org", name, PASSWORD, role)
        client = Client("127.0.0.1", "tests")
        issued = tokens.issue_tokens(user, service.create_sign_in(user, client, app_clock.now()))
        db.session.commit()
        return Caller(app, user_id=user.id, name=name, tokens=issued)


@pytest.fixture
def nobody(app: Flask) -> Caller:
    """Return a client without credentials."""
    return Caller(app)


@pytest.fixture
def admin(app: Flask) -> Caller:
    """Return a client of an Admin."""
    return add_user(app, Role.ADMIN, "ada")


@pytest.fixture
def owner(app: Flask) -> Caller:
    """Return a client of an Editor, who owns what `make` creates."""
    return add_user(app, Role.EDITOR, "owen")


@pytest.fixture
def stranger(app: Flask) -> Caller:
    """Return a client of an Editor who owns nothing."""
    return add_user(app, Role.EDITOR, "stan")


@pytest.fixture
def viewer(app: Flask) -> Caller:
    """Return a client of a Viewer, who owns nothing until an Admin transfers something to them."""
    return add_user(app, Role.VIEWER, "vera")


@pytest.fixture
def make(owner: Caller) -> Maker:
    """Return a factory of collections, fields, keys and spikes, which `owner` creates over the API."""
    return Maker(owner)


@contextmanager
def count_queries(app: Flask) -> Iterator[SimpleNamespace]:
    """Count the statements that reach the database: `.count`, `.statements`."""
    seen = SimpleNamespace(count=0, statements=[])

    def note(_connection, _cursor, statement, *_more):
        seen.count += 1
        seen.statements.append(statement)

    run = ThreadLocalConnection._run

    def note_direct(self, statement, parameters, **how):
        note(None, None, statement.strip())
        return run(self, statement, parameters, **how)

    with app.app_context(), ExitStack() as stack:
        engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        stack.callback(sa.event.remove, engine, "before_cursor_execute", note)
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(ThreadLocalConnection, "_run", note_direct)
        yield seen


@pytest.fixture
def queries(app: Flask):
    """`with queries() as seen: …` counts statements."""
    return lambda: count_queries(app)
