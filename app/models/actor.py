"""The access policy, used by decorators, queries, schemas and pages."""

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute


class Role(StrEnum):
    """The general permissions of a user."""

    ADMIN = "Admin"
    EDITOR = "Editor"
    VIEWER = "Viewer"


@dataclass(frozen=True)
class Actor:
    """The user behind a request, with all that access checks need and without the database row."""

    user_id: int
    role: Role
    sign_in_id: str = ""
    name: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether the user has full access to what all users own."""
        return self.role is Role.ADMIN

    @property
    def may_write(self) -> bool:
        """Whether the user may create, change and delete collections, fields and spikes."""
        return self.role in (Role.ADMIN, Role.EDITOR)

    def may_read(self, owner_id: int) -> bool:
        """Return whether the actor may see what the user `owner_id` owns."""
        return self.is_admin or owner_id == self.user_id

    def readable(self, owner_id: InstrumentedAttribute[int]) -> sa.ColumnElement[bool]:
        """Return `may_read` as an SQL condition on the column with the owner's id."""
        return sa.true() if self.is_admin else owner_id == self.user_id
