"""The audit log: the actor, action, subject, origin and time of each change and refusal."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db.session import Base, db
from app.db.types import UtcDateTime
from app.models.api_key import ApiKey
from app.models.collection import Collection, Field
from app.models.mixins import MAX_NAME_LENGTH
from app.models.spike import SpikeSchedule
from app.models.user import User

COMMAND_LINE, SERVER = "command line", "server"  # sources of entries that no request causes
MIN_PRUNE_INTERVAL, MAX_PRUNE_INTERVAL = 100, 10_000  # in entries, so that few writes prune
MIN_PRUNE_BATCH = 1000  # the batch is limited, so that no write waits long after a bound was lowered


class Action(StrEnum):
    """An action that was done or refused."""

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


CHANGE_ACTIONS = (
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
"""The actions that change the ETag of their subject."""
CREATION_ACTIONS = (
    Action.SET_UP,
    Action.CREATE_USER,
    Action.CREATE_KEY,
    Action.CREATE_COLLECTION,
    Action.COPY_COLLECTION,
    Action.CREATE_FIELD,
    Action.CREATE_SPIKE,
)


class Category(StrEnum):
    """A group of entries with its own bound, so that entries of one category never displace another's."""

    PEOPLE = "people"
    """Completed actions on users, their sign-ins and keys."""
    COLLECTIONS = "collections"
    """Completed actions on collections, fields and spikes."""
    REFUSALS = "refusals"
    """Refused requests of users and of anonymous clients."""
    REFUSED_KEYS = "refused-keys"
    """Refused polls."""


class Outcome(StrEnum):
    """Whether an action was done or refused."""

    DONE = "done"
    REFUSED = "refused"


class SubjectKind(StrEnum):
    """The kind of thing that an entry is about."""

    USER = "user"
    KEY = "key"
    COLLECTION = "collection"
    FIELD = "field"
    SPIKE = "spike"


@dataclass(frozen=True)
class Subject:
    """The thing that an entry is about: its ids and its names at that time, which outlive the row."""

    thing_kind: SubjectKind | None = None
    thing_id: int | None = None
    thing_name: str | None = None
    collection_id: int | None = None
    collection_name: str | None = None

    @staticmethod
    def from_row(row: User | ApiKey | Collection | Field | SpikeSchedule) -> "Subject":
        """Return the subject of a row; a field or spike includes its collection."""
        match row:
            case User():
                return Subject(SubjectKind.USER, row.id, row.username)
            case ApiKey():
                return Subject(SubjectKind.KEY, row.id, row.label)
            case Collection():
                return Subject(SubjectKind.COLLECTION, row.id, row.name, row.id, row.name)
            case Field():
                return Subject(
                    SubjectKind.FIELD, row.id, row.field_name, row.collection_id, row.collection.name
                )
            case SpikeSchedule():
                return Subject(SubjectKind.SPIKE, row.id, row.name, row.collection_id, row.collection.name)


@dataclass(frozen=True)
class Origin:
    """The actor and source of an action. Anonymous clients have no actor; rate limits count their network."""

    actor_id: int | None
    actor_name: str | None
    source: str
    network: str | None = None


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
    def write(entries: list[dict[str, Any]], bounds: Mapping[Category, int]) -> None:
        """Insert entries in the current transaction; at intervals, also prune the oldest beyond the bounds.

        Args:
            entries: The columns of each entry, as returned by `make_entry`.
            bounds: The number of entries to keep, per category.
        """
        ids = list(db.session.scalars(sa.insert(AuditEntry).returning(AuditEntry.id), entries))
        interval = min(max(min(bounds.values()) // 100, MIN_PRUNE_INTERVAL), MAX_PRUNE_INTERVAL)
        if max(ids) // interval > (min(ids) - 1) // interval:
            _prune(bounds, max(MIN_PRUNE_BATCH, 2 * interval))

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


def _prune(bounds: Mapping[Category, int], most: int) -> None:
    """Delete the entries beyond the bound of each category: the oldest of the actors with the most entries.

    Therefore no actor can displace the entries of others. If another transaction is pruning, nothing is done.

    Args:
        bounds: The number of entries to keep, per category.
        most: The maximum number of entries to delete per actor and category.
    """
    if not _try_prune_lock():
        return
    counted = sa.select(AuditEntry.category, AuditEntry.actor_id, sa.func.count())
    counts: dict[str, dict[int | None, int]] = {}
    for category, actor_id, count in db.session.execute(
        counted.group_by(AuditEntry.category, AuditEntry.actor_id)
    ):
        counts.setdefault(category, {})[actor_id] = count
    for category, bound in bounds.items():
        for actor_id, excess in compute_excess(counts.get(category, {}), bound).items():
            _delete_oldest(category, actor_id, min(excess, most))


def _try_prune_lock() -> bool:
    """Return whether this transaction may prune. SQLite needs no lock: it has one writer at a time."""
    if db.session.get_bind().dialect.name != "postgresql":
        return True
    return bool(db.session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_PRUNE_LOCK_CLASS, 0))))


_PRUNE_LOCK_CLASS = 7_456  # distinguishes this advisory lock from all others


def compute_excess(counts: Mapping[int | None, int], bound: int) -> dict[int | None, int]:
    """Return how many entries each actor must lose so that `bound` remain.

    The largest counts are cut to one common size; actors with fewer entries lose none.
    """
    room, left = bound, len(counts)
    level = 0
    for count in sorted(counts.values()):
        level = room // left
        if count > level:
            break
        room -= count
        left -= 1
    else:
        return {}
    return {party: count - level for party, count in counts.items() if count > level}


def _delete_oldest(category: str, actor_id: int | None, count: int) -> None:
    same = sa.and_(AuditEntry.category == category, AuditEntry.actor_id.is_not_distinct_from(actor_id))
    oldest = sa.select(AuditEntry.id).where(same).order_by(AuditEntry.id).limit(count)
    db.session.execute(sa.delete(AuditEntry).where(AuditEntry.id.in_(oldest)))


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


def get_category(action: Action) -> Category:
    """Return the category of an action that was done."""
    if action is Action.ASK_FOR_CODE:
        return Category.REFUSALS  # anyone who knows a password can repeat it without limit
    return Category.COLLECTIONS if action in _COLLECTION_ACTIONS else Category.PEOPLE


_COLLECTION_ACTIONS = {
    action
    for action in Action
    if action.rpartition("-")[2] in {SubjectKind.COLLECTION, SubjectKind.FIELD, SubjectKind.SPIKE}
}
