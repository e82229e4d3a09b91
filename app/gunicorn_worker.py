"""Extensions of gunicorn: a log that never blocks, and workers that drain their queue when they stop."""

import errno
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.glogging import Logger as GunicornLogger
from gunicorn.workers.sync import SyncWorker

import config
from app import startup
from app.core import file_ownership, log_format
from settings.errors import PREFIX

SECONDS_TO_DRAIN = 8
_AT_EVERY_START = ("Booting worker", "Using worker")


class Logger(GunicornLogger):
    """gunicorn's log in Spikecast's format; while the first workers start, it does not list them."""

    is_starting = False

    def setup(self, cfg: Any) -> None:
        """Replace the stream to standard error: a full pipe would block the process that runs the workers."""
        super().setup(cfg)
        for old in list(self.error_log.handlers):
            if isinstance(old, logging.StreamHandler) and not isinstance(old, logging.FileHandler):
                new = log_format.BackgroundHandler()
                new.setFormatter(old.formatter)
                self.error_log.removeHandler(old)
                self.error_log.addHandler(new)

    def info(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log a message, except for those of each start."""
        if not (self.is_starting and msg.startswith(_AT_EVERY_START)):
            super().info(msg, *args, **kwargs)


class Worker(SyncWorker):
    """A worker that answers the connections in its queue before it stops."""

    def run(self) -> None:
        """Serve until told to stop, and then until the queue is empty.

        Raises:
            OSError: A socket fails in another way than by an aborted connection.
        """
        super().run()
        deadline = time.monotonic() + SECONDS_TO_DRAIN
        for listener in self.sockets:
            with suppress(OSError):
                while time.monotonic() < deadline:
                    self.notify()
                    try:
                        self.accept(listener)
                    except OSError as error:
                        if error.errno != errno.ECONNABORTED:
                            raise


def stop_accepting_first(server: Any) -> None:
    """At a graceful stop let nobody join the queue any more, so that workers come to its end.

    To close a listening socket resets whoever waits at it. With a queue of length 0 the kernel takes no new
    connection while one is waiting. A socket that another gunicorn shares, or systemd's, is left alone.
    """
    stop: Callable[[bool], None] = server.stop

    def stop_gently(graceful: bool = True) -> None:
        if graceful and server.reexec_pid == server.master_pid == 0 and not server.systemd:
            for listener in server.LISTENERS:
                with suppress(OSError):
                    listener.sock.listen(0)
        stop(graceful)

    server.stop = stop_gently


def refuse_taken_address(bind: str) -> None:
    """Raise SystemExit where somebody else listens at the address: before anything is promised."""
    if {"GUNICORN_FD", "LISTEN_FDS"} & os.environ.keys():
        return  # the socket is handed over
    if bind.startswith("unix:"):
        with socket.socket(socket.AF_UNIX) as attempt:
            attempt.settimeout(1)
            try:
                attempt.connect(bind.removeprefix("unix:"))
            except OSError:
                return
        fault = "another program, perhaps another Spikecast, listens there"
    else:
        host, _, port = bind.rpartition(":")
        try:
            _try_to_bind(host.strip("[]"), int(port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                fault = error.strerror or str(error)
            else:
                fault = "another program, perhaps another Spikecast, listens there"
        else:
            return
    log_format.get_writer().flush(log_format.EXIT_FLUSH_TIMEOUT_S)  # so that this is the last thing said
    sys.exit(f"Spikecast does not start: {PREFIX}BIND is {bind}, and {fault}.")


def _try_to_bind(host: str, port: int) -> None:
    [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    with socket.socket(family, kind, protocol) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        attempt.bind(address)
        attempt.listen(1)


def prepared(settings: config.Settings, find_app: Callable[[], Flask]) -> tuple[list[str], int | None]:
    """Prepare the database in a process of its own; return what there is to tell, and the held lock.

    Workers must not inherit connections of this process. The lock that says that a server runs is taken by
    that process, while it holds off others that migrate, on a file that this one has opened: so both hold
    it, and the kernel releases it with the last worker.
    """
    lock = _opened(settings)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "w") as answer:
                log_format.configure()
                answer.write("\n".join(startup.prepare(find_app(), serving=lock)))
            status = 0
        except SystemExit as end:
            sys.stderr.write(f"{end.code}\n")
        except BaseException as error:
            sys.stderr.write(f"Spikecast does not start: {str(error) or type(error).__name__}\n")
        finally:
            log_format.get_writer().flush(log_format.EXIT_FLUSH_TIMEOUT_S)
            with suppress(OSError):
                sys.stderr.flush()
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as answer:
        told = answer.read().splitlines()
    if status := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        sys.exit(abs(status))
    return told, lock


def _opened(settings: config.Settings) -> int | None:
    place = settings.serving_lock
    if place is None:
        return None
    try:
        file_ownership.make_folder(place.parent)
        return file_ownership.open_file(place, os.O_RDWR, Path(str(settings.database_url.database)))
    except OSError:
        return None  # what is wrong with the folder is told in words by what comes next


def announce(app: Any) -> None:
    """On PostgreSQL connect this worker at once, which tells other commands that a server runs.

    If the database is away, requests report it. On SQLite the server's first process holds a lock instead.
    """
    if not isinstance(app, Flask):
        return
    with suppress(Exception):
        app.extensions["polls"].connect()
