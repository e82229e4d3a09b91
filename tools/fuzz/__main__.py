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
from tools.fuzz import runner, sampling
from tools.fuzz.case import Case
from tools.fuzz.corpus import VALUES
from tools.fuzz.environment import fuzz_environment
from tools.fuzz.fixtures import FuzzFixtures
from tools.fuzz.inputs import Input
from tools.fuzz.report import Report
from tools.fuzz.runner import Runner, Tally

PROGRESS_INTERVAL = 1_000
"""The number of cases between progress messages."""


class CaseNotFound(Exception):
    """No case has the given name; the message explains how cases are named."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen cases and return the exit status: 1 if there are findings."""
    args = _parser().parse_args(arguments)
    logging.disable(logging.WARNING)
    # SIGTERM must also stop the servers that this process started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with _fixtures(args.database) as (fixtures, server):
            report = _run(fixtures, server, args)
    except (throwaway_postgres.Unavailable, CaseNotFound) as missing:
        print(f"fuzz: {missing}", file=sys.stderr)
        return 2
    print(report, flush=True)
    return 1 if report.tally.findings else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fuzz", description="Send hostile values to every input of every route, and check the answers."
    )
    parser.add_argument(
        "--database",
        choices=DATABASES,
        default=DATABASES[0],
        help="the database to use (default: %(default)s)",
    )
    parser.add_argument(
        "--cases", type=int, default=30_000, help="the minimum number of cases (default: %(default)s)"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=random.randrange(10**6),
        help="the seed of the random choice of cases (default: a new one)",
    )
    parser.add_argument("--case", help="run only the case that a finding names")
    return parser


@contextmanager
def _fixtures(database: str) -> Iterator[tuple[FuzzFixtures, str]]:
    """Yield fixtures in a temporary database, and a description of that database."""
    with (
        place(database, throwaway_postgres.NO_FSYNC) as where,
        where.database("fuzz") as url,
        fuzz_environment(url, where.folder) as fixtures,
    ):
        yield fixtures, _get_server(where)


def _get_server(where: Place) -> str:
    return throwaway_postgres.version(where.server) if where.server else f"SQLite {sqlite3.sqlite_version}"


def _run(fixtures: FuzzFixtures, server: str, args: argparse.Namespace) -> Report:
    inputs, began, tally = runner.find_inputs(fixtures), time.monotonic(), Tally()
    cases = [_find_case(inputs, args.case)] if args.case else sampling.cases(inputs, args.cases, args.seed)
    progress = Progress(len(cases))
    for case in Runner(fixtures, tally).all(cases):
        if progress.done % PROGRESS_INTERVAL == 0:
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


def _find_case(inputs: Sequence[Input], name: str) -> Case:
    """Return the case that a finding names.

    Raises:
        CaseNotFound: No case has this name.
    """
    for input_ in inputs:
        if name.startswith(f"{input_} = "):
            for value in sampling.values_for(input_):
                if str(Case(input_, value)) == name:
                    return Case(input_, value)
    raise CaseNotFound(f"there is no case {name!r}")


if __name__ == "__main__":
    sys.exit(main())
