"""`python -m tools.zabbix_check`: see docs/development.md."""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from tests.support.server import running_server
from tests.support.throwaway_postgres import Unavailable
from tools.zabbix_check.checks import Checks
from tools.zabbix_check.fixtures import MonitoredProduct
from tools.zabbix_check.report import Report
from tools.zabbix_check.zabbix import SERVER_LOG, ZabbixMissing, running_zabbix


def main() -> int:
    """Run the checks and return the exit status: 1 if one failed, 2 if Zabbix is not installed."""
    argparse.ArgumentParser(
        prog="zabbix_check",
        description="Check the templates of deploy/zabbix with a throwaway Zabbix that monitors Spikecast.",
    ).parse_args()
    # SIGTERM must also stop the servers that this process started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    report = Report()
    try:
        with tempfile.TemporaryDirectory(prefix="spikecast-zabbix-", dir="/tmp") as folder:
            _run(Path(folder), report)
    except (ZabbixMissing, Unavailable) as missing:
        print(f"zabbix_check: {missing}", file=sys.stderr)
        return 2
    print(f"{report.failed} failed" if report.failed else "All checks passed.")
    return 1 if report.failed else 0


def _run(folder: Path, report: Report) -> None:
    with (
        running_server(f"sqlite:///{folder / 'spikecast.db'}") as server,
        running_zabbix(folder) as zabbix,
    ):
        print(f"Zabbix {zabbix.version}, Spikecast at {server.url}", flush=True)
        Checks(zabbix, MonitoredProduct(server), report).run()
        if report.failed:
            print((folder / SERVER_LOG).read_text(errors="replace")[-3000:], file=sys.stderr)


sys.exit(main())
