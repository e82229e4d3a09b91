"""One soak run on one database: poll, inject faults, open windows, and check the results."""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.throwaway_postgres import version
from tools.bench.progress import Progress
from tools.bench.scenarios import SQLITE
from tools.soak import integrity
from tools.soak.cluster import CONTROL, PRODUCT, Cluster, create_cluster
from tools.soak.fault_injection import RESTARTS, FaultInjector, schedule
from tools.soak.fixtures import Admin, SoakFixtures, build_rules, create_fixtures, get_stored_values
from tools.soak.invariants import Checker
from tools.soak.outages import FaultKind
from tools.soak.poll_clients import PollClients
from tools.soak.spike_clients import SpikeClients
from tools.soak.verdict import Verdict
from tools.soak.violations import ViolationKind

COLLECTIONS, COUNTERS = 8, 25
CLIENTS_PER_WORKER = 4
CHECK_INTERVAL_S = 0.02
PROGRESS_INTERVAL_S = 5
MAX_EXCERPT_CHARS = 2000


@dataclass(frozen=True)
class Goal:
    """What a run must reach, and how long it may take."""

    values: int = 1_000_000
    worker_kills: int = 20
    server_kills: int = 5
    restarts: int = 4
    """The number of PostgreSQL restarts."""
    windows: int = 20
    workers: int = 4
    minutes: float = 20
    seed: int = 0


@dataclass
class _Run:
    cluster: Cluster
    admin: Admin
    fixtures: SoakFixtures
    checker: Checker
    pollers: PollClients


@contextmanager
def _start(kind: str, goal: Goal, app: str) -> Iterator[_Run]:
    """Start the servers and the clients that poll them, and stop them at the end."""
    rules, clients = build_rules(COUNTERS), goal.workers * CLIENTS_PER_WORKER
    with create_cluster(kind, goal.workers, app) as cluster:
        cluster.start()
        admin, site = Admin(), cluster.nodes[0].url
        made = create_fixtures(admin, site, COLLECTIONS, rules)
        checker = Checker(COLLECTIONS, rules, clients)
        addresses = [node.address for node in cluster.nodes]
        pollers = PollClients(addresses, made.paths, made.key, checker.take, clients, goal.seed)
        pollers.start()
        try:
            yield _Run(cluster, admin, made, checker, pollers)
        finally:
            pollers.stop()


def soak(kind: str, goal: Goal) -> Verdict:
    """Poll until the goal is reached or the time is over, and return the verdict."""
    restarts = 0 if kind == SQLITE else goal.restarts
    rng = random.Random(f"{goal.seed} kinds")
    due = schedule(goal.values, goal.worker_kills, goal.server_kills, restarts, rng)
    began = time.monotonic()
    deadline = began + goal.minutes * 60
    with _start(kind, goal, PRODUCT) as run:
        checker = run.checker
        spiker = SpikeClients(run.cluster.nodes, run.admin, run.fixtures, checker, goal.seed)
        spiker.start()
        try:
            injector, progress = FaultInjector(run.cluster, checker, rng), _Lines(kind, goal.values)
            while time.monotonic() < deadline and (
                due or checker.values < goal.values or spiker.closed < goal.windows
            ):
                if run.pollers.failure or spiker.failure:
                    break  # stop() raises the exception
                progress.say(checker)
                if due and checker.values >= due[0].values:
                    fault_kind = due.pop(0).kind
                    injector.inject(fault_kind)
                    if fault_kind is FaultKind.SERVER or fault_kind in RESTARTS:
                        _check_database(run)
                time.sleep(CHECK_INTERVAL_S)
        finally:
            spiker.stop()
        run.pollers.stop()
        progress.end()
        spiker.wait_for_the_last_end()
        run.pollers.once_more()  # deletes the last windows; the collection's counters take over
        left_out = _finish(run)
        return Verdict(
            kind,
            database=_database(run),
            nodes=len(run.cluster.nodes),
            goal_values=goal.values,
            workers=goal.workers,
            seed=goal.seed,
            seconds=time.monotonic() - began,
            faults_left=len(due),
            left_out=left_out,
            checker=checker,
            windows=spiker.closed,
            goal_windows=goal.windows,
            outcomes=spiker.outcomes,
        )


def control(kind: str, goal: Goal) -> Checker:
    """Run the same polls and checks on an app whose counters are read, added to and written back.

    No faults are injected. The run ends when values were served twice, or when the time is over.
    """
    deadline = time.monotonic() + goal.minutes * 60
    with _start(kind, goal, CONTROL) as run:
        checker = run.checker
        while time.monotonic() < deadline:
            if checker.violations.count[ViolationKind.TWICE] and checker.values >= goal.values:
                break
            time.sleep(CHECK_INTERVAL_S)
        run.pollers.stop()
        return checker


def _finish(run: _Run) -> int:
    """Run the final checks, after all clients have stopped."""
    checker, site = run.checker, run.cluster.nodes[0].url
    left_out = checker.finish(get_stored_values(run.admin, site, run.fixtures, checker.rules))
    run.cluster.stop()
    _check_database(run)
    for node in run.cluster.nodes:
        for trace in node.log().split("Traceback")[1:]:
            checker.violations.add(ViolationKind.LOG, trace[:MAX_EXCERPT_CHARS])
    return left_out


def _check_database(run: _Run) -> None:
    for fault in integrity.find_faults(run.cluster.database_url):
        run.checker.violations.add(ViolationKind.DATABASE, fault)


def _database(run: _Run) -> str:
    if run.cluster.postgres is None:
        return f"SQLite {sqlite3.sqlite_version}"
    return version(run.cluster.postgres.url)


class _Lines:
    """Prints the progress of a run from time to time."""

    def __init__(self, kind: str, values: int) -> None:
        self._kind, self._progress, self._said = kind, Progress(values), 0.0

    def say(self, checker: Checker) -> None:
        """Print the progress, unless it was printed just before."""
        if time.monotonic() - self._said < PROGRESS_INTERVAL_S:
            return
        self._said = time.monotonic()
        self._progress.done = checker.values
        faults, violations = len(checker.outages.all), sum(checker.violations.count.values())
        self._progress.say(
            f"{self._kind}: {checker.answers:,} polls, {faults} faults injected, {violations} violations"
        )

    def end(self) -> None:
        """End the progress line."""
        self._progress.end()
