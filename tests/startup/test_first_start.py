"""The first start creates the schema, and the first Admin if there is no user."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app, startup
from app.db.session import Base, db
from app.models import User
from config import BadSetting
from tests.conftest import FAST_SETTINGS, settings_for
from tests.support.forked import run_in_processes
from tests.support.signing_in import sign_in

PROCESSES = 8
ADMIN = {
    "SPIKECAST_ADMIN_EMAIL": "Ada@example.org",
    "SPIKECAST_ADMIN_USERNAME": "Ada",
    "SPIKECAST_ADMIN_PASSWORD": "a good password",
}


@contextmanager
def app_on(url: str, folder: Path, **environment: str) -> Iterator[Flask]:
    app = create_app(settings_for(url, folder, **environment), **FAST_SETTINGS)
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def users(app: Flask) -> list[User]:
    with app.app_context():
        return list(db.session.scalars(sa.select(User).order_by(User.id)))


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(sa.inspect(db.engine).get_table_names())


def test_the_first_start_creates_the_schema(own_database_url, tmp_path):
    with app_on(own_database_url, tmp_path) as app:
        startup.prepare(app)
        assert tables(app) >= Base.metadata.tables.keys()
        assert app.test_client().get("/api/health").status_code == 200


def test_starting_again_changes_nothing(own_database_url, tmp_path):
    with app_on(own_database_url, tmp_path, **ADMIN) as app:
        startup.prepare(app)
        before = [(user.id, user.password_hash) for user in users(app)]
        startup.prepare(app)
        assert [(user.id, user.password_hash) for user in users(app)] == before


def test_the_settings_create_the_first_admin(own_database_url, tmp_path):
    with app_on(own_database_url, tmp_path, **ADMIN) as app:
        startup.prepare(app)
        answer = sign_in(app, "ada", "a good password")
        assert (answer.json["user"]["email"], answer.json["user"]["username"]) == ("ada@example.org", "Ada")
        assert answer.json["user"]["role"] == "Admin"


def test_the_settings_create_no_admin_if_there_is_a_user(own_database_url, tmp_path):
    with app_on(own_database_url, tmp_path, **ADMIN) as app:
        startup.prepare(app)
    other = ADMIN | {"SPIKECAST_ADMIN_EMAIL": "eve@example.org", "SPIKECAST_ADMIN_USERNAME": "eve"}
    with app_on(own_database_url, tmp_path, **other) as app:
        startup.prepare(app)
        assert [user.username for user in users(app)] == ["Ada"]


def test_starting_again_does_not_reset_a_changed_password(own_database_url, tmp_path):
    with app_on(own_database_url, tmp_path, **ADMIN) as app:
        startup.prepare(app)
        token = sign_in(app, "ada", "a good password").json["access_token"]
        body = {"current_password": "a good password", "new_password": "a better password"}
        client = app.test_client()
        changed = client.post(
            "/api/auth/change-password", json=body, headers={"Authorization": f"Bearer {token}"}
        )
        assert changed.status_code == 200
        startup.prepare(app)
        assert sign_in(app, "ada", "a good password").status_code == 401
        assert sign_in(app, "ada", "a better password").status_code == 200


def test_without_settings_there_is_no_user_and_no_default_password(own_database_url, tmp_path):
    with app_on(own_database_url, tmp_path) as app:
        startup.prepare(app)
        assert users(app) == []
        for login in ("admin", "root", "Admin", "admin@example.org"):
            assert sign_in(app, login, "admin123").status_code == 401


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("ADMIN_EMAIL", "ada", "must be an e-mail address"),
        ("ADMIN_USERNAME", "ada@home", "must not contain @"),
        ("ADMIN_PASSWORD", "short", "must have at least 8 characters"),
        ("ADMIN_PASSWORD", "x" * 129, "must have at most 128 characters"),
    ],
)
def test_an_invalid_first_admin_is_refused(own_database_url, tmp_path, name, value, reason):
    with app_on(own_database_url, tmp_path, **ADMIN | {f"SPIKECAST_{name}": value}) as app:
        with pytest.raises(BadSetting, match=f"^SPIKECAST_{name} {reason}"):
            startup.prepare(app)
        assert users(app) == []


def test_nodes_that_start_concurrently_create_one_schema_and_one_admin(own_database_url, tmp_path):
    setup = """
        import config
        from app import create_app, startup

        app = create_app(config.load())

        def run():
            startup.prepare(app)
            return "prepared"
    """
    settings = {"SPIKECAST_DATABASE_URL": own_database_url, "SPIKECAST_INSTANCE": str(tmp_path)}
    assert run_in_processes(PROCESSES, setup, env=ADMIN | settings) == ["prepared"] * PROCESSES
    with app_on(own_database_url, tmp_path) as app:
        assert tables(app) >= Base.metadata.tables.keys()
        assert [user.username for user in users(app)] == ["Ada"]
