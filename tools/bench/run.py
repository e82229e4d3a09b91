"""The load benchmarks: every case is measured in rounds that alternate between the servers."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tests.support.server import RunningServer
from tools.bench import counter_check, datasets, load, scenarios, servers
from tools.bench.load import Target
from tools.bench.progress import Progress
from tools.bench.result import Counted, Measured, Memory, Result
from tools.bench.scenarios import Case, Comparison, Growth

STEPS = {"field 0008": 1, "field 0009": 5, "field 0010": 1}
"""The step of each counter in the dataset's counting collections."""

PROMETHEUS_ACCEPT = "text/plain;version=0.0.4;q=1,*/*;q=0.1"

PASSES = 4 * servers.WORKERS
"""The number of warm-up passes over randomly polled requests, so that each worker has served nearly all."""


@dataclass
class RunConfig:
    """Which measurements to make, and for how long."""

    databases: Sequence[str]
    names: Sequence[str]
    rounds: int
    seconds: int
    against: Target | None = None

    def cases_on(self, database: str) -> list[Case]:
        """Return the chosen cases that exist on this database."""
        return [case for case in scenarios.CASES if case.name in self.names and database in case.goals]

    def growths(self) -> list[Growth]:
        """Return the chosen measurements of growth."""
        return [growth for growth in scenarios.GROWTHS if growth.name in self.names]

    def formats_on(self, database: str) -> list[Comparison]:
        """Return the chosen formats; they are measured on SQLite, since rendering needs no database."""
        chosen = [each for each in scenarios.FORMATS if each.name in self.names]
        return chosen if database == scenarios.SQLITE else []

    def uses_granian(self, database: str) -> bool:
        """Return whether to measure granian on this database."""
        return scenarios.GRANIAN.name in self.names and database == scenarios.SQLITE

    @property
    def steps(self) -> int:
        """The number of measurements, for the progress line."""
        each = len(self.growths()) + sum(
            name in self.names for name in (scenarios.EXACTNESS, scenarios.MEMORY)
        )
        return sum(
            len(self.cases_on(name)) + len(self.formats_on(name)) + self.uses_granian(name) + each
            for name in self.databases
        )


