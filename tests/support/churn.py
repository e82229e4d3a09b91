"""Pollers of a counter, while spikes of its collection come and go in every way there is."""

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
"""Method, path and body of a request; status and JSON of its answer. Status 0: there was none."""


@dataclass(frozen=True)
class Poll:
    """What a poller got, and when. Without a status it got no answer."""

    poller: int
    asked: float
    answered: float
    status: int | None = None
    spike: str | None = None
    value: int = -1


class Pollers:
    """So many who poll one after the other, at any of the addresses, until they are told to stop."""

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
        """All there were."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        return self.polls


WAYS = ("end", "delete", "move", "extend", "set back", "let pass")


def churn(call: Call, collection_id: int, ids: dict[str, int], rounds: int, rng: random.Random) -> set[str]:
    """Let so many spikes begin and go, each in a way of its own; which ways there were.

    They leave the counter alone, or override its step by the same one. Where nobody answers, the spike
    stays what it is, and the next one is made as soon as there is room.
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
            # A start of its own and back: what was counted before is not counted again.
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
    """Every value came at most once, none fell, and no more are missing than polls got no answer."""
    # Values below 0 are of a start of its own.
    good = [poll for poll in polls if poll.status == 200 and poll.value >= 0]
    assert {poll.status for poll in polls if poll.status != 200} <= {None, 502, 503}
    values = sorted(poll.value for poll in good)
    assert len(set(values)) == len(values), f"twice: {_repeated(values)}"
    # Whoever asks after another one was answered gets a later value.
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
