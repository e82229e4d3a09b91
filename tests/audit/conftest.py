"""The audit log as it stands in the database."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db.session import db
from app.models import AuditEntry

Noted = Callable[[], list[AuditEntry]]


@pytest.fixture
def noted(app: Flask) -> Noted:
    """`noted()` gives the entries since it was last called, the oldest first."""
    seen = 0

    def look() -> list[AuditEntry]:
        nonlocal seen
        with app.app_context():
            entries = list(
                db.session.scalars(sa.select(AuditEntry).where(AuditEntry.id > seen).order_by(AuditEntry.id))
            )
        seen = max([seen, *(entry.id for entry in entries)])
        return entries

    return look
