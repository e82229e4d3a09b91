"""Receipts of polls in a spike, as the database stores them."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.db.session import db
from app.models import RehearsalPoll
from tests.support.timestamps import NOW


def to_ms(instant: datetime) -> int:
    """Return the milliseconds since 1970, as receipts have them."""
    return int(instant.timestamp() * 1000)


def add_receipt(app: Flask, rehearsal_id: int, **columns: Any) -> None:
    """Store a receipt of two polls, by default at the start of the window and a minute later."""
    receipt = {
        "rehearsal_id": rehearsal_id,
        "api_key_id": 1,
        "key_label": "prometheus",
        "key_owner_id": 1,
        "first_polled_at": NOW,
        "last_polled_at": NOW + timedelta(minutes=1),
        "polls": 2,
        "times": [to_ms(NOW), to_ms(NOW) + 60_000],
        "minutes": {},
        "served": {},
        "after": None,
    }
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.insert(RehearsalPoll), receipt | columns)
