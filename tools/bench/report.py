"""Formats a result as tables."""

from collections.abc import Callable, Iterator, Sequence
from statistics import median

from tools.bench import table
from tools.bench.result import Measured, Result
from tools.bench.scenarios import MAX_WORKER_MIB

Row = list[str]
Form = Callable[[Sequence[str], Sequence[Sequence[str]]], str]

HEAD = ["database", "case", "server", "requests/s", "ratio", "goal", "spread"]
HEAD += ["p50 ms", "p99 ms", "p99 ratio", "errors", "goals"]


def as_text(result: Result) -> str:
    """Format the result for a terminal."""
    return _written(result, table.plain)


def as_markdown(result: Result) -> str:
    """Format the result for docs/performance.md."""
    return _written(result, table.markdown)


def _written(result: Result, form: Form) -> str:
    about = [f"{name}: {value}" for name, value in result.about.items()]
    if form is table.markdown:
        about = [f"- {line}" for line in about]
    parts = ["\n".join(about), form(HEAD, [row for each in result.measured for row in _rows(each)])]
    if others := list(_others(result)):
        parts.append(form(["database", "what", "figure", "goal", "goals"], others))
    return "\n\n".join(parts)


def _rows(measured: Measured) -> Iterator[Row]:
    for name in measured.rounds:
        yield _row(measured, name)


def _row(measured: Measured, name: str) -> Row:
    loads = measured.rounds[name]
    row = [
        measured.database,
        measured.title,
        name,
        f"{median(load.per_second for load in loads):,.0f}",
        *_against_yardstick(measured, name),
        f"{median(load.p50_ms for load in loads):.1f}",
        f"{median(load.p99_ms for load in loads):.1f}",
        "" if name == measured.yardstick else f"{measured.p99_ratio(name):.1f}",
        f"{measured.errors(name)}",
    ]
    return [*row, _verdict(measured.misses()) if name == measured.subject else ""]


def _against_yardstick(measured: Measured, name: str) -> Row:
    """Return the ratio to the baseline, the goal and the spread."""
    if name == measured.yardstick:
        return ["", "", ""]
    ratios = measured.ratios(name)
    goal = f"{measured.least_ratio:.2f}" if name == measured.subject else ""
    return [f"{median(ratios):.2f}", goal, f"{min(ratios):.2f}–{max(ratios):.2f}"]


def _others(result: Result) -> Iterator[Row]:
    for counted in result.counted:
        exactness = counted.exactness
        figure = f"{exactness.twice} served twice, {exactness.missing} missing of {exactness.values:,}"
        verdict = _verdict([] if exactness.holds else ["exactness"])
        yield [counted.database, "counter values, 32 connections", figure, "none", verdict]
    for memory in result.memory:
        figure = f"{memory.largest['rss']:.0f} MiB RSS, {memory.largest['pss']:.0f} MiB PSS"
        verdict = _verdict([] if memory.is_met else ["memory"])
        what = "largest worker after 10,000 collections"
        yield [memory.database, what, figure, f"{MAX_WORKER_MIB} MiB RSS", verdict]


def _verdict(misses: Sequence[str]) -> str:
    return f"MISSED: {', '.join(misses)}" if misses else "met"
