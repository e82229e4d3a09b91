"""Optimistic locking: strong ETags of rows, and `If-Match` on the requests that change them.

An ETag is a digest of everything about a row that people set. What changes by itself (a counter's value, a
spike's status, when a key was last used) is not part of it, nor are names of other rows, so a poll never
makes a save fail.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, wraps
from typing import Any, NoReturn, TypeVar, cast

import orjson
import sqlalchemy as sa
from flask import request

from app.core.errors import Malformed, PreconditionFailed
from app.core.timestamps import format_iso
from app.db import transactions
from app.db.session import Base
from app.db.types import (
    ExactNumber,
    Parameters,
    SpaceSeparated,
    UtcDateTime,
    encode_parameters,
    number_to_text,
)
from app.models import (
    AlertReceiver,
    ApiKey,
    ApiKeyCollection,
    AuditEntry,
    Collection,
    Field,
    Rehearsal,
    RehearsalExpectation,
    SpikeSchedule,
    SpikeScheduleField,
    User,
)
from app.models.audit_actions import CREATION_ACTIONS, SubjectKind
from app.models.audit_subject import Subject
from app.values import to_exact
from app.web.access import View, current_actor

Row = TypeVar("Row", Collection, Field, SpikeSchedule, Rehearsal, ApiKey, AlertReceiver, User)

UNTAGGED_COLUMNS: Mapping[type[Base], frozenset[str]] = {
    Collection: frozenset({"revision", "created_at", "updated_at"}),
    Field: frozenset({"current_number", "created_at", "updated_at"}),
    SpikeSchedule: frozenset({"searched", "created_at", "updated_at"}),
    SpikeScheduleField: frozenset({"id", "current_number"}),
    Rehearsal: frozenset(
        {"decided_by", "settled_at", "state", "passed", "result", "created_at", "updated_at"}
    ),
    RehearsalExpectation: frozenset({"id", "rehearsal_id"}),
    ApiKey: frozenset({"key_hash", "created_at", "last_used_at"}),
    ApiKeyCollection: frozenset({"id", "api_key_id"}),
    AlertReceiver: frozenset(
        {
            "token_hash",
            "deliveries",
            "last_received_at",
            "last_problem_at",
            "last_problem",
            "created_at",
            "updated_at",
        }
    ),
    User: frozenset({"username_folded", "two_factor_secret", "two_factor_step", "created_at", "updated_at"}),
}
"""The columns of each model that are not part of its tag; a column that is not named here is."""
CHILD_RELATIONSHIPS: Mapping[type[Base], str] = {
    Collection: "fields",
    SpikeSchedule: "spike_fields",
    Rehearsal: "expectations",
    ApiKey: "limits",
}
"""The relationship whose rows are a part of the thing."""
MAX_CHANGES = 10


# --- ETags ---------------------------------------------------------------------------------------------


def compute_etag(row: Base) -> str:
    """Return the strong ETag of a row, in quotes."""
    parts = sorted(
        orjson.dumps(_tagged_values(part))
        for part in getattr(row, CHILD_RELATIONSHIPS.get(type(row), ""), ())
    )
    digest = hashlib.sha256(orjson.dumps([type(row).__tablename__, _tagged_values(row)]))
    for part in parts:
        digest.update(b"\n" + part)
    return f'"{base64.urlsafe_b64encode(digest.digest()[:15]).decode()}"'


def _tagged_values(row: Base) -> list[Any]:
    return [
        None if (value := getattr(row, name)) is None else form(value) for name, form in _columns(type(row))
    ]


@cache
def _columns(model: type[Base]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """Return the names of the tagged columns, each with a function that normalizes its values.

    A value just set may differ in form from the same one read back (Decimal("5") and Decimal("5.00"), 0 and
    0.0); both must have the same ETag.
    """
    mapper = sa.inspect(model)
    names = {mapper.get_property_by_column(column).key: column for column in mapper.local_table.columns}
    tagged = sorted(names.keys() - UNTAGGED_COLUMNS[model])
    return tuple((name, _normalizer(names[name].type)) for name in tagged)


def _normalizer(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, ExactNumber):
        return lambda value: number_to_text(to_exact(value))
    if isinstance(kind, UtcDateTime):
        return cast(Callable[[datetime], str], format_iso)
    if isinstance(kind, SpaceSeparated):
        return sorted
    if isinstance(kind, Parameters):
        return encode_parameters
    return float if isinstance(kind, sa.Float) else lambda value: value


# --- Views ---------------------------------------------------------------------------------------------


def with_etag(view: View) -> View:
    """Send the ETag of the row that a view returns."""

    @wraps(view)
    def answer(*args: Any, **path: Any) -> Any:
        result = view(*args, **path)
        row, headers = result if isinstance(result, tuple) else (result, {})
        return (row, headers | {"ETag": compute_etag(row)}) if isinstance(row, Base) else result

    return _add_documentation(answer, has_etag=True)


def with_if_match(view: View) -> View:
    """Send the ETag, as `with_etag`, and document `If-Match` of a view that calls `require_match`."""
    return _add_documentation(with_etag(view), takes_if_match=True)


def _add_documentation(view: View, **facts: bool) -> View:
    view._apidoc = getattr(view, "_apidoc", {}) | facts  # type: ignore[attr-defined]
    return view


# --- If-Match ------------------------------------------------------------------------------------------


def require_match(row: Row) -> Row:
    """Return the row, which the caller has locked, if the request's `If-Match` matches it or is absent."""
    header = request.headers.get("If-Match")
    if header is None or header.strip(" \t") == "*":
        return row
    tags = _parse(header)
    present = compute_etag(row)
    if present not in tags:
        _refuse(row, present, is_weakened=f"W/{present}" in tags)
    return row


