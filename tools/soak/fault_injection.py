"""Fault injection: kill servers, workers and databases at random moments."""

import random
import time
from dataclasses import dataclass

from tools.soak.cluster import Cluster, Node, kill
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
    kind: FaultKind


def schedule(
    values: int, workers: int, servers: int, restarts: int, rng: random.Random
) -> list[ScheduledFault]:
    """Return the given numbers of faults in random order, spread over the values of a run."""
    all_at_once = workers // EVERY_NTH_KILLS_ALL
    kinds = [FaultKind.WORKER] * (workers - all_at_once) + [FaultKind.WORKERS] * all_at_once
    kinds += [FaultKind.SERVER] * servers
    kinds += [RESTARTS[n % 2] for n in range(restarts)]
    rng.shuffle(kinds)
    each = values / (len(kinds) + 1)
    return [ScheduledFault(int(each * (n + rng.uniform(0.5, 1.5))), kind) for n, kind in enumerate(kinds)]


class FaultInjector:
    """Injects faults one at a time, and waits after each until the nodes serve again."""

    def __init__(self, cluster: Cluster, checker: Checker, rng: random.Random) -> None:
        self._cluster, self._checker, self._rng = cluster, checker, rng

    def inject(self, kind: FaultKind) -> None:
        """Inject a fault, and wait until all affected nodes have served again."""
        number = self._rng.randrange(len(self._cluster.nodes))
        node = self._cluster.nodes[number]
        _wait_until_full(node)
        time.sleep(self._rng.uniform(0, MAX_DELAY_S))
        felt = range(len(self._cluster.nodes)) if kind in RESTARTS else [number]
        outage = Outage(kind, frozenset(felt), since=time.time())
        self._checker.outages.begin(outage)
        outage.processes = self._hit(kind, node)
        outage.gone = time.time()
        if kind is FaultKind.SERVER:
            node.start()
        elif kind in RESTARTS:
            assert self._cluster.postgres is not None
            self._cluster.postgres.control("start")
        self._wait_until_over(outage)

    def _hit(self, kind: FaultKind, node: Node) -> int:
        """Kill the target, wait until it is gone, and return how many workers were killed."""
        if kind is FaultKind.SERVER:
            return node.kill()
        if kind in RESTARTS:
            assert self._cluster.postgres is not None
            self._cluster.postgres.control("stop", f"--mode={_MODES[kind]}")
            return 0
        workers = node.workers()
        hit = workers if kind is FaultKind.WORKERS else [self._rng.choice(workers)]
        kill(hit)
        return len(hit)

    def _wait_until_over(self, outage: Outage) -> None:
        deadline = time.monotonic() + TIMEOUT_S
        while not outage.is_over:
            if time.monotonic() > deadline:
                what = f"{TIMEOUT_S} s after {outage.kind}, nodes {set(outage.nodes)}"
                self._checker.violations.add(ViolationKind.AWAY, what)
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
