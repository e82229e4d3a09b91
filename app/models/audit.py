"""The entries of the audit log: actor, action, subject, origin and time of each change and refusal."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db.session import Base, db
from app.db.types import UtcDateTime
from app.models.audit_actions import (
    CHANGE_ACTIONS,
    CREATION_ACTIONS,
    Action,
    Category,
    Outcome,
    SubjectKind,
    get_category,
)
from app.models.audit_subject import Origin, Subject
from app.models.mixins import MAX_NAME_LENGTH


class AuditEntry(Base):
    """An entry of the audit log. Entries are never changed, and only pruning deletes them, oldest first."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        sa.Index(None, "category", "actor_id", "id"),
        sa.Index(
            "ix_audit_entries_network",
            "network",
            "id",
            sqlite_where=sa.text("network IS NOT NULL"),
            postgresql_where=sa.text("network IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(sa.String(20), server_default=Category.COLLECTIONS)
    # Set for refusals of anonymous clients: they are counted per network, so that none floods the log.
    network: Mapped[str | None] = mapped_column(sa.String(64))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str | None] = mapped_column(sa.String(MAX_NAME_LENGTH))
    source: Mapped[str] = mapped_column(sa.String(64))
    action: Mapped[str] = mapped_column(sa.String(40))
    outcome: Mapped[str] = mapped_column(sa.String(20))
    thing_kind: Mapped[str | None] = mapped_column(sa.String(20))
    thing_id: Mapped[int | None]
    thing_name: Mapped[str | None] = mapped_column(sa.String(MAX_NAME_LENGTH))
    collection_id: Mapped[int | None]
    collection_name: Mapped[str | None] = mapped_column(sa.String(MAX_NAME_LENGTH))
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON)

    @staticmethod
    def load_changes(subject: Subject, limit: int) -> "list[AuditEntry]":
        """Return the latest changes of a subject and its creation, newest first.

        For a collection or spike this includes the collection's fields and changes of the collection itself.
        """
        of_thing = sa.and_(
            AuditEntry.thing_kind == subject.thing_kind, AuditEntry.thing_id == subject.thing_id
        )
        if subject.collection_id is not None:
            kinds = (
                [SubjectKind.COLLECTION]
                if subject.thing_kind == SubjectKind.FIELD
                else [SubjectKind.COLLECTION, SubjectKind.FIELD]
            )
            of_collection = sa.and_(
                AuditEntry.collection_id == subject.collection_id, AuditEntry.thing_kind.in_(kinds)
            )
            of_thing = sa.or_(of_thing, of_collection)
        query = (
            sa.select(AuditEntry)
            .where(
                of_thing,
                AuditEntry.outcome == Outcome.DONE,
                AuditEntry.action.in_([*CREATION_ACTIONS, *CHANGE_ACTIONS]),
            )
            .order_by(AuditEntry.id.desc())
            .limit(limit)
        )
        return list(db.session.scalars(query))

    @staticmethod
    def load_refusals_since(origin: Origin, since: datetime, limit: int) -> list[dict[str, Any]]:
        """Return the details of this origin's refusals after `since`, among its newest `limit` entries.

        A signed-in user is one origin on all networks. The anonymous clients of a network are one origin.
        """
        if origin.actor_id is not None:
            same = sa.and_(AuditEntry.category == Category.REFUSALS, AuditEntry.actor_id == origin.actor_id)
        else:
            same = AuditEntry.network == origin.network
        columns = sa.select(AuditEntry.noted_at, AuditEntry.details)
        newest = db.session.execute(columns.where(same).order_by(AuditEntry.id.desc()).limit(limit))
        return [details for noted_at, details in newest if noted_at > since]


def make_entry(
    origin: Origin,
    action: Action,
    outcome: Outcome,
    subject: Subject,
    details: dict[str, Any],
    *,
    now: datetime,
    category: Category | None = None,
) -> dict[str, Any]:
    """Return the columns of an entry. The default category follows from its outcome and action."""
    is_refused = outcome is Outcome.REFUSED
    category = category or (Category.REFUSALS if is_refused else get_category(action))
    return {
        "category": category,
        "noted_at": now,
        "outcome": outcome,
        "action": action,
        **asdict(origin),
        **asdict(subject),
        "details": details,
        "network": origin.network if category is Category.REFUSALS and origin.actor_id is None else None,
    }