_TAG = re.compile(r'[ \t,]*((?:W/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?=,|$)')


def _parse(header: str) -> list[str]:
    """Return the ETags of an `If-Match` header (RFC 9110, 13.1.1).

    Raises:
        Malformed: The header is invalid.
    """
    tags, position = [], 0
    while match := _TAG.match(header, position):
        tags.append(match[1])
        position = match.end()
    if not tags or header[position:].strip(" \t,"):
        raise Malformed(
            'If-Match must be an ETag in double quotes, such as "abc", several with commas, or *.'
        )
    return tags


def _refuse(row: Row, present: str, *, is_weakened: bool) -> NoReturn:
    """Refuse the request with the current ETag and the latest changes of the row.

    Raises:
        PreconditionFailed: The ETags of the request do not match.
    """
    subject = Subject.from_row(row)
    name, kind = subject.thing_name, subject.thing_kind
    transactions.begin(writes=False)  # release the lock before the audit log is read
    changes = [] if is_weakened else latest_changes(subject)
    facts: dict[str, Any] = {
        "changed_by": changes[0]["by"] if changes else None,
        "changed_at": changes[0]["at"] if changes else None,
        "changes": changes,
    }
    if is_weakened:
        detail = f"A weak ETag never matches. Send it without W/, which a proxy may have added: {present}."
    else:
        by = " by {by} at {at}".format_map(changes[0]) if changes else ""
        detail = (
            f"The {kind} {name!r} was changed{by}. Load it again, and send If-Match with its current ETag."
        )
    raise PreconditionFailed(
        detail, problem_type="precondition-failed", members=facts, headers={"ETag": present}
    )


def latest_changes(subject: Subject) -> list[dict[str, Any]]:
    """Return the latest changes of a row from the audit log, newest first.

    Only Admins see changes from before the collection was transferred to its owner.
    """
    changes: list[dict[str, Any]] = []
    for entry in AuditEntry.load_changes(subject, 3 * MAX_CHANGES):
        changed = entry.details.get("changed", {})
        is_itself = (entry.thing_kind, entry.thing_id) == (subject.thing_kind, subject.thing_id)
        is_given_away = "owner" in changed and not current_actor().is_admin
        if (is_itself and entry.action in CREATION_ACTIONS) or is_given_away:
            break
        if is_itself or entry.thing_kind == SubjectKind.FIELD:
            changes.append(
                {
                    "at": format_iso(entry.noted_at),
                    "by": entry.actor_name or entry.source,
                    "action": entry.action,
                    "kind": entry.thing_kind,
                    "name": entry.thing_name,
                    "changed": changed,
                }
            )
    return changes[:MAX_CHANGES]
