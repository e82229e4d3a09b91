"""Alerts as monitoring tools deliver them, and the receivers that take them."""

from datetime import datetime
from typing import Any

from werkzeug.test import TestResponse

from app.core.timestamps import format_iso
from tests.support.client import Caller

YEAR_ONE = "0001-01-01T00:00:00Z"


def alert(
    name: str = "EngineHot",
    status: str = "firing",
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    **labels: str,
) -> dict[str, Any]:
    """Return an alert as Alertmanager sends it."""
    return {
        "status": status,
        "labels": {"alertname": name} | labels,
        "annotations": {"summary": "126 °C"},
        "startsAt": format_iso(starts_at) if starts_at else YEAR_ONE,
        "endsAt": format_iso(ends_at) if ends_at else YEAR_ONE,
        "generatorURL": "http://prometheus.example:9090/graph",
    }


def notification(*alerts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the body of a notification of Alertmanager."""
    status = "firing" if any(each["status"] == "firing" for each in alerts) else "resolved"
    return {"version": "4", "status": status, "alerts": list(alerts), "truncatedAlerts": 0} | more


class Receiver(Caller):
    """A monitoring tool that delivers alerts to a receiver, with its token."""

    def __init__(self, person: Caller, made: dict[str, Any]) -> None:
        super().__init__(person.app, headers={"Authorization": f"Bearer {made['token']}"})
        self.person, self.id, self.token = person, made["id"], made["token"]
        self.path = f"/api/alert-receivers/{self.id}"

    def deliver(self, *alerts: dict[str, Any], **more: Any) -> TestResponse:
        """Deliver these alerts in one notification."""
        return self.post(f"/api/alerts/{self.id}", notification(*alerts, **more))

    def accept(self, *alerts: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Deliver these alerts, which must be accepted; return the answer."""
        answer = self.deliver(*alerts, **more)
        assert answer.status_code == 200, answer.text
        counts: dict[str, Any] = answer.json or {}
        return counts

    def episodes(self, query: str = "") -> list[dict[str, Any]]:
        """Return the episodes, oldest first."""
        answer = self.person.get(f"{self.path}/episodes?sort=id&per_page=200&{query}")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = (answer.json or {})["items"]
        return items

    def details(self) -> dict[str, Any]:
        """Return the receiver as its owner sees it."""
        details: dict[str, Any] = self.person.get(self.path).json or {}
        return details
