"""API keys: what a monitoring tool shows when it polls."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.errors import NotFound
from app.db.session import Base, db
from app.db.types import UtcDateTime
from app.models.actor import Actor
from app.models.collection import Collection
from app.models.mixins import MAX_NAME_LENGTH
from app.models.user import User
from app.values import CollectionType


class ApiKey(Base):
    """A key: only its hash is kept. `is_limited` outlives its list, or deleting the last listed
    collection would open all the others."""

    __tablename__ = "api_keys"
    __table_args__ = (sa.UniqueConstraint("key_hash"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(sa.String(MAX_NAME_LENGTH))
    prefix: Mapped[str] = mapped_column(sa.String(12))
    key_hash: Mapped[str] = mapped_column(sa.String(64))
    is_limited: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()
    limits: Mapped[list["ApiKeyCollection"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="ApiKeyCollection.id"
    )

    @property
    def allowed_collections(self) -> list["ApiKeyCollection"] | None:
        """What it is limited to; None where it reads whatever its owner may read."""
        return self.limits if self.is_limited else None

    def status(self, now: datetime) -> str:
        """`revoked`, `expired` or `valid`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "valid"

    @classmethod
    def is_valid(cls, now: datetime) -> sa.ColumnElement[bool]:
        """The keys whose status is `valid`: `status()` as SQL."""
        lasts = sa.or_(cls.expires_at.is_(None), cls.expires_at > now)
        return sa.and_(cls.revoked_at.is_(None), lasts)

    @staticmethod
    def get_for(actor: Actor, key_id: int, *, locked: bool = False) -> "ApiKey":
        """The key, if it exists for this actor: their own, or anybody's for an Admin."""
        query = sa.select(ApiKey).where(ApiKey.id == key_id)
        key = db.session.scalar(query.with_for_update() if locked else query)
        if key is None or not actor.may_read(key.user_id):
            raise NotFound(f"There is no API key {key_id}.")
        return key


class ApiKeyCollection(Base):
    """One collection that a key is limited to; without a type, both of its types."""

    __tablename__ = "api_key_collections"
    __table_args__ = (
        sa.UniqueConstraint("api_key_id", "collection_id", "collection_type", name="uq_api_key_collections"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    api_key_id: Mapped[int] = mapped_column(sa.ForeignKey("api_keys.id", ondelete="CASCADE"))
    collection_id: Mapped[int] = mapped_column(
        sa.ForeignKey("collections.id", ondelete="CASCADE"), index=True
    )
    collection_type: Mapped[CollectionType | None] = mapped_column(
        sa.Enum(CollectionType, native_enum=False, length=20, name="collection_type")
    )

    collection: Mapped[Collection] = relationship()

    @property
    def collection_name(self) -> str:
        """The collection's name, for people."""
        return self.collection.name

    @property
    def owner_id(self) -> int:
        """Who owns the collection."""
        return self.collection.owner_id
