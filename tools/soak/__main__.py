"""`python -m tools.soak`: see docs/development.md."""

import argparse
import logging
import random
import signal
import sys
from dataclasses import replace

from tests.support.throwaway_postgres import Unavailable
from tools.bench.scenarios import DATABASES
from tools.soak.run import Goal, control, soak
from tools.soak.violations import ViolationKind

CONTROL_GOAL = Goal(values=5_000, minutes=2)


def main() -> int:
    """Run the chosen command and return its exit status: 1 if a check failed."""
    args = _parser().parse_args()
    logging.disable(logging.WARNING)
    # SIGTERM must also stop the servers that this process started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    kinds = DATABASES if args.database == "both" else [args.database]
    try:
        right = [_control(kind, args) for kind in kinds]
        if not args.control:
            right += [_soak(kind, args) for kind in kinds]
    except Unavailable as missing:
        print(f"soak: {missing}", file=sys.stderr)
        return 2
    return 0 if all(right) else 1


def _parser() -> argparse.ArgumentParser:
    goal = Goal()
    parser = argparse.ArgumentParser(
        prog="soak",
        description="Poll counters and schedule spikes while workers, servers and the database are killed.",
    )
    parser.add_argument(
        "--database", choices=[*DATABASES, "both"], default="both", help="the database to use (default: both)"
    )
    parser.add_argument(
        "--minutes",
        type=float,
        default=goal.minutes,
        help="the maximum duration on each database, in minutes (default: %(default)g)",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=goal.workers,
        help="workers of all servers together (default: %(default)s)",
    )
    parser.add_argument(
        "--values", type=int, default=goal.values, help="counter values to check (default: %(default)s)"
    )
    parser.add_argument(
        "--worker-kills", type=int, default=goal.worker_kills, help="workers to kill (default: %(default)s)"
    )
    parser.add_argument(
        "--server-kills", type=int, default=goal.server_kills, help="servers to kill (default: %(default)s)"
    )
    parser.add_argument(
        "--restarts", type=int, default=goal.restarts, help="restarts of PostgreSQL (default: %(default)s)"
    )
    parser.add_argument(
        "--windows", type=int, default=goal.windows, help="spike windows to open (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=random.randrange(10**6), help="the random seed (default: a new one)"
    )
    parser.add_argument(
        "--control",
        action="store_true",
        help="only check a broken app, to show that the checks find its faults",
    )
    return parser


def _goal(args: argparse.Namespace) -> Goal:
    return Goal(
        values=args.values,
        worker_kills=args.worker_kills,
        server_kills=args.server_kills,
        restarts=args.restarts,
        windows=args.windows,
        workers=args.workers,
        minutes=args.minutes,
        seed=args.seed,
    )


def _control(kind: str, args: argparse.Namespace) -> bool:
    """Return whether the checks find the faults of an app whose counters lose updates."""
    checker = control(kind, replace(CONTROL_GOAL, workers=args.workers, seed=args.seed))
    twice = checker.violations.count[ViolationKind.TWICE]
    outcome = "as expected" if twice else "BUT THE CHECKS MUST FIND SOME"
    print(
        f"control on {kind}, counters moved by read-modify-write: "
        f"{twice:,} of {checker.values:,} values served twice, {outcome}.\n",
        flush=True,
    )
    return bool(twice)


def _soak(kind: str, args: argparse.Namespace) -> bool:
    verdict = soak(kind, _goal(args))
    print(f"{verdict}\n", flush=True)
    return verdict.holds


if __name__ == "__main__":
    sys.exit(main())
