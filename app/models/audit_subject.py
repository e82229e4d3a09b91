"""What an audit entry is about, and who caused it."""

from dataclasses import dataclass

from app.models.alert import AlertReceiver
from app.models.api_key import ApiKey
from app.models.audit_actions import SubjectKind
from app.models.collection import Collection, Field
from app.models.rehearsal import Rehearsal
from app.models.spike import SpikeSchedule
from app.models.user import User

COMMAND_LINE, SERVER = "command line", "server"  # sources of entries that no request causes


@dataclass(frozen=True)
class Subject:
    """The thing that an entry is about: its ids and its names at that time, which outlive the row."""

    thing_kind: SubjectKind | None = None
    thing_id: int | None = None
    thing_name: str | None = None
    collection_id: int | None = None
    collection_name: str | None = None

    @staticmethod
    def from_row(
        row: User | ApiKey | AlertReceiver | Collection | Field | SpikeSchedule | Rehearsal,
    ) -> "Subject":
        """Return the subject of a row; a part of a collection includes its collection."""
        match row:
            case User():
                return Subject(SubjectKind.USER, row.id, row.username)
            case ApiKey():
                return Subject(SubjectKind.KEY, row.id, row.label)
            case AlertReceiver():
                return Subject(SubjectKind.RECEIVER, row.id, row.name)
            case Collection():
                return Subject(SubjectKind.COLLECTION, row.id, row.name, row.id, row.name)
            case Field():
                return Subject(
                    SubjectKind.FIELD, row.id, row.field_name, row.collection_id, row.collection.name
                )
            case SpikeSchedule():
                return Subject(SubjectKind.SPIKE, row.id, row.name, row.collection_id, row.collection.name)
            case Rehearsal():
                return Subject(
                    SubjectKind.REHEARSAL, row.id, row.name, row.collection_id, row.collection.name
                )


@dataclass(frozen=True)
class Origin:
    """The actor and source of an action. Anonymous clients have no actor; rate limits count their network."""

    actor_id: int | None
    actor_name: str | None
    source: str
    network: str | None = None
