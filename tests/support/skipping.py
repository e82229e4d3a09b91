"""Summary of skipped tests, grouped by what is missing, with how to install it. A pytest plugin.

PYTEST_DONT_REWRITE: it has no assertions.
"""

import re
from collections import Counter
from collections.abc import Iterable

import pytest

PACKAGES = {
    r"postgresql|initdb": "PostgreSQL: apt-get install postgresql",
    r"pgbouncer": "PgBouncer: apt-get install pgbouncer postgresql",
    r"chromium": "Chromium: apt-get install chromium-headless-shell",
    r"\bnginx\b": "nginx: apt-get install nginx-light",
    r"\bnode\b": "Node: apt-get install nodejs",
    r"systemd": "systemd-analyze: apt-get install systemd",
    r"faketime": "libfaketime: apt-get install libfaketime",
    r"alertmanager|amtool": "Alertmanager: apt-get install prometheus-alertmanager",
    r"prometheus|promtool": "Prometheus: apt-get install prometheus",
    r"victoria": "VictoriaMetrics: apt-get install victoria-metrics",
    r"influx": "InfluxDB: apt-get install influxdb",
    r"collectd": "collectd: apt-get install collectd-core",
    r"datadog": "Datadog's check: make .venv-datadog/.made",
    r"check_http": "check_http: apt-get install monitoring-plugins-basic",
    r"no disk to fill|mount": "a disk to fill: run as root, which can mount one",
    r"namespace|unshare": "user namespaces: use a kernel that allows them",
    r"only root": "root rights: run as root",
}
"""The missing software by a text in the skip reason; the first match counts."""


def summarize(reasons: Iterable[str]) -> list[str]:
    """Return a line for each missing thing, the one with the most skipped tests first."""
    counts = Counter(_missing(reason) for reason in reasons)
    width = max((len(f"{count:,}") for count in counts.values()), default=0)
    return [f"{count:>{width},} skipped, missing {what}" for what, count in counts.most_common()]


def _missing(reason: str) -> str:
    missing = (what for pattern, what in PACKAGES.items() if re.search(pattern, reason, re.IGNORECASE))
    return next(missing, reason.removeprefix("Skipped: "))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    lines = summarize(report.longrepr[2] for report in skipped if isinstance(report.longrepr, tuple))
    if lines:
        terminalreporter.section("skipped")
    for line in lines:
        terminalreporter.write_line(line)
