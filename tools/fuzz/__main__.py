"""`python -m tools.fuzz`: see docs/development.md."""

import argparse
import logging
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.support import throwaway_postgres
from tools.bench.progress import Progress
from tools.bench.scenarios import DATABASES
from tools.bench.servers import Place, place
from tools.fuzz import runner as hunt
from tools.fuzz import sampling
from tools.fuzz.case import Case
from tools.fuzz.corpus import VALUES
from tools.fuzz.environment import ground
from tools.fuzz.fixtures import World
from tools.fuzz.inputs import Input
from tools.fuzz.report import Report
from tools.fuzz.runner import Hunt, Tally

TELL_AFTER = 1_000
"""Cases."""


class NoSuchCase(Exception):
    """No case is called so; the message says how."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; the exit status is 1 where something was found."""
    args = _parser().parse_args(arguments)
    logging.disable(logging.WARNING)
    # What is asked to end takes its server along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with _world(args.database) as (world, server):
            report = _run(world, server, args)
    except (throwaway_postgres.Unavailable, NoSuchCase) as missing:
        print(f"fuzz: {missing}", file=sys.stderr)
        return 2
    print(report, flush=True)
    return 1 if report.tally.findings else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fuzz", description="Put hostile values into every input of every route, and judge the answers."
    )
    parser.add_argument("--database", choices=DATABASES, default=DATABASES[0], help="(%(default)s)")
    parser.add_argument("--cases", type=int, default=30_000, help="at least (%(default)s)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of what is drawn")
    parser.add_argument("--case", help="only this one, as a finding names it")
    return parser


@contextmanager
def _world(database: str) -> Iterator[tuple[World, str]]:
    """A world in a database of its own, and what keeps it."""
    with (
        place(database, throwaway_postgres.NO_FSYNC) as where,
        where.database("fuzz") as url,
        ground(url, where.folder) as world,
    ):
        yield world, _server_of(where)


def _server_of(where: Place) -> str:
    return throwaway_postgres.version(where.server) if where.server else f"SQLite {sqlite3.sqlite_version}"


def _run(world: World, server: str, args: argparse.Namespace) -> Report:
    inputs, began, tally = hunt.inputs(world), time.monotonic(), Tally()
    cases = [_named(inputs, args.case)] if args.case else sampling.cases(inputs, args.cases, args.seed)
    progress = Progress(len(cases))
    for case in Hunt(world, tally).all(cases):
        if progress.done % TELL_AFTER == 0:
            progress.say(f"{len(tally.findings)} faults found, at {case.input.route}")
        progress.step()
    progress.end()
    return Report(
        args.database,
        server,
        args.seed,
        f"{len({case.value for case in cases})} of {len(VALUES)}",
        f"{len({case.input for case in cases})} of {len(inputs)}",
        time.monotonic() - began,
        tally,
    )


def _named(inputs: Sequence[Input], name: str) -> Case:
    """The case that a finding names; raises NoSuchCase."""
    for input_ in inputs:
        if name.startswith(f"{input_} = "):
            for value in sampling.values_for(input_):
                if str(Case(input_, value)) == name:
                    return Case(input_, value)
    raise NoSuchCase(f"there is no case {name!r}")


if __name__ == "__main__":
    sys.exit(main())
