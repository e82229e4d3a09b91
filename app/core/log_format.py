"""The log: one line each in gunicorn's format; lines of the audit log are JSON.

A thread writes the lines, so that a request never waits for whatever reads the log. If nothing does, the pipe
fills up and lines are dropped; the next line that gets through says how many.

Tokens of alert receivers are masked in every line: tools that send no headers have them in their address.
"""

import atexit
import logging
import os
import re
import threading
import time
from collections import deque
from contextlib import suppress

LINE_FORMAT = "[%(asctime)s] [%(process)d] [%(levelname)s] %(message)s"
DATE_FORMAT = "%Y-%m-%d %H:%M:%S %z"
AUDIT_LOGGER = "app.audit"
MAX_QUEUED_BYTES = 1 << 20
EXIT_FLUSH_TIMEOUT_S = 1.0


_SECRETS = re.compile(
    r"(/api/alerts/[^/\s]{1,20}/)[^\s?#\"']+"  # whatever is in the place of a token, also if it is mistyped
    r"|(sal_)[0-9A-Za-z]{16,}",
    re.IGNORECASE,
)


def mask_secrets(text: str) -> str:
    """Return the text with `…` in place of tokens of alert receivers."""
    return _SECRETS.sub(lambda found: f"{found[1] or found[2]}…", text)


class MaskingFormatter(logging.Formatter):
    """Another formatter, whose lines show no tokens."""

    def __init__(self, formatter: logging.Formatter | None) -> None:
        super().__init__()
        self._formatter = formatter or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        return mask_secrets(self._formatter.format(record))


class LineFormatter(logging.Formatter):
    """gunicorn's format, except for lines that programs read."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line = record.getMessage() if record.name == AUDIT_LOGGER else super().format(record)
        return mask_secrets(line)


class BackgroundWriter:
    """Writes lines to a file descriptor from its own thread; `put` never waits."""

    def __init__(self, file: int) -> None:
        self._file = file
        self.reset()
        os.register_at_fork(after_in_child=self.reset)
        atexit.register(self.flush, EXIT_FLUSH_TIMEOUT_S)

    def reset(self) -> None:
        """Start with an empty queue and no thread. A forked process needs this: its parent has both."""
        self._waiting: deque[bytes] = deque()
        self._bytes = self._lost = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def put(self, line: str) -> None:
        """Queue a line, or drop and count it if the queue is full."""
        data = f"{line}\n".encode(errors="backslashreplace")
        with self._changed:
            if self._bytes + len(data) > MAX_QUEUED_BYTES:
                self._lost += 1
                return
            self._waiting.append(data)
            self._bytes += len(data)
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="log", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, seconds: float) -> None:
        """Wait until everything is written, for at most this many seconds."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while self._bytes and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)

    def _write(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                data = self._waiting.popleft()
            self._write_out(data)
            with self._changed:
                self._bytes -= len(data)
                lost, self._lost = self._lost, 0
                self._changed.notify_all()
            if lost:
                self._write_out(
                    f"{lost} log lines were dropped, because the log was not read fast enough.\n".encode()
                )

    def _write_out(self, data: bytes) -> None:
        with suppress(OSError):  # the reader of the pipe is gone
            while data:
                data = data[os.write(self._file, data) :]


class BackgroundHandler(logging.Handler):
    """Hands log records to the writer of standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        """Queue the line of a record."""
        try:
            get_writer().put(self.format(record))
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        """Do nothing, so that logging never waits."""


_writers: list[BackgroundWriter] = []


def get_writer() -> BackgroundWriter:
    """Return this process's writer of standard error."""
    if not _writers:
        _writers.append(BackgroundWriter(2))
    return _writers[0]


def configure() -> None:
    """Write the log to standard error."""
    handler = BackgroundHandler()
    handler.setFormatter(LineFormatter(LINE_FORMAT, DATE_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)
