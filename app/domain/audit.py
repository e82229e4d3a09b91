"""Record who does what and from where, in the same transaction and as a log line.

Who acts comes from the `AuditContext`, which the web layer sets for each request and the command line for
each command. An entry says which settings changed; it holds values of `SETTINGS_WITH_VALUES` alone, so that
no secret gets in.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

import config
from app.core import clock
from app.core.client_address import ClientAddress
from app.core.log_format import AUDIT_LOGGER
from app.core.timestamps import format_iso
from app.db import transactions
from app.db.session import db
from app.models import (
    Actor,
    AlertReceiver,
    ApiKey,
    AuditEntry,
    Collection,
    Field,
    Rehearsal,
    SpikeSchedule,
    User,
)
from app.models.audit import make_entry
from app.models.audit_actions import Action, Category, Outcome
from app.models.audit_storage import write_entries
from app.models.audit_subject import COMMAND_LINE, SERVER, Origin, Subject

Row = User | ApiKey | AlertReceiver | Collection | Field | SpikeSchedule | Rehearsal
SETTINGS_WITH_VALUES = {
    "name",
    "username",
    "label",
    "field_name",
    "metric",
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
REFUSALS_PERIOD = timedelta(minutes=5)
MAX_REFUSALS = 50
LOCK_TIMEOUT_S = 1.0
"""How long recording a refusal may wait for the write lock."""
POLL_LOCK_TIMEOUT_S = 0.05
"""The same for a refused poll, which is answered in less time than that."""
log = logging.getLogger(AUDIT_LOGGER)


@dataclass(frozen=True)
class AuditContext:
    """Who acts, from where, and with which request. Knows nothing about HTTP beyond these facts."""

    source: str = SERVER
    """A client's address, `command line` or `server`."""
    network: str | None = None
    """The network of that address, by which anonymous clients are limited."""
    actor: Actor | None = None
    request: str = ""
    """Method and path, such as `PATCH /api/users/3`."""
    subject: Subject = field(default_factory=Subject)
    """What the ids in that path refer to."""


_context: ContextVar[AuditContext] = ContextVar("audit context")
_bounds: dict[Category, int] = {}


def configure(settings: config.Settings) -> None:
    """Set how many entries this process keeps of each category. Called once, when the app is created."""
    _bounds.update(get_bounds(settings))


def set_context(context: AuditContext) -> None:
    """Set who acts from now on in this thread, such as the client of a request."""
    _context.set(context)


def set_request_context(address: ClientAddress, request: str, subject: Subject) -> None:
    """Set that a client acts by a request; nobody is signed in yet."""
    set_context(AuditContext(address.text, address.network, request=request, subject=subject))


def set_actor(actor: Actor) -> None:
    """Set who is signed in, in the present context."""
    set_context(replace(_get_context(), actor=actor))


def clear_context() -> None:
    """Set that the server itself acts, as outside of requests and commands."""
    set_context(AuditContext())


def _get_context() -> AuditContext:
    return _context.get(AuditContext())


@contextmanager
def from_command_line() -> Iterator[None]:
    """Record what happens within as done by a command."""
    token = _context.set(AuditContext(COMMAND_LINE))
    try:
        yield
    finally:
        _context.reset(token)


def record(
    action: Action,
    row: Row | None = None,
    *,
    by: User | None = None,
    outcome: Outcome = Outcome.DONE,
    **details: Any,
) -> None:
    """Record an action in the present transaction.

    Args:
        action: What is done.
        row: What it is done to, if anything.
        by: Who does it, where they are not signed in yet; otherwise the context says so.
        outcome: Whether it was done or refused.
        **details: More about it, as JSON values or aware datetimes.
    """
    subject = Subject.from_row(row) if row else Subject()
    json_details = {name: _to_json(value) for name, value in details.items()}
    _write([make_entry(_get_origin(by), action, outcome, subject, json_details, now=clock.now())])


def record_each(action: Action, rows: Iterable[Row], **details: Any) -> None:
    """Record the same action for several rows, with one INSERT."""
    origin, now = _get_origin(), clock.now()
    if entries := [
        make_entry(origin, action, Outcome.DONE, Subject.from_row(row), details, now=now) for row in rows
    ]:
        _write(entries)


def record_change(
    action: Action, row: Row, before: Mapping[str, Any], after: Mapping[str, Any], **details: Any
) -> None:
    """Record which settings changed, if any, with the values of `SETTINGS_WITH_VALUES`."""
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
    """Roll back the present transaction and record a refusal in one of its own."""
    _record_refusal(action, Subject.from_row(row) if row else Subject(), details)


def record_refused_request(actor: Actor, **details: str) -> None:
    """Record that a signed-in user's request was refused, because of their role or where it came from."""
    _record_refusal(
        Action.REQUEST, _get_context().subject, _describe_request() | {"as": actor.role} | details
    )


def record_not_found(actor: Actor) -> None:
    """Record that a signed-in user asked for something that does not exist for them.

    A missing row and another user's row are recorded alike, so that the response times do not differ. The
    same request is recorded once per `REFUSALS_PERIOD`.
    """
    details = _describe_request() | {"as": actor.role, "why": "not found"}
    _record_refusal(Action.REQUEST, _get_context().subject, details, is_once=True)


def record_refused_poll(why: str, key_hash: str | None) -> None:
    """Record that a poll was refused, and with which key. The caller limits how often."""
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
        log.info("A refused poll was not recorded: %s", type(error).__name__)
    finally:
        db.session.rollback()
        transactions.set_mode(writes=False)


def _describe_request() -> dict[str, Any]:
    return {"request": _get_context().request[:255]}


def _record_refusal(
    action: Action, subject: Subject, details: dict[str, Any], *, is_once: bool = False
) -> None:
    """Record a refusal; rate-limited, so that refusals cannot flush older entries."""
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
    """Return who acts, and from where; the network only for anonymous clients, whom limits count by it."""
    context = _get_context()
    if context.network is None:
        return Origin(None, None, context.source)
    if by is not None:
        return Origin(by.id, by.username, context.source)
    if context.actor is not None:
        return Origin(context.actor.user_id, context.actor.name, context.source)
    return Origin(None, None, context.source, context.network)


def _write(entries: list[dict[str, Any]]) -> None:
    write_entries(entries, _bounds)
    db.session().info.setdefault("audit", []).extend(entries)


def get_bounds(settings: config.Settings) -> dict[Category, int]:
    """Return how many entries are kept of each category."""
    return {
        Category.COLLECTIONS: settings.audit_entries,
        Category.PEOPLE: settings.audit_people_entries,
        Category.REFUSALS: settings.audit_refusals,
        Category.REFUSED_KEYS: settings.audit_refusals,
    }


# --- The log -------------------------------------------------------------------------------------------


@sa.event.listens_for(db.session, "after_commit")
def _emit_log(session: Session) -> None:
    """Log the recorded entries, now that they are committed."""
    for entry in session.info.pop("audit", ()):
        log.info(_format_line(entry))


@sa.event.listens_for(db.session, "after_rollback")
def _discard(session: Session) -> None:
    session.info.pop("audit", None)


def _format_line(entry: Mapping[str, Any]) -> str:
    """Return one line of ASCII JSON, so that no name can forge another line."""
    return json.dumps({"event": "audit", **entry, "noted_at": format_iso(entry["noted_at"])})
