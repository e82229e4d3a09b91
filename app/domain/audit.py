"""Noting who does what, from where: in the transaction that does it, and as a line of the log.

Who it is and where they are comes from the request, here and nowhere else. What is noted says which
settings changed; the values are kept of a few alone (`SETTINGS_WITH_VALUES`), so that no secret gets in.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app, g, has_request_context, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

import config
from app.core import clock
from app.core.client_address import parse_address
from app.core.log_format import AUDIT_LOGGER
from app.core.timestamps import format_iso
from app.db import transactions
from app.db.session import db
from app.models import Actor, ApiKey, AuditEntry, Collection, Field, SpikeSchedule, User
from app.models.audit import (
    COMMAND_LINE,
    SERVER,
    Action,
    Category,
    Origin,
    Outcome,
    Subject,
    SubjectKind,
    make_entry,
)

Row = User | ApiKey | Collection | Field | SpikeSchedule
SETTINGS_WITH_VALUES = {
    "name",
    "username",
    "label",
    "field_name",
    "role",
    "owner",
    "collection_type",
    "value_type",
    "start_datetime",
    "end_datetime",
    "expires_at",
    "counters_after",
    "spike_fields",
}
"""The settings of which an entry shows the old and the new value; of others, that they changed."""
KIND_BY_PARAMETER = {
    "user_id": SubjectKind.USER,
    "key_id": SubjectKind.KEY,
    "collection_id": SubjectKind.COLLECTION,
    "field_id": SubjectKind.FIELD,
    "spike_id": SubjectKind.SPIKE,
}
"""What the ids in an address name."""
REFUSALS_PERIOD = timedelta(minutes=5)
MAX_REFUSALS = 50
LOCK_TIMEOUT_S = 1.0  # seconds; a refusal does not wait longer for its entry
POLL_LOCK_TIMEOUT_S = 0.05  # nor does that of a poll
log = logging.getLogger(AUDIT_LOGGER)
_outside: ContextVar[str] = ContextVar("source outside of requests", default=SERVER)


@contextmanager
def from_command_line() -> Iterator[None]:
    """What is noted within was done by a command."""
    token = _outside.set(COMMAND_LINE)
    try:
        yield
    finally:
        _outside.reset(token)


def record(
    action: Action,
    row: Row | None = None,
    *,
    by: User | None = None,
    outcome: Outcome = Outcome.DONE,
    **details: Any,
) -> None:
    """Note what is done to `row`, in the transaction that does it; `by` whom, before they are signed in."""
    subject = Subject.from_row(row) if row else Subject()
    shown = {name: _to_json(value) for name, value in details.items()}
    _write([make_entry(_get_origin(by), action, outcome, subject, shown, now=clock.now())])


def record_each(action: Action, rows: Iterable[Row], **details: Any) -> None:
    """Note the same of several things."""
    origin, now = _get_origin(), clock.now()
    if entries := [
        make_entry(origin, action, Outcome.DONE, Subject.from_row(row), details, now=now) for row in rows
    ]:
        _write(entries)


def record_change(
    action: Action, row: Row, before: Mapping[str, Any], after: Mapping[str, Any], **details: Any
) -> None:
    """Note which settings changed, with both values of those that are shown; nothing, where none did."""
    changed = {
        name: [_to_json(before[name]), _to_json(after[name])] if name in SETTINGS_WITH_VALUES else None
        for name in after
        if before[name] != after[name]
    }
    if changed:
        record(action, row, changed=changed, **details)


def _to_json(value: Any) -> Any:
    return format_iso(value) if isinstance(value, datetime) else value


def record_refusal(action: Action, row: Row | None = None, **details: Any) -> None:
    """Note a refusal in a transaction of its own; the present one ends without a trace."""
    _record_refusal(action, Subject.from_row(row) if row else Subject(), details)


def record_refused_request(actor: Actor, **more: str) -> None:
    """Note that somebody who is signed in may not do what they, or a page in their browser, asked for."""
    _record_refusal(Action.REQUEST, _get_request_subject(), _describe_request() | {"as": actor.role} | more)


def record_not_found(actor: Actor) -> None:
    """Note that somebody who is signed in asked for what does not exist for them; the same once in a while.

    What belongs to somebody else and what does not exist are noted alike, so they take as long.
    """
    details = _describe_request() | {"as": actor.role, "why": "not found"}
    _record_refusal(Action.REQUEST, _get_request_subject(), details, is_once=True)


def record_refused_poll(why: str, key_hash: str | None) -> None:
    """Note that a poll was refused, and which key it came with. The caller limits how often."""
    try:
        transactions.begin(writes=True, lock_timeout_s=POLL_LOCK_TIMEOUT_S)
        key = db.session.scalar(sa.select(ApiKey).where(ApiKey.key_hash == key_hash)) if key_hash else None
        subject, details, category = (
            Subject.from_row(key) if key else Subject(),
            _describe_request() | {"why": why},
            Category.REFUSED_KEYS,
        )
        refusal = make_entry(
            _get_origin(),
            Action.REQUEST,
            Outcome.REFUSED,
            subject,
            details,
            now=clock.now(),
            category=category,
        )
        _write([refusal])
        db.session.commit()
    except (DBAPIError, PoolTimeout) as error:
        log.info("A refused poll was not noted: %s", type(error).__name__)
    finally:
        db.session.rollback()
        transactions.set_mode(writes=False)


def _describe_request() -> dict[str, Any]:
    return {"request": f"{request.method} {request.path}"[:255]}


def _get_request_subject() -> Subject:
    ids = request.view_args or {}
    kind, id_ = next(
        ((kind, ids[name]) for name, kind in KIND_BY_PARAMETER.items() if name in ids), (None, None)
    )
    return Subject(kind, id_ or None)  # 0 stands for an id that no database could hold


def _record_refusal(
    action: Action, subject: Subject, details: dict[str, Any], *, is_once: bool = False
) -> None:
    """Note a refusal; nobody floods the log by being refused often."""
    origin, now = _get_origin(), clock.now()
    entry = make_entry(origin, action, Outcome.REFUSED, subject, details, now=now)
    try:
        transactions.begin(writes=False)
        earlier = AuditEntry.load_refusals_since(origin, now - REFUSALS_PERIOD, MAX_REFUSALS)
        if len(earlier) < MAX_REFUSALS and not (is_once and details in earlier):
            transactions.begin(writes=True, lock_timeout_s=LOCK_TIMEOUT_S)
            _write([entry])
            db.session.commit()
    except (DBAPIError, PoolTimeout):
        log.info(_format_line(entry))
    finally:
        db.session.rollback()
        transactions.set_mode(writes=False)


def _get_origin(by: User | None = None) -> Origin:
    """Who it is, and from where: the request's address as guesses are counted by."""
    if not has_request_context():
        return Origin(None, None, _outside.get())
    address = parse_address(request.remote_addr)
    if by is not None:
        return Origin(by.id, by.username, address.text)
    actor: Actor | None = g.get("actor")
    if actor:
        return Origin(actor.user_id, actor.name, address.text)
    return Origin(None, None, address.text, address.network)


def _write(entries: list[dict[str, Any]]) -> None:
    AuditEntry.write(entries, get_bounds(current_app.config["SETTINGS"]))
    db.session().info.setdefault("audit", []).extend(entries)


def get_bounds(settings: config.Settings) -> dict[Category, int]:
    """Return how many entries of each category are kept."""
    return {
        Category.COLLECTIONS: settings.audit_entries,
        Category.PEOPLE: settings.audit_people_entries,
        Category.REFUSALS: settings.audit_refusals,
        Category.REFUSED_KEYS: settings.audit_refusals,
    }


# --- The log -------------------------------------------------------------------------------------------


@sa.event.listens_for(db.session, "after_commit")
def _emit_log(session: Session) -> None:
    """Log what was noted, now that it is certain."""
    for entry in session.info.pop("audit", ()):
        log.info(_format_line(entry))


@sa.event.listens_for(db.session, "after_rollback")
def _discard(session: Session) -> None:
    session.info.pop("audit", None)


def _format_line(entry: Mapping[str, Any]) -> str:
    """One line of JSON, all of it ASCII: no name can forge another line."""
    return json.dumps({"event": "audit", **entry, "noted_at": format_iso(entry["noted_at"])})
