"""The audit log: who did what to which thing, from where and when."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UTCDateTime, db
from app.models.api_key import ApiKey
from app.models.collection import Collection, Field
from app.models.mixins import LONGEST_NAME
from app.models.spike import SpikeSchedule
from app.models.user import User

COMMAND_LINE, SERVER = "command line", "server"  # where from, outside of requests
TRIMMED_EVERY = 100  # entries, so that hardly any write pays for it
MOST_TRIMMED = 1000  # rows at once, or a limit that was lowered would make one write wait long


class Action(StrEnum):
    """What somebody did, or was refused."""

    SIGN_IN = "sign-in"
    SIGN_OUT = "sign-out"
    END_SIGN_IN = "end-sign-in"
    END_OTHER_SIGN_INS = "end-other-sign-ins"
    CHANGE_PASSWORD = "change-password"  # noqa: S105 - a word, not a password
    CHANGE_EMAIL = "change-email"
    ASK_FOR_CODE = "ask-for-code"
    USE_RECOVERY_CODE = "use-recovery-code"
    TURN_ON_TWO_FACTOR = "turn-on-two-factor"
    TURN_OFF_TWO_FACTOR = "turn-off-two-factor"
    NEW_RECOVERY_CODES = "new-recovery-codes"
    RESET_TWO_FACTOR = "reset-two-factor"
    SET_UP = "set-up"
    CREATE_USER = "create-user"
    CHANGE_USER = "change-user"
    DELETE_USER = "delete-user"
    CREATE_KEY = "create-key"
    CHANGE_KEY = "change-key"
    REVOKE_KEY = "revoke-key"
    DELETE_KEY = "delete-key"
    CREATE_COLLECTION = "create-collection"
    CHANGE_COLLECTION = "change-collection"
    COPY_COLLECTION = "copy-collection"
    DELETE_COLLECTION = "delete-collection"
    CREATE_FIELD = "create-field"
    CHANGE_FIELD = "change-field"
    RESET_FIELD = "reset-field"
    DELETE_FIELD = "delete-field"
    CREATE_SPIKE = "create-spike"
    CHANGE_SPIKE = "change-spike"
    END_SPIKE = "end-spike"
    EXTEND_SPIKE = "extend-spike"
    DELETE_SPIKE = "delete-spike"
    REQUEST = "request"
    RESTORE = "restore"


CHANGES = (
    Action.CHANGE_PASSWORD,
    Action.TURN_ON_TWO_FACTOR,
    Action.TURN_OFF_TWO_FACTOR,
    Action.RESET_TWO_FACTOR,
    Action.CHANGE_USER,
    Action.CHANGE_KEY,
    Action.REVOKE_KEY,
    Action.CHANGE_COLLECTION,
    Action.CREATE_FIELD,
    Action.CHANGE_FIELD,
    Action.DELETE_FIELD,
    Action.CHANGE_SPIKE,
    Action.END_SPIKE,
    Action.EXTEND_SPIKE,
)
"""What gives a thing another ETag."""
BEGINNINGS = (
    Action.SET_UP,
    Action.CREATE_USER,
    Action.CREATE_KEY,
    Action.CREATE_COLLECTION,
    Action.COPY_COLLECTION,
    Action.CREATE_FIELD,
    Action.CREATE_SPIKE,
)


class Outcome(StrEnum):
    """Whether it was done."""

    DONE = "done"
    REFUSED = "refused"


class Kind(StrEnum):
    """What an entry is about."""

    USER = "user"
    KEY = "key"
    COLLECTION = "collection"
    FIELD = "field"
    SPIKE = "spike"


@dataclass(frozen=True)
class Thing:
    """What an entry is about: plain ids and the names of that moment, which outlive it."""

    thing_kind: Kind | None = None
    thing_id: int | None = None
    thing_name: str | None = None
    collection_id: int | None = None
    collection_name: str | None = None

    @staticmethod
    def of(row: User | ApiKey | Collection | Field | SpikeSchedule) -> "Thing":
        """The thing that a row is; a collection's field or spike says of which collection."""
        match row:
            case User():
                return Thing(Kind.USER, row.id, row.username)
            case ApiKey():
                return Thing(Kind.KEY, row.id, row.label)
            case Collection():
                return Thing(Kind.COLLECTION, row.id, row.name, row.id, row.name)
            case Field():
                return Thing(Kind.FIELD, row.id, row.field_name, row.collection_id, row.collection.name)
            case SpikeSchedule():
                return Thing(Kind.SPIKE, row.id, row.name, row.collection_id, row.collection.name)


