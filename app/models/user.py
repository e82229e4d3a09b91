"""Users, their sign-ins, and failed sign-ins."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.errors import Conflict
from app.core.text import TextTooLong, bounded_casefold
from app.db.session import Base, db
from app.db.types import UtcDateTime
from app.models.actor import Actor, Role
from app.models.mixins import MAX_NAME_LENGTH, Timestamps
from app.models.two_factor import PendingSignIn


class User(Timestamps, Base):
    """A user who signs in and owns collections and API keys."""

    __tablename__ = "users"
    __table_args__ = (
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("username_folded"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(MAX_NAME_LENGTH))
    username: Mapped[str] = mapped_column(sa.String(MAX_NAME_LENGTH))
    # Case folding makes a text up to three times as long.
    username_folded: Mapped[str] = mapped_column(sa.String(3 * MAX_NAME_LENGTH))
    password_hash: Mapped[str] = mapped_column(sa.String(255))
    role: Mapped[Role] = mapped_column(sa.Enum(Role, native_enum=False, length=20, name="role"))
    # Two-factor sign-in: the encrypted secret, the time of activation, and the last time step that was used.
    two_factor_secret: Mapped[str | None] = mapped_column(sa.String(255), default=None)
    two_factor_since: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    two_factor_step: Mapped[int | None] = mapped_column(default=None)

    @property
    def actor(self) -> Actor:
        """The actor for access checks."""
        return Actor(self.id, self.role, name=self.username)

    @property
    def has_two_factor(self) -> bool:
        """Whether signing in takes a code, too. A secret that was never confirmed does not count."""
        return self.two_factor_since is not None

    def rename(self, username: str) -> None:
        """Change the user name and its folded form, which makes names unique regardless of letter case."""
        self.username = username
        self.username_folded = folded(username)

    @staticmethod
    def by_login(login: str, *, locked: bool = False) -> "User | None":
        """Return the user with this e-mail or user name, in any letter case, or None.

        `locked` locks the row until the transaction ends, and reloads it.
        """
        if "\0" in login:
            return None  # no name contains it, and PostgreSQL refuses it as a parameter
        matches_login = sa.or_(User.email == login.strip().lower(), User.username_folded == folded(login))
        query = sa.select(User).where(matches_login)
        if locked:
            query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
        return db.session.scalar(query)

    @staticmethod
    def exists() -> bool:
        """Return whether there are any users."""
        return db.session.scalar(sa.select(User.id).limit(1)) is not None

    def end_sign_ins(self) -> None:
        """End all sign-ins of the user, also those that wait for a code. Their tokens are invalid at once."""
        for table in (SignIn, PendingSignIn):
            db.session.execute(sa.delete(table).where(table.user_id == self.id))

    @staticmethod
    def locked(user_id: int) -> "User | None":
        """Return the user, or None, after locking the rows of the user and of all Admins.

        Otherwise, two Admins who demote each other at the same time would each still count the other.
        """
        query = (
            sa.select(User)
            .where(sa.or_(User.id == user_id, User.role == Role.ADMIN))
            .order_by(User.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return next((user for user in db.session.scalars(query).all() if user.id == user_id), None)

    def must_not_be_last_admin(self) -> None:
        """Check that another Admin remains without this user, whom the caller has `locked`.

        Raises:
            Conflict: this is the last Admin.
        """
        if list(db.session.scalars(sa.select(User.id).where(User.role == Role.ADMIN))) == [self.id]:
            raise Conflict(
                "This is the last Admin. Make another user an Admin first.", problem_type="last-admin"
            )


def folded(login: str) -> str:
    """Return the form by which user names are compared.

    It ignores letter case, Unicode composition and surrounding space. A text that is too long for a user name
    is returned unchanged, because it matches none.
    """
    try:
        return bounded_casefold(login.strip(), MAX_NAME_LENGTH)
    except TextTooLong:
        return login


class SignIn(Base):
    """A sign-in. Its access and refresh tokens are valid only while this row exists."""

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(sa.String(64))
    user_agent: Mapped[str] = mapped_column(sa.String(255))

    @staticmethod
    def load_all(user_id: int, now: datetime) -> "list[SignIn]":
        """Return a user's unexpired sign-ins, newest first."""
        mine = sa.select(SignIn).where(SignIn.user_id == user_id, SignIn.expires_at > now)
        return list(db.session.scalars(mine.order_by(SignIn.created_at.desc(), SignIn.id)))

    @staticmethod
    def get_actor(sign_in_id: str, user_id: int, now: datetime) -> Actor | None:
        """Return the actor of an unexpired sign-in of this user, or None, with one query."""
        query = (
            sa.select(User.id, User.role, User.username)
            .join(SignIn, SignIn.user_id == User.id)
            .where(SignIn.id == sign_in_id, User.id == user_id, SignIn.expires_at > now)
        )
        row = db.session.execute(query).one_or_none()
        return Actor(row.id, row.role, sign_in_id, row.username) if row else None


class SignInFailure(Base):
    """A failed sign-in, counted by the login throttle until it is older than the throttle's window."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        sa.Index(None, "address", "failed_at"),
        sa.Index(None, "account", "failed_at"),
        sa.Index(None, "failed_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(sa.String(64))
    address: Mapped[str] = mapped_column(sa.String(64))
    device: Mapped[str | None] = mapped_column(sa.String(64), default=None)
    failed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class KnownPlace(Base):
    """A network or browser from which a user has signed in. Failures elsewhere do not lock it out."""

    __tablename__ = "known_places"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SetUpToken(Base):
    """A token for the set-up page, for servers without users. The log shows it; only its hash is stored."""

    __tablename__ = "set_up_tokens"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
