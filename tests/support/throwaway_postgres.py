"""A throwaway PostgreSQL server, for tests and measurements: gone with the process that started it."""

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

# A shell that starts PostgreSQL, answers "ready" or with what went wrong, and lives as long as this
# process holds its standard input open. However this one ends, by Ctrl-C or by kill -9 too, the
# pipe closes and PostgreSQL is gone.
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
"""Settings for data that nobody needs after a power cut."""


class Unavailable(Exception):
    """There is no PostgreSQL; the message says why."""


@dataclass
class Throwaway:
    """A running server, with the right to create databases."""

    url: str
    description: str
    keeper: subprocess.Popen[str]
    control: Callable[..., None]
    """`control("stop", "--mode=fast")` and `control("start")` are what pg_ctl does to it."""

    def stop(self) -> None:
        """Stop it and wait until it and its folder are gone."""
        self.keeper.communicate("it is over\n")


def start(settings: str = "", folder: str = "") -> Throwaway:
    """A server from the programs that are found here, with these lines in its postgresql.conf.

    Its data lie in a folder of its own, or in the empty one that is given.
    """
    where = programs()
    account = _account()
    # /tmp whatever TMPDIR says: every account may enter it, and a socket's path must be short.
    folder = folder or tempfile.mkdtemp(prefix="spikecast-postgresql-", dir="/tmp")
    os.chown(folder, account.pw_uid, account.pw_gid)
    keeper = _start_keeper(where, folder, settings, account)
    assert keeper.stdout is not None
    answer = keeper.stdout.readline()
    if answer != "ready\n":
        answer += keeper.stdout.read()
        keeper.communicate()
        raise Unavailable(f"a throwaway server did not start: {' '.join(answer.split())}")
    # Only who may enter the folder reaches the socket: no port is taken, and no password needed.
    url = f"postgresql+psycopg://spikecast@/postgres?host={folder}"
    control = partial(_control, where, folder, account)
    return Throwaway(url, f"{version(url)}, a throwaway server of {where}", keeper, control)


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


def version(url: str) -> str:
    """Which PostgreSQL answers there."""
    with psycopg.connect(for_psycopg(url), connect_timeout=10) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    assert row is not None
    return f"PostgreSQL {row[0]}"


def programs() -> Path:
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
            f"initdb was found neither on PATH nor in {WHERE_DEBIAN_PUTS_IT} "
            "(on Debian or Ubuntu: apt-get install postgresql)"
        )
    return Path(initdb).resolve().parent


def _account() -> pwd.struct_passwd:
    """Who runs the server: whoever runs this process, but PostgreSQL refuses to run as root."""
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
        # Ctrl-C reaches this process first: it ends in order, with its database still there.
        start_new_session=True,
        **_as(account),
    )


def _control(where: Path, folder: str, account: pwd.struct_passwd, *arguments: str) -> None:
    command = [str(where / "pg_ctl"), f"--pgdata={folder}/data", f"--log={folder}/log", "--silent", "--wait"]
    # Ctrl-C must not reach what it starts, as in _start_keeper.
    subprocess.run([*command, *arguments], cwd=folder, check=True, start_new_session=True, **_as(account))


def _as(account: pwd.struct_passwd) -> dict[str, Any]:
    """How a program is started as this account."""
    if os.geteuid() != 0:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _execute(url: str, *statements: sql.Composed) -> None:
    """Run statements outside of any transaction, as making a database demands."""
    with psycopg.connect(for_psycopg(url), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def for_psycopg(url: str) -> str:
    """The same address without SQLAlchemy's name of the driver."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
