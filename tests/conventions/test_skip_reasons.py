"""The summary of skipped tests: one line per missing program, with how to install it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import monitoring, skipping
from tests.support.server import REPOSITORY


def test_skipped_tests_are_summarized_in_one_line_per_missing_program():
    reasons = ["Skipped: initdb was found neither on PATH nor in /usr/lib/postgresql"] * 3000
    reasons += ["Skipped: no Chromium: install Debian's package chromium"] * 40 + ["Skipped: it rains"]
    assert skipping.summarize(reasons) == [
        "3,000 skipped, missing PostgreSQL: apt-get install postgresql",
        "   40 skipped, missing Chromium: apt-get install chromium-headless-shell",
        "    1 skipped, missing it rains",
    ]


REASON = re.compile(r'(?:skip_or_fail\("\w+", |Unavailable\(\s*)f?"([^"]+)')


def test_every_skip_for_a_missing_program_names_its_package():
    texts = [path.read_text() for path in (REPOSITORY / "tests").rglob("*.py") if path != Path(__file__)]
    reasons = {reason for text in texts for reason in REASON.findall(text) if "install" in reason.lower()}
    assert len(reasons) >= 5
    for reason in reasons:
        assert "apt-get install" in skipping.summarize([reason])[0], reason


@pytest.mark.parametrize("program", monitoring.PACKAGES)
def test_every_monitoring_program_has_its_package(program):
    [line] = skipping.summarize([f"Skipped: no {program}: install Debian's package"])
    assert f"apt-get install {monitoring.PACKAGES[program]}" in line


@pytest.mark.parametrize("arguments", [["tests/tools/fuzz/test_main.py", "-k", "one_case"]])
def test_without_postgresql_its_tests_are_skipped_and_the_rest_passes(arguments, monkeypatch):
    monkeypatch.delenv("SPIKECAST_TEST_REQUIRE", raising=False)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-postgresql", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout
    assert "1 skipped, missing PostgreSQL: apt-get install postgresql" in ran.stdout
    assert len(ran.stdout.splitlines()) < 12
