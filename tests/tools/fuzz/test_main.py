"""`python -m tools.fuzz` sends what is asked for, and says what it found."""

import logging
import signal

import pytest

from tests.support.postgres import POSTGRESQL, server_url, unavailable_reason
from tools.fuzz.__main__ import main

CASE = "POST /api/collections body:name = text: a percent sign"


@pytest.fixture(autouse=True)
def _as_it_was():
    """It is a program, and sets things for the whole process."""
    handler, disabled = signal.getsignal(signal.SIGTERM), logging.root.manager.disable
    yield
    signal.signal(signal.SIGTERM, handler)
    logging.disable(disabled)


@pytest.mark.parametrize("database", ["sqlite", POSTGRESQL])
def test_one_case_is_sent_by_its_name_and_nothing_is_found(capsys, database, pytestconfig):
    if database == "postgresql" and server_url(pytestconfig) is None:
        pytest.skip(unavailable_reason(pytestconfig))
    assert main(["--database", database, "--case", CASE]) == 0
    told = capsys.readouterr().out
    lines = [line.split() for line in told.splitlines()]
    assert ["part", "cases", "2xx"] in lines
    assert ["bodies", "1", "1"] in lines
    assert ["headers", "0", "0"] in lines
    assert told.endswith("Nothing found.\n")


def test_a_finding_is_told_with_all_that_repeats_it(capsys, monkeypatch):
    monkeypatch.setattr("app.web.security_headers.HEADERS", [])
    assert main(["--case", CASE]) == 1
    told = capsys.readouterr().out
    assert f"{CASE}\n  answered 201: comes without X-Content-Type-Options: nosniff\n" in told
    assert f"\n  again: .venv/bin/python -m tools.fuzz --database sqlite --case '{CASE}'\n" in told


def test_a_case_that_is_none_is_refused(capsys):
    assert main(["--case", "GET /nowhere path:id = text: a percent sign"]) == 2
    assert "there is no case" in capsys.readouterr().err
