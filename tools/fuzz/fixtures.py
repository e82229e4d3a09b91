"""Users and resources that hostile requests refer to, in a database that is restored after each case."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.auth import first_admin
from app.core import clock
from app.db.session import Base, db
from app.models import Role
from tests.conftest import PASSWORD, add_user
from tests.support.bodies import DELIVERY_ROUTES, JSON_ROUTES, bodies
from tests.support.client import Caller
from tests.support.db_failures import another_session
from tests.support.route_fixtures import RouteFixtures
from tools.fuzz.inputs import FORMS, Route

AUTOMATIC_COLUMNS = {
    "audit_entries": "what was refused is noted there, and by whom",
    "sign_in_failures": "failed sign-ins are counted there",
}
"""Tables that a refused request may write to, and the reason for each."""

NOBODY_YET, USUAL = "nobody yet", "people and things"
Rows = dict[str, list[dict[str, Any]]]


class FuzzFixtures:
    """An app whose database has a user of each role, and one resource of each kind, owned by the Admin."""

    def __init__(self, app: Flask, session: sa.Connection) -> None:
        self.app, self.session = app, session
        self.tables = list(Base.metadata.sorted_tables)
        self._glance = sa.select(
            *(_as_text(table, session) for table in self.tables if table.name not in AUTOMATIC_COLUMNS)
        )
        empty = self._set_up_only()
        self.people = {role: add_user(app, role, role.lower()) for role in Role}
        self.admin = self.people[Role.ADMIN]
        self.things = RouteFixtures({"admin": self.admin, "owner": self.people[Role.EDITOR]}, self.admin)
        self._make_things()
        self._states: dict[str, Rows] = {NOBODY_YET: empty, USUAL: self._rows()}
        self.state = USUAL
        self.snapshot = self.take_snapshot()
        self.bodies = {route: self._right_bodies(route) for route in (*JSON_ROUTES, *DELIVERY_ROUTES)}

    def _set_up_only(self) -> Rows:
        """Return the rows of an installation without users: only the token of the set-up page."""
        with self.app.app_context():
            self.token = first_admin.create_setup_token(clock.now())
            db.session.commit()
        rows = self._rows()
        self._put({})
        return rows

    def _make_things(self) -> None:
        things = self.things
        self.paths = {name: str(getattr(things, name)) for name in _NAMES}
        # One request first: some records are written at most once a minute, and must exist before comparing.
        assert things.tool.get(f"/api/data/{things.name}/performance").status_code == 200
        self.form = self.app.test_client()
        answer = self.form.get("/sign-in", headers={"Accept": "application/json"})
        self.csrf = (answer.json or {})["csrf_token"]
        cookie = self.form.get_cookie("spikecast_form")
        assert cookie is not None
        self.form_cookie = f"spikecast_form={cookie.value}"

    def _rows(self) -> Rows:
        return {
            table.name: [dict(row._mapping) for row in self.session.execute(sa.select(table))]
            for table in self.tables
        }

    def take_snapshot(self) -> tuple[Any, ...]:
        """Return the contents of the database, except AUTOMATIC_COLUMNS, with one statement."""
        return tuple(self.session.execute(self._glance).one())

    def _right_bodies(self, route: str) -> list[dict[str, Any]]:
        """Return the valid bodies of a route.

        Some need a resource, such as an authenticator app, which exists only for requests to this route.
        """
        candidates = list(bodies(self.things, route))
        if self.take_snapshot() != self.snapshot:
            self._states[route] = self._rows()
            self.restore()
        return candidates

    def prepare_for(self, route: Route) -> None:
        """Load what a route needs: no users, the resources of its bodies, or the standard fixtures."""
        state = NOBODY_YET if route.rule == "/setup" else str(route) if str(route) in self._states else USUAL
        if state != self.state:
            self.state = state
            self.restore()

    def restore(self) -> None:
        """Restore the database."""
        self._put(self._states[self.state])
        self.snapshot = self.take_snapshot()

    def _put(self, rows: Rows) -> None:
        begin = "BEGIN IMMEDIATE" if self.session.dialect.name == "sqlite" else "BEGIN"
        self.session.exec_driver_sql(begin)
        for table in reversed(self.tables):
            self.session.execute(sa.delete(table))
        for table in self.tables:
            if rows.get(table.name):
                self.session.execute(sa.insert(table), rows[table.name])
        self.session.exec_driver_sql("COMMIT")

    def caller(self, route: Route) -> Caller:
        """Return the caller that is allowed to use a route."""
        if route.rule == "/api/auth/refresh":
            refresh = {"Authorization": f"Bearer {self.admin.tokens['refresh_token']}"}
            return Caller(self.app, headers=refresh)
        if route.is_public:
            return Caller(self.app)
        if route.is_delivery:
            return self.things.receiver
        return self.things.tool if route.takes_key else self.admin

    def get_bodies(self, route: Route) -> list[dict[str, Any]]:
        """Return the valid bodies of a route."""
        return self.bodies.get(str(route), [])

    def get_form(self, route: Route) -> dict[str, str]:
        """Return a valid form for a page."""
        right = {
            "login": self.admin.name,
            "token": self.token,
            "email": "first@example.org",
            "username": "first",
            "password": PASSWORD,
            "csrf_token": self.csrf,
        }
        return {name: right[name] for name in FORMS.get(str(route), ())}

    def path(self, rule: str, changed: dict[str, str] | None = None) -> str:
        """Return the URL of a rule; `changed` has the escaped arguments that replace the valid ones."""
        arguments = self.paths | (changed or {})
        for name, value in arguments.items():
            for marked in (f"<id:{name}>", f"<name:{name}>", f"<path:{name}>", f"<{name}>"):
                rule = rule.replace(marked, value)
        return rule


_NAMES = (
    "collection_id",
    "field_id",
    "spike_id",
    "rehearsal_id",
    "key_id",
    "receiver_id",
    "token",
    "user_id",
    "sign_in_id",
    "name",
    "collection_type",
    "filename",
    "page",
    "picture",
)


@contextmanager
def create_fixtures(app: Flask) -> Iterator[FuzzFixtures]:
    """Create the fixtures in the empty database of `app`."""
    with another_session(app) as session:
        if session.dialect.name == "sqlite":
            session.exec_driver_sql("PRAGMA synchronous = OFF")
            session.exec_driver_sql("PRAGMA foreign_keys = ON")
        yield FuzzFixtures(app, session)


def _as_text(table: sa.Table, session: sa.Connection) -> sa.ColumnElement[str]:
    """Return an expression for all rows of a table as one text."""
    if session.dialect.name == "postgresql":
        rows = f"string_agg(t::text, chr(10) ORDER BY t::text) FROM {table.name} t"
    else:
        columns = " || ',' || ".join(f"quote({column.name})" for column in table.columns)
        rows = f"group_concat({columns}, char(10)) FROM (SELECT * FROM {table.name} ORDER BY 1, 2)"
    return sa.literal_column(f"(SELECT {rows})").label(table.name)
