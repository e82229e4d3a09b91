"""The audit log over HTTP, for Admins: read-only."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from marshmallow import fields

from app.db.session import MAX_ID
from app.models import AuditEntry
from app.models.audit_actions import Action, Outcome, SubjectKind
from app.web.access import admin
from app.web.fields import Choice, Timestamp
from app.web.number_fields import Id
from app.web.openapi import Blueprint
from app.web.pagination import QueryInteger, filter_equal, list_query_schema, page_schema, paginate
from app.web.schema import Schema
from app.web.text_fields import Text

blp = Blueprint(
    "audit", __name__, url_prefix="/api/audit", description="The audit log: who did what (Admins only)"
)

SORTABLE = {"id": AuditEntry.id, "noted_at": AuditEntry.noted_at}
# As one text: on SQLite, lowering each name by itself takes twice as long.
_NAMES = (AuditEntry.actor_name, AuditEntry.thing_name, AuditEntry.collection_name)
SEARCHED = sum((sa.func.coalesce(name, "") + "\n" for name in _NAMES), sa.literal("")) + AuditEntry.source
FILTERED = (
    AuditEntry.actor_id,
    AuditEntry.source,
    AuditEntry.action,
    AuditEntry.outcome,
    AuditEntry.thing_kind,
    AuditEntry.thing_id,
    AuditEntry.collection_id,
)
AuditQuery = list_query_schema(
    "Audit",
    tuple(SORTABLE),
    "-id",
    actor_id=QueryInteger(1, MAX_ID, metadata={"description": "Id of the user who did it."}),
    source=Text(max_length=64, metadata={"description": "An IP address, `command line` or `server`."}),
    action=Choice(Action),
    outcome=Choice(Outcome),
    thing_kind=Choice(SubjectKind),
    thing_id=QueryInteger(1, MAX_ID),
    collection_id=QueryInteger(
        1, MAX_ID, metadata={"description": "Entries about this collection, its fields and its spikes."}
    ),
    since=Timestamp(metadata={"description": "At or after this time."}),
    until=Timestamp(metadata={"description": "Before this time."}),
)


def _word(words: type[StrEnum], *more: None) -> Text:
    """Return a field of a recorded word; words of later versions are shown as well."""
    return Text(allow_none=bool(more), metadata={"enum": [*words, *more]})


class AuditEntryOut(Schema):
    """An entry of the audit log. Names are those at that time; the row may no longer exist."""

    id = Id()
    noted_at = Timestamp()
    actor_id = Id(allow_none=True, metadata={"description": "Null if no user was signed in."})
    actor_name = Text(allow_none=True)
    source = Text(metadata={"description": "An IP address, `command line` or `server`."})
    action = _word(Action)
    outcome = _word(Outcome)
    thing_kind = _word(SubjectKind, None)
    thing_id = Id(allow_none=True)
    thing_name = Text(allow_none=True)
    collection_id = Id(
        allow_none=True,
        metadata={"description": "Set for entries about a collection, its fields and its spikes."},
    )
    collection_name = Text(allow_none=True)
    details = fields.Dict(
        keys=fields.String(),
        metadata={
            "description": "`changed` maps a setting to [old, new], or to null if its values are not logged."
        },
    )


@blp.route("", methods=["GET"])
@blp.response(200, page_schema(AuditEntryOut))
@admin
@blp.arguments(AuditQuery, location="query")
def list_audit_entries(args: dict[str, Any]) -> dict[str, Any]:
    """List the entries of the audit log, newest first."""
    query = filter_equal(sa.select(AuditEntry), args, *FILTERED)
    if "since" in args:
        query = query.where(AuditEntry.noted_at >= args["since"])
    if "until" in args:
        query = query.where(AuditEntry.noted_at < args["until"])
    return paginate(query, args, sortable=SORTABLE, searched=[SEARCHED])
