"""When a key last polled a collection."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Mapped, column_property, mapped_column, relationship

from app.db.session import Base
from app.db.types import UtcDateTime
from app.models.api_key import ApiKey
from app.models.collection import Collection
from app.values import CollectionType


class Poll(Base):
    """The last poll of one type of one collection by one key, to the minute."""

    __tablename__ = "polls"
    __table_args__ = (sa.Index(None, "collection_id", "polled_at"),)

    api_key_id: Mapped[int] = mapped_column(
        sa.ForeignKey("api_keys.id", ondelete="CASCADE"), primary_key=True
    )
    collection_id: Mapped[int] = mapped_column(
        sa.ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True
    )
    collection_type: Mapped[CollectionType] = mapped_column(
        sa.Enum(CollectionType, native_enum=False, length=20, name="collection_type"), primary_key=True
    )
    polled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # What the poll got: the values of this schedule, which may be gone by now; null: normal values.
    spike_schedule_id: Mapped[int | None]

    api_key: Mapped[ApiKey] = relationship()
    collection: Mapped[Collection] = relationship()


Collection.last_polled_at = column_property(  # type: ignore[assignment]
    sa.select(sa.func.max(Poll.polled_at))
    .where(Poll.collection_id == Collection.id)
    .correlate_except(Poll)
    .scalar_subquery(),
    deferred=True,
    group="last poll",
    expire_on_flush=False,
)


def _of_last_key(column: InstrumentedAttribute[Any]) -> Any:
    """Return the column of the key that polled a collection last, as a property of the collection."""
    last = (
        sa.select(column)
        .join(Poll, Poll.api_key_id == ApiKey.id)
        .where(Poll.collection_id == Collection.id)
        .order_by(Poll.polled_at.desc(), Poll.api_key_id)
        .limit(1)
        .correlate_except(Poll, ApiKey)
        .scalar_subquery()
    )
    return column_property(last, deferred=True, group="last poll", expire_on_flush=False)


Collection.last_polled_by = _of_last_key(ApiKey.label)
Collection.last_poller_id = _of_last_key(ApiKey.user_id)
