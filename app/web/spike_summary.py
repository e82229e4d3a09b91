"""A spike schedule as others mention it: which one, when, and whether it is on."""

from app.models.mixins import STATUSES
from app.web.fields import Id, Instant, Status, Text
from app.web.schema import Schema


class SpikeBriefOut(Schema):
    """A spike schedule without its fields."""

    id = Id()
    name = Text()
    start_datetime = Instant()
    end_datetime = Instant()
    status = Status(*STATUSES)
