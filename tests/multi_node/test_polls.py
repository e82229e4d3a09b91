"""Polls through nginx while a spike opens and closes, and one of two machines dies and comes back."""

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
BETWEEN_POLLS = 0.1  # seconds; a machine that is short of time must be able to start a node beside them
SOME = 100
OWN_START = 1_000_000
PATH = "/api/data/Truck/performance"


@dataclass
class Answer:
    """What a poller got, and when it had asked for it. One that ends in the middle has no status."""

    asked: float
    answered: float
    status: int | None
    spike: str | None
    epoch: int = 0
    data: dict[str, Any] | None = None


class Pollers:
    """So many who poll one after the other through nginx, until they are told to stop."""

    def __init__(self, address: str, key: str) -> None:
        self._address, self._headers, self._over = address, {"X-API-Key": key}, Event()
        self._seen: list[list[Answer]] = [[] for _ in range(POLLERS)]
        self._threads = ThreadPoolExecutor(POLLERS)
        self._begun = [self._threads.submit(self._poll, seen) for seen in self._seen]

    def _poll(self, seen: list[Answer]) -> None:
        with closing(HTTPConnection(self._address, timeout=120)) as connection:
            while not self._over.is_set():
                seen.append(self._ask(connection))
                self._over.wait(BETWEEN_POLLS)

    def _ask(self, connection: HTTPConnection) -> Answer:
        asked = time.time()
        connection.request("GET", PATH, headers=self._headers)
        answer = connection.getresponse()
        try:
            body = answer.read()
        except IncompleteRead:  # its node died between the head and the body: the next poll connects anew
            connection.close()
            return Answer(asked, time.time(), None, None)
        said = Answer(asked, time.time(), answer.status, answer.headers["X-Spike-Schedule"])
        if answer.status == 200:
            told = json.loads(body)
            said.epoch, said.data = told["generated_at_epoch"], told["data"]
        return said

    def answers(self) -> list[Answer]:
        """All so far."""
        return list(chain.from_iterable(map(list, self._seen)))

    def wait_for_some(self, since: float) -> None:
        """Until so many polls that began after this instant have been answered well."""

        def enough() -> bool:
            return sum(each.asked >= since and each.status == 200 for each in self.answers()) >= SOME

        wait_until(enough, f"{SOME} polls are answered")

    def end(self) -> list[Answer]:
        """All there were. What went wrong in a thread is raised here."""
        self._over.set()
        with self._threads:
            for each in self._begun:
                each.result()
        return self.answers()


def test_every_value_comes_at_most_once_and_every_answer_is_right_for_its_instant(machines):
    proxy, (first, second) = machines.proxy, machines.nodes
    ids, key, collection_id = machines.counting("Truck")
    pollers = Pollers(proxy.address, key)
    try:
        wait_until(lambda: _served(proxy, first) and _served(proxy, second), "both nodes have answered")
        # Whole seconds, for generated_at_epoch tells no less.
        start = ceil(time.time()) + 4
        end = start + 5
        spike = _spike(machines, collection_id, ids, start, end)
        wait_until(lambda: any(each.spike for each in pollers.answers()), "the spike is seen")

        killed = time.time()
        second.kill()
        pollers.wait_for_some(since=time.time())
        second.start()
        so_far = _served(proxy, second)
        wait_until(lambda: _served(proxy, second) > so_far, "the second node answers again")
        back = time.time()

        pollers.wait_for_some(since=max(end, back))
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

    wait_until(lambda: len(proxy.requests(PATH)) >= len(answers), "nginx has written all it did")
    # A node that was asked and gave no answer may have moved the counters nevertheless.
    in_vain = sum(len(each.servers) for each in proxy.requests(PATH)) - len(good)
    normal = [each for each in good if not each.spike]
    spiked = [each for each in good if each.spike]
    assert _left_out(good, "count", 0) <= in_vain, "the spike shows nothing of what it left alone"
    assert _left_out(normal, "own", 0) <= in_vain
    assert _left_out(spiked, "own", OWN_START) <= in_vain


def _spike(machines: Any, collection_id: int, ids: dict[str, int], start: int, end: int) -> dict:
    times = {"start_datetime": start, "end_datetime": end}
    return machines.make(
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


def _served(proxy: Any, node: Any) -> int:
    """How many polls the node has answered."""
    return sum(each == (200, [node.address]) for each in proxy.requests(PATH))


def _left_out(answers: Sequence[Answer], counter: str, first: int) -> int:
    """How many of a counter's values nobody got. Nobody got one that somebody else had got."""
    values: Iterable[int] = [each.data[counter] for each in answers if each.data]
    once = set(values)
    assert len(once) == len(answers), f"{counter}: values were served twice"
    assert once <= set(range(first, max(once) + 1))
    return max(once) + 1 - first - len(once)
