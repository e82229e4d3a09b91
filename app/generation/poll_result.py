"""What a poll is answered with, before a format turns it into bytes."""

from typing import NamedTuple

from app.generation.plan import Plan, Spike
from app.values import CollectionType, Value


class Rendered(NamedTuple):
    """A result in one format."""

    content_type: str
    body: bytes


class PollResult(NamedTuple):
    """The values of one type of a collection at one instant.

    `epoch` is in whole seconds since 1970. `plan` is the same object from poll to poll while the collection
    is unchanged, so a format may cache what it derives from it.
    """

    collection_name: str
    collection_type: CollectionType
    epoch: int
    data: dict[str, Value]
    plan: Plan

    @property
    def spike(self) -> Spike | None:
        """The active spike, or None."""
        return self.plan.spike
