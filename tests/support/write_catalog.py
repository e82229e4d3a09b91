"""Every request that writes, once each, and the resources that they refer to."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.models import Role
from tests.conftest import add_user
from tests.support.alerts import alert, notification
from tests.support.client import Caller, Poller
from tests.support.factory import Maker
from tests.support.signing_in import PASSWORD, signed_in
from tests.support.two_factor import equip


@dataclass(frozen=True)
class Write:
    """A request that writes; `{…}` in its path and body stand for ids of a `WriteFixtures`."""

    method: str
    path: str
    body: dict[str, Any] | None
    status: int
    by: str = "ada"

    def __str__(self) -> str:
        return f"{self.method} {self.path} {' '.join(self.body or ())}".rstrip()


NEW_FIELD = {
    "collection_type": "Performance",
    "field_name": "disk",
    "value_type": "NUMBER_FIXED",
    "fixed_value_number": 1,
}
NEW_USER = {"email": "eve@example.org", "username": "eve", "password": PASSWORD, "role": "Viewer"}
NEW_SPIKE = {"collection_id": "{other}", "name": "Second", "duration": 60}

WRITES = [
    Write("POST", "/api/auth/login", {"login": "ada", "password": PASSWORD}, 200),
    Write("POST", "/api/auth/logout", None, 204),
    Write(
        "POST",
        "/api/auth/change-password",
        {"current_password": PASSWORD, "new_password": "new password"},
        200,
    ),
    Write(
        "POST",
        "/api/auth/change-email",
        {"current_password": PASSWORD, "email": "lovelace@example.org"},
        200,
    ),
    Write("POST", "/api/auth/two-factor", {"current_password": PASSWORD}, 200),
    Write("POST", "/api/auth/two-factor/confirm", {"code": "{code_of_eli}"}, 200, by="eli"),
    Write(
        "POST",
        "/api/auth/two-factor/recovery-codes",
        {"current_password": PASSWORD, "code": "{code_of_gia}"},
        200,
        by="gia",
    ),
    Write(
        "POST",
        "/api/auth/two-factor/turn-off",
        {"current_password": PASSWORD, "code": "{code_of_gus}"},
        204,
        by="gus",
    ),
    Write("DELETE", "/api/auth/sign-ins/{sign_in}", None, 204),
    Write("POST", "/api/auth/sign-ins/end-others", None, 204),
    Write("POST", "/api/users", NEW_USER, 201),
    Write("PATCH", "/api/users/{user}", {"role": "Viewer", "password": "new password"}, 200),
    Write("POST", "/api/users/{guarded}/reset-two-factor", None, 200),
    Write("DELETE", "/api/users/{user}", None, 204),
    Write("POST", "/api/collections", {"name": "Truck 02"}, 201),
    Write("PATCH", "/api/collections/{collection}", {"name": "Truck 02"}, 200),
    Write("PATCH", "/api/collections/{collection}", {"owner_id": "{user}"}, 200),
    Write("DELETE", "/api/collections/{collection}", None, 204),
    Write("POST", "/api/collections/{collection}/copy", {"name": "Truck 02"}, 201),
    Write("POST", "/api/collections/bulk-delete", {"collection_ids": ["{collection}", "{other}"]}, 204),
    Write("POST", "/api/collections/{collection}/fields", NEW_FIELD, 201),
    Write("PATCH", "/api/fields/{field}", {"field_name": "CPU", "range_end_number": 30}, 200),
    Write("DELETE", "/api/fields/{field}", None, 204),
    Write("POST", "/api/fields/{counter}/reset", None, 200),
    Write("POST", "/api/spike-schedules", NEW_SPIKE, 201),
    Write("PATCH", "/api/spike-schedules/{spike}", {"name": "Renamed", "spike_fields": []}, 200),
    Write("DELETE", "/api/spike-schedules/{spike}", None, 204),
    Write("POST", "/api/spike-schedules/{deleted}/restore", None, 201),
    Write("POST", "/api/spike-schedules/{spike}/end", None, 200),
    Write("POST", "/api/spike-schedules/{spike}/extend", {"duration": 60}, 200),
    Write("POST", "/api/rehearsals/{rehearsal}/run-again", {"start_datetime": "2032-01-01T00:00:00Z"}, 201),
    Write("PATCH", "/api/spike-schedules/{spike}", {"rehearsal": "{expected}", "external_id": "7"}, 200),
    Write("PATCH", "/api/rehearsals/{rehearsal}", {"external_id": "ci-4711"}, 200),
    Write("DELETE", "/api/rehearsals/{rehearsal}", None, 204),
    Write("POST", "/api/api-keys", {"label": "Grafana"}, 201),
    Write("PATCH", "/api/api-keys/{key}", {"allowed_collections": [{"collection_id": "{other}"}]}, 200),
    Write("PATCH", "/api/api-keys/{key}", {"label": "Renamed", "allowed_collections": None}, 200),
    Write("POST", "/api/api-keys/{key}/revoke", None, 200),
    Write("DELETE", "/api/api-keys/{key}", None, 204),
    Write("POST", "/api/alert-receivers", {"name": "Grafana"}, 201),
    Write("PATCH", "/api/alert-receivers/{receiver}", {"name": "Renamed", "ignored": []}, 200),
    Write("POST", "/api/alert-receivers/{receiver}/token", None, 200),
    Write("POST", "/api/alert-receivers/{receiver}/revoke", None, 200),
    Write("DELETE", "/api/alert-receivers/{receiver}", None, 204),
]

DELIVERIES = [
    Write(method, path, notification(alert("EngineHot")), 200, by="Alertmanager")
    for method in ("POST", "PUT")
    for path in ("/api/alerts/{receiver}", "/api/alerts/{receiver}/{token}")
]
"""Alerts that a monitoring tool delivers: nobody is signed in, and no entry is audited."""


class WriteFixtures:
    """Resources for every write, owned by an Admin called ada."""

    def __init__(self, app: Flask, admin: Caller) -> None:
        self.app, self.admin = app, admin
        make = Maker(admin)
        collection = make.collection(
            "Truck 01",
            {"value_type": "NUMBER_RANGE", "name": "cpu"},
            {"value_type": "INCREMENT", "name": "km"},
            {"value_type": "TEXT_FIXED", "name": "plate", "collection_type": "Configuration"},
        )
        other = make.collection("Bridge", {"value_type": "NUMBER_FIXED"})
        field, counter, _ = collection["fields"]
        override = {"original_field_id": field["id"], "range_start_number": 1, "range_end_number": 2}
        self.tool: Poller = make.key(
            allowed_collections=[{"collection_id": made["id"]} for made in (collection, other)]
        )
        cancelled = make.spike(collection, override, start_datetime="2031-01-01T00:00:00Z")
        assert admin.delete(f"/api/spike-schedules/{cancelled['id']}").status_code == 204
        self.tool.data("Truck 01")  # starts its counter
        signed_in(app, "ada")  # on another device
        (elsewhere,) = (
            each["id"] for each in admin.get("/api/auth/sign-ins").json["items"] if not each["is_this_one"]
        )
        user = {"email": "uma@example.org", "username": "uma", "password": PASSWORD, "role": "Editor"}
        receiver = make.receiver("Alertmanager")
        self.ids = {
            "collection": collection["id"],
            "other": other["id"],
            "field": field["id"],
            "counter": counter["id"],
            "spike": make.spike(collection, override)["id"],
            "deleted": cancelled["id"],
            "rehearsal": cancelled["rehearsal_id"],
            "key": self.tool.id,
            "receiver": receiver.id,
            "token": receiver.token,
            "expected": {"receiver_id": receiver.id, "expectations": [{"match": {"alertname": "EngineHot"}}]},
            "user": admin.post("/api/users", user).json["id"],
            "sign_in": elsewhere,
        }
        self.people = {"ada": admin, "Alertmanager": receiver}
        for name in ("eli", "gia", "gus", "gil"):
            self._add_two_factor(name)

    def _add_two_factor(self, name: str) -> None:
        """Add a user who can pass a sign-in step with an authenticator code or a recovery code."""
        self.people[name] = caller = add_user(self.app, Role.EDITOR, name)
        authenticator = equip(self.app, caller.user_id, is_on=name != "eli")
        self.ids[f"code_of_{name}"] = [authenticator.code(), *authenticator.recovery_codes][-1]
        self.ids["guarded"] = caller.user_id

    def do(self, write: Write, caller: Caller | None = None) -> TestResponse:
        """Send a write as its intended caller, usually the Admin, or as another one; return the response."""
        return (caller or self.people[write.by]).call(
            write.method, write.path.format(**self.ids), self.fill_in(write.body)
        )

    def fill_in(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.fill_in(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.fill_in(inner) for inner in value]
        if isinstance(value, str) and value.startswith("{"):
            return self.ids[value.strip("{}")]
        return value
