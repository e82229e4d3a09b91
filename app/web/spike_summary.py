"""A spike schedule as other resources mention it."""

from app.models.mixins import STATUSES
from app.web.fields import Status, Timestamp
from app.web.number_fields import Id
from app.web.schema import Schema
from app.web.text_fields import Text


class SpikeBriefOut(Schema):
    """A spike schedule without its fields."""

    id = Id()
    name = Text()
    start_datetime = Timestamp()
    end_datetime = Timestamp()
    status = Status(*STATUSES)
