"""API keys, with which monitoring tools poll."""

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
    """An API key, of which only the hash is stored.

    `is_limited` is stored apart from the list of collections. Otherwise, deleting the last listed collection
    would give the key access to all others.
    """

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
        """The collections that the key is limited to; None if it reads all that its owner may read."""
        return self.limits if self.is_limited else None

    def status(self, now: datetime) -> str:
        """Return `revoked`, `expired` or `valid`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "valid"

    @classmethod
    def is_valid(cls, now: datetime) -> sa.ColumnElement[bool]:
        """Return the SQL condition for keys whose `status()` is `valid`."""
        lasts = sa.or_(cls.expires_at.is_(None), cls.expires_at > now)
        return sa.and_(cls.revoked_at.is_(None), lasts)

    @staticmethod
    def get_for(actor: Actor, key_id: int, *, locked: bool = False) -> "ApiKey":
        """Return the key if it exists for this actor: one of their own, or any key for an Admin.

        Args:
            actor: The user who asks for the key.
            key_id: The id of the key.
            locked: Whether to lock the row until the transaction ends.

        Raises:
            NotFound: there is no such key, or it belongs to another user.
        """
        query = sa.select(ApiKey).where(ApiKey.id == key_id)
        key = db.session.scalar(query.with_for_update() if locked else query)
        if key is None or not actor.may_read(key.user_id):
            raise NotFound(f"There is no API key {key_id}.")
        return key


class ApiKeyCollection(Base):
    """A collection that a key is limited to. Without a collection type, the key reads both types."""

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
        """The collection's name."""
        return self.collection.name

    @property
    def owner_id(self) -> int:
        """The id of the collection's owner."""
        return self.collection.owner_id
