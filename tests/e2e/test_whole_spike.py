"""The main use case end to end: gunicorn with two workers, polled over HTTP through a whole spike."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.support.server import ADMIN_PASSWORD, ADMIN_USERNAME, running_server

pytestmark = pytest.mark.e2e

NORMAL, SPIKED = range(5, 21), range(900, 1001)
DEADLINE = timedelta(seconds=20)


class Script:
    """A tester's script: signs in, and calls the API."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.session = requests.Session()
        credentials = {"login": ADMIN_USERNAME, "password": ADMIN_PASSWORD}
        signed_in = self.call("POST", "/api/auth/login", credentials)
        self.session.headers["Authorization"] = f"Bearer {signed_in['access_token']}"

    def call(self, method: str, path: str, body: object = None) -> dict:
        answer = self.session.request(method, self.server + path, json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()


@pytest.fixture
def server(own_database_url: str) -> Iterator[str]:
    with running_server(own_database_url) as running:
        yield running.url


def test_polls_serve_spiked_values_exactly_within_the_window(server):
    script = Script(server)
    truck = script.call("POST", "/api/collections", {"name": "Truck 01"})
    field = {"collection_type": "Performance"}
    add = f"/api/collections/{truck['id']}/fields"
    temperature = script.call(
        "POST",
        add,
        field
        | {
            "field_name": "temp",
            "value_type": "NUMBER_RANGE",
            "range_start_number": 5,
            "range_end_number": 20,
        },
    )
    script.call(
        "POST",
        add,
        field | {"field_name": "polls", "value_type": "INCREMENT", "start_number": 1, "step_number": 1},
    )
    key = script.call("POST", "/api/api-keys", {"label": "monitoring"})["key"]
    tool = requests.Session()
    tool.headers["X-API-Key"] = key

    start = datetime.now(UTC) + timedelta(seconds=1.5)
    end = start + timedelta(seconds=2)
    spike = script.call(
        "POST",
        "/api/spike-schedules",
        {
            "collection_id": truck["id"],
            "name": "Rehearsal",
            "start_datetime": start.isoformat(),
            "end_datetime": end.isoformat(),
            "spike_fields": [
                {"original_field_id": temperature["id"], "range_start_number": 900, "range_end_number": 1000}
            ],
        },
    )
    assert spike["status"] == "scheduled"

    seen = list(poll_until(tool, f"{server}/api/data/Truck%2001/performance", end + timedelta(seconds=1)))

    before = [poll for poll in seen if poll.answered < start]
    during = [poll for poll in seen if poll.asked >= start and poll.answered < end]
    after = [poll for poll in seen if poll.asked >= end]
    assert before
    assert during
    assert after
    assert all(poll.value in NORMAL and poll.spike is None for poll in before + after)
    assert all(poll.value in SPIKED and poll.spike == str(spike["id"]) for poll in during)
    assert all((poll.value in SPIKED) == (poll.spike is not None) for poll in seen)

    assert [poll.count for poll in seen] == list(range(1, len(seen) + 1)), "no counter shows the spike"
    spiked = [poll.count for poll in seen if poll.spike is not None]
    assert spiked[0] == sum(poll.spike is None and poll.asked < start for poll in seen) + 1

    gone = script.session.get(f"{server}/api/spike-schedules/{spike['id']}", timeout=10)
    assert gone.status_code == 404, "the first poll after the end deleted the schedule"


class Poll:
    """One poll: when it was asked and answered, and what it said."""

    def __init__(self, asked: datetime, answer: requests.Response) -> None:
        answer.raise_for_status()
        self.asked, self.answered = asked, datetime.now(UTC)
        self.value, self.count = answer.json()["data"]["temp"], answer.json()["data"]["polls"]
        self.spike = answer.headers.get("X-Spike-Schedule")


def poll_until(tool: requests.Session, url: str, end: datetime) -> Iterator[Poll]:
    """Poll every 50 ms."""
    while (asked := datetime.now(UTC)) < end:
        yield Poll(asked, tool.get(url, timeout=10))
        time.sleep(0.05)
