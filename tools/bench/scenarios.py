"""The benchmark cases and their goals."""

from dataclasses import dataclass

SQLITE, POSTGRESQL = "sqlite", "postgresql"
DATABASES = (SQLITE, POSTGRESQL)

MAX_P99_RATIO = 3.0
MIN_GROWTH_RATIO = 0.95
MAX_WORKER_MIB = 150


@dataclass(frozen=True)
class Case:
    """A data GET under load, compared with an empty route that returns the same bytes."""

    name: str
    title: str
    goals: dict[str, float]
    """The minimum ratio to the empty route, for each database on which the case is measured."""
    synchronous: str = "FULL"


@dataclass(frozen=True)
class Growth:
    """A data GET on a large amount of data, compared with one on a small amount."""

    name: str
    title: str


@dataclass(frozen=True)
class Comparison:
    """A data GET served in another way, compared with how it is served by default, on SQLite."""

    name: str
    title: str
    case: str
    """The case whose collection is polled."""
    goal: float
    """The minimum ratio to the default way."""


CASES = (
    Case("10-fields", "10 fields", {SQLITE: 0.85, POSTGRESQL: 0.60}),
    Case("counters", "10 fields, 3 of them counters", {SQLITE: 0.45, POSTGRESQL: 0.27}),
    Case("counters-normal", "the same, synchronous NORMAL", {SQLITE: 0.65}, synchronous="NORMAL"),
    Case("spike", "10 fields, a spike is active", {SQLITE: 0.80, POSTGRESQL: 0.55}),
    Case("100-fields", "100 fields", {SQLITE: 0.80, POSTGRESQL: 0.55}),
    Case("1000-fields", "1,000 fields", {SQLITE: 0.50, POSTGRESQL: 0.40}),
)
FORMATS = (
    Comparison("format-10", "10 fields, Prometheus text", "10-fields", 0.95),
    Comparison("format-100", "100 fields, Prometheus text", "100-fields", 0.85),
    Comparison("format-1000", "1,000 fields, Prometheus text", "1000-fields", 0.70),
)
GRANIAN = Comparison("granian", "10 fields, under granian", "10-fields", 2.0)
GROWTHS = (
    Growth("collections", "10 → 10,000 collections, at random"),
    Growth("schedules-one", "0 → 100,000 schedules of one collection"),
    Growth("schedules-all", "0 → 100,000 schedules over 10,000 collections"),
    Growth("keys", "1 → 100,000 keys, 10,000 of them in turn"),
)
EXACTNESS, MEMORY = "exactness", "memory"
NAMES = (
    *(each.name for each in (*CASES, *FORMATS, GRANIAN)),
    EXACTNESS,
    *(growth.name for growth in GROWTHS),
    MEMORY,
)
