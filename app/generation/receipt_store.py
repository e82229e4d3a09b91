"""Write receipts: merge what workers have counted into what the database has, in the present transaction.

All rows at once as JSON, as in `usage`: three statements for any number of receipts. Rows are locked in their
order, so that two workers cannot deadlock.
"""

from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from app.db.session import db
from app.generation.instant_text import to_text
from app.generation.receipts import Receipt
from app.models import RehearsalPoll

ReceiptKey = tuple[int, int]
"""The ids of a record of a spike and of a key that polls it."""


def write_receipts(receipts: Mapping[ReceiptKey, Receipt]) -> None:
    """Merge these receipts into the stored ones.

    A receipt is dropped if its rehearsal is gone, if its key was deleted before its first receipt was stored,
    or if the window has been moved to begin after its polls.
    """
    dialect = db.engine.dialect.name
    insert, select, update = _STATEMENTS[dialect]
    due = [
        {
            "rehearsal_id": rehearsal_id,
            "key_id": key_id,
            "first_polled_at": to_text(receipt.first, dialect),
            "last_polled_at": to_text(receipt.last, dialect),
            "polls": receipt.polls,
        }
        for (rehearsal_id, key_id), receipt in receipts.items()
    ]
    db.session.execute(insert, {"uses": _to_json(due)})
    merged = []
    for row in db.session.execute(select, {"uses": _to_json(due)}):
        key = row.rehearsal_id, row.api_key_id
        stored = _read(row)
        stored.merge(receipts[key])
        merged.append(_to_row(key, stored, dialect))
    if merged:
        db.session.execute(update, {"uses": _to_json(merged)})


def _read(row: Any) -> Receipt:
    minutes = {int(minute): polls for minute, polls in row.minutes.items()}
    first, last = row.first_polled_at, row.last_polled_at
    return Receipt(first, last, row.polls, list(row.times), minutes, row.served, row.after)


def _to_row(key: ReceiptKey, receipt: Receipt, dialect: str) -> dict[str, Any]:
    return {
        "rehearsal_id": key[0],
        "key_id": key[1],
        "first_polled_at": to_text(receipt.first, dialect),
        "last_polled_at": to_text(receipt.last, dialect),
        "polls": receipt.polls,
        "times": receipt.times,
        "minutes": receipt.minutes,
        "served": receipt.served,
        "after": receipt.after,
    }


def _to_json(rows: list[dict[str, Any]]) -> str:
    # A counter may have served a number that is no float; its receipt has the nearest one.
    return orjson.dumps(rows, default=float, option=orjson.OPT_NON_STR_KEYS).decode()


# --- Statements ----------------------------------------------------------------------------------------

_COLUMNS = {
    "rehearsal_id": "int",
    "key_id": "int",
    "first_polled_at": "timestamptz",
    "last_polled_at": "timestamptz",
    "polls": "int",
    "times": "json",
    "minutes": "json",
    "served": "json",
    "after": "json",
}


def _get_source(dialect: str, columns: list[str]) -> str:
    """Return the SQL for the parameter `uses` as a table with these columns."""
    if dialect == "sqlite":
        values = ", ".join(f"value ->> '{name}' AS \"{name}\"" for name in columns)
        return f"(SELECT {values} FROM json_each(:uses)) AS used"  # noqa: S608 - constants
    typed = ", ".join(f'"{name}" {_COLUMNS[name]}' for name in columns)
    return f"json_to_recordset(CAST(:uses AS json)) AS used ({typed})"


_INSERT = """
INSERT INTO rehearsal_polls (rehearsal_id, api_key_id, key_label, key_owner_id, first_polled_at,
    last_polled_at, polls, times, minutes, served)
SELECT rehearsals.id, api_keys.id, api_keys.label, api_keys.user_id, used.first_polled_at,
    used.last_polled_at, 0, '[]', '{{}}', '{{}}'
FROM {uses}
    JOIN rehearsals ON rehearsals.id = used.rehearsal_id
    JOIN api_keys ON api_keys.id = used.key_id
WHERE used.polls > 0 AND rehearsals.start_datetime <= used.last_polled_at
ORDER BY rehearsals.id, api_keys.id
ON CONFLICT (rehearsal_id, api_key_id) DO NOTHING
"""
_SELECT = """
SELECT polled.rehearsal_id, polled.api_key_id, polled.first_polled_at, polled.last_polled_at, polled.polls,
    polled.times, polled.minutes, polled.served, polled."after"
FROM {uses}
    JOIN rehearsal_polls AS polled
        ON polled.rehearsal_id = used.rehearsal_id AND polled.api_key_id = used.key_id
    JOIN rehearsals ON rehearsals.id = used.rehearsal_id
WHERE rehearsals.start_datetime <= used.last_polled_at
ORDER BY polled.rehearsal_id, polled.api_key_id{lock}
"""
_UPDATE = """
UPDATE rehearsal_polls
SET first_polled_at = used.first_polled_at, last_polled_at = used.last_polled_at, polls = used.polls,
    times = used.times, minutes = used.minutes, served = used.served,
    "after" = used."after"
FROM {uses}
WHERE rehearsal_polls.rehearsal_id = used.rehearsal_id AND rehearsal_polls.api_key_id = used.key_id
"""


def _build_statements(dialect: str, lock: str) -> tuple[sa.TextClause, Any, sa.TextClause]:
    due, merged = _get_source(dialect, list(_COLUMNS)[:5]), _get_source(dialect, list(_COLUMNS))
    columns = RehearsalPoll.__table__.c
    selected = [column for column in columns if column.name not in ("key_label", "key_owner_id")]
    return (
        sa.text(_INSERT.format(uses=due)),
        sa.text(_SELECT.format(uses=due, lock=lock)).columns(*selected),
        sa.text(_UPDATE.format(uses=merged)),
    )


_STATEMENTS = {
    "sqlite": _build_statements("sqlite", ""),
    "postgresql": _build_statements("postgresql", " FOR UPDATE OF polled"),
}
