"""Negative control of a soak run: an app that reads counters, adds to them and writes them back unlocked.

`gunicorn tools.soak.broken_app:app` serves it. Everything else in it is the reference implementation.
"""

from app.db import transactions
from app.generation.reference_polls import FieldOrCopy, ReferencePolls
from app.values import Exact
from wsgi import app as app


class LostUpdates(ReferencePolls):
    """Reads counters in one transaction and writes them in another, so that polls overwrite each other."""

    def begin(self) -> None:
        """Begin a transaction that only reads."""
        transactions.begin(writes=False)

    def lock(self, collection_id: int) -> None:
        """Lock nothing."""

    def save(self, table: type[FieldOrCopy], numbers: dict[int, Exact]) -> None:
        """Write the counters in a transaction of their own."""
        transactions.begin(writes=True)
        super().save(table, numbers)


app.extensions["polls"] = LostUpdates(app)
