"""Clients that poll a counter while spikes of its collection are created, changed and removed."""

import json
import random
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from itertools import accumulate, pairwise
from typing import Any

POLLERS = 32
BETWEEN_POLLS = 0.05
COUNT = "count"
Call = Callable[[str, str, object], tuple[int, Any]]
"""A function that sends a request (method, path, body) and returns its status and JSON.

Status 0 means that there was no response.
"""


@dataclass(frozen=True)
class Poll:
    """A poll's result and its times. The status is None if there was no response."""

    poller: int
    asked: float
    answered: float
    status: int | None = None
    spike: str | None = None
    value: int = -1


class Pollers:
    """Clients that each poll sequentially, at random addresses, until they are stopped."""

    def __init__(self, addresses: Sequence[str], path: str, key: str) -> None:
        self._addresses, self._path, self._headers = addresses, path, {"X-API-Key": key}
        self.polls: list[Poll] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(POLLERS)]
        for thread in self._threads:
            thread.start()

    def _run(self, number: int) -> None:
        rng = random.Random(number)
        while not self._over.wait(BETWEEN_POLLS):
            self.polls.append(self._poll(number, rng.choice(self._addresses)))

    def _poll(self, number: int, address: str) -> Poll:
        connection = HTTPConnection(address, timeout=60)
        asked = time.time()
        try:
            connection.request("GET", self._path, headers=self._headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
        except (OSError, HTTPException):
            return Poll(number, asked, time.time())
        finally:
            connection.close()
        spike = answer.headers["X-Spike-Schedule"]
        value = told["data"][COUNT] if answer.status == 200 else -1
        return Poll(number, asked, time.time(), answer.status, spike, value)

    def end(self) -> list[Poll]:
        """Stop the clients, and return all polls."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        return self.polls


WAYS = ("end", "delete", "move", "extend", "set back", "let pass")


def churn(call: Call, collection_id: int, ids: dict[str, int], rounds: int, rng: random.Random) -> set[str]:
    """Create and remove `rounds` spikes in different ways, and return the ways that occurred.

    They leave the counter unchanged, or override its step with the same value. If no server answers, the
    spike stays as it is, and the next one is created as soon as its window is free.
    """
    seen = set()
    for number in range(rounds):
        entries: list[dict[str, Any]] = [
            {"original_field_id": ids["own"], "start_number": 10**6 * (number + 1)}
        ]
        if rng.random() < 0.5:
            entries.append({"original_field_id": ids[COUNT], "step_number": 1})
        body = {"collection_id": collection_id, "name": f"Round {number}", "spike_fields": entries}
        if rng.random() < 0.5:
            body["start_datetime"] = _iso(time.time() + 0.4)
        status, made = call("POST", "/api/spike-schedules", body | {"duration": 1 + number % 2})
        if status != 201:
            time.sleep(0.5)
            continue
        time.sleep(0.7)
        way = WAYS[number % len(WAYS)]
        seen.add(way)
        path = f"/api/spike-schedules/{made['id']}"
        if way == "end":
            call("POST", f"{path}/end", None)
        elif way == "delete":
            call("DELETE", path, None)
        elif way == "move":
            call("PATCH", path, {"start_datetime": _iso(time.time() + 1), "duration": 1})
            time.sleep(2)
        elif way == "extend":
            call("POST", f"{path}/extend", {"duration": 1})
            time.sleep(2)
        elif way == "set back":
            # A copy with its own start, then reset: the counter must not repeat earlier values.
            own_start = {"original_field_id": ids[COUNT], "start_number": -(10**6)}
            call("PATCH", path, {"spike_fields": [own_start]})
            call("PATCH", path, {"spike_fields": []})
            time.sleep(1)
        else:
            time.sleep(1.5)
    return seen


def _iso(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat()


def check(polls: Sequence[Poll]) -> None:
    """Check that no value repeats or decreases, and that at most one value per unanswered poll is missing."""
    # Negative values come from copies with their own start.
    good = [poll for poll in polls if poll.status == 200 and poll.value >= 0]
    assert {poll.status for poll in polls if poll.status != 200} <= {None, 502, 503}
    values = sorted(poll.value for poll in good)
    assert len(set(values)) == len(values), f"twice: {_repeated(values)}"
    # A poll that starts after another was answered must get a later value.
    answered = sorted((poll.answered, poll.value) for poll in good)
    instants = [instant for instant, _ in answered]
    highest = list(accumulate((value for _, value in answered), max))
    for poll in good:
        before = bisect_left(instants, poll.asked)
        assert not before or poll.value > highest[before - 1], f"it fell: {poll}"
    missing = set(range(values[-1] + 1)) - set(values)
    lost = sum(poll.status != 200 for poll in polls)
    assert len(missing) <= lost, f"{sorted(missing)}, and {lost} polls got no answer"


def _repeated(values: Sequence[int]) -> list[int]:
    return [value for value, following in pairwise(values) if value == following][:10]
