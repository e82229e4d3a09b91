"""Clients that create overlapping spikes concurrently, so that at most one of each group may succeed."""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import Any

import requests

from tests.support.concurrency import run_concurrently
from tools.soak.cluster import Node
from tools.soak.fixtures import Admin, SoakFixtures
from tools.soak.invariants import Checker
from tools.soak.violations import ViolationKind
from tools.soak.windows import Draft, Window, iso

CREATORS = 4
ROUND_PAUSE_S = 0.5
MIN_LEAD_S = 2
"""The minimum number of seconds from now to a window's start, so that most are created before it."""
MAX_LEAD_S = 6
LOST_ANSWER_PAUSE_S = 1.0
"""The pause in seconds after which a request in flight has either taken effect or never will."""
MAX_LOOKUPS = 60
END_MARGIN_S = 0.1
"""A margin in seconds for the difference from the database's clock, which decides when a window ends."""


class SpikeClients:
    """Creates windows in a thread until it is stopped."""

    def __init__(
        self, nodes: Sequence[Node], admin: Admin, fixtures: SoakFixtures, checker: Checker, seed: int
    ) -> None:
        self._nodes, self._admin, self._fixtures, self._checker = nodes, admin, fixtures, checker
        self._rng = random.Random(f"{seed} spiker")
        self._taken_until = [0] * len(fixtures.ids)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.failure: BaseException | None = None
        self.outcomes: Counter[str] = Counter()
        """The number of requests by outcome: made, refused, lost, busy, too late."""
        self.rounds = 0
        self._ends: list[int] = []

    @property
    def closed(self) -> int:
        """How many windows have opened and closed."""
        now = time.time()
        return sum(end <= now for end in self._ends)

    def wait_for_the_last_end(self) -> None:
        """Wait until every window has ended."""
        time.sleep(max(0.0, max(self._ends, default=0) - time.time()) + END_MARGIN_S)

    def start(self) -> None:
        """Start creating windows."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, wait until the last round has ended, and raise the exception of the thread if it failed."""
        self._over.set()
        self._thread.join()
        if self.failure:
            raise self.failure

    def _run(self) -> None:
        try:
            while not self._over.wait(ROUND_PAUSE_S):
                free = [n for n, until in enumerate(self._taken_until) if until < time.time() + MAX_LEAD_S]
                if free:
                    self._round(self._rng.choice(free))
        except BaseException as failure:
            self.failure = failure
            raise

    def _round(self, collection: int) -> None:
        drafts = self._drafts(collection)
        nodes = [self._rng.choice(self._nodes) for _ in drafts]
        calls = [
            lambda draft=draft, node=node: self._make(draft, node)
            for draft, node in zip(drafts, nodes, strict=True)
        ]
        answers = run_concurrently(*calls)
        self.rounds += 1
        made = [each for each in answers if isinstance(each, Window)]
        lost = [each for each in answers if isinstance(each, Draft)]
        if lost:
            self._over.wait(LOST_ANSWER_PAUSE_S)
            made += self._look_for(lost)
        self._check(drafts, made, is_certain=not lost)

    def _drafts(self, collection: int) -> list[Draft]:
        """Return windows that all overlap each other."""
        first = max(ceil(time.time()) + MIN_LEAD_S, self._taken_until[collection])
        drafts = []
        for number in range(CREATORS):
            start = first + self._rng.randrange(2)
            drafts.append(
                Draft(
                    name=f"Round {self.rounds}, {number}",
                    collection=collection,
                    start=start,
                    end=start + self._rng.randrange(2, 5),
                    level=100 + self.rounds * CREATORS + number,
                    own_start=self._rng.randrange(10**6, 10**9),
                )
            )
        return drafts

    def _make(self, draft: Draft, node: Node) -> Window | Draft | None:
        """Create the window and return it; None if refused, the draft if the outcome is unknown."""
        try:
            answer = self._admin.call("POST", f"{node.url}/api/spike-schedules", self._body(draft))
        except requests.RequestException:
            answer = None
        if answer is None or answer.status_code == 503:
            self.outcomes["lost" if answer is None else "busy"] += 1
            return draft
        if answer.status_code == 201:
            self.outcomes["made"] += 1
            return Window(draft, answer.json()["id"], known=time.time())
        if _is_too_late(draft, answer):
            self.outcomes["too late"] += 1
            return draft
        self.outcomes["refused"] += 1
        if answer.status_code != 409 or not answer.json().get("conflicts"):
            self._add_violation(f"{draft} is answered {answer.status_code}: {answer.text[:300]}")
        return None

    def _body(self, draft: Draft) -> dict[str, Any]:
        return {
            "collection_id": self._fixtures.ids[draft.collection],
            "name": draft.name,
            "start_datetime": iso(draft.start),
            "end_datetime": iso(draft.end),
            "spike_fields": [
                {
                    "original_field_id": self._fixtures.level_ids[draft.collection],
                    "fixed_value_number": draft.level,
                },
                {
                    "original_field_id": self._fixtures.last_ids[draft.collection],
                    "start_number": draft.own_start,
                },
            ],
        }

    def _look_for(self, lost: Sequence[Draft]) -> list[Window]:
        """Return the windows that were created although their clients got no confirmation."""
        drafts = {draft.name: draft for draft in lost}
        id_ = self._fixtures.ids[lost[0].collection]
        for attempt in range(MAX_LOOKUPS):
            node = self._nodes[attempt % len(self._nodes)]
            try:
                path = f"/api/collections/{id_}/spike-schedules?per_page=200"
                answer = self._admin.call("GET", node.url + path)
            except requests.RequestException:
                answer = None
            if answer is not None and answer.ok:
                found = {each["name"]: each["id"] for each in answer.json()["items"]}
                now = time.time()
                return [Window(drafts[name], found[name], now) for name in found.keys() & drafts.keys()]
            self._over.wait(0.5)
        self._add_violation(f"no node said which of {list(drafts)} were created")
        return []

    def _check(self, drafts: Sequence[Draft], made: Sequence[Window], *, is_certain: bool) -> None:
        # Two windows are no violation if one had ended, and was deleted, before the other was created.
        known_times, ends = (window.known for window in made), (window.draft.end for window in made)
        if len(made) > 1 and max(known_times) < min(ends):
            self._add_violation(f"{[each.draft for each in made]} overlap, but all were created")
        if is_certain and not made:
            self._add_violation(f"none of {drafts} was created, although nothing overlapped")
        for window in made:
            self._ends.append(window.draft.end)
            self._taken_until[window.draft.collection] = window.draft.end
            self._checker.knows(window)

    def _add_violation(self, what: str) -> None:
        self._checker.violations.add(ViolationKind.OVERLAP, what)


def _is_too_late(draft: Draft, answer: requests.Response) -> bool:
    """Return whether the window had ended when the request was answered.

    The request had waited for a server to start, so it was rightly refused.
    """
    if answer.status_code != 422 or time.time() < draft.end:
        return False
    return set(answer.json()["errors"]) == {"end_datetime"}
