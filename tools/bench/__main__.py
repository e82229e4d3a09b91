"""`python -m tools.bench`: see docs/performance.md."""

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from tests.support import throwaway_postgres
from tests.support.throwaway_postgres import Unavailable
from tools.bench import compare, deliveries, load, report, result, scale, scenarios, table, values
from tools.bench import environment as machine
from tools.bench.run import Run, RunConfig

RESULTS_FOLDER = Path("bench-results")


def main() -> int:
    """Run the chosen command and return its exit status."""
    args = _parser().parse_args()
    logging.disable(logging.WARNING)  # Spikecast's own lines while databases are filled
    # SIGTERM must also stop the servers that this process started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        status: int = args.command(args)
    except (load.LoadFailed, result.Unreadable, Unavailable) as fault:
        print(f"bench: {fault}", file=sys.stderr)
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="Measure how fast Spikecast is.")
    commands = parser.add_subparsers(required=True)
    _add_load(
        commands.add_parser("load", help="measure polls under load, and compare them with an empty route")
    )
    show = commands.add_parser("show", help="print the tables of an earlier run")
    show.add_argument("file", type=Path)
    show.add_argument("--markdown", action="store_true", help="print Markdown")
    show.set_defaults(command=_show)
    compared = commands.add_parser("compare", help="compare two runs; exits with 1 if something got slower")
    compared.add_argument("old", type=Path)
    compared.add_argument("new", type=Path)
    compared.set_defaults(command=_compare)
    commands.add_parser("values", help="measure how long each value type takes").set_defaults(command=_values)
    scaled = commands.add_parser("scale", help="measure every page and list in a large installation")
    scaled.add_argument("--database", choices=scenarios.DATABASES, help="use only this database")
    scaled.add_argument("--missed", action="store_true", help="print only what misses its goal")
    scaled.add_argument("--markdown", action="store_true", help="print Markdown")
    scaled.set_defaults(command=_scale)
    delivered = commands.add_parser("deliveries", help="measure deliveries of alerts while polls go on")
    delivered.add_argument("--database", choices=scenarios.DATABASES, help="use only this database")
    delivered.add_argument("--count", type=int, default=500, help="number of deliveries (default: 500)")
    delivered.add_argument("--alerts", type=int, default=50, help="alerts of each (default: 50)")
    delivered.add_argument("--seconds", type=float, default=60, help="within so many seconds (default: 60)")
    delivered.set_defaults(command=_deliveries)
    return parser


def _add_load(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--database", choices=scenarios.DATABASES, help="use only this database")
    parser.add_argument(
        "--cases",
        type=_names,
        default=scenarios.NAMES,
        help=f"run only these cases: {','.join(scenarios.NAMES)}",
        metavar="NAME,…",
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds per server (default: 3)")
    parser.add_argument("--seconds", type=int, default=2, help="seconds per round (default: 2)")
    parser.add_argument("--against", type=_target, metavar="URL", help="also measure this URL")
    parser.add_argument("--header", default="", help="a request header for --against, such as 'X-API-Key: …'")
    parser.add_argument("--output", type=Path, help="the result file (default: a new one in bench-results/)")
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    parser.set_defaults(command=_run_load)


def _names(text: str) -> Sequence[str]:
    names = text.split(",")
    for name in names:
        if name not in scenarios.NAMES:
            raise argparse.ArgumentTypeError(f"{name!r} is not one of: {', '.join(scenarios.NAMES)}")
    return names


def _target(url: str) -> load.Target:
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.netloc:
        raise argparse.ArgumentTypeError(f"{url!r} is not an address such as http://127.0.0.1:8000/path")
    path = f"{parts.path or '/'}?{parts.query}".rstrip("?")
    return load.Target(f"{parts.netloc}{path}", f"http://{parts.netloc}", [(path, "")])


def _run_load(args: argparse.Namespace) -> int:
    load.wrk()  # fail early if it is missing
    against = args.against
    if against and args.header:
        against = load.Target(against.name, against.site, [(path, args.header) for path, _ in against.asks])
    run_config = RunConfig(
        databases=_databases(args),
        names=args.cases,
        rounds=args.rounds,
        seconds=args.seconds,
        against=against,
    )
    results = result.Result(machine.describe() | {"Rounds": f"{args.rounds} of {args.seconds} s each"})
    Run(run_config, results).all()
    file = args.output or RESULTS_FOLDER / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    results.save(file)
    print(report.as_markdown(results) if args.markdown else report.as_text(results))
    print(f"\nSaved as {file}", file=sys.stderr)
    return 1 if results.fails else 0


def _databases(args: argparse.Namespace) -> Sequence[str]:
    """Return the chosen database, or all that are installed here."""
    if args.database:
        return [args.database]
    try:
        throwaway_postgres.programs()
    except Unavailable as missing:
        print(f"bench: PostgreSQL is not measured: {missing}", file=sys.stderr)
        return [scenarios.SQLITE]
    return scenarios.DATABASES


def _show(args: argparse.Namespace) -> int:
    results = result.read(args.file)
    print(report.as_markdown(results) if args.markdown else report.as_text(results))
    return 0


def _compare(args: argparse.Namespace) -> int:
    changes = compare.changes(result.read(args.old), result.read(args.new))
    print(table.plain(compare.HEAD, [change.row() for change in changes]))
    return 1 if any(change.is_regression for change in changes) else 0


def _scale(args: argparse.Namespace) -> int:
    print(scale.report(_databases(args), only_missed=args.missed, markdown=args.markdown))
    return 0


def _deliveries(args: argparse.Namespace) -> int:
    found = [deliveries.measure(each, args.count, args.alerts, args.seconds) for each in _databases(args)]
    print(table.plain(deliveries.HEAD, [row for each in found for row in each.rows()]))
    print("\n".join(each.summary() for each in found))
    return 0 if all(each.is_met for each in found) else 1


def _values(_args: argparse.Namespace) -> int:
    print(table.plain(values.HEAD, values.rows()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
