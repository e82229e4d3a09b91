"""What was skipped is told in a few lines, with what would bring it; nothing fails for want of a program."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import monitoring, skipping
from tests.support.server import REPOSITORY


def test_thousands_of_skipped_tests_are_told_in_a_line_for_each_thing_that_is_missing():
    reasons = ["Skipped: initdb was found neither on PATH nor in /usr/lib/postgresql"] * 3000
    reasons += ["Skipped: no Chromium: install Debian's package chromium"] * 40 + ["Skipped: it rains"]
    assert skipping.summarize(reasons) == [
        "3,000 skipped for want of PostgreSQL: apt-get install postgresql",
        "   40 skipped for want of Chromium: apt-get install chromium-headless-shell",
        "    1 skipped for want of it rains",
    ]


REASON = re.compile(r'(?:skip_or_fail\("\w+", |Unavailable\(\s*)f?"([^"]+)')


def test_every_program_that_tests_skip_for_has_its_package():
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
    assert "1 skipped for want of PostgreSQL: apt-get install postgresql" in ran.stdout
    assert len(ran.stdout.splitlines()) < 12
