"""The result of a benchmark run, the figures derived from it, and its file format."""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tools.bench.counter_check import Exactness
from tools.bench.load import Load
from tools.bench.scenarios import MAX_WORKER_MIB

FORMAT = 1


@dataclass
class Measured:
    """A case under load: rounds of the baseline and of the servers compared with it, taken alternately."""

    database: str
    case: str
    title: str
    yardstick: str
    subject: str
    least_ratio: float
    most_p99_ratio: float | None
    rounds: dict[str, list[Load]] = field(default_factory=dict)

    def ratios(self, name: str | None = None) -> list[float]:
        """Return the requests per second divided by those of the baseline, for each round."""
        return [
            load.per_second / yard.per_second
            for load, yard in zip(self.rounds[name or self.subject], self.rounds[self.yardstick], strict=True)
        ]

    def p99_ratio(self, name: str | None = None) -> float:
        """Return the 99th percentile of the response times as a multiple of the baseline's."""
        rounds = zip(self.rounds[name or self.subject], self.rounds[self.yardstick], strict=True)
        return median(load.p99_ms / max(yard.p99_ms, 0.001) for load, yard in rounds)

    def errors(self, name: str | None = None) -> int:
        """Return the number of failed requests."""
        return sum(load.errors for load in self.rounds[name or self.subject])

    def misses(self) -> list[str]:
        """Return the goals that were missed."""
        ratio_is_met = median(self.ratios()) >= self.least_ratio
        p99_is_met = self.most_p99_ratio is None or self.p99_ratio() <= self.most_p99_ratio
        misses = {"ratio": ratio_is_met, "p99": p99_is_met, "errors": not self.errors()}
        return [name for name, is_met in misses.items() if not is_met]


@dataclass
class Counted:
    """The result of the counter check on one database."""

    database: str
    exactness: Exactness


@dataclass
class Memory:
    """The memory of each worker in MiB after it has served many collections."""

    database: str
    workers: list[dict[str, float]]

    @property
    def largest(self) -> dict[str, float]:
        """The figures of the largest worker."""
        return max(self.workers, key=lambda worker: worker["rss"])

    @property
    def is_met(self) -> bool:
        """Whether the largest worker is within the goal."""
        return self.largest["rss"] <= MAX_WORKER_MIB


@dataclass
class Result:
    """One run of the benchmarks, and the machine it ran on."""

    about: dict[str, Any]
    measured: list[Measured] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    memory: list[Memory] = field(default_factory=list)

    @property
    def fails(self) -> bool:
        """Whether something went wrong: an error, or a value that was served twice or never.

        A missed goal is not a failure: it may be due to a different or busy machine.
        """
        return any(each.errors() for each in self.measured) or not all(
            each.exactness.holds for each in self.counted
        )

    def save(self, file: Path) -> None:
        """Write the result to a file."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"format": FORMAT, **dataclasses.asdict(self)}, indent=1) + "\n")


class Unreadable(Exception):
    """The file does not contain a result that this version can read."""


def read(file: Path) -> Result:
    """Read a result from a file.

    Raises:
        Unreadable: The file does not contain a result, or has another format.
    """
    try:
        saved = json.loads(file.read_text())
        if saved["format"] != FORMAT:
            raise Unreadable(f"{file} was written by another version of the measurements.")
        return Result(
            saved["about"],
            [_measured(each) for each in saved["measured"]],
            [Counted(each["database"], Exactness(**each["exactness"])) for each in saved["counted"]],
            [Memory(**each) for each in saved["memory"]],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"{file} holds no result of a measurement: {error}") from error


def _measured(saved: dict[str, Any]) -> Measured:
    rounds = {name: [Load(**load) for load in loads] for name, loads in saved.pop("rounds").items()}
    return Measured(**saved, rounds=rounds)
