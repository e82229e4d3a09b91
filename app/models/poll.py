"""The last polls of collections."""

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
    """The last poll of a collection type by a key, with a resolution of one minute."""

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
    # The schedule whose values the poll returned, which may be deleted by now. Null for normal values.
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


def _last_key_property(column: InstrumentedAttribute[Any]) -> Any:
    """Return a property of collections: this column of the key that polled the collection last."""
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


Collection.last_polled_by = _last_key_property(ApiKey.label)
Collection.last_poller_id = _last_key_property(ApiKey.user_id)
