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


def test_a_worker_answers_malformed_requests_with_util_write_error():
    """post_worker_init replaces it, so it must be looked up in the module at each call."""
    assert parameters(util.write_error) == ["sock", "status_int", "reason", "mesg"]
    assert "util.write_error(client, status_int, reason, mesg)" in inspect.getsource(base.Worker.handle_error)
    assert parameters(util.write_nonblock)[:2] == ["sock", "data"]


def test_a_sync_worker_closes_connections_with_util_close_graceful():
    """post_worker_init raises its limit of bytes to drain."""
    assert "max_drain" in parameters(util.close_graceful)
    assert "util.close_graceful(client)" in inspect.getsource(sync)


def test_a_sync_worker_handles_one_connection_per_call_of_accept():
    assert parameters(sync.SyncWorker.accept) == ["self", "listener"]
    source = inspect.getsource(sync.SyncWorker.accept)
    assert "listener.accept()" in source
    assert "self.handle(listener, client, addr)" in source


def test_the_run_method_of_a_sync_worker_returns_once_alive_is_false():
    """Spikecast's Worker.run then answers the pending connections."""
    assert parameters(sync.SyncWorker.run) == ["self"]
    source = inspect.getsource(sync.SyncWorker.run)
    assert "self.run_for_one(timeout)" in source
    assert "while self.alive" in inspect.getsource(sync.SyncWorker.run_for_one)
    assert parameters(base.Worker.notify) == ["self"]
    assert "sockets" in parameters(base.Worker.__init__)


def test_the_stop_method_of_the_arbiter_takes_a_graceful_flag():
    """`stop_gracefully` wraps it, and reads whether the sockets are shared."""
    assert parameters(Arbiter.stop) == ["self", "graceful"]
    source = inspect.getsource(Arbiter)
    assert "self.reexec_pid == self.master_pid == 0" in source
    assert "self.systemd = " in source
    assert Arbiter.LISTENERS == []


def test_the_error_log_has_a_stream_handler_with_a_formatter():
    """Spikecast replaces that handler, which blocks while nothing reads standard error."""
    assert parameters(Logger.setup) == ["self", "cfg"]
    logger = Logger(Config())
    streams = [each for each in logger.error_log.handlers if isinstance(each, logging.StreamHandler)]
    assert streams
    assert all(each.formatter is not None for each in streams)
    assert parameters(Logger.info) == ["self", "msg", "args", "kwargs"]


def test_messages_about_malformed_requests_begin_with_the_expected_text():
    """`malformed_http.explain` recognizes them by this text."""
    from gunicorn.http.errors import InvalidHeader, InvalidHTTPVersion, InvalidRequestLine

    assert str(InvalidRequestLine("GET")).startswith("Invalid HTTP request line: ")
    assert str(InvalidHTTPVersion("HTTP/9")).startswith("Invalid HTTP Version: ")
    assert str(InvalidHeader("X")).startswith("Invalid HTTP Header: ")
