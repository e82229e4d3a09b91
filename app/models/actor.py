"""Who may do what: the one policy, asked by decorators, queries, schemas and pages."""

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute


class Role(StrEnum):
    """What a user may do in general."""

    ADMIN = "Admin"
    EDITOR = "Editor"
    VIEWER = "Viewer"


@dataclass(frozen=True)
class Actor:
    """The person behind a request: enough to decide what they may do, without a row at hand."""

    user_id: int
    role: Role
    sign_in_id: str = ""
    name: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether they may do everything, to everybody's things."""
        return self.role is Role.ADMIN

    @property
    def may_write(self) -> bool:
        """Whether they may make, change and delete collections, fields and spikes."""
        return self.role in (Role.ADMIN, Role.EDITOR)

    def may_read(self, owner_id: int) -> bool:
        """Whether what `owner_id` owns exists for them."""
        return self.is_admin or owner_id == self.user_id

    def readable(self, owner_id: InstrumentedAttribute[int]) -> sa.ColumnElement[bool]:
        """`may_read` as SQL, over the column that holds the owner."""
        return sa.true() if self.is_admin else owner_id == self.user_id
