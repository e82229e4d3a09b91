"""What gunicorn.conf.py and app/gunicorn_worker.py rely on inside gunicorn."""

import inspect
import logging

from gunicorn import util
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers import base, sync


def parameters(function) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_a_worker_answers_malformed_requests_by_util_write_error():
    """post_worker_init replaces it, so it must be looked up in the module at each call."""
    assert parameters(util.write_error) == ["sock", "status_int", "reason", "mesg"]
    assert "util.write_error(client, status_int, reason, mesg)" in inspect.getsource(base.Worker.handle_error)
    assert parameters(util.write_nonblock)[:2] == ["sock", "data"]


def test_a_sync_worker_closes_connections_by_util_close_graceful():
    """post_worker_init gives it a larger limit of what is drained."""
    assert "max_drain" in parameters(util.close_graceful)
    assert "util.close_graceful(client)" in inspect.getsource(sync)


def test_a_sync_worker_serves_one_connection_with_each_call_of_accept():
    assert parameters(sync.SyncWorker.accept) == ["self", "listener"]
    source = inspect.getsource(sync.SyncWorker.accept)
    assert "listener.accept()" in source
    assert "self.handle(listener, client, addr)" in source


def test_run_of_a_sync_worker_returns_when_it_is_told_to_stop():
    """Worker.run goes on to answer the connections that wait."""
    assert parameters(sync.SyncWorker.run) == ["self"]
    source = inspect.getsource(sync.SyncWorker.run)
    assert "self.run_for_one(timeout)" in source
    assert "while self.alive" in inspect.getsource(sync.SyncWorker.run_for_one)
    assert parameters(base.Worker.notify) == ["self"]
    assert "sockets" in parameters(base.Worker.__init__)


def test_the_arbiter_stops_by_a_method_that_says_whether_gracefully():
    """`stop_gracefully` wraps it, and asks whether the sockets are shared."""
    assert parameters(Arbiter.stop) == ["self", "graceful"]
    source = inspect.getsource(Arbiter)
    assert "self.reexec_pid == self.master_pid == 0" in source
    assert "self.systemd = " in source
    assert Arbiter.LISTENERS == []


def test_a_logger_sets_up_a_stream_handler_of_the_error_log():
    """Ours replaces that handler, which would wait for whoever reads standard error."""
    assert parameters(Logger.setup) == ["self", "cfg"]
    logger = Logger(Config())
    streams = [each for each in logger.error_log.handlers if isinstance(each, logging.StreamHandler)]
    assert streams
    assert all(each.formatter is not None for each in streams)
    assert parameters(Logger.info) == ["self", "msg", "args", "kwargs"]


def test_messages_of_malformed_requests_begin_as_they_are_explained():
    """`malformed_http.explain` recognizes them by their words."""
    from gunicorn.http.errors import InvalidHeader, InvalidHTTPVersion, InvalidRequestLine

    assert str(InvalidRequestLine("GET")).startswith("Invalid HTTP request line: ")
    assert str(InvalidHTTPVersion("HTTP/9")).startswith("Invalid HTTP Version: ")
    assert str(InvalidHeader("X")).startswith("Invalid HTTP Header: ")
