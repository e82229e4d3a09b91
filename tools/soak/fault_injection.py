"""Fault injection: kill servers, workers and databases at random moments."""

import random
import time
from dataclasses import dataclass

from tools.soak.cluster import Node, Place, kill
from tools.soak.invariants import Checker
from tools.soak.outages import FaultKind, Outage
from tools.soak.violations import ViolationKind

TIMEOUT_S = 120
MAX_DELAY_S = 0.2
EVERY_NTH_KILLS_ALL = 5
"""Every fifth kill of workers kills all workers of a server."""
_MODES = {FaultKind.FAST: "fast", FaultKind.IMMEDIATE: "immediate"}
RESTARTS = tuple(_MODES)


@dataclass(frozen=True)
class ScheduledFault:
    """A fault, and how many values must be served before it is injected."""

    values: int
    strike: FaultKind


def schedule(
    values: int, workers: int, servers: int, restarts: int, rng: random.Random
) -> list[ScheduledFault]:
    """Return the given numbers of faults in random order, spread over the values of a run."""
    all_at_once = workers // EVERY_NTH_KILLS_ALL
    strikes = [FaultKind.WORKER] * (workers - all_at_once) + [FaultKind.WORKERS] * all_at_once
    strikes += [FaultKind.SERVER] * servers
    strikes += [RESTARTS[n % 2] for n in range(restarts)]
    rng.shuffle(strikes)
    each = values / (len(strikes) + 1)
    return [
        ScheduledFault(int(each * (n + rng.uniform(0.5, 1.5))), strike) for n, strike in enumerate(strikes)
    ]


class FaultInjector:
    """Injects faults one at a time, and waits after each until the nodes serve again."""

    def __init__(self, place: Place, checker: Checker, rng: random.Random) -> None:
        self._place, self._checker, self._rng = place, checker, rng

    def strike(self, strike: FaultKind) -> None:
        """Inject a fault, and wait until all affected nodes have served again."""
        number = self._rng.randrange(len(self._place.nodes))
        node = self._place.nodes[number]
        _wait_until_full(node)
        time.sleep(self._rng.uniform(0, MAX_DELAY_S))
        felt = range(len(self._place.nodes)) if strike in RESTARTS else [number]
        trouble = Outage(strike, frozenset(felt), since=time.time())
        self._checker.troubles.begin(trouble)
        trouble.processes = self._hit(strike, node)
        trouble.gone = time.time()
        if strike is FaultKind.SERVER:
            node.start()
        elif strike in RESTARTS:
            assert self._place.postgres is not None
            self._place.postgres.control("start")
        self._wait_until_over(trouble)

    def _hit(self, strike: FaultKind, node: Node) -> int:
        """Kill the target, wait until it is gone, and return how many workers were killed."""
        if strike is FaultKind.SERVER:
            return node.kill()
        if strike in RESTARTS:
            assert self._place.postgres is not None
            self._place.postgres.control("stop", f"--mode={_MODES[strike]}")
            return 0
        workers = node.workers()
        hit = workers if strike is FaultKind.WORKERS else [self._rng.choice(workers)]
        kill(hit)
        return len(hit)

    def _wait_until_over(self, trouble: Outage) -> None:
        deadline = time.monotonic() + TIMEOUT_S
        while not trouble.is_over:
            if time.monotonic() > deadline:
                what = f"{TIMEOUT_S} s after {trouble.strike}, nodes {set(trouble.nodes)}"
                self._checker.faults.add(ViolationKind.AWAY, what)
                return
            time.sleep(0.01)


def _wait_until_full(node: Node) -> None:
    """Wait until the node has all of its workers.

    Raises:
        TimeoutError: It does not have them within TIMEOUT_S seconds.
    """
    deadline = time.monotonic() + TIMEOUT_S
    while len(node.workers()) < node.share:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{node.address} has only the workers {node.workers()}")
        time.sleep(0.05)
