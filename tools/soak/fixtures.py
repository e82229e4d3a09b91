"""Collections that a soak run polls, and the Admin who creates them and their spikes over the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle, islice
from typing import Any

import orjson
import requests

from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME
from tools.soak.invariants import LEVEL, USUAL_LEVEL
from tools.soak.served_values import CounterRule

TIMEOUT_S = 25
_RULES = (
    ("INCREMENT", "0", "1"),
    ("INCREMENT", "1000", "5"),
    ("DECREMENT", "0", "1"),
    ("INCREMENT", "0.5", "0.1"),
    ("DECREMENT", "12.75", "0.0000000003"),
)


def build_rules(counters: int) -> list[CounterRule]:
    """Return `counters` rules: upwards and downwards, with whole and with decimal steps."""
    kinds = islice(cycle(_RULES), counters)
    return [
        CounterRule(f"counter {number:02}", value_type, Decimal(start), Decimal(step))
        for number, (value_type, start, step) in enumerate(kinds)
    ]


@dataclass
class SoakFixtures:
    """The collections of a run, which all have the same fields."""

    ids: Sequence[int]
    key: str
    level_ids: Sequence[int]
    last_ids: Sequence[int]
    """For each collection, the ids of the level field and of the last counter."""

    @property
    def paths(self) -> list[str]:
        """The paths to poll."""
        return [f"/api/collections/{id_}/data/performance" for id_ in self.ids]


class Admin:
    """An Admin who can call any node."""

    def __init__(self) -> None:
        self._token = ""

    def call(self, method: str, url: str, body: object = None) -> requests.Response:
        """Send a request, signing in if needed, and return the response.

        A `requests` exception passes through if there is no response.
        """
        answer = self._call(method, url, body)
        if answer.status_code == 401:
            site = url.partition("/api/")[0]
            login = {"login": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
            signed_in = requests.post(f"{site}/api/auth/login", json=login, timeout=TIMEOUT_S)
            if signed_in.status_code != 200:
                return signed_in
            self._token = signed_in.json()["access_token"]
            answer = self._call(method, url, body)
        return answer

    def _call(self, method: str, url: str, body: object) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        content = None if body is None else orjson.dumps(body)
        return requests.request(method, url, data=content, headers=headers, timeout=TIMEOUT_S)

    def done(self, method: str, url: str, body: object = None) -> Any:
        """Send a request, and return the JSON of its response with numbers as exact decimals.

        Raises:
            RuntimeError: The response is not a success.
        """
        answer = self.call(method, url, body)
        if not answer.ok:
            raise RuntimeError(f"{method} {url} answers {answer.status_code}: {answer.text[:500]}")
        return answer.json(parse_float=Decimal)


def create_fixtures(
    admin: Admin, site: str, collections: int, counters: Sequence[CounterRule]
) -> SoakFixtures:
    """Create the collections and an API key in an empty installation."""
    first = admin.done("POST", f"{site}/api/collections", {"name": "Soak 00"})["id"]
    fields = [{"field_name": LEVEL, "value_type": "NUMBER_FIXED", "fixed_value_number": USUAL_LEVEL}]
    fields += [
        {
            "field_name": rule.name,
            "value_type": rule.value_type,
            "start_number": float(rule.start),
            "step_number": float(rule.step),
        }
        for rule in counters
    ]
    for each in fields:
        body = each | {"collection_type": "Performance"}
        admin.done("POST", f"{site}/api/collections/{first}/fields", body)
    ids = [first]
    for number in range(1, collections):
        name = {"name": f"Soak {number:02}"}
        ids.append(admin.done("POST", f"{site}/api/collections/{first}/copy", name)["id"])
    key = admin.done("POST", f"{site}/api/api-keys", {"label": "monitoring"})["key"]
    found = [_fields(admin, site, id_) for id_ in ids]
    last = counters[-1].name
    return SoakFixtures(ids, key, [each[LEVEL]["id"] for each in found], [each[last]["id"] for each in found])


def get_stored_values(
    admin: Admin, site: str, fixtures: SoakFixtures, counters: Sequence[CounterRule]
) -> dict[int, list[Any]]:
    """Return the stored counter values of each collection."""
    found = {}
    for number, id_ in enumerate(fixtures.ids):
        fields = _fields(admin, site, id_)
        found[number] = [fields[rule.name]["current_number"] for rule in counters]
    return found


def _fields(admin: Admin, site: str, collection_id: int) -> dict[str, Any]:
    found = admin.done("GET", f"{site}/api/collections/{collection_id}")["fields"]
    return {each["field_name"]: each for each in found}
