"""Settings of PostgreSQL sessions: Spikecast's defaults, unless the database URL sets them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import make_url

from app import create_app, startup
from app.core.errors import CannotStart
from app.db.session import db
from app.models import Collection, Role
from tests.conftest import FAST_SETTINGS, add_user, settings_for
from tests.support.factory import Maker
from tests.support.throwaway_postgres import for_psycopg

pytestmark = pytest.mark.parametrize("own_database_url", ["postgresql"], indirect=True)

Open = Callable[..., Flask]


@pytest.fixture
def open_app(own_database_url: str, tmp_path) -> Iterator[Open]:
    """Return a function that creates an app with these parameters in its database URL."""
    with ExitStack() as opened:

        def start(**query: str) -> Flask:
            url = make_url(own_database_url).update_query_dict(query).render_as_string(hide_password=False)
            app = create_app(settings_for(url, tmp_path / "instance"), TESTING=True, **FAST_SETTINGS)
            opened.callback(_close, app)
            return app

        yield start


def _close(app: Flask) -> None:
    with app.app_context():
        app.extensions["polls"].close()
        db.engine.dispose()


def get_polls_setting(app: Flask, name: str) -> str:
    """Return a setting of the session that serves polls."""
    with app.app_context():
        [(text,)] = app.extensions["polls"].database.connection.read(f"SELECT current_setting('{name}')", {})
    return text


def get_pages_setting(app: Flask, name: str) -> str:
    """Return a setting of a session that serves all other requests."""
    with app.app_context():
        return db.session.scalar(sa.text(f"SELECT current_setting('{name}')"))


@pytest.mark.parametrize("get_setting", [get_polls_setting, get_pages_setting])
def test_sessions_have_the_default_settings(open_app, get_setting):
    app = open_app()
    settings = {name: get_setting(app, name) for name in ("timezone", "jit", "lock_timeout", "datestyle")}
    assert settings == {"timezone": "UTC", "jit": "off", "lock_timeout": "15s", "datestyle": "ISO, YMD"}


@pytest.mark.parametrize("get_setting", [get_polls_setting, get_pages_setting])
def test_settings_in_the_database_url_take_precedence(open_app, get_setting):
    app = open_app(options="-c lock_timeout=4s -c work_mem=7MB --jit=on", application_name="monitoring")
    names = ("lock_timeout", "work_mem", "jit", "application_name", "timezone")
    assert [get_setting(app, name) for name in names] == ["4s", "7MB", "on", "monitoring", "UTC"]


@pytest.mark.parametrize(("given", "used"), [({}, "5"), ({"connect_timeout": "9"}, "9")])
def test_the_database_url_may_set_the_connect_timeout(open_app, given, used):
    app = open_app(**given)
    with app.app_context(), db.engine.connect() as connection:
        info = connection.connection.driver_connection.info
        assert info.get_parameters()["connect_timeout"] == used


def test_the_time_zone_of_a_session_does_not_change_datetimes(open_app, monkeypatch):
    """A connection pooler might set it. Every datetime is sent with its offset."""
    app = open_app()
    startup.prepare(app)
    make = Maker(add_user(app, Role.EDITOR, "owen"))
    make.collection("Truck", {"value_type": "INCREMENT"})
    key = make.key()
    with app.app_context():
        app.extensions["polls"].database.connection.read(
            "SELECT set_config('timezone', 'America/New_York', false)", {}
        )

    @sa.event.listens_for(sa.Engine, "begin")
    def set_time_zone(connection: sa.Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL timezone = 'Asia/Tokyo'")

    try:
        started_at = datetime.now(UTC)
        values = [value for _ in range(3) for value in key.data("Truck").values()]
        [poll] = make.person.get("/api/polls").json["items"]
    finally:
        sa.event.remove(sa.Engine, "begin", set_time_zone)
    assert values == [10, 15, 20]
    assert abs(datetime.fromisoformat(poll["polled_at"]) - started_at) < timedelta(minutes=1)


def test_startup_refuses_tables_found_in_another_schema_of_the_search_path(open_app, own_database_url):
    startup.prepare(open_app())
    with closing(psycopg.connect(for_psycopg(own_database_url), autocommit=True)) as session:
        session.execute("CREATE SCHEMA blue")
    with pytest.raises(CannotStart, match=r"begins with the schema blue, but finds .* in public"):
        startup.prepare(open_app(options="-c search_path=blue,public"))


def test_installations_in_two_schemas_of_one_database_are_separate(open_app, own_database_url):
    with closing(psycopg.connect(for_psycopg(own_database_url), autocommit=True)) as session:
        for schema in ("red", "blue"):
            session.execute(f"CREATE SCHEMA {schema}")
    apps = {name: open_app(options=f"-c search_path={name}") for name in ("red", "blue")}
    for name, app in apps.items():
        startup.prepare(app)
        make = Maker(add_user(app, Role.EDITOR, name))
        make.collection("Truck", {"value_type": "INCREMENT", "start_number": 1, "step_number": 1})
        key = make.key()
        assert [list(key.data("Truck").values()) for _ in range(2)] == [[1], [2]]
        make.spike(make.collection(f"{name} alone", {"value_type": "NUMBER_RANGE"}))
    for name, app in apps.items():
        with app.app_context():
            assert set(db.session.scalars(sa.select(Collection.name))) == {"Truck", f"{name} alone"}
            assert sa.inspect(db.engine).get_table_names(schema="public") == []


def test_the_server_may_be_given_by_a_service_file_or_as_the_second_host(
    own_database_url, tmp_path, monkeypatch
):
    server_url = make_url(own_database_url)
    (tmp_path / "services").write_text(
        f"[spikecast]\nhost={server_url.query['host']}\ndbname={server_url.database}\nuser={server_url.username}\n"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    hosts = server_url.update_query_dict({"host": (str(tmp_path), server_url.query["host"])})
    for url in ("postgresql://?service=spikecast", hosts.render_as_string(hide_password=False)):
        app = create_app(settings_for(url, tmp_path / "instance"), TESTING=True, **FAST_SETTINGS)
        try:
            startup.prepare(app)
            assert get_polls_setting(app, "timezone") == get_pages_setting(app, "timezone") == "UTC"
        finally:
            _close(app)
