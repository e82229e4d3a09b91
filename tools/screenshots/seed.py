"""Fill a server with the example data, over its API."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import requests

from tests.support.server import ADMIN_PASSWORD
from tools.screenshots.example_data import COLLECTIONS, HOUR, POLLS, Json, spikes


class Api:
    """A signed-in client of the JSON API."""

    def __init__(self, site: str) -> None:
        self.site, self.session = site, requests.Session()
        tokens = self.post("/api/auth/login", {"login": "ada", "password": ADMIN_PASSWORD})
        self.session.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def post(self, path: str, body: Json | None = None) -> Json:
        """Send a POST, and return the JSON of the response.

        Raises:
            RuntimeError: The response is not a success.
        """
        answer = self.session.post(self.site + path, json=body, timeout=20)
        if not answer.ok:
            raise RuntimeError(f"{path}: {answer.text}")
        made: Json = answer.json()
        return made


def fill(site: str, database: Path) -> dict[str, Json]:
    """Create collections, keys, polls and spikes, and return the collections by name."""
    api, now = Api(site), datetime.now(UTC).replace(second=0, microsecond=0)
    api.post(
        "/api/users",
        {"email": "eve@example.org", "username": "eve", "password": ADMIN_PASSWORD, "role": "Editor"},
    )
    collections = {name: _collection(api, name, fields) for name, fields in COLLECTIONS.items()}
    labels = {label for label, *_ in POLLS}
    keys = {label: api.post("/api/api-keys", {"label": label})["key"] for label in sorted(labels)}
    made = [_spike(api, collections, now, *spike) for spike in spikes(now)]
    for label, name, kind, _ in reversed(POLLS):
        answer = requests.get(
            f"{site}/api/data/{quote(name, safe='')}/{kind}", headers={"X-API-Key": keys[label]}, timeout=20
        )
        answer.raise_for_status()
    _put_back(database, collections, [spike for spike in made if spike["ends"] <= now])
    return collections


def _collection(api: Api, name: str, fields: Json) -> Json:
    collection = api.post("/api/collections", {"name": name})
    collection["field_ids"] = {}
    for kind, rules in fields.items():
        for field_name, rule in rules.items():
            body = {"collection_type": kind, "field_name": field_name, **rule}
            made = api.post(f"/api/collections/{collection['id']}/fields", body)
            collection["field_ids"][field_name] = made["id"]
    return collection


def _spike(
    api: Api,
    collections: dict[str, Json],
    now: datetime,
    collection_name: str,
    name: str,
    start: datetime,
    length: timedelta,
    overrides: dict[str, Json],
) -> Json:
    """Create a spike. One that should be expired ends in the future for now; `_put_back` moves its end."""
    collection, ends = collections[collection_name], start + length
    spike_fields = [
        {"original_field_id": collection["field_ids"][field], **_settings(rule)}
        for field, rule in overrides.items()
    ]
    body = {
        "collection_id": collection["id"],
        "name": name,
        "start_datetime": start.isoformat(),
        "end_datetime": (ends if ends > now else now + HOUR).isoformat(),
        "spike_fields": spike_fields,
    }
    return api.post("/api/spike-schedules", body) | {"ends": ends}


def _settings(rule: Json) -> Json:
    """Return a field's rule as an override, which cannot contain its value type."""
    return {name: value for name, value in rule.items() if name not in {"value_type", "float_precision"}}


def _put_back(database: Path, collections: dict[str, Json], expired: list[Json]) -> None:
    """Move ends of spikes and times of polls into the past, which the API does not allow."""
    with closing(sqlite3.connect(database, timeout=20)) as connection, connection:
        for spike in expired:
            end = spike["ends"].replace(tzinfo=None).isoformat(sep=" ") + ".000000"
            for table, key in (("spike_schedules", "id"), ("rehearsals", "spike_schedule_id")):
                connection.execute(f"UPDATE {table} SET end_datetime = ? WHERE {key} = ?", [end, spike["id"]])  # noqa: S608
        for label, name, kind, minutes in POLLS:
            connection.execute(
                "UPDATE polls SET polled_at = datetime(polled_at, ?) || '.000000' WHERE collection_id = ? "
                "AND collection_type = ? AND api_key_id = (SELECT id FROM api_keys WHERE label = ?)",
                [f"-{minutes} minutes", collections[name]["id"], kind.upper(), label],
            )
