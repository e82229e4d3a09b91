"""A PostgreSQL server for the tests: the one of `SPIKECAST_TEST_POSTGRES_URL`, or a throwaway one.

A pytest plugin. Only the process that pytest was started in finds or starts the server; the
workers of pytest-xdist are told its address. Tests ask for it with `server_url(config)` and work
in a `fresh_database(...)` of their own.

PYTEST_DONT_REWRITE: a conftest.py may import from here, which comes before pytest loads plugins.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.support import is_required

URL_VARIABLE = "SPIKECAST_TEST_POSTGRES_URL"
WHERE_DEBIAN_PUTS_IT = Path("/usr/lib/postgresql")

# A shell that starts PostgreSQL, answers "ready" or with what went wrong, and lives as long as this
# process holds its standard input open. However the tests end, by Ctrl-C or by kill -9 too, the
# pipe closes and PostgreSQL is gone.
KEEPER = """
bin=$1 folder=$2
start() {
    "$bin/initdb" --pgdata="$folder/data" --username=spikecast --auth=trust --no-sync \
        --encoding=UTF8 --locale=C.UTF-8 &&
    cat >>"$folder/data/postgresql.conf" <<SETTINGS &&
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = 200
fsync = off
full_page_writes = off
SETTINGS
    "$bin/pg_ctl" --pgdata="$folder/data" --log="$folder/log" --wait --silent start
}
if start >>"$folder/log" 2>&1; then
    echo ready
    read -r _
    "$bin/pg_ctl" --pgdata="$folder/data" --mode=immediate --silent stop
else
    tail -n 5 "$folder/log"
fi
rm -rf "$folder"
"""


class Unavailable(Exception):
    """There is no PostgreSQL; the message says why."""


@dataclass
class Server:
    """What the tests may use, or the reason why there is nothing to use."""

    url: str | None = None
    description: str = ""
    reason: str = ""
    keeper: subprocess.Popen[str] | None = None

    def stop(self) -> None:
        """Stop a throwaway server and wait until it and its folder are gone."""
        if self.keeper is not None:
            self.keeper.communicate("the tests are over\n")
            self.keeper = None


SERVER = pytest.StashKey[Server]()


def server_url(config: pytest.Config) -> str | None:
    """The server's URL, with the right to create databases; None where there is no server."""
    return config.stash.get(SERVER, Server()).url


def unavailable_reason(config: pytest.Config) -> str:
    """Why there is no server: what a skipped test says."""
    return config.stash.get(SERVER, Server()).reason


@contextmanager
def fresh_database(server: str, name: str) -> Iterator[str]:
    """An empty database of that name, and its URL; it is dropped at the end, whoever uses it."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    _execute(server, drop, create)
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(server, drop)


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
        terminalreporter.write_line(f"No PostgreSQL, its tests were skipped: {server.reason}")


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash.get(SERVER, Server()).stop()


def _find_or_start(config: pytest.Config) -> Server:
    """The server of this run. A missing one is an error where the run requires it."""
    try:
        if config.option.no_postgresql:
            raise Unavailable("--no-postgresql was given")
        if url := os.environ.get(URL_VARIABLE):
            return Server(url=url, description=_describe(url))
        return _start_throwaway()
    except Unavailable as missing:
        if is_required("postgresql"):
            raise pytest.UsageError(f"SPIKECAST_TEST_REQUIRE asks for PostgreSQL: {missing}") from None
        return Server(reason=str(missing))


def _describe(url: str) -> str:
    """Which PostgreSQL answers at the given URL. A wrong URL is never passed over."""
    try:
        return f"{_version(url)} at {make_url(url).render_as_string()} ({URL_VARIABLE})"
    except psycopg.Error as error:
        raise pytest.UsageError(f"{URL_VARIABLE}: no PostgreSQL answers: {error}") from error


def _start_throwaway() -> Server:
    programs = _programs()
    account = _account()
    # /tmp whatever TMPDIR says: every account may enter it, and a socket's path must be short.
    folder = tempfile.mkdtemp(prefix="spikecast-postgresql-", dir="/tmp")
    os.chown(folder, account.pw_uid, account.pw_gid)
    keeper = _start_keeper(programs, folder, account)
    assert keeper.stdout is not None
    answer = keeper.stdout.readline()
    if answer != "ready\n":
        answer += keeper.stdout.read()
        keeper.communicate()
        raise Unavailable(f"a throwaway server did not start: {' '.join(answer.split())}")
    # Only who may enter the folder reaches the socket: no port is taken, and no password needed.
    url = f"postgresql+psycopg://spikecast@/postgres?host={folder}"
    return Server(url=url, description=f"{_version(url)}, a throwaway server of {programs}", keeper=keeper)


def _programs() -> Path:
    """The folder with PostgreSQL's programs: the one on PATH, else the newest of Debian's."""
    debian = sorted(
        (folder for folder in WHERE_DEBIAN_PUTS_IT.glob("*/bin") if folder.parent.name.isdigit()),
        key=lambda folder: int(folder.parent.name),
        reverse=True,
    )
    search = os.pathsep.join([os.environ.get("PATH", ""), *map(str, debian)])
    initdb = shutil.which("initdb", path=search)
    if initdb is None:
        raise Unavailable(
            f"initdb was found neither on PATH nor in {WHERE_DEBIAN_PUTS_IT}, and "
            f"{URL_VARIABLE} is not set (on Debian or Ubuntu: apt-get install postgresql)"
        )
    return Path(initdb).resolve().parent


def _account() -> pwd.struct_passwd:
    """Who runs the server: whoever runs the tests, but PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable("PostgreSQL does not run as root, and there is no other account here")


def _start_keeper(programs: Path, folder: str, account: pwd.struct_passwd) -> subprocess.Popen[str]:
    other_account: dict[str, Any] = {}
    if os.geteuid() == 0:
        other_account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return subprocess.Popen(
        ["sh", "-c", KEEPER, "keeper", str(programs), folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        # Ctrl-C reaches the tests first: they end in order, with their database still there.
        start_new_session=True,
        **other_account,
    )


def _version(url: str) -> str:
    with psycopg.connect(_for_psycopg(url), connect_timeout=10) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    assert row is not None
    return f"PostgreSQL {row[0]}"


def _execute(url: str, *statements: sql.Composed) -> None:
    """Run statements outside of any transaction, as making a database demands."""
    with psycopg.connect(_for_psycopg(url), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _for_psycopg(url: str) -> str:
    """The same address without SQLAlchemy's name of the driver."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
