"""What a poll is answered with, before a format turns it into bytes."""

from datetime import datetime
from typing import NamedTuple

from app.generation.plan import Layout, Spike
from app.values import CollectionType, Value


class Rendered(NamedTuple):
    """A result in one format."""

    content_type: str
    body: bytes


class PollResult(NamedTuple):
    """The values of one type of a collection at one instant.

    `epoch` is in whole seconds since 1970. `layout` is the same object from poll to poll while the collection
    is unchanged: a format keeps there what it compiles.
    """

    collection_name: str
    collection_type: CollectionType
    epoch: int
    data: dict[str, Value]
    spike: Spike | None
    layout: Layout


class Answer(NamedTuple):
    """The result of a poll, whose key polled which collection, and when, in UTC."""

    result: PollResult
    key_id: int
    collection_id: int
    instant: datetime
