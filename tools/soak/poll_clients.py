"""Clients that each poll continuously, one request at a time."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException

from tools.soak.invariants import Poll

TIMEOUT_S = 60
FAILURE_PAUSE_S = 0.05
"""The pause after a refused connection in seconds: it leaves the CPU to the server that is starting."""


class PollClients:
    """Client threads that each poll random collections at random nodes."""

    def __init__(
        self,
        addresses: Sequence[str],
        paths: Sequence[str],
        key: str,
        take: Callable[[Poll], None],
        clients: int,
        seed: int,
    ) -> None:
        self._addresses, self._paths, self._take = addresses, paths, take
        self._headers = {"X-API-Key": key, "Connection": "close"}
        self._over = threading.Event()
        self.failure: BaseException | None = None
        self._threads = [
            threading.Thread(target=self._run, args=(number, random.Random(f"{seed} {number}")), daemon=True)
            for number in range(clients)
        ]

    def start(self) -> None:
        """Start polling."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop polling, wait until all polls have ended, and raise the exception of a client that failed."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self.failure:
            raise self.failure

    def once_more(self) -> None:
        """Poll each collection once, after all clients have stopped."""
        for collection in range(len(self._paths)):
            self._take(self._poll(0, 0, collection))

    def _run(self, client: int, rng: random.Random) -> None:
        try:
            while not self._over.is_set():
                node, collection = rng.randrange(len(self._addresses)), rng.randrange(len(self._paths))
                poll = self._poll(client, node, collection)
                self._take(poll)
                if poll.status != 200:
                    self._over.wait(FAILURE_PAUSE_S)
        except BaseException as failure:
            self.failure = failure
            raise

    def _poll(self, client: int, node: int, collection: int) -> Poll:
        connection = HTTPConnection(self._addresses[node], timeout=TIMEOUT_S)
        sent_at, sent = time.time(), False
        try:
            connection.connect()
            sent = True  # from here on the request may have reached the server
            connection.request("GET", self._paths[collection], headers=self._headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, HTTPException):
            return Poll(client, node, collection, sent_at, time.time(), sent)
        finally:
            connection.close()
        spike = answer.headers["X-Spike-Schedule"]
        return Poll(
            client,
            node,
            collection,
            sent_at,
            time.time(),
            sent,
            answer.status,
            int(spike) if spike else None,
            answer.headers["X-Spike-Ends"],
            body,
        )
