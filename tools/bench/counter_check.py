"""Counter check: every value of a counter must be served exactly once to many concurrent clients."""

import http.client
import itertools
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tools.bench.load import Target

PROCESSES, THREADS = 4, 8
POLLS = 100
"""The number of polls of each of the 32 connections."""


@dataclass(frozen=True)
class Exactness:
    """The number of counter values that were served, served twice, and never served."""

    values: int
    twice: int
    missing: int

    @property
    def holds(self) -> bool:
        """Whether every value was served exactly once."""
        return not self.twice and not self.missing


def measure(target: Target, steps: dict[str, int]) -> Exactness:
    """Poll one collection from 32 connections, and check its counters.

    Args:
        target: The server and its requests.
        steps: The step of each counter by its name.
    """
    answers = gather(target, POLLS)
    return count({name: [answer["data"][name] for answer in answers] for name in steps}, steps)


def count(served: dict[str, list[int]], steps: dict[str, int]) -> Exactness:
    """Count the values that each counter served, repeated and left out."""
    twice = missing = 0
    for name, values in served.items():
        different = set(values)
        twice += len(values) - len(different)
        missing += (max(different) - min(different)) // steps[name] + 1 - len(different)
    return Exactness(sum(map(len, served.values())), twice, missing)


def gather(target: Target, times: int) -> list[dict[str, Any]]:
    """Return the responses to polls from 32 connections, each of which sends every request `times` times."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        parts = [pool.submit(_client, target, times) for _ in range(PROCESSES)]
        return list(itertools.chain.from_iterable(part.result() for part in parts))


def _client(target: Target, times: int) -> list[dict[str, Any]]:
    with ThreadPoolExecutor(THREADS) as pool:
        parts = [pool.submit(_connection, target.site, list(target.asks) * times) for _ in range(THREADS)]
        return list(itertools.chain.from_iterable(part.result() for part in parts))


def _connection(site: str, asks: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    answers = []
    for path, header in asks:
        name, _, value = header.partition(": ")
        connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=60)
        connection.request("GET", path, headers={name: value})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path} answers {response.status}: {body[:300]!r}")
        answers.append(json.loads(body))
    return answers
