"""A throwaway PostgreSQL server for tests and benchmarks, which ends with the process that started it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

WHERE_DEBIAN_PUTS_IT = Path("/usr/lib/postgresql")

# A shell that starts PostgreSQL, prints "ready" or the error, and lives as long as this process
# keeps its standard input open. However this process ends, even by Ctrl-C or kill -9, the pipe closes
# and PostgreSQL is stopped.
KEEPER = """
bin=$1 folder=$2 settings=$3
start() {
    "$bin/initdb" --pgdata="$folder/data" --username=spikecast --auth=trust --no-sync \
        --encoding=UTF8 --locale=C.UTF-8 &&
    cat >>"$folder/data/postgresql.conf" <<SETTINGS &&
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = 200
$settings
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

NO_FSYNC = "fsync = off\nfull_page_writes = off"
"""Settings for data that need not survive a power cut."""


class Unavailable(Exception):
    """PostgreSQL is not available; the message says why."""


@dataclass
class Throwaway:
    """A running server with a role that may create databases."""

    url: str
    description: str
    keeper: subprocess.Popen[str]
    control: Callable[..., None]
    """The pg_ctl command, such as `control("stop", "--mode=fast")` or `control("start")`."""

    def stop(self) -> None:
        """Stop the server, and wait until it and its folder are gone."""
        self.keeper.communicate("it is over\n")


def start(settings: str = "", folder: str = "") -> Throwaway:
    """Start a server from the installed programs, with these lines in its postgresql.conf.

    Its data are in a temporary folder, or in the given empty one.

    Raises:
        Unavailable: The server did not start.
    """
    where = programs()
    account = _account()
    # /tmp regardless of TMPDIR: every account may enter it, and a socket's path must be short.
    folder = folder or tempfile.mkdtemp(prefix="spikecast-postgresql-", dir="/tmp")
    os.chown(folder, account.pw_uid, account.pw_gid)
    keeper = _start_keeper(where, folder, settings, account)
    assert keeper.stdout is not None
    answer = keeper.stdout.readline()
    if answer != "ready\n":
        answer += keeper.stdout.read()
        keeper.communicate()
        raise Unavailable(f"a throwaway server did not start: {' '.join(answer.split())}")
    # Only accounts that may enter the folder reach the socket, so no port and no password are needed.
    url = f"postgresql+psycopg://spikecast@/postgres?host={folder}"
    control = partial(_control, where, folder, account)
    return Throwaway(url, f"{version(url)}, a throwaway server of {where}", keeper, control)


@contextmanager
def fresh_database(server: str, name: str) -> Iterator[str]:
    """Create an empty database and yield its URL; drop it at the end, even if sessions still use it."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    _execute(server, drop, create)
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(server, drop)


def version(url: str) -> str:
    """Return the version of the PostgreSQL at this URL."""
    with psycopg.connect(for_psycopg(url), connect_timeout=10) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    assert row is not None
    return f"PostgreSQL {row[0]}"


def programs() -> Path:
    """Return the folder with PostgreSQL's programs: the one on PATH, or the newest of Debian's.

    Raises:
        Unavailable: There is none.
    """
    debian = sorted(
        (folder for folder in WHERE_DEBIAN_PUTS_IT.glob("*/bin") if folder.parent.name.isdigit()),
        key=lambda folder: int(folder.parent.name),
        reverse=True,
    )
    search = os.pathsep.join([os.environ.get("PATH", ""), *map(str, debian)])
    initdb = shutil.which("initdb", path=search)
    if initdb is None:
        raise Unavailable(
            f"initdb was found neither on PATH nor in {WHERE_DEBIAN_PUTS_IT} "
            "(on Debian or Ubuntu: apt-get install postgresql)"
        )
    return Path(initdb).resolve().parent


def _account() -> pwd.struct_passwd:
    """Return the account for the server: the current one, or another one for root, which PostgreSQL refuses.

    Raises:
        Unavailable: This is root, and there is no other account.
    """
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable("PostgreSQL does not run as root, and there is no other account here")


def _start_keeper(
    where: Path, folder: str, settings: str, account: pwd.struct_passwd
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["sh", "-c", KEEPER, "keeper", str(where), folder, settings],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        # Ctrl-C reaches this process first, which shuts down in order while its database still runs.
        start_new_session=True,
        **_as(account),
    )


def _control(where: Path, folder: str, account: pwd.struct_passwd, *arguments: str) -> None:
    command = [str(where / "pg_ctl"), f"--pgdata={folder}/data", f"--log={folder}/log", "--silent", "--wait"]
    # Ctrl-C must not reach the started processes, as in _start_keeper.
    subprocess.run([*command, *arguments], cwd=folder, check=True, start_new_session=True, **_as(account))


def _as(account: pwd.struct_passwd) -> dict[str, Any]:
    """Return the arguments of subprocess that run a program as this account."""
    if os.geteuid() != 0:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _execute(url: str, *statements: sql.Composed) -> None:
    """Run statements outside of any transaction, as CREATE DATABASE requires."""
    with psycopg.connect(for_psycopg(url), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def for_psycopg(url: str) -> str:
    """Return the URL without SQLAlchemy's driver name."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