class Run:
    """One run of the measurements."""

    def __init__(self, config: RunConfig, result: Result) -> None:
        self.config, self.result = config, result
        self.progress = Progress(config.steps)

    def all(self) -> None:
        """Make all measurements on every database."""
        for database in self.config.databases:
            with servers.place(database) as place:
                self._on(place)
        self.progress.end()

    def _on(self, place: servers.Place) -> None:
        self.progress.say(f"{place.kind}: seeding")
        with place.database("small") as url:
            small = datasets.small(url)
            self._cases(place.kind, small)
            self._formats(place.kind, small)
            if self.config.uses_granian(place.kind):
                self._granian(place.kind, small)
            if scenarios.EXACTNESS in self.config.names:
                self._exactness(place.kind, small)
            if self.config.growths() or scenarios.MEMORY in self.config.names:
                self.progress.say(f"{place.kind}: seeding large")
                with place.database("large") as url:
                    self._growth(place.kind, small, datasets.large(url))

    # --- Against the empty route -----------------------------------------------------------------------

    def _cases(self, database: str, small: datasets.Dataset) -> None:
        cases = self.config.cases_on(database)
        if not cases:
            return
        with servers.empty_route({case.name: small.body(case.name) for case in cases}) as empty:
            for case in cases:
                with servers.spikecast(small.database_url, case.synchronous) as server:
                    targets = [
                        Target("empty route", empty.url, [(f"/{case.name}", "")]),
                        Target("Spikecast", server.url, small.asks[case.name]),
                    ]
                    if self.config.against:
                        targets.append(self.config.against)
                    self._measure(
                        database, case, targets, case.goals[database], most_p99_ratio=scenarios.MAX_P99_RATIO
                    )

    # --- Against the default format and server ---------------------------------------------------------

    def _formats(self, database: str, small: datasets.Dataset) -> None:
        formats = self.config.formats_on(database)
        if not formats:
            return
        with servers.spikecast(small.database_url) as server:
            for each in formats:
                [(path, key)] = small.asks[each.case]
                targets = [
                    Target("JSON", server.url, [(path, key)]),
                    Target("Prometheus text", server.url, [(path, f"{key}\tAccept: {PROMETHEUS_ACCEPT}")]),
                ]
                self._measure(database, each, targets, each.goal)

    def _granian(self, database: str, small: datasets.Dataset) -> None:
        asks = small.asks[scenarios.GRANIAN.case]
        with (
            servers.spikecast(small.database_url) as gunicorn,
            servers.spikecast_under_granian(small.database_url) as granian_url,
        ):
            targets = [Target("gunicorn", gunicorn.url, asks), Target("granian", granian_url, asks)]
            self._measure(database, scenarios.GRANIAN, targets, scenarios.GRANIAN.goal)

    # --- Exactness -------------------------------------------------------------------------------------

    def _exactness(self, database: str, small: datasets.Dataset) -> None:
        self.progress.say(f"{database}: are counters exact?")
        with servers.spikecast(small.database_url) as server:
            target = Target("Spikecast", server.url, small.asks["exactness"])
            self.result.counted.append(Counted(database, counter_check.measure(target, STEPS)))
        self.progress.step()

    # --- Growth ----------------------------------------------------------------------------------------

    def _growth(self, database: str, small: datasets.Dataset, large: datasets.Dataset) -> None:
        with servers.spikecast(large.database_url) as large_server:
            if self.config.growths():
                with servers.spikecast(small.database_url) as small_server:
                    for growth in self.config.growths():
                        small_requests, large_requests = small.asks[growth.name], large.asks[growth.name]
                        targets = [
                            Target("small", small_server.url, _repeat(small_requests, len(large_requests))),
                            Target("large", large_server.url, large_requests),
                        ]
                        self._measure(database, growth, targets, scenarios.MIN_GROWTH_RATIO)
            if scenarios.MEMORY in self.config.names:
                self._memory(
                    database, Target("large", large_server.url, large.asks["collections"]), large_server
                )

    def _memory(self, database: str, target: Target, server: RunningServer) -> None:
        self.progress.say(f"{database}: memory")
        load.warm_up(target, PASSES)
        memory = [servers.get_memory_mib(pid) for pid in servers.get_worker_pids(server)]
        self.result.memory.append(Memory(database, memory))
        self.progress.step()

    # --- Rounds ----------------------------------------------------------------------------------------

    def _measure(
        self,
        database: str,
        case: Case | Comparison | Growth,
        targets: Sequence[Target],
        least_ratio: float,
        most_p99_ratio: float | None = None,
    ) -> None:
        """Load every target once per round, in alternating order so that none is always first."""
        for target in targets:
            self.progress.say(f"{database}: {case.title}, warming up {target.name}")
            load.warm_up(target, PASSES)
        rounds: dict[str, list[load.Load]] = {target.name: [] for target in targets}
        for number in range(self.config.rounds):
            self.progress.say(f"{database}: {case.title}, round {number + 1} of {self.config.rounds}")
            for target in targets if number % 2 == 0 else reversed(targets):
                rounds[target.name].append(load.run(target, self.config.seconds))
        measured = Measured(
            database,
            case.name,
            case.title,
            targets[0].name,
            targets[1].name,
            least_ratio,
            most_p99_ratio,
            rounds,
        )
        self.result.measured.append(measured)
        self.progress.step()


def _repeat(asks: Sequence[datasets.Request], count: int) -> Sequence[datasets.Request]:
    """Return `count` requests, made by repeating `asks` with other spellings of the same URLs.

    The load generator runs on the same machine, and its cost per request depends on the number of distinct
    URLs, which must therefore be the same for all sizes of data.
    """
    if len(asks) == count:
        return asks
    numbered = zip(range(count), itertools.cycle(asks), strict=False)
    return [(f"{path}?{number}", header) for number, (path, header) in numbered]
