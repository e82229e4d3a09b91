"""Factories that create resources and return them as the API does."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from app.collections import service as collections
from app.collections.schemas import CollectionIn, FieldIn
from app.core import clock
from app.core.client_address import parse_address
from app.db import transactions
from app.db.session import db
from app.domain import audit
from app.models import Actor, User
from app.models.audit_subject import Subject
from tests.support.alerts import Receiver
from tests.support.client import Caller, Poller

_numbers = itertools.count(1)

SETTINGS = {
    "TEXT_FIXED": {"fixed_value_text": "diesel"},
    "NUMBER_FIXED": {"fixed_value_number": 7},
    "FLOAT_FIXED": {"fixed_value_float": 7.5},
    "EPOCH_NOW": {},
    "NUMBER_RANGE": {"range_start_number": 5, "range_end_number": 20},
    "FLOAT_RANGE": {"range_start_float": 0.5, "range_end_float": 1.5},
    "INCREMENT": {"start_number": 10, "step_number": 5},
    "DECREMENT": {"start_number": 100, "step_number": 5},
}
"""Valid settings for each value type."""


class Maker:
    """Creates resources as the given user."""

    def __init__(self, person: Caller) -> None:
        self.person = person

    def collection(self, name: str | None = None, *fields: dict[str, Any]) -> dict[str, Any]:
        """Create a collection; `fields` are keyword arguments for `field`. By default it has no fields."""
        with self._writing() as actor:
            made = collections.create_collection(
                actor, CollectionIn().load({"name": name or f"Device {next(_numbers)}"})
            )
            for each in fields:
                collections.add_field(made, FieldIn().load(_as_sent(_field_body(**each))), clock.now())
            path = f"/api/collections/{made.id}"
        return self.person.get(path).json

    def field(
        self,
        collection: dict[str, Any],
        value_type: str = "NUMBER_RANGE",
        name: str | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Create a Performance field with valid settings; given settings replace the default ones."""
        return self._post(
            f"/api/collections/{collection['id']}/fields", _field_body(value_type, name, **more)
        )

    def key(self, **more: Any) -> Poller:
        """Create an API key, and return a monitoring tool that uses it."""
        made = self._post("/api/api-keys", {"label": "tests"} | more)
        poller = Poller(self.person.app, made["key"])
        poller.id = made["id"]
        return poller

    def receiver(self, name: str | None = None, **more: Any) -> Receiver:
        """Create an alert receiver, and return a monitoring tool that delivers alerts to it."""
        made = self._post("/api/alert-receivers", {"name": name or f"Receiver {next(_numbers)}"} | more)
        return Receiver(self.person, made)

    def spike(self, collection: dict[str, Any], *overrides: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Create a schedule; without times it starts now and lasts an hour."""
        body = {"collection_id": collection["id"], "name": "Spike", "spike_fields": list(overrides)}
        length = {} if "end_datetime" in more else {"duration": 3600}
        return self._post("/api/spike-schedules", body | length | more)

    @contextmanager
    def _writing(self) -> Iterator[Actor]:
        """Write as the person with the services that the API calls; requests would take longer."""
        with self.person.app.app_context():
            transactions.begin(writes=True)
            actor = db.session.get_one(User, self.person.user_id).actor
            audit.set_request_context(parse_address("127.0.0.1"), "POST /api/collections", Subject())
            audit.set_actor(actor)
            try:
                yield actor
                db.session.commit()
            finally:
                audit.clear_context()
                transactions.set_mode(writes=False)

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = self.person.post(path, body)
        assert response.status_code == 201, response.text
        return response.json


def _field_body(value_type: str = "NUMBER_RANGE", name: str | None = None, **more: Any) -> dict[str, Any]:
    body = {
        "collection_type": "Performance",
        "field_name": name or f"field {next(_numbers)}",
        "value_type": value_type,
    }
    settings = {key: value for key, value in more.items() if key not in body}
    body |= {key: value for key, value in more.items() if key in body}
    return body | (settings or SETTINGS[value_type])


def _as_sent(body: dict[str, Any]) -> dict[str, Any]:
    """Return the body as the API reads it: numbers with a fraction are exact."""
    return json.loads(json.dumps(body), parse_float=Decimal)


def field_named(collection, name):
    """Return a field of the collection by its name, as the API returned it."""
    return next(field for field in collection["fields"] if field["field_name"] == name)
