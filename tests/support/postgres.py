"""A PostgreSQL server for the tests: the one of `SPIKECAST_TEST_POSTGRES_URL`, or a throwaway one.

A pytest plugin. Only the process that pytest was started in finds or starts the server; the
workers of pytest-xdist get its URL from it. Tests get it with `server_url(config)` and work in
their own `fresh_database(...)`.

PYTEST_DONT_REWRITE: a conftest.py may import from here before pytest loads plugins.
"""

import os
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.support import is_required, throwaway_postgres
from tests.support.throwaway_postgres import NO_FSYNC, Throwaway, Unavailable, version

URL_VARIABLE = "SPIKECAST_TEST_POSTGRES_URL"

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)
on_postgresql = pytest.mark.parametrize("database_url", [POSTGRESQL], indirect=True, scope="session")
"""A mark for tests of features that SQLite does not have."""


@dataclass
class Server:
    """The server for the tests, or the reason why there is none."""

    url: str | None = None
    description: str = ""
    reason: str = ""
    throwaway: Throwaway | None = None

    def stop(self) -> None:
        """Stop a throwaway server and wait until it and its folder are gone."""
        if self.throwaway is not None:
            self.throwaway.stop()
            self.throwaway = None


SERVER = pytest.StashKey[Server]()


def server_url(config: pytest.Config) -> str | None:
    """Return the URL of a role that may create databases; None if there is no server."""
    return config.stash.get(SERVER, Server()).url


def unavailable_reason(config: pytest.Config) -> str:
    """Return why there is no server, as the reason of skipped tests."""
    return config.stash.get(SERVER, Server()).reason


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-postgresql",
        action="store_true",
        help="start no PostgreSQL server and skip the tests that need one",
    )


# First, because pytest-xdist starts its workers in the same hook and must pass them the URL.
@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    if config.option.collectonly:
        return
    if hasattr(config, "workerinput"):
        server = Server(**config.workerinput["spikecast_postgres"])
    else:
        server = _find_or_start(config)
    config.stash[SERVER] = server


# Optional, because the hook exists only if pytest-xdist is loaded.
@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    server = node.config.stash.get(SERVER, Server())
    node.workerinput["spikecast_postgres"] = {"url": server.url, "reason": server.reason}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    server = config.stash.get(SERVER, None)
    if server is None:
        return
    if server.url:
        terminalreporter.write_line(f"Tested with {server.description}")
    else:
        terminalreporter.write_line(f"No PostgreSQL: {server.reason}")


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash.get(SERVER, Server()).stop()


def _find_or_start(config: pytest.Config) -> Server:
    """Find or start the server of this run.

    Raises:
        Unavailable: --no-postgresql was given.
        UsageError: There is no server, and the run requires one.
    """
    try:
        if config.option.no_postgresql:
            raise Unavailable("--no-postgresql was given")
        if url := os.environ.get(URL_VARIABLE):
            return Server(url=url, description=_describe(url))
        started = throwaway_postgres.start(NO_FSYNC)
        return Server(url=started.url, description=started.description, throwaway=started)
    except Unavailable as missing:
        if is_required("postgresql"):
            raise pytest.UsageError(f"SPIKECAST_TEST_REQUIRE asks for PostgreSQL: {missing}") from None
        return Server(reason=str(missing))


def _describe(url: str) -> str:
    """Return the version of the PostgreSQL at the given URL.

    Raises:
        UsageError: No PostgreSQL answers there.
    """
    try:
        return f"{version(url)} at {make_url(url).render_as_string()} ({URL_VARIABLE})"
    except psycopg.Error as error:
        raise pytest.UsageError(f"{URL_VARIABLE}: no PostgreSQL answers: {error}") from error
