"""`python -m tools.fuzz` sends the requested cases, and reports its findings."""

import logging
import signal

import pytest

from tests.support.postgres import POSTGRESQL, server_url, unavailable_reason
from tools.fuzz.__main__ import main

CASE = "POST /api/collections body:name = text: a percent sign"


@pytest.fixture(autouse=True)
def _restore_process_settings():
    """Restore the signal handler and the log level that the program sets for the whole process."""
    handler, disabled = signal.getsignal(signal.SIGTERM), logging.root.manager.disable
    yield
    signal.signal(signal.SIGTERM, handler)
    logging.disable(disabled)


@pytest.mark.parametrize("database", ["sqlite", POSTGRESQL])
def test_one_case_can_be_sent_by_name_and_has_no_finding(capsys, database, pytestconfig):
    if database == "postgresql" and server_url(pytestconfig) is None:
        pytest.skip(unavailable_reason(pytestconfig))
    assert main(["--database", database, "--case", CASE]) == 0
    output = capsys.readouterr().out
    lines = [line.split() for line in output.splitlines()]
    assert ["part", "cases", "2xx"] in lines
    assert ["bodies", "1", "1"] in lines
    assert ["headers", "0", "0"] in lines
    assert output.endswith("Nothing found.\n")


def test_a_finding_is_reported_with_the_command_that_repeats_it(capsys, monkeypatch):
    monkeypatch.setattr("app.web.security_headers.HEADERS", [])
    assert main(["--case", CASE]) == 1
    output = capsys.readouterr().out
    assert f"{CASE}\n  answered 201: comes without X-Content-Type-Options: nosniff\n" in output
    assert f"\n  again: .venv/bin/python -m tools.fuzz --database sqlite --case '{CASE}'\n" in output


def test_an_unknown_case_is_refused(capsys):
    assert main(["--case", "GET /nowhere path:id = text: a percent sign"]) == 2
    assert "there is no case" in capsys.readouterr().err