@dataclass(frozen=True)
class Party:
    """Who did it, and from where; nobody, where nobody is signed in."""

    actor_id: int | None
    actor_name: str | None
    source: str


class AuditEntry(Base):
    """One entry. Nothing in the product changes or deletes one, but for the oldest that make room."""

    __tablename__ = "audit_entries"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str | None] = mapped_column(sa.String(LONGEST_NAME))
    source: Mapped[str] = mapped_column(sa.String(64))
    action: Mapped[str] = mapped_column(sa.String(40))
    outcome: Mapped[str] = mapped_column(sa.String(20))
    thing_kind: Mapped[str | None] = mapped_column(sa.String(20))
    thing_id: Mapped[int | None]
    thing_name: Mapped[str | None] = mapped_column(sa.String(LONGEST_NAME))
    collection_id: Mapped[int | None]
    collection_name: Mapped[str | None] = mapped_column(sa.String(LONGEST_NAME))
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON)

    @staticmethod
    def write(entries: list[dict[str, Any]], most: int) -> None:
        """Write entries in the present transaction; now and then the oldest beyond `most` go."""
        ids = list(db.session.scalars(sa.insert(AuditEntry).returning(AuditEntry.id), entries))
        if max(ids) // TRIMMED_EVERY > (min(ids) - 1) // TRIMMED_EVERY:
            _trim(max(ids) - most)

    @staticmethod
    def changes_of(thing: Thing, most: int) -> "list[AuditEntry]":
        """Return the latest changes of a thing and its creation, newest first: of a collection or spike also
        those of the collection's fields, and whenever the collection was changed itself."""
        of_thing = sa.and_(AuditEntry.thing_kind == thing.thing_kind, AuditEntry.thing_id == thing.thing_id)
        if thing.collection_id is not None:
            kinds = [Kind.COLLECTION] if thing.thing_kind == Kind.FIELD else [Kind.COLLECTION, Kind.FIELD]
            of_collection = sa.and_(
                AuditEntry.collection_id == thing.collection_id, AuditEntry.thing_kind.in_(kinds)
            )
            of_thing = sa.or_(of_thing, of_collection)
        query = (
            sa.select(AuditEntry)
            .where(
                of_thing, AuditEntry.outcome == Outcome.DONE, AuditEntry.action.in_([*BEGINNINGS, *CHANGES])
            )
            .order_by(AuditEntry.id.desc())
            .limit(most)
        )
        return list(db.session.scalars(query))

    @staticmethod
    def refused_since(party: Party, since: datetime) -> int:
        """How many entries there are since then of what was refused to this party."""
        query = sa.select(sa.func.count()).where(
            AuditEntry.noted_at > since,
            AuditEntry.outcome == Outcome.REFUSED,
            AuditEntry.source == party.source,
            AuditEntry.actor_id.is_not_distinct_from(party.actor_id),
        )
        return db.session.scalar(query) or 0


def _trim(newest_to_go: int) -> None:
    """Delete the entries up to this id. What another transaction is deleting is left to it: nobody waits."""
    oldest = (
        sa.select(AuditEntry.id)
        .where(AuditEntry.id <= newest_to_go)
        .order_by(AuditEntry.id)
        .limit(MOST_TRIMMED)
        .with_for_update(skip_locked=True)
    )
    db.session.execute(sa.delete(AuditEntry).where(AuditEntry.id.in_(oldest)))


def entry_of(
    party: Party,
    action: Action,
    outcome: Outcome,
    thing: Thing,
    details: dict[str, Any],
    *,
    now: datetime,
) -> dict[str, Any]:
    """The columns of an entry."""
    return {
        "noted_at": now,
        "outcome": outcome,
        "action": action,
        **asdict(party),
        **asdict(thing),
        "details": details,
    }
