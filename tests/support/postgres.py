"""A PostgreSQL server for the tests: the one of `SPIKECAST_TEST_POSTGRES_URL`, or a throwaway one.

A pytest plugin. Only the process that pytest was started in finds or starts the server; the
workers of pytest-xdist are told its address. Tests ask for it with `server_url(config)` and work
in a `fresh_database(...)` of their own.

PYTEST_DONT_REWRITE: a conftest.py may import from here, which comes before pytest loads plugins.
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
"""For tests of what SQLite does not have."""


@dataclass
class Server:
    """What the tests may use, or the reason why there is nothing to use."""

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
    """The server's URL, with the right to create databases; None where there is no server."""
    return config.stash.get(SERVER, Server()).url


def unavailable_reason(config: pytest.Config) -> str:
    """Why there is no server: what a skipped test says."""
    return config.stash.get(SERVER, Server()).reason


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-postgresql",
        action="store_true",
        help="start no PostgreSQL server and skip the tests that need one",
    )


# First, for pytest-xdist starts its workers, which are told the address, in this hook too.
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


# Optional, for the hook exists only where pytest-xdist is loaded.
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
    """The server of this run. A missing one is an error where the run requires it."""
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
    """Which PostgreSQL answers at the given URL. A wrong URL is never passed over."""
    try:
        return f"{version(url)} at {make_url(url).render_as_string()} ({URL_VARIABLE})"
    except psycopg.Error as error:
        raise pytest.UsageError(f"{URL_VARIABLE}: no PostgreSQL answers: {error}") from error
