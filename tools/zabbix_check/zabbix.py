"""A throwaway Zabbix: its database, its server and its frontend, with a client of its JSON-RPC API."""

import gzip
import os
import random
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from sqlalchemy.engine import make_url

from tests.support import throwaway_postgres
from tests.support.server import own_port
from tests.support.wait import wait_until

PACKAGES = "postgresql zabbix-server-pgsql zabbix-frontend-php php-cli php-pgsql"
"""Debian's packages; `--no-install-recommends` leaves out Apache."""

SCHEMA = Path("/usr/share/zabbix-server-pgsql")
FRONTEND = Path("/usr/share/zabbix")
SERVER_LOG = "zabbix_server.log"
SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
TIMEOUT_S = 60
LOW_PORTS = range(20_000, 32_768)

SERVER_CONFIG = """\
AllowRoot=1
ListenIP=127.0.0.1
ListenPort={port}
DBHost={db_host}
DBName={db_name}
DBUser={db_user}
LogType=file
LogFile={folder}/{log}
PidFile={folder}/zabbix_server.pid
SocketDir={folder}
CacheUpdateFrequency=1
StartPollers=2
StartPingers=0
StartDiscoverers=0
"""
FRONTEND_CONFIG = """\
<?php
$DB = ['TYPE' => 'POSTGRESQL', 'SERVER' => '{db_host}', 'PORT' => '0', 'DATABASE' => '{db_name}',
    'USER' => '{db_user}', 'PASSWORD' => '', 'SCHEMA' => '', 'ENCRYPTION' => false, 'KEY_FILE' => '',
    'CERT_FILE' => '', 'CA_FILE' => '', 'VERIFY_HOST' => false, 'CIPHER_LIST' => '', 'VAULT_URL' => '',
    'VAULT_DB_PATH' => '', 'VAULT_TOKEN' => '', 'DOUBLE_IEEE754' => true];
$ZBX_SERVER = '127.0.0.1';
$ZBX_SERVER_PORT = '{port}';
$ZBX_SERVER_NAME = '';
$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
"""


class ZabbixMissing(Exception):
    """A program or a file of Zabbix is not installed; the message names the packages."""


