"""Receivers, at which alerts come in, and the episodes that are made of them."""

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Mapped, column_property, mapped_column, relationship

from app.core.errors import Conflict, NotFound
from app.db.session import Base, db
from app.db.types import CanonicalJson, UtcDateTime
from app.models.actor import Actor
from app.models.mixins import MAX_NAME_LENGTH, Timestamps
from app.models.user import User

MAX_DELIVERY_BYTES = 256 * 1024
MAX_FINGERPRINT_LENGTH = 64
MAX_PROBLEM_LENGTH = 255


class AlertReceiver(Timestamps, Base):
    """An address at which monitoring tools deliver alerts. Of its token, only the hash is stored."""

    __tablename__ = "alert_receivers"
    __table_args__ = (
        sa.UniqueConstraint("owner_id", "name"),
        sa.UniqueConstraint("token_hash"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(MAX_NAME_LENGTH))
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    prefix: Mapped[str] = mapped_column(sa.String(12))
    # Matchers of alerts that make no episodes, such as those that always fire.
    ignored: Mapped[list[dict[str, str]]] = mapped_column(CanonicalJson)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deliveries: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    last_received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What was not understood of a delivery, and when that was.
    last_problem_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_problem: Mapped[str | None] = mapped_column(sa.String(MAX_PROBLEM_LENGTH))

    if TYPE_CHECKING:
        gets_resolutions: InstrumentedAttribute[bool]  # mapped below

    owner: Mapped[User] = relationship()

    def status(self, _now: datetime) -> str:
        """Return `active` or `revoked`."""
        return "active" if self.revoked_at is None else "revoked"

    @staticmethod
    def get_for(actor: Actor, receiver_id: int, *, locked: bool = False) -> "AlertReceiver":
        """Return the receiver if it exists for this actor: one of their own, or any for an Admin.

        Args:
            actor: The user who asks for the receiver.
            receiver_id: The id of the receiver.
            locked: Whether to lock the row until the transaction ends.

        Raises:
            NotFound: there is no such receiver, or it belongs to another user.
        """
        query = sa.select(AlertReceiver).where(AlertReceiver.id == receiver_id)
        receiver = db.session.scalar(query.with_for_update() if locked else query)
        if receiver is None or not actor.may_read(receiver.owner_id):
            raise NotFound(f"There is no alert receiver {receiver_id}.")
        return receiver


class AlertEpisode(Base):
    """One time that one alert fired: from the first delivery of it as firing to that of it as resolved.

    The times `…received_at` are this server's, `starts_at` and `ends_at` the sender's. An alert has at most
    one open episode, which the partial index ensures, and it is the latest one of that alert.
    """

    __tablename__ = "alert_episodes"
    __table_args__ = (
        sa.Index(None, "receiver_id", "first_received_at"),
        sa.Index(None, "receiver_id", "fingerprint", "id"),
        sa.Index(None, "receiver_id", "resolved_received_at"),
        sa.Index(
            "uq_alert_episodes_open",
            "receiver_id",
            "fingerprint",
            unique=True,
            sqlite_where=sa.text("resolved_received_at IS NULL"),
            postgresql_where=sa.text("resolved_received_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receiver_id: Mapped[int] = mapped_column(sa.ForeignKey("alert_receivers.id", ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(sa.String(MAX_FINGERPRINT_LENGTH))
    alert_name: Mapped[str] = mapped_column(sa.String(MAX_NAME_LENGTH))
    labels: Mapped[dict[str, str]] = mapped_column(CanonicalJson)
    first_received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deliveries: Mapped[int]
    only_resolution: Mapped[bool]

    @property
    def is_firing(self) -> bool:
        """Whether the alert has not been resolved yet."""
        return self.resolved_received_at is None


AlertReceiver.gets_resolutions = column_property(  # type: ignore[assignment]
    sa.exists()
    .where(AlertEpisode.receiver_id == AlertReceiver.id, AlertEpisode.resolved_received_at.is_not(None))
    .correlate_except(AlertEpisode),
    deferred=True,
    expire_on_flush=False,
)


def receiver_name_taken(name: str) -> Conflict:
    """Return the refusal of a name that another receiver of the same user has."""
    return Conflict(
        f"An alert receiver named {name!r} already exists.",
        problem_type="name-taken",
        errors={"name": ["is taken by another of your receivers"]},
    )
