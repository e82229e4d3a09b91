"""Polls through nginx while a spike opens and closes, and one of two nodes is killed and restarted."""

import json
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, IncompleteRead
from itertools import chain
from math import ceil
from threading import Event
from typing import Any

from tests.support.wait import wait_until

POLLERS = 32
POLL_INTERVAL_S = 0.1  # leaves a busy machine enough time to start a node
MIN_POLLS = 100
OWN_START = 1_000_000
PATH = "/api/data/Truck/performance"


@dataclass
class Answer:
    """The response to a poll and its times. A response that was cut off has no status."""

    asked: float
    answered: float
    status: int | None
    spike: str | None
    epoch: int = 0
    data: dict[str, Any] | None = None


class Pollers:
    """Threads that poll through nginx, one request after the other, until they are stopped."""

    def __init__(self, address: str, key: str) -> None:
        self._address, self._headers, self._stop = address, {"X-API-Key": key}, Event()
        self._seen: list[list[Answer]] = [[] for _ in range(POLLERS)]
        self._threads = ThreadPoolExecutor(POLLERS)
        self._futures = [self._threads.submit(self._poll, seen) for seen in self._seen]

    def _poll(self, seen: list[Answer]) -> None:
        with closing(HTTPConnection(self._address, timeout=120)) as connection:
            while not self._stop.is_set():
                seen.append(self._poll_once(connection))
                self._stop.wait(POLL_INTERVAL_S)

    def _poll_once(self, connection: HTTPConnection) -> Answer:
        asked = time.time()
        connection.request("GET", PATH, headers=self._headers)
        answer = connection.getresponse()
        try:
            body = answer.read()
        except IncompleteRead:  # the node died before the body: the next poll reconnects
            connection.close()
            return Answer(asked, time.time(), None, None)
        result = Answer(asked, time.time(), answer.status, answer.headers["X-Spike-Schedule"])
        if answer.status == 200:
            content = json.loads(body)
            result.epoch, result.data = content["generated_at_epoch"], content["data"]
        return result

    def answers(self) -> list[Answer]:
        """Return all responses so far."""
        return list(chain.from_iterable(map(list, self._seen)))

    def wait_for_successes(self, since: float) -> None:
        """Wait until enough polls that began after this instant have succeeded."""

        def enough() -> bool:
            return sum(each.asked >= since and each.status == 200 for each in self.answers()) >= MIN_POLLS

        wait_until(enough, f"{MIN_POLLS} polls are answered")

    def end(self) -> list[Answer]:
        """Stop, and return all responses. Raises what was raised in a thread."""
        self._stop.set()
        with self._threads:
            for each in self._futures:
                each.result()
        return self.answers()


def test_no_value_is_served_twice_and_every_poll_is_correct_for_its_time(cluster):
    proxy, (first, second) = cluster.proxy, cluster.nodes
    ids, key, collection_id = cluster.create_collection("Truck")
    pollers = Pollers(proxy.address, key)
    try:
        wait_until(
            lambda: _count_served(proxy, first) and _count_served(proxy, second), "both nodes have answered"
        )
        # Whole seconds, because generated_at_epoch has whole seconds.
        start = ceil(time.time()) + 4
        end = start + 5
        spike = _spike(cluster, collection_id, ids, start, end)
        wait_until(lambda: any(each.spike for each in pollers.answers()), "the spike is seen")

        killed = time.time()
        second.kill()
        pollers.wait_for_successes(since=time.time())
        second.start()
        so_far = _count_served(proxy, second)
        wait_until(lambda: _count_served(proxy, second) > so_far, "the second node answers again")
        back = time.time()

        pollers.wait_for_successes(since=max(end, back))
    finally:
        answers = pollers.end()

    failed = [each for each in answers if each.status != 200]
    assert {each.status for each in failed} <= {502, None}
    assert all(killed <= each.answered and each.asked <= back for each in failed)

    good = [each for each in answers if each.status == 200]
    for each in good:
        assert int(each.asked) <= each.epoch <= int(each.answered), "the instant is the database's"
        is_spike = start <= each.epoch < end
        assert each.spike == (str(spike["id"]) if is_spike else None), each
        assert each.data["level"] == (99 if is_spike else 1), each

    wait_until(lambda: len(proxy.requests(PATH)) >= len(answers), "nginx has logged all requests")
    # A node that did not respond may have advanced the counters nevertheless.
    without_response = sum(len(each.servers) for each in proxy.requests(PATH)) - len(good)
    normal = [each for each in good if not each.spike]
    spiked = [each for each in good if each.spike]
    assert _count_missing(good, "count", 0) <= without_response, (
        "the spike does not affect a counter without an override"
    )
    assert _count_missing(normal, "own", 0) <= without_response
    assert _count_missing(spiked, "own", OWN_START) <= without_response


def _spike(cluster: Any, collection_id: int, ids: dict[str, int], start: int, end: int) -> dict:
    times = {"start_datetime": start, "end_datetime": end}
    return cluster.make(
        "/api/spike-schedules",
        {
            "collection_id": collection_id,
            "name": "Rehearsal",
            **{name: datetime.fromtimestamp(second, UTC).isoformat() for name, second in times.items()},
            "spike_fields": [
                {"original_field_id": ids["level"], "fixed_value_number": 99},
                {"original_field_id": ids["own"], "start_number": OWN_START},
            ],
        },
    )


def _count_served(proxy: Any, node: Any) -> int:
    """Return how many polls the node has answered."""
    return sum(each == (200, [node.address]) for each in proxy.requests(PATH))


def _count_missing(answers: Sequence[Answer], counter: str, first: int) -> int:
    """Return how many of a counter's values were not served. Fails if one was served twice."""
    values: Iterable[int] = [each.data[counter] for each in answers if each.data]
    once = set(values)
    assert len(once) == len(answers), f"{counter}: values were served twice"
    assert once <= set(range(first, max(once) + 1))
    return max(once) + 1 - first - len(once)