class ZabbixApi:
    """A signed-in client of Zabbix' JSON-RPC API."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/api_jsonrpc.php"
        self.version = self.call("apiinfo.version")
        self._token = self.call("user.login", username="Admin", password="zabbix")  # noqa: S106

    def call(self, method: str, **params: Any) -> Any:
        """Call a method and return its result.

        Raises:
            RuntimeError: Zabbix answered with an error.
        """
        request: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        if hasattr(self, "_token"):
            request["auth"] = self._token
        answer = requests.post(self.url, json=request, timeout=TIMEOUT_S).json()
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]


@contextmanager
def running_zabbix(folder: Path) -> Iterator[ZabbixApi]:
    """Start Zabbix with its files in this folder, yield its API, and stop it at the end.

    Raises:
        ZabbixMissing: It is not installed.
    """
    zabbix_server, php = _find_programs()
    postgres = throwaway_postgres.start(throwaway_postgres.NO_FSYNC)
    try:
        with (
            throwaway_postgres.fresh_database(postgres.url, "zabbix") as database_url,
            _low_port() as port,
        ):
            _load_schema(database_url)
            url = make_url(database_url)
            settings = {
                "folder": str(folder),
                "log": SERVER_LOG,
                "port": str(port),
                "db_host": str(url.query["host"]),
                "db_name": str(url.database),
                "db_user": str(url.username),
            }
            with (
                _server(zabbix_server, folder, settings),
                _frontend(php, folder, settings) as api,
            ):
                yield api
    finally:
        postgres.stop()


@contextmanager
def _low_port() -> Iterator[int]:
    """Yield a free port of those that zabbix_server accepts: own_port may yield a higher one."""
    with socket.socket() as reservation:
        # As in own_port: bound but never listening, and zabbix_server can bind it too.
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        yield next(port for port in random.sample(LOW_PORTS, k=100) if _can_bind(reservation, port))


def _can_bind(reservation: socket.socket, port: int) -> bool:
    try:
        reservation.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def _find_programs() -> tuple[str, str]:
    """Return the paths of zabbix_server and of PHP.

    Raises:
        ZabbixMissing: They or what they need are not installed.
    """
    zabbix_server, php = (shutil.which(name, path=SEARCH_PATH) for name in ("zabbix_server", "php"))
    if zabbix_server is None or not (SCHEMA / "schema.sql.gz").exists():
        raise ZabbixMissing(_describe_missing("zabbix_server for PostgreSQL"))
    if not (FRONTEND / "api_jsonrpc.php").exists():
        raise ZabbixMissing(_describe_missing("frontend of Zabbix"))
    if php is None or "pgsql" not in subprocess.check_output([php, "-m"], text=True).split():
        raise ZabbixMissing(_describe_missing("PHP with pgsql"))
    return zabbix_server, php


def _describe_missing(what: str) -> str:
    return f"no {what}; on Debian: apt-get install --no-install-recommends {PACKAGES}"


def _load_schema(database_url: str) -> None:
    psql = shutil.which("psql", path=os.pathsep.join([str(throwaway_postgres.programs()), SEARCH_PATH]))
    assert psql is not None
    command = [psql, "--quiet", "--set=ON_ERROR_STOP=1", throwaway_postgres.for_psycopg(database_url)]
    for name in ("schema", "images", "data"):
        statements = gzip.decompress((SCHEMA / f"{name}.sql.gz").read_bytes())
        subprocess.run(command, input=statements, stdout=subprocess.DEVNULL, check=True)
    # Otherwise linking a template takes half a minute, until autovacuum has looked at the new tables.
    subprocess.run([*command, "--command=ANALYZE"], check=True)


@contextmanager
def _server(program: str, folder: Path, settings: dict[str, str]) -> Iterator[None]:
    config = folder / "zabbix_server.conf"
    config.write_text(SERVER_CONFIG.format_map(settings))
    output, log = folder / "zabbix_server.out", folder / SERVER_LOG
    with _process([program, "--foreground", "--config", str(config)], output) as process:

        def has_started() -> bool:
            if process.poll() is not None:
                raise RuntimeError(f"zabbix_server ended: {output.read_text()}")
            return log.exists() and "server #1 started" in log.read_text(errors="replace")

        wait_until(has_started, "zabbix_server has started")
        yield


@contextmanager
def _frontend(program: str, folder: Path, settings: dict[str, str]) -> Iterator[ZabbixApi]:
    """Serve a copy of the frontend with a configuration of its own: Debian's reads one file below /etc."""
    root, config = folder / "frontend", folder / "zabbix.conf.php"
    shutil.copytree(FRONTEND, root)
    config.write_text(re.sub(r"\{(\w+)\}", lambda match: settings[match[1]], FRONTEND_CONFIG))
    source = root / "include/classes/core/CConfigFile.php"
    constant = re.compile(r"(CONFIG_FILE_PATH = )'[^']*'")
    source.write_text(constant.sub(rf"\1'{config}'", source.read_text()))
    with own_port() as port:
        url = f"http://127.0.0.1:{port}"
        command = [program, "-d", "memory_limit=512M", "-S", url.removeprefix("http://"), "-t", str(root)]
        with _process(command, folder / "frontend.log"):
            wait_until(lambda: _answers(url), "Zabbix' frontend answers")
            yield ZabbixApi(url)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/robots.txt", timeout=TIMEOUT_S).ok
    except requests.ConnectionError:
        return False


@contextmanager
def _process(command: list[str], log_file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program, and end it at the end of the block."""
    with log_file.open("wb") as log:
        # Ctrl-C must not reach it: it is stopped before its database is.
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
