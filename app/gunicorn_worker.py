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

MAX_DRAIN_S = 8
_START_MESSAGES = ("Booting worker", "Using worker")


class Logger(GunicornLogger):
    """gunicorn's log in Spikecast's format; while the first workers start, it does not list them."""

    is_starting = False

    def setup(self, cfg: Any) -> None:
        """Replace the stream to standard error, and mask tokens in both logs.

        A full pipe would block the process that runs the workers.
        """
        super().setup(cfg)
        for old in list(self.error_log.handlers):
            if isinstance(old, logging.StreamHandler) and not isinstance(old, logging.FileHandler):
                new = log_format.BackgroundHandler()
                new.setFormatter(old.formatter)
                self.error_log.removeHandler(old)
                self.error_log.addHandler(new)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(log_format.MaskingFormatter(handler.formatter))

    def info(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log a message, except for those of each start."""
        if not (self.is_starting and msg.startswith(_START_MESSAGES)):
            super().info(msg, *args, **kwargs)


class Worker(SyncWorker):
    """A worker that answers the connections in its queue before it stops."""

    def run(self) -> None:
        """Serve until told to stop, and then until the queue is empty.

        Raises:
            OSError: A socket fails in another way than by an aborted connection.
        """
        super().run()
        deadline = time.monotonic() + MAX_DRAIN_S
        for listener in self.sockets:
            with suppress(OSError):
                while time.monotonic() < deadline:
                    self.notify()
                    try:
                        self.accept(listener)
                    except OSError as error:
                        if error.errno != errno.ECONNABORTED:
                            raise
        _write_receipts(self.wsgi)


def stop_gracefully(server: Any) -> None:
    """Make a graceful stop close the queue of connections first, so that workers can empty it.

    Closing a listening socket resets all connections that wait. With a queue of length 0, the kernel accepts
    no new one while one is waiting. Sockets of systemd, or shared with another gunicorn, stay open.
    """
    stop: Callable[[bool], None] = server.stop

    def stop_after_closing_queue(graceful: bool = True) -> None:
        if graceful and server.reexec_pid == server.master_pid == 0 and not server.systemd:
            for listener in server.LISTENERS:
                with suppress(OSError):
                    listener.sock.listen(0)
        stop(graceful)

    server.stop = stop_after_closing_queue


def require_free_address(bind: str) -> None:
    """Exit with a message if another program listens at the address, before anything else is logged."""
    if {"GUNICORN_FD", "LISTEN_FDS"} & os.environ.keys():
        return  # the socket is inherited
    if bind.startswith("unix:"):
        with socket.socket(socket.AF_UNIX) as attempt:
            attempt.settimeout(1)
            try:
                attempt.connect(bind.removeprefix("unix:"))
            except OSError:
                return
        problem = "another program, perhaps another Spikecast, is listening there"
    else:
        host, _, port = bind.rpartition(":")
        try:
            _try_to_bind(host.strip("[]"), int(port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                problem = error.strerror or str(error)
            else:
                problem = "another program, perhaps another Spikecast, is listening there"
        else:
            return
    log_format.get_writer().flush(log_format.EXIT_FLUSH_TIMEOUT_S)  # so that this message is the last one
    sys.exit(f"Spikecast does not start: {PREFIX}BIND is {bind}, but {problem}.")


def _try_to_bind(host: str, port: int) -> None:
    [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    with socket.socket(family, kind, protocol) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        attempt.bind(address)
        attempt.listen(1)


def prepare_in_child(
    settings: config.Settings, find_app: Callable[[], Flask]
) -> tuple[list[str], int | None]:
    """Prepare the database in a child process, and return instructions for people and the serving lock.

    Workers must not inherit database connections, so the child opens them. It also takes the lock that says
    that a server runs, while no other process can migrate. This process has opened the file of the lock, so
    both hold it, and the kernel releases it when the last worker ends.
    """
    lock = _open_serving_lock(settings)
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
        instructions = answer.read().splitlines()
    if status := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        sys.exit(abs(status))
    return instructions, lock


def _open_serving_lock(settings: config.Settings) -> int | None:
    path = settings.serving_lock
    if path is None:
        return None
    try:
        file_ownership.make_folder(path.parent)
        return file_ownership.open_file(path, os.O_RDWR, Path(str(settings.database_url.database)))
    except OSError:
        return None  # `prepare` reports what is wrong with the folder


def _write_receipts(app: Any) -> None:
    """Write what this worker has counted of spikes; without it, up to a minute of polls would be missing."""
    if isinstance(app, Flask):
        with suppress(Exception):  # it stops, whatever the state of the database
            app.extensions["usage"].write_all()


def connect_early(app: Any) -> None:
    """Connect this worker to PostgreSQL at once, so that other commands see that a server runs.

    If the database is away, requests report it. On SQLite the server's first process holds a lock instead.
    """
    if not isinstance(app, Flask):
        return
    with suppress(Exception):
        app.extensions["polls"].connect()
