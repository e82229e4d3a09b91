"""Collections and their fields."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Mapped, column_property, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from app.core.errors import Conflict, NotFound
from app.db.session import Base, db
from app.models.actor import Actor
from app.models.mixins import MAX_NAME_LENGTH, Timestamps, ValueColumns
from app.models.user import User
from app.values import State, get_direction

if TYPE_CHECKING:
    from app.models.spike import SpikeSchedule

MAX_METRIC_LENGTH = 255


class Collection(Timestamps, Base):
    """A simulated device: a set of fields that a monitoring tool polls."""

    __tablename__ = "collections"
    __table_args__ = (sa.UniqueConstraint("name"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(MAX_NAME_LENGTH))
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    # Triggers replace it at every change that affects the values served (migration 0004).
    revision: Mapped[int] = mapped_column(sa.BigInteger, server_default="0", deferred=True)

    if TYPE_CHECKING:
        field_count: InstrumentedAttribute[int]  # mapped below, after Field is defined
        last_polled_at: InstrumentedAttribute[datetime | None]  # mapped in models.poll
        last_polled_by: InstrumentedAttribute[str | None]
        last_poller_id: InstrumentedAttribute[int | None]  # the owner of that key
        spike: "SpikeSchedule | None"
    else:
        spike = None  # the active or else the next schedule, set by models.spike_queries.attach_current_spike

    owner: Mapped[User] = relationship()
    fields: Mapped[list["Field"]] = relationship(
        back_populates="collection", order_by="Field.id", passive_deletes="all"
    )

    @staticmethod
    def get_for(actor: Actor, collection_id: int, *, locked: bool = False) -> "Collection":
        """Return the collection if it exists for this actor.

        Every transaction that changes a collection, its fields or its schedules locks the collection first.
        This serializes changes to one collection and prevents deadlocks.

        Args:
            actor: The user who asks for the collection.
            collection_id: The id of the collection.
            locked: Whether to lock the row until the transaction ends, and to reload it.

        Raises:
            NotFound: there is no such collection, or it belongs to another user.
        """
        query = sa.select(Collection).where(Collection.id == collection_id)
        if locked:
            query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
        collection = db.session.scalar(query)
        if collection is None or not actor.may_read(collection.owner_id):
            raise NotFound(f"There is no collection {collection_id}.")
        return collection


class CollectionPart:
    """Mixin of rows that belong to a collection: who may read the collection may read them."""

    NOUN: ClassVar[str]
    """What messages call such a row."""

    if TYPE_CHECKING:
        collection_id: Mapped[int]

    @classmethod
    def get_for(cls, actor: Actor, part_id: int, *, locked: bool = False) -> Self:
        """Return the row if its collection exists for this actor.

        Args:
            actor: The user who requests the row.
            part_id: The id of the row.
            locked: Whether to lock the collection until the transaction ends, and to reload the row.

        Raises:
            NotFound: There is no such row, or its collection belongs to another user.
        """
        part = db.session.get(cls, part_id)
        try:
            if part is None:
                raise NotFound("")
            Collection.get_for(actor, part.collection_id, locked=locked)
            if locked:
                db.session.refresh(part)  # another transaction may have changed or deleted it meanwhile
        except (NotFound, sa.exc.InvalidRequestError):
            raise NotFound(f"There is no {cls.NOUN} {part_id}.") from None
        return part


class Field(CollectionPart, Timestamps, ValueColumns, Base):
    """A named value of a collection, with its value type and the settings of its generator."""

    NOUN = "field"

    __tablename__ = "fields"
    __table_args__ = (
        sa.UniqueConstraint("collection_id", "collection_type", "field_name"),
        sa.Index(
            "uq_fields_metric",
            "collection_id",
            "collection_type",
            "metric",
            unique=True,
            sqlite_where=sa.text("metric IS NOT NULL"),
            postgresql_where=sa.text("metric IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(sa.ForeignKey("collections.id", ondelete="CASCADE"))
    # The series that Prometheus stores it as, `name{label="value"}`, where its author has given one.
    metric: Mapped[str | None] = mapped_column(sa.String(MAX_METRIC_LENGTH))

    collection: Mapped[Collection] = relationship(back_populates="fields")

    def take_over(self, number: Decimal) -> None:
        """Set the counter to `number`, the last value of a spike's copy of it."""
        if not counts_backwards(self.value_type, self.current_number, number):
            # Marked as modified, so that `onupdate` does not replace it: users have not changed the field.
            flag_modified(self, "updated_at")
        self.current_number = number
        if self.counts_integers:
            self.round_current_number()


def counts_backwards(value_type: str, before: State, after: Decimal) -> bool:
    """Return whether setting a counter from `before` to `after` moves it against its direction.

    Such a step must update the field's `updated_at`: a restore takes a counter that went back without a
    newer `updated_at` for the state of an older database.
    """
    return before is not None and get_direction(value_type) * (after - before) < 0


Collection.field_count = column_property(  # type: ignore[assignment]
    sa.select(sa.func.count(Field.id))
    .where(Field.collection_id == Collection.id)
    .correlate_except(Field)
    .scalar_subquery(),
    deferred=True,
)


def name_taken(name: str) -> Conflict:
    """Return the Conflict for a collection name that another collection has."""
    detail = f"A collection named {name!r} already exists."
    return Conflict(detail, problem_type="name-taken", errors={"name": ["is taken by another collection"]})


def field_name_taken(name: str, collection_type: str) -> Conflict:
    """Return the Conflict for a field name that another field of the collection and type has."""
    detail = f"The collection already has a {collection_type} field named {name!r}."
    return Conflict(detail, problem_type="name-taken", errors={"field_name": ["is taken by another field"]})
