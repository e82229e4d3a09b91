"""Noting who does what, from where: in the transaction that does it, and as a line of the log.

Who it is and where they are comes from the request, here and nowhere else. What is noted says which
settings changed; the values are kept of a few alone (`SHOWN`), so that no secret gets in.
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
from app.core.log_format import AUDIT
from app.core.timestamps import format_iso
from app.db import transactions
from app.db.session import db
from app.models import Actor, ApiKey, AuditEntry, Collection, Field, SpikeSchedule, User
from app.models.audit import (
    COMMAND_LINE,
    SERVER,
    Action,
    Category,
    Kind,
    Outcome,
    Party,
    Thing,
    entry_of,
)

Row = User | ApiKey | Collection | Field | SpikeSchedule
SHOWN = {
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
KINDS = {
    "user_id": Kind.USER,
    "key_id": Kind.KEY,
    "collection_id": Kind.COLLECTION,
    "field_id": Kind.FIELD,
    "spike_id": Kind.SPIKE,
}
"""What the ids in an address name."""
REFUSALS_PERIOD = timedelta(minutes=5)
MOST_REFUSALS = 50
PATIENCE = 1.0  # seconds; a refusal does not wait longer for its entry
POLLS_PATIENCE = 0.05  # nor does that of a poll
log = logging.getLogger(AUDIT)
_outside: ContextVar[str] = ContextVar("source outside of requests", default=SERVER)


@contextmanager
def from_the_command_line() -> Iterator[None]:
    """What is noted within was done by a command."""
    token = _outside.set(COMMAND_LINE)
    try:
        yield
    finally:
        _outside.reset(token)


def note(
    action: Action,
    row: Row | None = None,
    *,
    by: User | None = None,
    outcome: Outcome = Outcome.DONE,
    **details: Any,
) -> None:
    """Note what is done to `row`, in the transaction that does it; `by` whom, before they are signed in."""
    thing = Thing.of(row) if row else Thing()
    shown = {name: _plain(value) for name, value in details.items()}
    _write([entry_of(_party(by), action, outcome, thing, shown, now=clock.now())])


def note_each(action: Action, rows: Iterable[Row], **details: Any) -> None:
    """Note the same of several things."""
    party, now = _party(), clock.now()
    if entries := [entry_of(party, action, Outcome.DONE, Thing.of(row), details, now=now) for row in rows]:
        _write(entries)


def note_change(
    action: Action, row: Row, before: Mapping[str, Any], after: Mapping[str, Any], **details: Any
) -> None:
    """Note which settings changed, with both values of those that are shown; nothing, where none did."""
    changed = {
        name: [_plain(before[name]), _plain(after[name])] if name in SHOWN else None
        for name in after
        if before[name] != after[name]
    }
    if changed:
        note(action, row, changed=changed, **details)


def _plain(value: Any) -> Any:
    return format_iso(value) if isinstance(value, datetime) else value


def note_refusal(action: Action, row: Row | None = None, **details: Any) -> None:
    """Note a refusal in a transaction of its own; the present one ends without a trace."""
    _note_refusal(action, Thing.of(row) if row else Thing(), details)


def note_refused_request(actor: Actor, **more: str) -> None:
    """Note that somebody who is signed in may not do what they, or a page in their browser, asked for."""
    _note_refusal(Action.REQUEST, _thing_of_request(), _asked() | {"as": actor.role} | more)


def note_not_found(actor: Actor) -> None:
    """Note that somebody who is signed in asked for what does not exist for them; the same once in a while.

    What belongs to somebody else and what does not exist are noted alike, so they take as long.
    """
    details = _asked() | {"as": actor.role, "why": "not found"}
    _note_refusal(Action.REQUEST, _thing_of_request(), details, is_once=True)


def note_refused_poll(why: str, key_hash: str | None) -> None:
    """Note that a poll was refused, and which key it came with. The caller limits how often."""
    try:
        transactions.begin(writes=True, lock_timeout_s=POLLS_PATIENCE)
        key = db.session.scalar(sa.select(ApiKey).where(ApiKey.key_hash == key_hash)) if key_hash else None
        thing, details, category = (
            Thing.of(key) if key else Thing(),
            _asked() | {"why": why},
            Category.REFUSED_KEYS,
        )
        refusal = entry_of(
            _party(), Action.REQUEST, Outcome.REFUSED, thing, details, now=clock.now(), category=category
        )
        _write([refusal])
        db.session.commit()
    except (DBAPIError, PoolTimeout) as error:
        log.info("A refused poll was not noted: %s", type(error).__name__)
    finally:
        db.session.rollback()
        transactions.set_mode(writes=False)


def _asked() -> dict[str, Any]:
    return {"request": f"{request.method} {request.path}"[:255]}


def _thing_of_request() -> Thing:
    ids = request.view_args or {}
    kind, id_ = next(((kind, ids[name]) for name, kind in KINDS.items() if name in ids), (None, None))
    return Thing(kind, id_ or None)  # 0 stands for an id that no database could hold


def _note_refusal(action: Action, thing: Thing, details: dict[str, Any], *, is_once: bool = False) -> None:
    """Note a refusal; nobody floods the log by being refused often."""
    party, now = _party(), clock.now()
    entry = entry_of(party, action, Outcome.REFUSED, thing, details, now=now)
    try:
        transactions.begin(writes=False)
        earlier = AuditEntry.refusals_since(party, now - REFUSALS_PERIOD, MOST_REFUSALS)
        if len(earlier) < MOST_REFUSALS and not (is_once and details in earlier):
            transactions.begin(writes=True, lock_timeout_s=PATIENCE)
            _write([entry])
            db.session.commit()
    except (DBAPIError, PoolTimeout):
        log.info(_line(entry))
    finally:
        db.session.rollback()
        transactions.set_mode(writes=False)


def _party(by: User | None = None) -> Party:
    """Who it is, and from where: the request's address as guesses are counted by."""
    if not has_request_context():
        return Party(None, None, _outside.get())
    address = parse_address(request.remote_addr)
    if by is not None:
        return Party(by.id, by.username, address.text)
    actor: Actor | None = g.get("actor")
    if actor:
        return Party(actor.user_id, actor.name, address.text)
    return Party(None, None, address.text, address.network)


def _write(entries: list[dict[str, Any]]) -> None:
    AuditEntry.write(entries, bounds_of(current_app.config["SETTINGS"]))
    db.session().info.setdefault("audit", []).extend(entries)


def bounds_of(settings: config.Settings) -> dict[Category, int]:
    """Return how many entries of each category are kept."""
    return {
        Category.COLLECTIONS: settings.audit_entries,
        Category.PEOPLE: settings.audit_people_entries,
        Category.REFUSALS: settings.audit_refusals,
        Category.REFUSED_KEYS: settings.audit_refusals,
    }


# --- The log -------------------------------------------------------------------------------------------


@sa.event.listens_for(db.session, "after_commit")
def _tell(session: Session) -> None:
    """Log what was noted, now that it is certain."""
    for entry in session.info.pop("audit", ()):
        log.info(_line(entry))


@sa.event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("audit", None)


def _line(entry: Mapping[str, Any]) -> str:
    """One line of JSON, all of it ASCII: no name can forge another line."""
    return json.dumps({"event": "audit", **entry, "noted_at": format_iso(entry["noted_at"])})
