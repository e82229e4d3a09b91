"""Deliveries of alerts while polls go on: is any lost or counted twice, and how long do polls take?

Two senders deliver groups of alerts that fire and are resolved in turn, as Alertmanager does. Pollers poll at
a steady rate, first alone and then beside the senders. The episodes are counted afterwards.
"""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

import sqlalchemy as sa

from app.db import transactions
from app.db.session import db
from app.models import Actor, AlertEpisode, Role
from app.rehearsals import receivers_service
from tests.support.server import RunningServer
from tests.support.timestamps import at
from tools.bench import datasets, seed, servers

GROUPS, SENDERS, POLLERS = 10, 2, 4
POLL_PAUSE_S = 0.1
MAX_P99_RATIO = 3.0
HEAD = ("database", "", "per second", "p50 ms", "p99 ms", "worst ms", "errors")


@dataclass
class Times:
    """The durations of requests in seconds, and how many were not answered with 200."""

    seconds: float = 0.0
    durations: list[float] = field(default_factory=list)
    errors: int = 0

    def get_ms(self, share: float) -> float:
        """Return the duration in milliseconds below which this share of the requests is."""
        ordered = sorted(self.durations)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]

    def row(self, database: str, what: str) -> list[str]:
        """Return the row of the table."""
        rate = len(self.durations) / self.seconds
        times = [f"{self.get_ms(share):.1f}" for share in (0.5, 0.99, 1.0)]
        return [database, what, f"{rate:.1f}", *times, str(self.errors)]


@dataclass
class Outcome:
    """What became of the deliveries on one database."""

    database: str
    polls_before: Times
    polls_during: Times
    deliveries: Times
    alerts: int
    counted: int
    """Deliveries of alerts that the episodes tell of."""
    episodes: int
    expected_episodes: int

    def rows(self) -> Iterator[list[str]]:
        """Yield the rows of the table."""
        yield self.polls_before.row(self.database, "polls before")
        yield self.polls_during.row(self.database, "polls during the deliveries")
        yield self.deliveries.row(self.database, "deliveries")

    def summary(self) -> str:
        """Return how many alerts were lost or counted twice."""
        lost, twice = max(self.alerts - self.counted, 0), max(self.counted - self.alerts, 0)
        sent = f"{len(self.deliveries.durations):,} deliveries with {self.alerts:,} alerts"
        made = f"{self.episodes:,} of {self.expected_episodes:,} episodes"
        return f"{self.database}: {sent} made {made}; {lost:,} alerts lost, {twice:,} counted twice."

    @property
    def is_met(self) -> bool:
        """Whether nothing was lost or doubled, and polls stayed fast."""
        exact = (self.counted, self.episodes) == (self.alerts, self.expected_episodes)
        p99 = self.polls_during.get_ms(0.99), self.polls_before.get_ms(0.99)
        return exact and not self.deliveries.errors and p99[0] <= MAX_P99_RATIO * max(p99[1], 10)


def measure(database: str, count: int, alerts: int, seconds: float) -> Outcome:
    """Send `count` deliveries of `alerts` alerts each within `seconds`, while polls go on."""
    with servers.place(database) as place, place.database("deliveries") as url:
        data = datasets.small(url)
        receiver_id, token = _create_receiver(url)
        [(path, key)] = data.asks["counters"]
        headers = dict([key.split(": ", 1)])
        with servers.spikecast(url) as server:
            before = _poll(server, path, headers, lambda: time.sleep(seconds / 4))
            sent = Times()
            during = _poll(
                server,
                path,
                headers,
                lambda: _deliver(server, receiver_id, token, _bodies(count, alerts), seconds, sent),
            )
        with datasets.open_app(url):
            query = sa.select(sa.func.count(), sa.func.sum(AlertEpisode.deliveries))
            episodes, counted = db.session.execute(query).one()
    per_cycle = alerts * ((count + 1) // 2)
    return Outcome(database, before, during, sent, count * alerts, counted or 0, episodes, per_cycle)


def _create_receiver(url: str) -> tuple[int, str]:
    with datasets.open_app(url):
        actor: Actor = seed.add_user("alerts", Role.EDITOR).actor
        transactions.begin(writes=True)
        receiver, token = receivers_service.create_receiver(actor, {"name": "bench"})
        db.session.commit()
        transactions.set_mode(writes=False)
        return receiver.id, token


def _bodies(count: int, alerts: int) -> list[tuple[int, bytes]]:
    """Return the deliveries with their groups: each group fires and is resolved in turn."""
    bodies = []
    for number in range(count):
        group, turn = number % GROUPS, number // GROUPS
        starts, is_firing = 60 * (turn // 2), turn % 2 == 0
        item = {"status": "firing" if is_firing else "resolved", "startsAt": at(starts)}
        if not is_firing:
            item["endsAt"] = at(starts + 30)
        labels = [
            {"alertname": "EngineHot", "instance": f"truck-{group}-{index:03}", "severity": "page"}
            for index in range(alerts)
        ]
        body = {"version": "4", "alerts": [item | {"labels": each} for each in labels]}
        bodies.append((group, json.dumps(body).encode()))
    return bodies


def _request(site: str, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> int:
    """Send a request on a connection of its own, as tools do, and return the status; 0 for none."""
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=30)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
    except OSError:
        return 0
    finally:
        connection.close()
    return answer.status


def _timed(times: Times, send: Callable[[], int]) -> None:
    began = time.monotonic()
    status = send()
    times.durations.append(time.monotonic() - began)
    times.errors += status != http.HTTPStatus.OK


def _poll(server: RunningServer, path: str, headers: dict[str, str], work: Callable[[], None]) -> Times:
    """Poll at a steady rate until the work is done."""
    done, times, began = threading.Event(), Times(), time.monotonic()

    def poll() -> None:
        while not done.wait(POLL_PAUSE_S):
            _timed(times, partial(_request, server.url, "GET", path, headers))

    with ThreadPoolExecutor(POLLERS) as pollers:
        running = [pollers.submit(poll) for _ in range(POLLERS)]
        try:
            work()
        finally:
            done.set()
    for each in running:
        each.result()
    times.seconds = time.monotonic() - began
    return times


def _deliver(
    server: RunningServer,
    receiver_id: int,
    token: str,
    bodies: Sequence[tuple[int, bytes]],
    seconds: float,
    times: Times,
) -> None:
    """Deliver at a steady rate. Each group has one sender, so that its deliveries follow each other."""
    began, path = time.monotonic(), f"/api/alerts/{receiver_id}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(sender: int) -> None:
        for number, (group, body) in enumerate(bodies):
            if group % SENDERS == sender:
                time.sleep(max(0.0, began + seconds * number / len(bodies) - time.monotonic()))
                _timed(times, partial(_request, server.url, "POST", path, headers, body))

    with ThreadPoolExecutor(SENDERS) as senders:
        for each in [senders.submit(send, sender) for sender in range(SENDERS)]:
            each.result()
    times.seconds = time.monotonic() - began
