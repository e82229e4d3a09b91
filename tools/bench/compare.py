"""Comparison of two benchmark results."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from tools.bench.result import Measured, Result

MEMORY_TOLERANCE = 0.05


@dataclass(frozen=True)
class Change:
    """One figure before and after, and by how much it may differ by chance."""

    database: str
    what: str
    old: float
    new: float
    spread: float
    better_up: bool = True

    @property
    def moved(self) -> bool:
        """Whether the difference is larger than chance explains."""
        return abs(self.new - self.old) > self.spread

    @property
    def is_regression(self) -> bool:
        """Whether the figure got worse by more than chance explains."""
        return self.moved and (self.new < self.old) is self.better_up

    @property
    def verdict(self) -> str:
        """The verdict in one word."""
        if not self.moved:
            return "same"
        return "WORSE" if self.is_regression else "better"

    def row(self) -> list[str]:
        """Return the change as a row of a table."""
        figures = [f"{self.old:.2f}", f"{self.new:.2f}", f"{self.spread:.2f}"]
        return [self.database, self.what, *figures, self.verdict]


HEAD = ["database", "what", "old", "new", "spread", "verdict"]


def changes(old: Result, new: Result) -> list[Change]:
    """Return the changes of all figures that both results contain."""
    return [*_ratios(old, new), *_errors(old, new), *_exactness(old, new), *_memory(old, new)]


def _pairs(old: Result, new: Result) -> Iterator[tuple[Measured, Measured]]:
    before = {(each.database, each.case): each for each in old.measured}
    for each in new.measured:
        if (each.database, each.case) in before:
            yield before[each.database, each.case], each


def _ratios(old: Result, new: Result) -> Iterator[Change]:
    for before, after in _pairs(old, new):
        spread = max(max(each.ratios()) - min(each.ratios()) for each in (before, after))
        what = f"ratio: {after.title}"
        yield Change(after.database, what, median(before.ratios()), median(after.ratios()), spread)


def _errors(old: Result, new: Result) -> Iterator[Change]:
    for before, after in _pairs(old, new):
        if before.errors() or after.errors():
            what = f"errors: {after.title}"
            yield Change(after.database, what, before.errors(), after.errors(), 0, better_up=False)


def _exactness(old: Result, new: Result) -> Iterator[Change]:
    before = {each.database: each.exactness for each in old.counted}
    for each in new.counted:
        if earlier := before.get(each.database):
            wrong = (earlier.twice + earlier.missing, each.exactness.twice + each.exactness.missing)
            yield Change(each.database, "counter values twice or missing", *wrong, 0, better_up=False)


def _memory(old: Result, new: Result) -> Iterator[Change]:
    before = {each.database: each.largest["rss"] for each in old.memory}
    for each in new.memory:
        if was := before.get(each.database):
            spread = was * MEMORY_TOLERANCE
            what, now = "MiB of the largest worker", each.largest["rss"]
            yield Change(each.database, what, was, now, spread, better_up=False)
