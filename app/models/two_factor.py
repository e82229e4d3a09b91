"""Tables of two-factor sign-in: recovery codes, and sign-ins that wait for a code."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db.session import Base, db
from app.db.types import UtcDateTime


class RecoveryCode(Base):
    """A one-time code for users without their authenticator app. Using the code deletes the row."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)

    @staticmethod
    def left(user_id: int) -> int:
        """Return the number of unused codes of a user."""
        mine = sa.select(sa.func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
        return db.session.scalar(mine) or 0


class PendingSignIn(Base):
    """A browser sign-in with a correct password that waits for the code. It grants no access yet."""

    __tablename__ = "pending_sign_ins"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @staticmethod
    def get_user_id(token_hash: str, now: datetime) -> int | None:
        """Return the id of the user of an unexpired pending sign-in, or None."""
        waiting = PendingSignIn.token_hash == token_hash
        return db.session.scalar(
            sa.select(PendingSignIn.user_id).where(waiting, PendingSignIn.expires_at > now)
        )
