"""Invariants of a soak run: checks every served value, the time of every response, and every failed poll."""

import json
import threading
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any, NamedTuple

from tools.soak.outages import Outages
from tools.soak.served_values import CounterRule, ServedValues
from tools.soak.violations import ViolationKind, Violations
from tools.soak.windows import Window, iso

LEVEL = "level"
USUAL_LEVEL = 1
MAX_WAITING = 10_000
"""The limit on responses during a spike whose creation has not been reported yet."""


class Poll(NamedTuple):
    """A poll and its result, as its client saw it. Times are in seconds since 1970."""

    client: int
    node: int
    collection: int
    sent_at: float
    answered_at: float
    sent: bool = True
    """Whether the request may have reached a server; if not, it cannot have advanced a counter."""
    status: int | None = None
    """The HTTP status; None if there was no response."""
    spike: int | None = None
    ends: str | None = None
    body: bytes = b""


class Checker:
    """Checks the polls of all clients as they arrive, and keeps one bit for each served value.

    Each collection has the same counters, which follow the given rules, and a fixed field, the level. Spikes
    give the last counter its own start, so their copies of it count separately. All other copies continue the
    collection's counter and hand back to it, so inside and outside all windows they form one sequence.
    """

    def __init__(self, collections: int, rules: Sequence[CounterRule], clients: int) -> None:
        self.rules, self.clients = rules, clients
        self.violations, self.outages = Violations(), Outages()
        self.answers = self.values = self.of_spikes = 0
        self.failed: Counter[str] = Counter()
        self.caught: Counter[int] = Counter()
        """For each collection, polls that were in flight when a fault was injected, and got no response."""
        self.own = [[ServedValues() for _ in rules] for _ in range(collections)]
        self.windows: dict[int, Window] = {}
        self.copies: dict[int, ServedValues] = {}
        """The served values of the last counter's copies, by spike."""
        self.of_collection: dict[int, deque[Window]] = {number: deque() for number in range(collections)}
        self._waiting: dict[int, list[Poll]] = {}
        self._lock = threading.Lock()

    def take(self, poll: Poll) -> None:
        """Check a poll that has ended."""
        with self._lock:
            if poll.status == HTTPStatus.OK:
                self.outages.record_success(poll.node, poll.sent_at, poll.answered_at)
                self._good(poll)
            else:
                self._failed(poll)

    def knows(self, window: Window) -> None:
        """Record a window that was created: from now on polls are checked against it."""
        with self._lock:
            self.windows[window.id] = window
            self.copies[window.id] = ServedValues()
            self.of_collection[window.draft.collection].append(window)
            for poll in self._waiting.pop(window.id, []):
                self._good(poll, is_late=True)

    # --- Polls that failed -----------------------------------------------------------------------------

    def _failed(self, poll: Poll) -> None:
        outage = self.outages.explaining(poll.node, poll.sent_at, poll.answered_at)
        what = str(poll.status or ("no answer" if poll.sent else "nobody listens"))
        self.failed[what] += 1
        if outage is None or poll.status not in {None, HTTPStatus.SERVICE_UNAVAILABLE}:
            self.violations.add(
                ViolationKind.REFUSED, f"{what}, sent at {poll.sent_at:.3f} to node {poll.node}"
            )
        elif poll.sent and outage.caught(poll.node, poll.sent_at, poll.answered_at):
            self.caught[poll.collection] += 1

    # --- Answers ---------------------------------------------------------------------------------------

    def _good(self, poll: Poll, *, is_late: bool = False) -> None:
        """Check a response.

        Args:
            poll: The poll.
            is_late: Whether later polls of its client may have been checked before it.
        """
        if poll.spike is not None and poll.spike not in self.windows:
            self._keep_waiting(poll.spike, poll)
            return
        document = json.loads(poll.body, parse_float=Decimal)
        epoch, data = document["generated_at_epoch"], document["data"]
        self.answers += 1
        self._check_instant(poll, epoch, data)
        self._count(poll, data, is_late=is_late)

    def _keep_waiting(self, spike: int, poll: Poll) -> None:
        if sum(map(len, self._waiting.values())) < MAX_WAITING:
            self._waiting.setdefault(spike, []).append(poll)

    def _check_instant(self, poll: Poll, epoch: int, data: Mapping[str, Any]) -> None:
        """Check that the response's time lies within the poll and agrees with the window it belongs to."""
        if not int(poll.sent_at) <= epoch <= int(poll.answered_at):
            period = f"{poll.sent_at:.3f} to {poll.answered_at:.3f}"
            self.violations.add(ViolationKind.INSTANT, f"{epoch} in a poll from {period}")
        level = USUAL_LEVEL
        if poll.spike is not None:
            self.of_spikes += 1
            window = self.windows[poll.spike]
            level = window.draft.level
            if not window.covers(epoch) or window.draft.collection != poll.collection:
                self.violations.add(
                    ViolationKind.WINDOW, f"spike {poll.spike} at {epoch}, its window is {window.draft}"
                )
            if poll.ends != iso(window.draft.end):
                self.violations.add(ViolationKind.WINDOW, f"X-Spike-Ends: {poll.ends} for {window.draft}")
        else:
            for window in self.of_collection[poll.collection]:
                if window.covers(epoch) and window.known <= poll.sent_at:
                    self.violations.add(
                        ViolationKind.WINDOW, f"normal values at {epoch}, in the window {window.draft}"
                    )
        if data[LEVEL] != level:
            self.violations.add(ViolationKind.WINDOW, f"{LEVEL} {data[LEVEL]}, not {level}, at {epoch}")

    def _count(self, poll: Poll, data: Mapping[str, Any], *, is_late: bool) -> None:
        """Check the value of each counter."""
        places = []
        for number, (rule, own) in enumerate(zip(self.rules, self.own[poll.collection], strict=True)):
            self.values += 1
            value, served, start = data[rule.name], own, None
            if poll.spike is not None and number == len(self.rules) - 1:
                served, start = self.copies[poll.spike], self.windows[poll.spike].own_start
            position = rule.find_position(value, start)
            what = f"{rule.name} = {value} of collection {poll.collection}, spike {poll.spike}"
            if position is None or served.is_too_far(position):
                self.violations.add(ViolationKind.NO_VALUE, what)
                continue
            if not served.take(position):
                self.violations.add(ViolationKind.TWICE, what)
            if not is_late and not served.goes_forward(poll.client, position):
                self.violations.add(ViolationKind.BACKWARDS, f"{what}, client {poll.client}")
            if number < len(self.rules) - 1:
                places.append(position)
        if len(set(places)) > 1:
            self.violations.add(ViolationKind.TORN, f"places {places} of collection {poll.collection}")

    # --- At the end ------------------------------------------------------------------------------------

    def finish(self, stored: Mapping[int, Sequence[int | Decimal | None]]) -> int:
        """Check what only the end of the run shows, and return how many values were left out in total.

        Args:
            stored: The stored values of each collection's counters.
        """
        with self._lock:
            for spike, polls in self._waiting.items():
                self.violations.add(
                    ViolationKind.WINDOW, f"{len(polls)} answers of spike {spike}, which nobody made"
                )
            left_out = 0
            for collection, counters in enumerate(self.own):
                windows = self.of_collection[collection]
                for number, (rule, own) in enumerate(zip(self.rules, counters, strict=True)):
                    missing = self._missing_of_own(collection, rule, own, stored[collection][number])
                    if number == len(self.rules) - 1:
                        missing += sum(self.copies[window.id].missing() for window in windows)
                    left_out += missing
                    if missing > self.caught[collection]:
                        self.violations.add(
                            ViolationKind.GAP,
                            f"{rule.name} of collection {collection} left out {missing} values, and "
                            f"{self.caught[collection]} polls were in flight",
                        )
            return left_out

    def _missing_of_own(
        self, collection: int, rule: CounterRule, own: ServedValues, stored: int | Decimal | None
    ) -> int:
        last_position = -1 if stored is None else rule.find_position(stored)
        if last_position is None or last_position < own.highest:
            what = f"{rule.name} of collection {collection} is stored as {stored}"
            self.violations.add(ViolationKind.LOST, f"{what}, position {own.highest} was served")
            last_position = own.highest
        return own.missing(last=last_position)
