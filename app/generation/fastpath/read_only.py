"""Recover after the database could only be read, such as a PostgreSQL standby or a read-only disk."""

import gc

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from app.db.errors import is_read_only_error


class ReadOnlyRecovery:
    """Has every connection of this process replaced after one refused a write as read-only.

    A connection that was opened while the database could only be read stays read-only afterwards. On SQLite
    so does every other one, as long as a single one of them is open.
    """

    def __init__(self, pooled: Engine) -> None:
        """Watch the connections of the app's pool too."""
        self._pooled = pooled
        self.epoch = 0
        """Threads replace their connection when they next need it, if it is of another epoch."""
        sa.event.listen(pooled, "handle_error", self._on_pool_error)

    def recover(self) -> None:
        """Close the pool's connections and begin a new epoch."""
        self.epoch += 1
        self._pooled.dispose()

    @staticmethod
    def release_files() -> None:
        """Free the errors that still refer to a closed connection, and so keep its file open."""
        gc.collect()

    def _on_pool_error(self, context: sa.engine.ExceptionContext) -> None:
        if is_read_only_error(context.original_exception):
            context.is_disconnect = True
            self.recover()
