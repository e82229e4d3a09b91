"""The measurements under load: each case in rounds, the servers in turn."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tests.support.server import RunningServer
from tools.bench import counter_check, datasets, load, scenarios, servers
from tools.bench.load import Target
from tools.bench.progress import Progress
from tools.bench.result import Counted, Measured, Memory, Result
from tools.bench.scenarios import Case, Growth

STEPS = {"field 0008": 1, "field 0009": 5, "field 0010": 1}
"""By how much each counter of the world's counting collections moves."""

PASSES = 4 * servers.WORKERS
"""How often all of what is polled at random is polled before: so each worker knows nearly all of it."""


@dataclass
class Wanted:
    """What to measure, and how long."""

    databases: Sequence[str]
    names: Sequence[str]
    rounds: int
    seconds: int
    against: Target | None = None

    def cases_on(self, database: str) -> list[Case]:
        """The wanted cases that this database has."""
        return [case for case in scenarios.CASES if case.name in self.names and database in case.goals]

    def growths(self) -> list[Growth]:
        """The wanted measurements of growth."""
        return [growth for growth in scenarios.GROWTHS if growth.name in self.names]

    @property
    def steps(self) -> int:
        """How many there are to measure."""
        each = len(self.growths()) + sum(
            name in self.names for name in (scenarios.EXACTNESS, scenarios.MEMORY)
        )
        return sum(len(self.cases_on(database)) + each for database in self.databases)


class Run:
    """One run of the measurements."""

    def __init__(self, wanted: Wanted, result: Result) -> None:
        self.wanted, self.result = wanted, result
        self.progress = Progress(wanted.steps)

    def all(self) -> None:
        """Everything that is wanted."""
        for database in self.wanted.databases:
            with servers.place(database) as place:
                self._on(place)
        self.progress.end()

    def _on(self, place: servers.Place) -> None:
        self.progress.say(f"{place.kind}: seeding")
        with place.database("little") as url:
            little = datasets.little(url)
            self._cases(place.kind, little)
            if scenarios.EXACTNESS in self.wanted.names:
                self._exactness(place.kind, little)
            if self.wanted.growths() or scenarios.MEMORY in self.wanted.names:
                self.progress.say(f"{place.kind}: seeding much")
                with place.database("much") as url:
                    self._growth(place.kind, little, datasets.much(url))

    # --- Against the empty route -----------------------------------------------------------------------

    def _cases(self, database: str, little: datasets.World) -> None:
        wanted = self.wanted.cases_on(database)
        if not wanted:
            return
        with servers.empty_route({case.name: little.body(case.name) for case in wanted}) as empty:
            for case in wanted:
                with servers.spikecast(little.database_url, case.synchronous) as server:
                    targets = [
                        Target("empty route", empty.url, [(f"/{case.name}", "")]),
                        Target("Spikecast", server.url, little.asks[case.name]),
                    ]
                    if self.wanted.against:
                        targets.append(self.wanted.against)
                    self._measure(
                        database, case, targets, case.goals[database], most_p99_ratio=scenarios.MOST_P99_RATIO
                    )

    # --- Exactness -------------------------------------------------------------------------------------

    def _exactness(self, database: str, little: datasets.World) -> None:
        self.progress.say(f"{database}: are counters exact?")
        with servers.spikecast(little.database_url) as server:
            target = Target("Spikecast", server.url, little.asks["exactness"])
            self.result.counted.append(Counted(database, counter_check.measure(target, STEPS)))
        self.progress.step()

    # --- Growth ----------------------------------------------------------------------------------------

    def _growth(self, database: str, little: datasets.World, much: datasets.World) -> None:
        with servers.spikecast(much.database_url) as large:
            if self.wanted.growths():
                with servers.spikecast(little.database_url) as small:
                    for growth in self.wanted.growths():
                        of_little, of_much = little.asks[growth.name], much.asks[growth.name]
                        targets = [
                            Target("little", small.url, _as_many(of_little, len(of_much))),
                            Target("much", large.url, of_much),
                        ]
                        self._measure(database, growth, targets, scenarios.LEAST_GROWTH_RATIO)
            if scenarios.MEMORY in self.wanted.names:
                self._memory(database, Target("much", large.url, much.asks["collections"]), large)

    def _memory(self, database: str, target: Target, server: RunningServer) -> None:
        self.progress.say(f"{database}: memory")
        load.warm_up(target, PASSES)
        memory = [servers.memory_of(pid) for pid in servers.workers_of(server)]
        self.result.memory.append(Memory(database, memory))
        self.progress.step()

    # --- Rounds ----------------------------------------------------------------------------------------

    def _measure(
        self,
        database: str,
        case: Case | Growth,
        targets: Sequence[Target],
        least_ratio: float,
        most_p99_ratio: float | None = None,
    ) -> None:
        """Rounds in which each target has its turn; the order changes, so that no one is always first."""
        for target in targets:
            self.progress.say(f"{database}: {case.title}, warming up {target.name}")
            load.warm_up(target, PASSES)
        rounds: dict[str, list[load.Load]] = {target.name: [] for target in targets}
        for number in range(self.wanted.rounds):
            self.progress.say(f"{database}: {case.title}, round {number + 1} of {self.wanted.rounds}")
            for target in targets if number % 2 == 0 else reversed(targets):
                rounds[target.name].append(load.run(target, self.wanted.seconds))
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


def _as_many(asks: Sequence[datasets.Ask], count: int) -> Sequence[datasets.Ask]:
    """The asks again and again, each time in other words: so the load generator, which is on the same
    machine, has as much to remember as of what there is much of, and takes as long for each."""
    if len(asks) == count:
        return asks
    numbered = zip(range(count), itertools.cycle(asks), strict=False)
    return [(f"{path}?{number}", header) for number, (path, header) in numbered]
