"""What a rehearsal expects of the alerts that arrive."""

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.session import Base
from app.db.types import CanonicalJson
from app.values.expectations import Expectation, Kind

if TYPE_CHECKING:
    from app.models.rehearsal import Rehearsal


class RehearsalExpectation(Base):
    """One expectation. The settings of the other kind have their defaults."""

    __tablename__ = "rehearsal_expectations"
    __table_args__ = (
        sa.UniqueConstraint("rehearsal_id", "position"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rehearsal_id: Mapped[int] = mapped_column(sa.ForeignKey("rehearsals.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[Kind] = mapped_column(
        sa.Enum(
            Kind,
            native_enum=False,
            length=20,
            name="expectation_kind",
            values_callable=lambda members: [member.value for member in members],
        )
    )
    match: Mapped[dict[str, str]] = mapped_column("matchers", CanonicalJson)
    within: Mapped[int]
    counts_from: Mapped[int]
    resolve_within: Mapped[int | None]
    at_most: Mapped[int | None]
    holds: Mapped[bool]
    until: Mapped[int]

    rehearsal: Mapped["Rehearsal"] = relationship(back_populates="expectations")

    @staticmethod
    def of(expectation: Expectation, position: int) -> "RehearsalExpectation":
        """Return a row for an expectation."""
        row = RehearsalExpectation(position=position)
        for name in _NAMES:
            setattr(row, name, getattr(expectation, name))
        return row

    @property
    def value(self) -> Expectation:
        """The expectation, as it is judged."""
        return Expectation(**{name: getattr(self, name) for name in _NAMES})


_NAMES = (
    "kind",
    "match",
    "within",
    "counts_from",
    "resolve_within",
    "at_most",
    "holds",
    "until",
)
