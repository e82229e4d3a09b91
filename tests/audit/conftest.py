"""Fixture that reads the audit log from the database."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db.session import db
from app.models import AuditEntry

NewEntries = Callable[[], list[AuditEntry]]


@pytest.fixture
def new_entries(app: Flask) -> NewEntries:
    """Return a function that returns the entries since its last call, oldest first."""
    seen = 0

    def read() -> list[AuditEntry]:
        nonlocal seen
        with app.app_context():
            entries = list(
                db.session.scalars(sa.select(AuditEntry).where(AuditEntry.id > seen).order_by(AuditEntry.id))
            )
        seen = max([seen, *(entry.id for entry in entries)])
        return entries

    return read
